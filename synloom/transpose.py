"""The transpose of a projection: a second reader of its store (spec 06, sections 4 and 5)."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np

from synloom import messages, registry
from synloom.callsite import call_site
from synloom.codegen.errors import ConfigurationError, SourceText
from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import DEFAULT_PSP_TEXT, Function
from synloom.codegen.ir.types import Operation
from synloom.codegen.lower.events import is_written
from synloom.codegen.lower.function import reachable
from synloom.codegen.lower.synapse import lower_psp
from synloom.codegen.lower.synapse_events import DEFAULT_TRANSMISSION
from synloom.connect.ends import one_target, own_name
from synloom.connect.values import Delays, changeable, delay_array, delays, is_number
from synloom.constant import visible_constants
from synloom.projection import Projection
from synloom.store import Reading
from synloom.synapses import Synapses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.store import Index


class Transpose(Synapses):
    """The synapses of ``proj`` read backward: pre and post exchanged, the same weights in the same memory.

    Whatever changes the weights of the forward projection, learning or assignment, is seen in the next step.
    The transpose has no weights of its own and never learns. All inspection follows the forward store.

    Parameters
    ----------
    proj : Projection or Transpose
        The forward projection; ``projection`` is another name for it. It need not be connected yet. The
        transpose of a transpose is the forward direction again, with the psp given here.
    target : str
        What the neurons of the forward pre population read as ``sum(target)``.
    psp : str, optional
        What one synapse contributes; default ``w * pre.r``. ``pre`` is the forward post neuron, ``post`` the
        forward pre neuron; bare names are attributes of the forward synapse.
    operation : {'sum', 'max', 'min', 'mean'}
        How the contributions to one neuron are put together.
    name : str, optional
        Unique in the network; default ``'proj<id>'``.

    Attributes
    ----------
    forward, fwd_proj : Projection
        Whose store is read.
    backward : bool
        False for the transpose of a transpose.
    psp, psp_text, psp_functions
        The analysed psp, the same as it was written, and the functions it calls.
    operation : str
    delay_of_forward : bool
        Whether each synapse has the delay that it has in the forward projection.
    transmission : bool
        Whether anything is transmitted; independent of the forward projection's.

    Raises
    ------
    ConfigurationError
        ``proj`` is no projection, or the network is compiled already.
    ModelError
        A mistake in the psp.
    """

    target: str
    forward: Projection
    backward: bool
    psp: Expr | None
    psp_text: str
    psp_functions: tuple[Function, ...]
    operation: str
    delay_of_forward: bool

    def __init__(
        self,
        proj: Projection | Transpose | None = None,
        target: str | None = None,
        psp: str | None = None,
        operation: str = "sum",
        name: str | None = None,
        *,
        projection: Projection | Transpose | None = None,
    ) -> None:
        given = proj if projection is None else projection
        if not isinstance(given, Projection | Transpose) or (proj is not None and projection is not None):
            shown = "two projections" if proj is not None and projection is not None else type(given).__name__
            raise ConfigurationError(f"Transpose: proj must be one Projection or Transpose, not {shown}.")
        self.forward, self.backward = given._root, isinstance(given, Projection) or not given.backward
        _refuse_hybrid(given)
        self.network, self.pre, self.post = given.network, given.post, given.pre
        self.name = own_name(name, "Transpose") or f"proj{len(self.network.projections)}"
        self.target = one_target(target, "Transpose")
        self.post_population._check_targets([self.target], self._label)
        if operation not in tuple(Operation):
            raise ConfigurationError(
                f"Transpose: operation must be sum, max, min or mean, not {operation!r}."
            )
        self.operation = str(operation)
        if not isinstance(psp, str | None):
            raise ConfigurationError(f"Transpose: psp must be a text, not {psp!r}.")
        self._lower(
            SourceText(psp or "", f"Transpose '{self.name}'", "psp", 2, call_site(sys._getframe(1), self))
        )
        self.flags = {"transmission": np.ones(1, np.bool_)}
        self.delay_of_forward = False
        self._own_delays = delay_array(0.0, 0, self.network)
        self._warned = False
        self.id = self.network._add_projection(self)
        self.post_population.targets.append(self.target)
        self._ready = True

    def _lower(self, text: SourceText) -> None:
        pre, post, synapse = self.pre_population, self.post_population, self.forward.model
        default = DEFAULT_TRANSMISSION if synapse.spiking else DEFAULT_PSP_TEXT
        self.psp_text = text.content if is_written(text) else default
        self.psp = lower_psp(
            text,
            synapse=synapse,
            pre=pre.model,
            post=post.model,
            pre_name=pre.name,
            post_name=post.name,
            functions=registry.functions,
            constants=visible_constants(self.network).keys(),
        )
        known = {**registry.functions, **{f.name: f for f in synapse.functions}}
        self.psp_functions = reachable([self.psp] if self.psp is not None else [], known)

    @property
    def fwd_proj(self) -> Projection:
        """The same as ``forward``."""
        return self.forward

    @property
    def _is_continuous(self) -> bool:
        return self.psp is not None

    @property
    def _root(self) -> Projection:
        return self.forward

    @property
    def attributes(self) -> list[str]:
        """The weight is all that can be read."""
        return ["w"]

    def _reading(self) -> Reading | None:
        store = self.forward.store
        if store is None:
            return None
        return store.backward() if self.backward else store.forward()

    def _check_writable(self, name: str) -> None:
        if name == "delay":
            if self.delay_of_forward:
                raise ConfigurationError(
                    f"{self._label}: delays belong to projection '{self.forward.name}'; change them there."
                )
            return
        self._locality(name)
        raise ConfigurationError(f"{self._label}: {self._whose()}")

    def _new_delays(self, value: Any, lengths: NDArray[np.int64]) -> NDArray[np.int32]:
        if not is_number(value):
            self._check_writable("delay")
            raise ConfigurationError(
                f"{self._label}.delay: all synapses share one delay.",
                hint="connect(delays='forward') gives each the delay that it has in the forward projection",
            )
        return super()._new_delays(value, lengths)

    def _write_delay_at(self, places: Index, steps: NDArray[np.int32]) -> NoReturn:
        raise ConfigurationError(
            f"{self._label}.delay: all synapses share one delay.", hint="set it for the whole transpose"
        )

    def _whose(self) -> str:
        return f"weights belong to projection '{self.forward.name}'; change them there."

    def _write(self, given: Mapping[str, Any]) -> None:
        for name in given:
            self._check_writable(name)

    def set_matrix(self, name: str, matrix: Any) -> None:
        """Refused: weights belong to the forward projection."""
        self._check_writable(name)

    def create_synapse(self, pre: Any, post: Any, w: float = 0.0, delay: float = 0.0) -> NoReturn:
        """Refused: synapses belong to the forward projection."""
        raise ConfigurationError(f"{self._label}: {self._whose()}")

    def prune_synapse(self, pre: Any, post: Any) -> NoReturn:
        """Refused: synapses belong to the forward projection."""
        raise ConfigurationError(f"{self._label}: {self._whose()}")

    def _create(self, post: int, ranks: Sequence[Any], weights: Any, delays: Any) -> NoReturn:
        raise ConfigurationError(f"{self._label}: {self._whose()}")

    def _prune(self, post: int, ranks: Sequence[Any]) -> NoReturn:
        raise ConfigurationError(f"{self._label}: {self._whose()}")

    # -- connecting -------------------------------------------------------------------------------------

    def connect(self, delays: float | str = 0.0) -> Self:
        """Set the delay: a number of ms, or ``'forward'`` for that of each forward synapse. Optional."""
        return self._connect(delays)

    transpose = connect

    def _connect(self, given: Any) -> Self:
        if self.network.compiled:
            raise ConfigurationError(
                f"{self._label} can not be connected anew after compile().", hint="connect before compile()"
            )
        if isinstance(given, str) and given == "forward":
            self.delay_of_forward = True
            return self
        if not is_number(given):
            raise ConfigurationError(
                f"{self._label}: delays must be a number of ms or 'forward', not {given!r}."
            )
        self.delay_of_forward = False
        checked = delays(self._label, given, self.network.dt)
        self._own_delays = delay_array(checked, 0, self.network)
        return self

    def _check_ready(self) -> None:
        """Refuse to be compiled without synapses to read."""
        if self.forward._connection is None:
            raise ConfigurationError(
                f"{self._label}: its forward projection '{self.forward.name}' was never connected.",
                hint="call one of the connect methods of the forward projection",
            )
        if self.forward not in self.network.projections:
            raise ConfigurationError(
                f"{self._label}: its forward projection '{self.forward.name}' is not part of the network."
            )

    @property
    def _delays(self) -> Delays:
        if self.delay_of_forward:
            return self.forward._delays
        return changeable(self._own_delays) if self.pre_population.model.spiking else self._own_delays

    @property
    def delay(self) -> Any:
        """Delays in ms: a number, or a list of lists where the forward synapses have each their own."""
        return None if self.forward.store is None else self._read_delay()

    @delay.setter
    def delay(self, value: Any) -> None:
        if self.network.compiled:
            self._write_delay(value)
        else:
            self._connect(value)

    # -- not of a transpose -----------------------------------------------------------------------------

    def enable_learning(self, period: float | None = None, offset: float | None = None) -> None:
        """No effect: a transpose never learns."""
        self._warn_of_learning()

    def disable_learning(self, update: object = None) -> None:
        """No effect: a transpose never learns."""
        self._warn_of_learning()

    def _warn_of_learning(self) -> None:
        if not self._warned:
            messages.warning(f"{self._label} never learns; projection '{self.forward.name}' does.")
        self._warned = True

    def reset(self, attributes: object = -1, synapses: bool = False) -> None:
        """No effect: there is nothing of its own."""

    def load(self, filename: str | PathLike[str], pickle_encoding: str | None = None) -> NoReturn:
        """Refused: the weights are loaded into the forward projection."""
        raise ConfigurationError(
            f"{self._label} has no weights of its own to load.",
            hint=f"load projection '{self.forward.name}'",
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def size_in_bytes(self) -> int:
        """Memory of its own: the weights are those of the forward projection."""
        return sum(buffer.nbytes for buffer in (*self.flags.values(), self._own_delays.steps))

    _size_in_bytes = size_in_bytes


def _refuse_hybrid(given: Projection | Transpose) -> None:
    """Between rate-coded and spiking neurons a weight read backward has no meaning (spec 06, 5.1)."""
    kinds = {p.model.spiking for p in (given.pre_population, given.post_population)}
    if len(kinds) > 1:
        raise ConfigurationError(
            f"Transpose: projection '{given.name}' joins rate-coded and spiking neurons; its weights have no meaning "
            "the other way round.",
            hint="decode spikes into rates with a DecodingProjection",
        )
