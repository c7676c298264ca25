"""Options: the global ones, and ``setup()``."""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np

from synloom import messages, registry
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import Method, Precision
from synloom.codegen.lang.names import suggestion

FORMATS: Final = (
    "default",
    "lil",
    "csr",
    "csr_vector",
    "csr_scalar",
    "dense",
    "ell",
    "ellr",
    "sell",
    "coo",
    "bsr",
    "hyb",
    "auto",
)
STORAGE_ORDERS: Final = ("post_to_pre", "pre_to_post", "auto")
PERFORMANCE_FLAGS: Final[Mapping[str, bool]] = {
    "disable_parallel_rng": True,
    "use_seed_seq": True,
    "use_cpp_connectors": False,
    "disable_split_matrix": True,
    "disable_SIMD_SpMV": True,
    "disable_SIMD_Eq": False,
}


@dataclass(slots=True)
class Options:
    """What ``setup()`` sets. The global object is ``options``; a compiled network keeps a copy of its own.

    ``dt`` is in ms. ``performance`` holds the flags of :func:`optimization_flags`.
    """

    dt: float = 1.0
    seed: int | None = None
    method: Method = Method.EXPLICIT
    precision: Precision = Precision.DOUBLE
    num_threads: int = 1
    visible_cores: list[int] = field(default_factory=list)
    paradigm: str = "openmp"
    structural_plasticity: bool = False
    sparse_matrix_format: str = "default"
    sparse_matrix_storage_order: str = "post_to_pre"
    only_int_idx_type: bool = True
    verbose: bool = False
    suppress_warnings: bool = False
    show_time: bool = False
    profiling: bool = False
    profile_out: str | None = None
    debug: bool = False
    disable_shared_library_time_offset: bool = False
    legacy_rng: bool = False
    performance: dict[str, bool] = field(default_factory=lambda: dict(PERFORMANCE_FLAGS))

    def copy(self) -> Options:
        """An independent copy; lists and dicts are copied too."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values["visible_cores"] = list(self.visible_cores)
        values["performance"] = dict(self.performance)
        return Options(**values)


options = Options()
_pinned: set[str] = set()  # given on the command line, which wins over setup()


def pin(settings: Mapping[str, Any]) -> None:
    """Set options for good: what the command line says wins over ``setup()``."""
    values = checked(settings, "setup")
    _store(values)
    _pinned.update(values)


def setup(**settings: Any) -> None:
    """Set global defaults. Call it before creating objects.

    All values are checked first; nothing is stored if one of them is wrong. Unknown keys are ignored with a
    warning. What was given on the command line of the script wins over ``setup()``.

    Parameters
    ----------
    dt : float, default 1.0
        Step size in ms.
    seed : int or None, default None
        Seed of all random generators; None takes entropy from the operating system. A number also seeds the
        legacy generator ``numpy.random``.
    method : str, default 'explicit'
        Numerical method of ODEs without a method flag: explicit, implicit, semiimplicit, exponential,
        midpoint, rk4 or event-driven.
    precision : {'double', 'float'}
        Floating type of the running network. ``dtype=`` (float64, float32) is another way to write it.
    num_threads, visible_cores, paradigm
        Threads of the running network; this version runs on one thread of the CPU.
    structural_plasticity : bool, default False
        Allow synapses to be made and removed after ``compile()``.
    sparse_matrix_format : str, default 'default'
        Default storage of projections.
    sparse_matrix_storage_order : {'post_to_pre', 'pre_to_post', 'auto'}
    only_int_idx_type : bool, default True
    verbose, suppress_warnings, show_time, profiling, debug : bool, default False
    profile_out : str or None
    disable_shared_library_time_offset : bool, default False
    legacy_rng : bool, default False
        Let random connectors draw from ``numpy.random``, pair by pair, as simulators of the 4.8 style do: slower,
        and the same synapses as theirs for a seed.

    Raises
    ------
    ConfigurationError
        A value that the key does not take, or a key of :func:`optimization_flags`.
    """
    values = checked(settings, "setup")
    _store({key: value for key, value in values.items() if key not in _pinned})


def optimization_flags(**flags: bool) -> None:
    """Set performance flags, by the names that scripts for other simulators use.

    They are kept in ``options.performance``. The compiler chooses kernels by itself, so none of them changes
    a result. Unknown keys are ignored with a warning.
    """
    for key in flags:
        if key not in PERFORMANCE_FLAGS:
            messages.warning(f'optimization_flags(): there is no flag "{key}"; it is ignored.')
    known = {key: _flag(key, value) for key, value in flags.items() if key in PERFORMANCE_FLAGS}
    options.performance.update(known)


def checked(settings: Mapping[str, Any], function: str) -> dict[str, Any]:
    """Options as they are kept; a warning for each that there is not.

    Raises
    ------
    ConfigurationError
        A value that the option does not take; ``function`` is who was called with it.
    """
    refused = [key for key in settings if key in PERFORMANCE_FLAGS]
    if refused:
        raise ConfigurationError(
            f'"{refused[0]}" is a performance flag, not an option of {function}().',
            hint="Set it with synloom.config.optimization_flags().",
        )
    values = {}
    for key, value in settings.items():
        name = "precision" if key == "dtype" else key
        if name not in CHECKS:
            text = f'{function}(): there is no option "{key}"; it is ignored. {suggestion(key, CHECKS)}'
            messages.warning(text.strip())
            continue
        try:
            values[name] = CHECKS[name](name, value)
        except ConfigurationError as error:
            message = error.message.replace("setup(", f"{function}(", 1)
            raise ConfigurationError(message, hint=error.hint) from None
    return values


def changed(present: Options, values: Mapping[str, Any]) -> Options:
    """Options of one network, which differ from ``present``; what the command line says stays."""
    own = present.copy()
    for key, value in values.items():
        if key not in _pinned:
            setattr(own, key, value)
    return own


def _store(checked: Mapping[str, Any]) -> None:
    late = [key for key in ("dt", "precision") if key in checked]
    default = registry.networks.get(0)
    if late and default is not None and (default.populations or default.projections or default.monitors):
        messages.warning(
            f"setup(): {' and '.join(late)} should be set before the first object is made."
            + (" The compiled network keeps its own." if default.compiled else "")
        )
    for key, value in checked.items():
        setattr(options, key, value)
    messages.configure(suppress_warnings=options.suppress_warnings, verbose=options.verbose)
    if checked.get("seed") is not None:
        np.random.seed(checked["seed"] % 2**32)  # the legacy generator takes 32 bits
    if checked.get("num_threads", 1) > 1:
        messages.info(f"num_threads={checked['num_threads']}: this version runs on one thread.")


def _wrong(key: str, value: object, rule: str, hint: str = "") -> ConfigurationError:
    return ConfigurationError(f"setup({key}={value!r}): {rule}", hint=hint)


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise _wrong(key, value, "it must be True or False.")
    return bool(value)


def _step(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 < float(value) < math.inf:
        raise _wrong(key, value, "the step must be a positive number of ms.")
    return float(value)


def _integer(value: object) -> int | None:
    return int(value) if isinstance(value, numbers.Integral) and not isinstance(value, bool) else None


def _seed(key: str, value: object) -> int | None:
    if value is None:
        return None
    number = _integer(value)
    if number is None or number < 0:
        raise _wrong(key, value, "the seed must be a non-negative integer, or None.")
    return number


def _threads(key: str, value: object) -> int:
    number = _integer(value)
    if number is None or number < 1:
        raise _wrong(key, value, "it must be an integer of at least 1.")
    return number


def _cores(key: str, value: object) -> list[int]:
    given = list(value) if isinstance(value, list | tuple | np.ndarray) else [None]
    cores = [_integer(core) for core in given]
    known = [core for core in cores if core is not None and core >= 0]
    if len(known) != len(cores):
        raise _wrong(key, value, "it must be a list of core numbers.")
    return known


def _choice(*allowed: str) -> Callable[[str, object], str]:
    def check(key: str, value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise _wrong(key, value, f"choose one of {', '.join(allowed)}.")
        return str(value)

    return check


def _method(key: str, value: object) -> Method:
    return Method(_choice(*Method)(key, value))


def _precision(key: str, value: object) -> Precision:
    if not isinstance(value, str) or value in ("float32", "float64"):
        try:
            size = np.dtype(value).name  # type: ignore[call-overload]
        except TypeError:
            size = ""
        value = {"float64": "double", "float32": "float"}.get(size, value)
    return Precision(_choice(*Precision)(key, value))


def _paradigm(key: str, value: object) -> str:
    if value == "cuda":
        raise _wrong(key, value, "networks run on the CPU.", hint="Use paradigm='openmp', the default.")
    return _choice("openmp")(key, value)


def _format(key: str, value: object) -> str:
    if value == "dia":
        hint = "Give storage_format='dia' to the projections that should have it."
        raise _wrong(key, value, "this format cannot be the default of all projections.", hint)
    return _choice(*FORMATS)(key, value)


def _folder(key: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str | os.PathLike):
        raise _wrong(key, value, "it must be the path of a folder.")
    return os.fsdecode(value)


CHECKS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "dt": _step,
    "seed": _seed,
    "method": _method,
    "precision": _precision,
    "num_threads": _threads,
    "visible_cores": _cores,
    "paradigm": _paradigm,
    "structural_plasticity": _flag,
    "sparse_matrix_format": _format,
    "sparse_matrix_storage_order": _choice(*STORAGE_ORDERS),
    "only_int_idx_type": _flag,
    "verbose": _flag,
    "suppress_warnings": _flag,
    "show_time": _flag,
    "profiling": _flag,
    "profile_out": _folder,
    "debug": _flag,
    "disable_shared_library_time_offset": _flag,
    "legacy_rng": _flag,
}
