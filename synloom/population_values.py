"""Values of the attributes of a population: read and written by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synloom.attributes import Array, many_values, one_value, pairs, snapshot, unknown
from synloom.codegen.errors import NotCompiledError
from synloom.codegen.ir.types import Kind, Locality
from synloom.function import FunctionCaller

if TYPE_CHECKING:
    from synloom.codegen.ir.model import Attribute, Function
    from synloom.network import Network


class PopulationValues:
    """Base of :class:`Population`: attributes and functions of the neurons."""

    network: Network
    name: str
    size: int
    geometry: tuple[int, ...]
    state: dict[str, Array]
    _attributes: dict[str, Attribute]
    _functions: Sequence[str]
    _callable: Mapping[str, Function]
    _hidden: frozenset[str] = frozenset()  # attributes of the model that users do not see

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters, in the order declared."""
        return [name for name, a in self._attributes.items() if a.kind is Kind.PARAMETER]

    @property
    def variables(self) -> list[str]:
        """Names of the variables, in the order declared."""
        return [n for n, a in self._attributes.items() if a.kind is Kind.VARIABLE and n not in self._hidden]

    @property
    def attributes(self) -> list[str]:
        """Parameters, then variables."""
        return self.parameters + self.variables

    @property
    def functions(self) -> list[str]:
        """Names of the neuron's own functions, which are methods of the population."""
        return list(self._functions)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_attributes" not in self.__dict__:  # asked by copy and pickle
            raise AttributeError(name)
        if name in self._functions:
            return FunctionCaller(self._callable[name], self._callable, self.network)
        return self.get(name)

    def __setattr__(self, name: str, value: object) -> None:
        if name in self.__dict__.get("_attributes", ()):
            self.set({name: value})
        else:
            object.__setattr__(self, name, value)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.attributes, *self.functions]

    def get(self, name: str) -> Any:
        """The values of an attribute: a copy in the shape of the geometry, or a number if it is global.

        Raises
        ------
        ConfigurationError
            There is no such attribute.
        NotCompiledError
            The network was cleared.
        """
        stored = self._stored(name)
        return snapshot(stored).reshape(self.geometry) if self._is_local(name) else stored[0].item()

    def set(self, values: Mapping[str, Any]) -> None:
        """Set attributes, all or none of them: ``{'tau': 10.0, 'v': [0.1, 0.2]}``.

        Raises
        ------
        ConfigurationError
            There is no such attribute, or a value has the wrong size or type.
        NotCompiledError
            The network was cleared.
        """
        converted = {name: self._converted(name, value) for name, value in pairs(values).items()}
        for name, array in converted.items():
            self.state[name][...] = array

    def array(self, name: str) -> Array:
        """The live memory of an attribute, no copy: of the shape of the geometry, or (1,) if it is global."""
        stored = self._stored(name)
        return stored.reshape(self.geometry) if self._is_local(name) else stored

    def _stored(self, name: str) -> Array:
        if name not in self._attributes or name in self._hidden:
            raise unknown(str(name), f'Population "{self.name}"', self.attributes)
        self._refuse_cleared()
        return self.state[name]

    def _refuse_cleared(self) -> None:
        if self.network.cleared:
            raise NotCompiledError(
                f'Population "{self.name}" belongs to a network that was cleared.',
                hint="Make a new population after clear().",
            )

    def _is_local(self, name: str) -> bool:
        return self._attributes[name].locality is Locality.LOCAL

    def _check_writable(self, name: str) -> None:
        """Refuse to set an attribute that something else sets."""

    def _converted(self, name: str, value: object) -> Any:
        self._check_writable(name)
        stored = self._stored(name)
        what = f'"{name}" of population "{self.name}"'
        if self._is_local(name):
            return many_values(value, self.size, stored, self.network, what)
        return one_value(value, stored, self.network, what)
