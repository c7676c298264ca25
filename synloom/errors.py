"""Every error of synloom, under the name users import it by."""

from synloom.codegen.errors import (
    ANNarchyException,
    CallSite,
    CodegenError,
    CompilationError,
    ConfigurationError,
    ModelError,
    ModelErrors,
    NotCompiledError,
    Origin,
    SourceText,
    SynloomError,
)


class NumericsError(SynloomError):
    """A value became NaN or infinite in a network compiled with ``check_numerics=True``.

    Attributes
    ----------
    owner : str
        ``population 'name'`` or ``projection 'name'``.
    attribute : str
        Which variable; ``sum(target)`` for a weighted sum.
    ranks : tuple of int
        Of the neuron; of the pre- and the post-synaptic neuron; of the latter only where a dendrite has one value;
        empty where there is one value for all.
    step : int
        In which step.
    """

    def __init__(
        self,
        message: str,
        origin: Origin | None = None,
        hint: str = "",
        *,
        owner: str,
        attribute: str,
        ranks: tuple[int, ...],
        step: int,
    ) -> None:
        super().__init__(message, origin, hint)
        self.owner, self.attribute, self.ranks, self.step = owner, attribute, ranks, step


__all__ = [
    "ANNarchyException",
    "CallSite",
    "CodegenError",
    "CompilationError",
    "ConfigurationError",
    "ModelError",
    "ModelErrors",
    "NotCompiledError",
    "NumericsError",
    "Origin",
    "SourceText",
    "SynloomError",
]
