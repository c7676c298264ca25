"""Generalised integrate-and-fire neurons, which fire at random with a rate that depends on their potential."""

from __future__ import annotations

from typing import Final

from synloom.codegen.errors import ConfigurationError
from synloom.constant import Constant
from synloom.filled import fill, parameters
from synloom.forms import Value, check_value
from synloom.neuron import Neuron
from synloom.random import RandomDistribution
from synloom.written import value_text

EQUATIONS: Final = """
tau_m*du/dt = -u + u_r + R*I_ext + {current} : init = u_r
tau_v*dv/dt = -(v - u_th) : init = u_th
Lambda = c*exp((u - v)/delta_u)
p = Uniform(0.0, 1.0)*1000.0/dt
"""
DECAY: Final = """
tau_g_exc*dg_exc/dt = -g_exc
tau_g_inh*dg_inh/dt = -g_inh
"""
RESET: Final = "u = u_r\nv += J_v/tau_v"


class GIF_curr(Neuron):
    """Generalised integrate-and-fire neuron with an adaptive threshold; each input acts for one step.

    Equations::

        tau_m*du/dt = -u + u_r + R*I_ext + R*(g_exc - g_inh)        u starts at u_r
        tau_v*dv/dt = -(v - u_th)                                   v starts at u_th
        Lambda = c*exp((u - v)/delta_u)
        p = Uniform(0.0, 1.0)*1000.0/dt

    It fires at ``p < Lambda``, with the rate ``Lambda`` (Hz); then ``u = u_r`` and ``v += J_v/tau_v``.

    Parameters
    ----------
    C_m : float, default 250.0
        Capacitance (pF).
    tau_m : float, default 10.0
        Membrane time constant (ms). ``R = tau_m / C_m`` is a parameter of its own, computed here.
    tau_v : float, default 1000.0
        Time constant of the threshold (ms).
    J_v : float, default 1000.0
        Adaptation of the threshold (mV ms).
    u_r : float, default -65.0
        Reset potential (mV).
    u_th : float, default -50.0
        Threshold at rest (mV).
    c : float, default 10.0
        Rate at the threshold (Hz).
    delta_u : float, default 5.0
        Softness of the threshold (mV).
    I_ext : float, default 375.0
        Constant current (pA).
    current : str, default ``'R*(g_exc - g_inh)'``
        The input. The ``g_<target>`` in it are the targets of the neuron.
    refractory_period : float, default 0.0
        Refractory period (ms).

    References
    ----------
    Schwalger T, Deger M, Gerstner W (2017) Towards a theory of cortical columns. PLoS Computational Biology 13(4),
    e1005507.
    """

    def __init__(
        self,
        C_m: Value = 250.0,
        tau_m: Value = 10.0,
        tau_v: Value = 1000.0,
        J_v: Value = 1000,
        u_r: Value = -65.0,
        u_th: Value = -50.0,
        c: Value = 10.0,
        delta_u: Value = 5.0,
        I_ext: Value = 375.0,
        current: str = "R*(g_exc - g_inh)",
        refractory_period: Value = 0.0,
    ) -> None:
        super().__init__(
            parameters=parameters(
                GIF_curr,
                C_m=C_m,
                tau_m=tau_m,
                R=_quotient(GIF_curr, tau_m, C_m),
                tau_v=tau_v,
                J_v=J_v,
                u_r=u_r,
                u_th=u_th,
                c=c,
                delta_u=delta_u,
                I_ext=I_ext,
                refractory_period=refractory_period,
            ),
            equations=fill(GIF_curr, EQUATIONS, current=current),
            spike="p < Lambda",
            reset=RESET,
            refractory="refractory_period",
            description="Generalised integrate-and-fire neuron whose inputs act for one step.",
        )


