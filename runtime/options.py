"""What a user may choose about a build."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Choices that ``compile()`` offers. Each field says whether it changes the binary.

    Parameters
    ----------
    compiler : str, default ``'default'``
        Command of the C++ compiler; ``'default'`` takes ``CXX``, then what is installed.
    compiler_flags : str, default ``'default'``
        Flags that replace the optimisation flags.
    extra_libs : str, default ``''``
        More arguments for the linker.
    fast_math : bool, default False
        Allow the compiler to reorder sums and to assume that there is no NaN and no inf.
    debug : bool, default False
        No optimisation, debug information.
    clean : bool, default False
        Build everything anew, whatever the cache holds.
    named_by : str
        Who named the compiler, for messages.
    """

    # the compiler counts through its identity, not through the words it was asked for with
    compiler: str = field(default=DEFAULT, metadata={"affects_binary": False})
    compiler_flags: str = field(default=DEFAULT, metadata={"affects_binary": True})
    extra_libs: str = field(default="", metadata={"affects_binary": True})
    fast_math: bool = field(default=False, metadata={"affects_binary": True})
    debug: bool = field(default=False, metadata={"affects_binary": True})
    clean: bool = field(default=False, metadata={"affects_binary": False})
    named_by: str = field(default="the option 'compiler'", metadata={"affects_binary": False})

    def fingerprint(self) -> str:
        """The options that change the binary, as text."""
        chosen = [f.name for f in fields(self) if f.metadata["affects_binary"]]
        return "\n".join(f"{name}={getattr(self, name)!r}" for name in chosen)
