"""User functions: declared as text for all models, and callable from Python."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from synloom import registry
from synloom.attributes import as_numbers
from synloom.callsite import call_site
from synloom.codegen.errors import ConfigurationError, Mistakes, SourceText
from synloom.codegen.evaluate import evaluate
from synloom.codegen.ir.expr import Call, Expr, Var
from synloom.codegen.ir.model import Function
from synloom.codegen.ir.types import Scope
from synloom.codegen.lower.function import lower_functions, lower_local_functions, visible_functions
from synloom.codegen.record import record
from synloom.constant import visible_constants

if TYPE_CHECKING:
    from synloom.network import Network


@record
class FunctionCaller:
    """A user function as a Python callable.

    Takes numbers, lists and arrays of any dimensions, which are broadcast as in NumPy. Gives an array of
    float64 of the common shape, or a float if all arguments are single numbers.
    """

    function: Function
    functions: Mapping[str, Function] = field(repr=False)  # itself and those that it may call
    network: Network | None = field(default=None, repr=False)

    def __call__(self, *arguments: object) -> float | npt.NDArray[np.float64]:
        names = [name for name, _ in self.function.arguments]
        if len(arguments) != len(names):
            raise ConfigurationError(
                f"{self.function.name}({', '.join(names)}) takes {len(names)} "
                f"argument{'s' * (len(names) != 1)}, {len(arguments)} given."
            )
        given = {name: self._values(name, value) for name, value in zip(names, arguments, strict=True)}
        try:
            shape = np.broadcast_shapes(*(values.shape for values in given.values()))
        except ValueError:
            shapes = ", ".join(f"{name}: {values.shape}" for name, values in given.items())
            raise ConfigurationError(
                f"{self.function.name}(): the arguments have different lengths ({shapes}).",
                hint="Give numbers, or lists and arrays of one length.",
            ) from None
        result = np.asarray(self._evaluate(given), np.float64)
        return np.broadcast_to(result, shape).copy() if shape else result.item()

    def _values(self, name: str, value: object) -> npt.NDArray[Any]:
        values = as_numbers(value)
        if values is None:
            raise ConfigurationError(
                f'{self.function.name}(): the argument "{name}" must be a number or an array of numbers, '
                f"not {value!r}."
            )
        return values

    def _evaluate(self, given: Mapping[str, npt.NDArray[Any]]) -> Any:
        def lookup(leaf: Expr) -> Any:
            assert isinstance(leaf, Var)
            if leaf.scope is Scope.ARGUMENT:
                return given[leaf.name]
            constant = visible_constants(self.network).get(leaf.name)
            if constant is None:
                raise ConfigurationError(
                    f'{self.function.name}() uses the constant "{leaf.name}", which was cleared.'
                )
            return constant.value_in(self.network)

        arguments = tuple(Var(Scope.ARGUMENT, name, dtype=dtype) for name, dtype in self.function.arguments)
        call = Call(self.function.name, arguments, self.function.dtype)
        return evaluate(call, lookup, self.functions)


def own_functions(text: SourceText, network: Network) -> tuple[list[str], Mapping[str, Function]]:
    """The functions of one model: the names it declares, and all that they and its equations may call."""
    mistakes = Mistakes()
    constants = visible_constants(network).keys()
    local = lower_local_functions(text, functions=registry.functions, constants=constants, mistakes=mistakes)
    mistakes.check()
    return [f.function.name for f in local], visible_functions(local, registry.functions)


def add_function(function: str) -> None:
    """Declare functions that all models may call: ``add_function("f(x, a) = a*x + 1")``.

    Parameters
    ----------
    function : str
        ``name(arguments) = expression [: return type, type of each argument]``. Several lines may declare
        several functions; each sees its arguments, constants, and the functions declared before.

    Raises
    ------
    ModelError
        A mistake in the text, or a name that is taken.
    ConfigurationError
        Not a text.
    """
    if not isinstance(function, str):
        raise ConfigurationError(f"add_function() takes a text, not {type(function).__name__}.")
    site = call_site(sys._getframe(1), None)
    text = SourceText(function, "add_function()", "function", 0, site)
    lowered = lower_functions(text, functions=registry.functions, constants=registry.constants.keys())
    registry.functions.update({declared.name: declared for declared in lowered})


def functions(name: str, network: Network | None = None) -> FunctionCaller:
    """A function declared with :func:`add_function`, callable on numbers, lists and arrays.

    Parameters
    ----------
    name : str
    network : Network, optional
        Whose constants the function sees.

    Raises
    ------
    ConfigurationError
        There is no such function.
    """
    try:
        declared = registry.functions[name]
    except (KeyError, TypeError):
        known = ", ".join(registry.functions) or "none"
        raise ConfigurationError(
            f'There is no function "{name}".', hint=f"Declared with add_function(): {known}."
        ) from None
    return FunctionCaller(declared, registry.functions, network)
