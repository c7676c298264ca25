"""What the language knows by name: functions, distributions, words that are not free for attributes."""

from __future__ import annotations

import keyword
from typing import Final

from synloom.codegen.ir.types import DType
from synloom.codegen.record import record


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@record
class Builtin:
    """A function over reals. ``arity`` is the exact number of arguments, or the least if ``variadic``."""

    name: str
    arity: int
    variadic: bool = False
    dtype: DType = DType.REAL
    aliases: tuple[str, ...] = ()


@record
class Distribution:
    """A random distribution. A negative literal is an error for the arguments in ``not_negative``."""

    name: str
    arguments: tuple[str, ...]
    not_negative: tuple[str, ...] = ()

    @property
    def arity(self) -> int:
        return len(self.arguments)


# Spec 01, section 8: canonical name -> function. ``Call.function`` holds canonical names only.
FUNCTIONS: Final[dict[str, Builtin]] = {
    b.name: b
    for b in (
        Builtin("pos", 1, aliases=("positive",)),
        Builtin("neg", 1, aliases=("negative",)),
        Builtin("clip", 3),
        Builtin("modulo", 2),
        Builtin("power", 2),  # with an integer literal as exponent it becomes ``**``
        Builtin("exp", 1),
        Builtin("ln", 1, aliases=("log",)),
        Builtin("log10", 1),
        Builtin("log2", 1),
        Builtin("sqrt", 1),
        Builtin("abs", 1, aliases=("fabs",)),
        Builtin("floor", 1),
        Builtin("ceil", 1),
        Builtin("round", 1),
        Builtin("sign", 1),
        Builtin("Heaviside", 1),
        Builtin("sin", 1),
        Builtin("cos", 1),
        Builtin("tan", 1),
        Builtin("asin", 1),
        Builtin("acos", 1),
        Builtin("atan", 1),
        Builtin("sinh", 1),
        Builtin("cosh", 1),
        Builtin("tanh", 1),
        Builtin("asinh", 1),
        Builtin("acosh", 1),
        Builtin("atanh", 1),
        Builtin("atan2", 2),
        Builtin("min", 2, variadic=True),  # with one bare name they are reductions
        Builtin("max", 2, variadic=True),
        Builtin("isnan", 1, dtype=DType.BOOL),
        Builtin("isfinite", 1, dtype=DType.BOOL),
    )
}

# Functions that are nodes of their own after parsing: name -> number of arguments.
OPERATORS: Final[dict[str, int]] = {"pow": 2, "ite": 3}

# Every spelling -> canonical name.
SPELLINGS: Final[dict[str, str]] = {
    spelling: b.name for b in FUNCTIONS.values() for spelling in (b.name, *b.aliases)
}

# Spec 01, 10.5: over a whole population.
REDUCTIONS: Final[frozenset[str]] = frozenset({"min", "max", "mean", "norm1", "norm2"})

# Spec 01, section 11.
DISTRIBUTIONS: Final[dict[str, Distribution]] = {
    d.name: d
    for d in (
        Distribution("Uniform", ("min", "max")),
        Distribution("DiscreteUniform", ("min", "max")),
        Distribution("Normal", ("mu", "sigma"), not_negative=("sigma",)),
        Distribution("LogNormal", ("mu", "sigma"), not_negative=("sigma",)),
        Distribution("Exponential", ("Lambda",), not_negative=("Lambda",)),
        Distribution("Gamma", ("alpha", "beta")),
        Distribution("Binomial", ("n", "p")),
    )
}

CPP_KEYWORDS: Final[frozenset[str]] = _words(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t
    char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
    constinit continue decltype default delete do double dynamic_cast else enum explicit export
    extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq
    nullptr operator or or_eq private protected public register reinterpret_cast requires return
    short signed sizeof static static_assert static_cast struct switch template this thread_local
    throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while
    xor xor_eq
    """
)

PYTHON_KEYWORDS: Final[frozenset[str]] = frozenset(keyword.kwlist)
KEYWORDS: Final[frozenset[str]] = CPP_KEYWORDS | PYTHON_KEYWORDS

# Words of the grammar and of the built-in symbols (spec 01, 7.3).
SYMBOLS: Final[frozenset[str]] = _words(
    """
    if else elif and or not is sum pre post g_target t dt t_pre t_post t_last last_spike rk_pre
    rk_post i j active refractory size
    """
)

FUNCTION_NAMES: Final[frozenset[str]] = frozenset(SPELLINGS) | frozenset(OPERATORS) | REDUCTIONS

# Spec 01, 14.2. ``pi`` and ``E`` are free: an attribute hides them.
RESERVED: Final[frozenset[str]] = KEYWORDS | SYMBOLS | FUNCTION_NAMES | frozenset(DISTRIBUTIONS)

_COMMON_MEMBERS: Final[frozenset[str]] = _words(
    """
    name id network geometry ranks init targets target delay delays plasticity update transmission
    axon_transmission parameters variables attributes functions initialized enabled max_delay reset
    save load get set array explain size_in_bytes
    """
)

# Attributes and methods of the objects that carry a model (spec 03, sections 3 and 4): an attribute of the
# model with such a name could not be reached as ``pop.name``.
POPULATION_MEMBERS: Final[frozenset[str]] = _COMMON_MEMBERS | _words(
    """
    dimension width height depth shape neuron_type stop_condition rank_from_coordinates
    coordinates_from_rank normalized_coordinates_from_rank neuron neurons spike compute_firing_rate
    clear enable disable
    """
)
PROJECTION_MEMBERS: Final[frozenset[str]] = _COMMON_MEMBERS | _words(
    """
    synapse_type connector_name connector_description uniform_delay post_ranks pre_ranks nb_synapses
    nb_synapses_per_dendrite nb_efferent_synapses dendrite dendrites synapse synapses
    connectivity_matrix receptive_fields receptive_field set_matrix get_matrix start_creating
    stop_creating start_pruning stop_pruning enable_learning disable_learning save_connectivity
    update_launch_config create_synapse create_synapses prune_synapse prune_synapses pre_rank
    post_rank rank idx proj
    """
)
