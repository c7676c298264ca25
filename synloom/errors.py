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

__all__ = [
    "ANNarchyException",
    "CallSite",
    "CodegenError",
    "CompilationError",
    "ConfigurationError",
    "ModelError",
    "ModelErrors",
    "NotCompiledError",
    "Origin",
    "SourceText",
    "SynloomError",
]
