"""Neurons that fire at random, all with one fluctuating rate (spec 05, section 7)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.errors import ConfigurationError
from synloom.connect.values import is_number
from synloom.inputs.blocks import BlockPopulation
from synloom.inputs.given import input_neuron, numbers
from synloom.inputs.poisson import SAMPLE
from synloom.inputs.rectified import gaussian_of
from synloom.inputs.schedule import Schedule

WHO = "HomogeneousCorrelatedSpikeTrains"
PARAMETERS = "tau = 1.0 : population ; mu = 0.0 : population ; sigma = 0.0 : population"
EXACT = "x = mu + (x - mu)*exp(-dt/tau) + sigma*sqrt(1.0 - exp(-2.0*dt/tau))*Normal(0.0, 1.0) : population"
LEGACY = "x += dt*(mu - x)/tau + sqrt(dt/tau)*sigma*Normal(0.0, 1.0) : population"


class HomogeneousCorrelatedSpikeTrains(BlockPopulation):
    """Spiking neurons that fire independently of each other at one rate ``x``, an Ornstein-Uhlenbeck process.

    The mean rate is ``rates``, the total correlation of two neurons ``corr``, its time constant ``tau``
    (Brette R, 2009, Neural Computation 21, 188-215).

    Parameters
    ----------
    geometry : int or tuple of int
        Number of neurons, or extent of each axis.
    rates : float or list of float
        Mean rate in Hz; with a schedule one for each block.
    corr : float or list of float
        Between 0 and 1; with a schedule one for all blocks, or one for each.
    tau : float
        In ms.
    schedule : list of float, optional
        The time of each block in ms, the first 0.
    period : float, default -1.0
        After how many ms the blocks begin anew; -1 for never.
    name : str, optional
        Unique in the network.
    refractory : float, optional
        In ms; a long one breaks the correlation.
    legacy : bool, default False
        Step ``x`` as ANNarchy does, which gives lower rates and less correlation than asked for.
    net_id, network
        The network, by number or itself.

    Attributes
    ----------
    mu, sigma : float
        Mean and standard deviation of ``x``; they follow ``rates``, ``corr`` and ``tau``.
    x : float
        The rate of all neurons, below zero for none.

    Raises
    ------
    ConfigurationError
        Rates below 0, a correlation outside [0, 1], a time constant that is not positive, or numbers of blocks that do
        not agree.
    """

    _rates: NDArray[np.float64]
    _corr: NDArray[np.float64]

    def __init__(
        self,
        geometry: Any,
        rates: Any,
        corr: Any,
        tau: float,
        schedule: Any = None,
        period: float = -1.0,
        name: str | None = None,
        refractory: float | None = None,
        copied: bool = False,
        *,
        legacy: bool = False,
        **place: Any,
    ) -> None:
        del copied
        who = WHO if name is None else f'Population "{name}"'
        plan = Schedule.of(who, [0.0] if schedule is None else schedule, period)
        given = _process(who, rates, corr, tau)
        _check_schedule(who, plan, len(given[0]))
        self._rates, self._corr, self._tau = given
        self._table = _blocks(who, *given)
        neuron = input_neuron(
            WHO,
            parameters=PARAMETERS,
            equations=f"{LEGACY if legacy else EXACT}\n{SAMPLE}",
            spike="p < x",
            refractory=refractory,
        )
        self._make(geometry, neuron, ("mu", "sigma"), plan, name=name, **place)
        # Where x starts: in the stationary distribution, at the same place of it after each reset.
        self._start = 0.0 if legacy else float(self.network.spawn_rng().standard_normal())
        self._show(0)
        self._restart()

    @property
    def _blocks(self) -> int:
        return len(self._rates)

    def _tables(self) -> dict[str, NDArray[np.float64]]:
        return {"mu": self._table[:, :1], "sigma": self._table[:, 1:]}

    def _show(self, block: int) -> None:
        """Set the parameters of a block at once; the running network will do so again."""
        self.state["tau"][0] = self._tau
        self.state["mu"][0], self.state["sigma"][0] = self._table[block]

    def _restart(self) -> None:
        self.state["x"][0] = self.state["mu"][0] + self.state["sigma"][0] * self._start

    # -- parameters of the process ----------------------------------------------------------------------

    @property
    def rates(self) -> Any:
        """Mean rate in Hz: a number, or one for each block. May be assigned."""
        return _shown(self._rates)

    @rates.setter
    def rates(self, rates: Any) -> None:
        self._change(rates, self._corr, self._tau, self._plan)

    @property
    def corr(self) -> Any:
        """Total correlation: a number, or one for each block. May be assigned."""
        return _shown(self._corr)

    @corr.setter
    def corr(self, corr: Any) -> None:
        self._change(self._rates, corr, self._tau, self._plan)

    def set(self, values: Mapping[str, Any]) -> None:
        """Set attributes, all or none of them; ``mu`` and ``sigma`` follow a new ``tau``."""
        given = dict(values) if isinstance(values, Mapping) else values
        if isinstance(given, dict) and "tau" in given:
            for name, value in given.items():
                self._converted(name, value)
            self._change(self._rates, self._corr, given.pop("tau"), self._plan)
        super().set(given)

    def update(
        self, rates: Any, corr: Any, schedule: Any = None, tau: float | None = None, reset: bool = True
    ) -> None:
        """Exchange the parameters of the process, before or after ``compile()``; None keeps the present one.

        ``reset``: begin anew in the next step, else the clock goes on.
        """
        self._change(rates, corr, self._tau if tau is None else tau, self._changed_plan(schedule, None))
        if reset:
            self._rewind()
            self._show(0)
            self._restart()

    def _change(self, rates: Any, corr: Any, tau: Any, plan: Schedule) -> None:
        given = _process(self._title, rates, corr, tau)
        _check_schedule(self._title, plan, len(given[0]))
        table = _blocks(self._title, *given)
        self._check_plan(plan, len(given[0]))
        self._rates, self._corr, self._tau = given
        self._table, self._plan = table, plan
        self._show(self._present())
        self._exchange()
        if not self.network.compiled:
            self._restart()

    def _present(self) -> int:
        """The block that is in force by the clock."""
        steps = self._plan.steps(self._blocks, self.network.dt)
        return max(0, int(np.searchsorted(steps, self._step, side="right")) - 1)

    def _follow(self, plan: Schedule) -> None:
        _check_schedule(self._title, plan, self._blocks)
        super()._follow(plan)
        self._show(self._present())

    def reset(self, attributes: list[str] | None = None) -> None:
        """Begin anew with the first block. Parameters of the process set last stay."""
        super().reset(attributes)
        self._show(0)
        if attributes is None or "x" in attributes:
            self._restart()


def _process(
    who: str, rates: Any, corr: Any, tau: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Rates and correlations, one for each block, and the time constant."""
    if not is_number(tau) or not 0 < float(tau) < math.inf:
        raise ConfigurationError(f"{who}: tau must be a positive number of ms, not {tau!r}.")
    each = []
    for what, given, highest, rule in (
        ("rates", rates, math.inf, "finite and not negative"),
        ("corr", corr, 1.0, "between 0 and 1"),
    ):
        array = np.atleast_1d(numbers(who, what, given))
        if array.ndim > 1 or not array.size:
            raise ConfigurationError(
                f"{who}: {what} must be a number, or one number for each block, not {given!r}."
            )
        wrong = array[~(np.isfinite(array) & (array >= 0) & (array <= highest))]
        if wrong.size:
            raise ConfigurationError(f"{who}: {what} must be {rule}, not {wrong[0]}.")
        each.append(array)
    if len(each[1]) not in (1, len(each[0])):
        raise ConfigurationError(
            f"{who}: there are {len(each[1])} values of corr for {len(each[0])} blocks of rates.",
            hint="give one for all blocks, or one for each",
        )
    return each[0], each[1], float(tau)


def _check_schedule(who: str, plan: Schedule, blocks: int) -> None:
    if plan.length is not None:
        plan.check_length(blocks, exact=True)
        assert isinstance(plan.times, np.ndarray)
        if plan.times.size and plan.times[0] != 0.0:
            raise ConfigurationError(
                f"{who}: the first time of schedule must be 0, not {plan.times[0]} ms.",
                hint="the process needs a rate from the first step on",
            )


def _blocks(
    who: str, rates: NDArray[np.float64], corr: NDArray[np.float64], tau: float
) -> NDArray[np.float64]:
    """Mean and standard deviation of the process in each block, (blocks, 2)."""
    pairs = zip(rates, np.broadcast_to(corr, len(rates)), strict=True)
    return np.array([gaussian_of(who, float(r), math.sqrt(c * r / (2.0 * tau / 1000.0))) for r, c in pairs])


def _shown(values: NDArray[np.float64]) -> Any:
    return float(values[0]) if len(values) == 1 else values.copy()
