"""From names to symbols (spec 03, section 9), and the one table of letters and operators in both notations."""

from __future__ import annotations

from typing import Final

from synloom.codegen.record import record
from synloom.report.formula import Formula, Glyph, Letter, Number, Row, Script, Word


@record
class Notation:
    """How a glyph is written in LaTeX, as a character, and as which element of MathML."""

    latex: str
    text: str
    element: str = "mo"


_GREEK: Final = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "varepsilon": "ε", "varphi": "φ",
}  # fmt: skip
# Capital letters that look like Latin ones have no command of their own.
_LIKE_LATIN: Final = {
    "Alpha": "A", "Beta": "B", "Epsilon": "E", "Zeta": "Z", "Eta": "H", "Iota": "I", "Kappa": "K", "Mu": "M",
    "Nu": "N", "Omicron": "O", "Rho": "P", "Tau": "T", "Chi": "X", "omicron": "o",
}  # fmt: skip
_WORDS: Final = (
    "exp",
    "ln",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "arcsin",
    "arccos",
    "arctan",
    "min",
    "max",
)
_OPERATORS: Final = {
    "+": ("+", "+"), "-": ("-", "−"), "*": (r"\cdot", "·"), "times": (r"\times", "×"), ",": (",", ","),
    "=": ("=", "="), "==": ("=", "="), "!=": (r"\neq", "≠"), "<": ("<", "<"), "<=": (r"\leq", "≤"),
    ">": (">", ">"), ">=": (r"\geq", "≥"), "and": (r"\land", "∧"), "or": (r"\lor", "∨"),
    "not": (r"\lnot", "¬"), "becomes": (r"\leftarrow", "←"), "to": (r"\rightarrow", "→"),
    "mod": (r"\bmod", "mod"), "sum": (r"\sum", "∑"),
}  # fmt: skip
_SCRIPT: Final = {"calU": (r"\mathcal{U}", "𝒰"), "calN": (r"\mathcal{N}", "𝒩"), "calB": (r"\mathcal{B}", "ℬ")}

GLYPHS: Final[dict[str, Notation]] = {
    **{name: Notation(f"\\{name}", text, "mi") for name, text in _GREEK.items()},
    **{name: Notation(rf"\mathrm{{{latin}}}", latin, "mi") for name, latin in _LIKE_LATIN.items()},
    **{word: Notation(f"\\{word}", word, "mi") for word in _WORDS},
    **{name: Notation(latex, text) for name, (latex, text) in _OPERATORS.items()},
    **{name: Notation(latex, text, "mi") for name, (latex, text) in _SCRIPT.items()},
    "log": Notation(r"\log", "log", "mi"),
    "dt": Notation("dt", "dt", "mi"),
}

# Delimiters, in LaTeX and as characters.
FENCES: Final[dict[str, tuple[str, str]]] = {
    "(": ("(", "("),
    ")": (")", ")"),
    "|": ("|", "|"),
    "||": (r"\Vert", "‖"),
    "floor": (r"\lfloor", "⌊"),
    "/floor": (r"\rfloor", "⌋"),
    "ceil": (r"\lceil", "⌈"),
    "/ceil": (r"\rceil", "⌉"),
    "[": ("[", "["),
    "]": ("]", "]"),
}

# Distributions as RandomDistribution.latex() writes them.
DISTRIBUTIONS: Final[dict[str, Formula]] = {
    "Uniform": Glyph("calU"),
    "DiscreteUniform": Glyph("calU"),
    "Normal": Glyph("calN"),
    "LogNormal": Row((Glyph("ln"), Glyph("calN"))),
    "Exponential": Glyph("exp"),
    "Gamma": Glyph("Gamma"),
    "Binomial": Glyph("calB"),
}

LETTER_NAMES: Final = {text: name for name, text in _GREEK.items()} | {"ɛ": "varepsilon", "µ": "mu"}


def symbol(name: str) -> Formula:
    """A name as mathematics: one letter, a Greek letter, ``a_b`` as a with index b, anything else as a word."""
    parts = name.split("_")
    if len(parts) == 2 and all(parts):
        return Script(_part(parts[0]), sub=_part(parts[1]))
    return _part(name) if len(parts) == 1 else Word(name.replace("_", "-"))


def _part(text: str) -> Formula:
    if text in _GREEK or text in _LIKE_LATIN:
        return Glyph(text)
    if text in LETTER_NAMES:
        return Glyph(LETTER_NAMES[text])
    if len(text) == 1 and text.isascii() and text.isalpha():
        return Letter(text)
    return Number(text) if text.isascii() and text.isdigit() else Word(text)


def number(value: float | int | bool) -> Formula:
    """A number: ``10``, ``0.5``, ``1.5 × 10^-3``, a truth value as a word."""
    if isinstance(value, bool):
        return Word("true" if value else "false")
    text = shown(value)
    if text in ("nan", "inf", "-inf"):
        return Word(text)
    if text.startswith("-"):
        return Row((Glyph("-"), number(abs(value))))
    digits, _, exponent = text.partition("e")
    if not exponent:
        return Number(digits)
    power = Number(exponent.lstrip("+0")) if not exponent.startswith("-") else None
    below = Row((Glyph("-"), Number(exponent.lstrip("-0"))))
    return Row((Number(digits), Glyph("times"), Script(Number("10"), sup=power or below)))


def shown(value: float | int) -> str:
    """The shortest text that stands for a number: without ``.0``."""
    text = repr(float(value)) if not isinstance(value, int) else str(value)
    return text.removesuffix(".0")
