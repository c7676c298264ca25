"""Options of one network: its step, its precision, and where its random numbers come from."""

from __future__ import annotations

from typing import Any

import numpy as np

from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import Precision
from synloom.config import Options, changed, checked, options
from synloom.draw_state import DrawState, checked_seed, child_seed, fresh_seed
from synloom.network_part import NetworkPart


class NetworkSettings(NetworkPart):
    """The part of a network that knows its options and its seed."""

    _number: int  # of networks made before, and this one
    _dt: float | None
    _seed: int | None
    _options: Options | None
    _rng: np.random.Generator | None
    _drawn_seed: int | None  # where nobody gave one
    _draw_state: DrawState

    def _set_options(self, dt: float | None, seed: int | None) -> None:
        self._dt, self._seed = dt, seed
        self._options, self._rng, self._drawn_seed = None, None, None
        self._draw_state = DrawState()

    @property
    def options(self) -> Options:
        """Options of ``setup()``; a network keeps those that held when it was compiled."""
        return options if self._options is None else self._options

    @property
    def dt(self) -> float:
        """Step size in ms; it can be set until the network is compiled."""
        return float(self.options.dt if self._dt is None else self._dt)

    @dt.setter
    def dt(self, step: float) -> None:
        self._refuse_late("dt")
        self._dt = checked({"dt": step}, "Network")["dt"]

    def config(self, **options: Any) -> None:
        """Set options of this network alone, by the names of ``setup()``, before it is compiled.

        Until the first call they follow ``setup()``; from then on the network has its own. ``dtype`` is another word
        for ``precision``. Unknown keys are ignored with a warning, as in ``setup()``.

        Raises
        ------
        ConfigurationError
            A wrong value (nothing is set then), ``seed``, which is an argument of the constructor, or a network that is
            compiled already.
        """
        if "seed" in options:
            raise ConfigurationError(
                "config() takes no seed.", hint="Network(seed=...), or set_seed() to restart random numbers"
            )
        self._refuse_late("config()")
        own = checked(options, "config")
        step = own.pop("dt", None)
        if own:
            self._options = changed(self.options, own)
        if step is not None:
            self._dt = step

    def _refuse_late(self, what: str) -> None:
        if self.compiled or self.cleared:
            raise ConfigurationError(
                f"{what} can not be set any more: the network is {'cleared' if self.cleared else 'compiled'}.",
                hint="set it before compile()",
            )

    @property
    def precision(self) -> Precision:
        """Floating type of the running network."""
        return Precision(self.options.precision)

    @property
    def real(self) -> np.dtype[Any]:
        """NumPy type of real buffers."""
        return np.dtype(np.float64 if self.precision is Precision.DOUBLE else np.float32)

    @property
    def seed(self) -> int | None:
        """Seed of the random streams. Without one, it is drawn when first needed, at the latest by ``compile()``.

        A seed of ``setup()`` is that of the default network; other networks get children of it.
        """
        if self._seed is not None:
            return self._seed
        if self.options.seed is not None:
            return self.options.seed if self.id == 0 else child_seed(self.options.seed, self._number)
        return self._drawn_seed

    def _some_seed(self) -> int:
        if self.seed is None:
            self._drawn_seed = fresh_seed()
        assert self.seed is not None
        return self.seed

    @property
    def rng(self) -> np.random.Generator:
        """Generator of this network; its children feed connectors and distributions."""
        if self._rng is None:
            self._rng = np.random.default_rng(self._some_seed())
        return self._rng

    @property
    def default_rng(self) -> np.random.Generator:
        """The generator of this network, seeded with ``seed``: for random numbers of a script's own."""
        return self.rng

    def spawn_rng(self) -> np.random.Generator:
        """An independent child stream, the same from run to run for the same seed and order of calls."""
        return self.rng.spawn(1)[0]

    def set_seed(self, seed: int, use_seed_seq: bool = True) -> None:
        """Restart the random streams of this network, and of its equations if it is compiled, from ``seed``.

        ``use_seed_seq`` is taken for the sake of old scripts; there is one way to make streams.
        """
        del use_seed_seq
        self._seed = checked_seed(seed)
        self._rng = None
        self._draw_state.restart(self._seed)
