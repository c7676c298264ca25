"""Rate-coded neurons."""

from __future__ import annotations

from synloom.filled import fill, parameters
from synloom.forms import Value
from synloom.neuron import Neuron


class LeakyIntegrator(Neuron):
    """Leaky integrator of its inputs, with a threshold-linear rate.

    Equations::

        tau*dv/dt + v = sum(exc) - sum(inh) + B + noise : exponential
        r = max(v - T, 0)

    A random term in ``noise`` is one sample per neuron and step. It is not scaled with the step, so the variance
    of ``v`` depends on ``dt``: for samples of variance ``s2`` it is ``s2 * (1 - q)/(1 + q)``, ``q = exp(-dt/tau)``.

    Parameters
    ----------
    tau : float, default 10.0
        Time constant (ms); one for the population.
    B : float, default 0.0
        Baseline.
    T : float, default 0.0
        Threshold of the rate; one for the population.
    sum : str, default ``'sum(exc) - sum(inh)'``
        The input: any expression over weighted sums.
    noise : str, optional
        A term added to the right side, such as ``'Normal(0.0, 1.0)'``.

    References
    ----------
    Dayan P, Abbott LF (2001) Theoretical Neuroscience, MIT Press, chapter 7.
    """

    def __init__(
        self,
        tau: Value = 10.0,
        B: Value = 0.0,
        T: Value = 0.0,
        sum: str = "sum(exc) - sum(inh)",
        noise: str | None = None,
    ) -> None:
        noisy = "" if noise is None else " + {noise}"
        super().__init__(
            parameters=parameters(LeakyIntegrator, ("tau", "T"), tau=tau, B=B, T=T),
            equations=fill(
                LeakyIntegrator,
                f"tau*dv/dt + v = {{sum}} + B{noisy} : exponential\nr = max(v - T, 0.0)",
                sum=sum,
                noise=noise,
            ),
            description="Leaky integrator with a threshold-linear rate.",
        )