class GIF_curr_exp(Neuron):
    """Generalised integrate-and-fire neuron with an adaptive threshold and currents that decay exponentially.

    Equations::

        tau_m*du/dt = -u + u_r + R*I_ext + R*(g_exc - g_inh)        u starts at u_r
        tau_v*dv/dt = -(v - u_th)                                   v starts at u_th
        Lambda = c*exp((u - v)/delta_u)
        p = Uniform(0.0, 1.0)*1000.0/dt
        tau_g_exc*dg_exc/dt = -g_exc
        tau_g_inh*dg_inh/dt = -g_inh

    It fires at ``p < Lambda``, with the rate ``Lambda`` (Hz); then ``u = u_r`` and ``v += J_v/tau_v``.

    Parameters
    ----------
    C_m : float, default 250.0
        Capacitance (pF).
    tau_m : float, default 10.0
        Membrane time constant (ms). ``R = tau_m / C_m`` is a parameter of its own, computed here.
    tau_v : float, default 1000.0
        Time constant of the threshold (ms).
    J_v : float, default 1000.0
        Adaptation of the threshold (mV ms).
    u_r : float, default -65.0
        Reset potential (mV).
    u_th : float, default -50.0
        Threshold at rest (mV).
    c : float, default 10.0
        Rate at the threshold (Hz).
    delta_u : float, default 5.0
        Softness of the threshold (mV).
    tau_g_exc, tau_g_inh : float, default 5.0, 5.0
        Time constants of the currents (ms).
    I_ext : float, default 375.0
        Constant current (pA).
    current : str, default ``'R*(g_exc - g_inh)'``
        The input.
    refractory_period : float, default 0.0
        Refractory period (ms).

    References
    ----------
    Schwalger T, Deger M, Gerstner W (2017) Towards a theory of cortical columns. PLoS Computational Biology 13(4),
    e1005507.
    """

    def __init__(
        self,
        C_m: Value = 250.0,
        tau_m: Value = 10.0,
        tau_v: Value = 1000.0,
        J_v: Value = 1000,
        u_r: Value = -65.0,
        u_th: Value = -50.0,
        c: Value = 10.0,
        delta_u: Value = 5.0,
        tau_g_exc: Value = 5.0,
        tau_g_inh: Value = 5.0,
        I_ext: Value = 375.0,
        current: str = "R*(g_exc - g_inh)",
        refractory_period: Value = 0.0,
    ) -> None:
        super().__init__(
            parameters=parameters(
                GIF_curr_exp,
                C_m=C_m,
                tau_m=tau_m,
                R=_quotient(GIF_curr_exp, tau_m, C_m),
                tau_v=tau_v,
                J_v=J_v,
                u_r=u_r,
                u_th=u_th,
                c=c,
                delta_u=delta_u,
                tau_g_exc=tau_g_exc,
                tau_g_inh=tau_g_inh,
                I_ext=I_ext,
                refractory_period=refractory_period,
            ),
            equations=fill(GIF_curr_exp, EQUATIONS + DECAY, current=current),
            spike="p < Lambda",
            reset=RESET,
            refractory="refractory_period",
            description="Generalised integrate-and-fire neuron with currents that decay exponentially.",
        )


def _quotient(model: type, tau_m: Value, C_m: Value) -> Value:
    """``R``: a number of numbers, else an expression over the constants in them."""
    who = f"Neuron '{model.__name__}'"
    for name, value in (("tau_m", tau_m), ("C_m", C_m)):
        check_value(value, f"{who}: {name}")
    if isinstance(tau_m, RandomDistribution) or isinstance(C_m, RandomDistribution):
        raise ConfigurationError(
            f"{who}: tau_m and C_m must be numbers or expressions, since R = tau_m / C_m.",
            hint="give the population random values, and R with them: pop.R = pop.tau_m / pop.C_m",
        )
    if isinstance(tau_m, str | Constant) or isinstance(C_m, str | Constant):
        above, below = (v if isinstance(v, str) else value_text(v) for v in (tau_m, C_m))
        return f"({above})/({below})"
    if not C_m:
        raise ConfigurationError(f"{who}: C_m must not be 0.")
    return tau_m / C_m
