"""Reports in LaTeX: their structure, and, where there is a TeX, that it takes them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import synloom as sl
from synloom.report.collect import collect
from synloom.report.latex import escape
from synloom.report.tex import render_latex
from tests.golden.networks import NETWORKS
from tests.unit.report_networks import HOSTILE, hostile, rate_coded, ready_made, spiking

pytestmark = pytest.mark.usefixtures("fresh")
DESCRIBED: dict[str, Callable[[], sl.Network]] = {
    **NETWORKS,
    "rate coded": rate_coded,
    "spiking neurons": spiking,
    "ready-made models": ready_made,
    "hostile": hostile,
}
MATH = re.compile(r"(?<!\\)\$(?:[^$\\]|\\.)*\$")
MACRO = re.compile(r"\\(?:[A-Za-z]+|.)")
NESTED = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}")


def complaints(text: str) -> list[str]:
    """What LaTeX would stumble over."""
    body = re.sub(r"(?m)(?<!\\)%.*$", "", text)
    return [*_braces(body), *_environments(body), *_specials(body), *_rows(body)]


def _braces(body: str) -> list[str]:
    depth = 0
    for character in MACRO.sub(lambda m: "" if m[0] in ("\\{", "\\}") else m[0], body):
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return ["a brace is closed that was not opened"]
    return [f"{depth} braces stay open"] if depth else []


def _environments(body: str) -> list[str]:
    stack: list[str] = []
    for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", body):
        if what == "begin":
            stack.append(name)
        elif not stack or stack.pop() != name:
            return [f"\\end{{{name}}} does not belong to what was begun"]
    return [f"{name} does not end" for name in stack]


def _specials(body: str) -> list[str]:
    """Outside formulas, characters with a meaning must have a backslash; ``&`` stands between cells."""
    found = []
    for line in body.splitlines():
        plain = MACRO.sub("", MATH.sub("", re.sub(r"\\newcolumntype.*", "", line)))
        found += [f"{c} in {line!r}" for c in re.findall(r"[$^_#%~<>|\"]", plain)]
        for formula in MATH.findall(line):
            found += [f"{c} in {formula!r}" for c in re.findall(r"(?<!\\)[#%~<>]", formula) if c not in "<>"]
    return found


def _rows(body: str) -> list[str]:
    found = []
    for columns, table in re.findall(
        r"\\begin\{longtable\}\{(.*?)\}\n(.*?)\\end\{longtable\}", body, re.DOTALL
    ):
        expected = columns.count("L{")
        for line in table.splitlines():
            if line.endswith(r"\\"):
                cells = len(re.findall(r"(?<!\\)&", NESTED.sub("", line))) + 1
                found += [] if cells == expected else [f"{cells} cells, not {expected}, in {line!r}"]
                found += [f"{line!r} begins like an argument"] if line.startswith(("[", "*")) else []
    return found


@pytest.mark.parametrize("name", sorted(DESCRIBED))
@pytest.mark.parametrize("standalone", [True, False])
def test_structure(name: str, standalone: bool) -> None:
    text = render_latex(collect(DESCRIBED[name]()), standalone)
    assert complaints(text) == []
    assert text.count(r"\begin{longtable}") >= 6
    assert text.endswith("\\end{document}\n") is standalone
    assert (r"\documentclass" in text) is standalone


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{a", "1 braces stay open"),
        ("a}{", "a brace is closed that was not opened"),
        (r"\{a\}}", "a brace is closed that was not opened"),
        (r"\begin{cases} a", "cases does not end"),
        (r"\begin{cases}\begin{longtable}\end{cases}", "\\end{cases} does not belong to what was begun"),
        ("a_b", "_ in 'a_b'"),
        ("5 # 3", "# in '5 # 3'"),
        ("<b>", "< in '<b>'"),
        ("$a # b$", "# in '$a # b$'"),
        ("\\begin{longtable}{L{0.5}L{0.5}}\na \\\\\n\\end{longtable}", "1 cells, not 2, in 'a \\\\\\\\'"),
        ("\\begin{longtable}{L{1}}\n[a] \\\\\n\\end{longtable}", "'[a] \\\\\\\\' begins like an argument"),
    ],
)
def test_the_check_itself(text: str, why: str) -> None:
    assert complaints(text)[0] == why


def test_the_check_lets_pass_what_is_right() -> None:
    assert complaints("a\\_b \\& \\textbackslash{} $x_{1} < y$ % a {comment\n") == []


def tex() -> list[str] | None:
    """The command of a TeX with the usual packages, if there is one."""
    if shutil.which("tectonic"):
        return ["tectonic", "--outdir", "."]
    found = next((name for name in ("pdflatex", "lualatex") if shutil.which(name)), None)
    if found is None or shutil.which("kpsewhich") is None:
        return None
    complete = subprocess.run(["kpsewhich", "booktabs.sty"], capture_output=True).returncode == 0
    return [found, "-interaction=nonstopmode", "-halt-on-error"] if complete else None


@pytest.mark.parametrize(
    "name", ["rate coded", "spiking neurons", "ready-made models", "hostile", "operations"]
)
def test_it_compiles(name: str, tmp_path: Path) -> None:
    command = tex()
    if command is None:
        pytest.skip("needs pdflatex or lualatex with booktabs, or tectonic")
    DESCRIBED[name]().report(tmp_path / "report.tex")
    done = subprocess.run(
        [*command, "report.tex"], cwd=tmp_path, capture_output=True, text=True, errors="replace"
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / "report.pdf").is_file()


def test_a_fragment_compiles_in_a_document_of_its_user(tmp_path: Path) -> None:
    command = tex()
    if command is None:
        pytest.skip("needs pdflatex or lualatex with booktabs, or tectonic")
    rate_coded().report(tmp_path / "tables.tex", standalone=False)
    packages = "amsmath, amssymb, array, booktabs, longtable, textcomp"
    (tmp_path / "paper.tex").write_text(
        f"\\documentclass{{article}}\\usepackage[T1]{{fontenc}}\\usepackage{{{packages}}}\n"
        "\\begin{document}\\input{tables}\\input{tables}\\end{document}\n"
    )
    done = subprocess.run(
        [*command, "paper.tex"], cwd=tmp_path, capture_output=True, text=True, errors="replace"
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b % c & d", r"a\_b \% c \& d"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("$5 #1 ~ ^", r"\$5 \#1 \textasciitilde{} \textasciicircum{}"),
        ("<a|b>", r"\textless{}a\textbar{}b\textgreater{}"),
        ("a---b", "a-{}-{}-b"),
        ("two\nlines\t\x00", "two lines  "),
        ("µ and Ω", r"\ensuremath{\mu} and \ensuremath{\Omega}"),
    ],
)
def test_escaping(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_tables_of_the_scheme() -> None:
    text = render_latex(collect(spiking()), True)
    titles = re.findall(r"\\makebox\[0pt\]\[l\]\{\\textbf\{(.*?)\}\}", text)
    assert titles == [
        "A: Model summary",
        "B: Populations",
        "C: Connectivity",
        "D: Neuron model Neuron 1",
        "E: Synapse model Pairs",
        "F: Parameters of population cells",
        "F: Parameters of projection drive",
        "G: Input",
        "H: Measurements",
    ]
    rows = ("Populations", "Topology", "Connectivity", "Neuron models", "Channel models", "Synapse models",
            "Plasticity", "Input", "Measurements")  # fmt: skip
    summary = text.partition(r"\end{longtable}")[0]
    assert [line.partition(" & ")[0] for line in summary.splitlines() if line.endswith(r" \\")][1:-1] == [
        *rows
    ]


def test_long_words_may_be_broken() -> None:
    net = sl.Network()
    neuron = sl.Neuron(equations="r = 1.0", name="A_very_long_name_indeed_of_aVeryLongNeuron")
    net.create(1, neuron, name="p")
    text = render_latex(collect(net), True)
    assert r"A\_\allowbreak{}very\_\allowbreak{}long\_" in text
    assert complaints(text) == []


def test_hostile_names_are_shown_as_they_are() -> None:
    text = render_latex(collect(hostile()), True)
    assert escape(HOSTILE) in text
    assert r"\input" not in text.replace(r"\textbackslash{}input", "").replace("inputenc", "")
    assert "{}[0, 1] & 2 &" in text
