"""Adaptive exponential integrate-and-fire neurons."""

from __future__ import annotations

from typing import Final

from synloom.filled import parameters
from synloom.forms import Value
from synloom.models.freeze import Freeze, frozen
from synloom.models.integrate_and_fire import ALPHA, DECAY, GMAX
from synloom.neuron import Neuron

CURRENT: Final = "I = {0}_exc*(e_rev_E - v) + {0}_inh*(e_rev_I - v) + i_offset\n"
# The exponential is bounded where v is far beyond any spike, and where it would overflow.
VOLTAGE: Final = (
    "tau_m*dv/dt = v_rest - v"
    " + delta_T*exp(min((v - v_thresh)/delta_T, 10.0 + (v_spike - v_thresh)/delta_T, 700.0))"
    " + tau_m/cm*(I - w) : init = v_reset{}\n"
    "tau_w*dw/dt = a*(v - v_rest)/1000.0 - w"
)


class EIF_cond_exp_isfa_ista(Neuron):
    """Exponential integrate-and-fire neuron with adaptation; its synapses give conductances, which decay exponentially.

    Equations::

        I = g_exc*(e_rev_E - v) + g_inh*(e_rev_I - v) + i_offset
        tau_m*dv/dt = v_rest - v + delta_T*exp((v - v_thresh)/delta_T) + tau_m/cm*(I - w)
        tau_w*dw/dt = a*(v - v_rest)/1000 - w
        tau_syn_E*dg_exc/dt = -g_exc : exponential
        tau_syn_I*dg_inh/dt = -g_inh : exponential

    It fires at ``v > v_spike``; then ``v = v_reset`` and ``w += b``. The argument of ``exp`` is bounded ten
    ``delta_T`` above ``v_spike``, so that no value of ``v`` makes it overflow.

    Parameters
    ----------
    v_rest : float, default -70.6
        Resting potential (mV).
    cm : float, default 0.281
        Capacitance (nF).
    tau_m : float, default 9.3667
        Membrane time constant (ms).
    tau_refrac : float, default 0.1
        Refractory period (ms).
    tau_syn_E, tau_syn_I : float, default 5.0, 5.0
        Time constants of the synapses (ms).
    e_rev_E, e_rev_I : float, default 0.0, -80.0
        Reversal potentials of the synapses (mV).
    tau_w : float, default 144.0
        Time constant of the adaptation (ms).
    a : float, default 4.0
        Adaptation below threshold (nS).
    b : float, default 0.0805
        Adaptation by a spike (nA).
    i_offset : float, default 0.0
        Constant current (nA).
    delta_T : float, default 2.0
        Slope of the exponential (mV).
    v_thresh : float, default -50.4
        Threshold of the exponential (mV).
    v_reset : float, default -70.6
        Where ``v`` starts, and where a spike puts it (mV).
    v_spike : float, default -40.0
        Where a spike is counted (mV).
    freeze : {'all', 'voltage'}, default 'all'
        What stands still in the refractory period: everything but ``g_exc`` and ``g_inh``, or ``v`` alone. With
        ``'voltage'`` there is a variable ``hold``, the steps left; the period is ``tau_refrac``, not the
        population's ``refractory``.

    References
    ----------
    Brette R, Gerstner W (2005) Adaptive exponential integrate-and-fire model as an effective description of
    neuronal activity. Journal of Neurophysiology 94, 3637-3642.
    """

    def __init__(
        self,
        v_rest: Value = -70.6,
        cm: Value = 0.281,
        tau_m: Value = 9.3667,
        tau_refrac: Value = 0.1,
        tau_syn_E: Value = 5.0,
        tau_syn_I: Value = 5.0,
        e_rev_E: Value = 0.0,
        e_rev_I: Value = -80.0,
        tau_w: Value = 144.0,
        a: Value = 4.0,
        b: Value = 0.0805,
        i_offset: Value = 0.0,
        delta_T: Value = 2.0,
        v_thresh: Value = -50.4,
        v_reset: Value = -70.6,
        v_spike: Value = -40.0,
        *,
        freeze: Freeze = "all",
    ) -> None:
        held = frozen(EIF_cond_exp_isfa_ista, freeze)
        super().__init__(
            parameters=parameters(
                EIF_cond_exp_isfa_ista,
                v_rest=v_rest,
                cm=cm,
                tau_m=tau_m,
                tau_refrac=tau_refrac,
                tau_syn_E=tau_syn_E,
                tau_syn_I=tau_syn_I,
                e_rev_E=e_rev_E,
                e_rev_I=e_rev_I,
                tau_w=tau_w,
                a=a,
                b=b,
                i_offset=i_offset,
                delta_T=delta_T,
                v_thresh=v_thresh,
                v_reset=v_reset,
                v_spike=v_spike,
            ),
            equations=held.start + CURRENT.format("g") + VOLTAGE.format(held.bounds) + DECAY,
            spike=f"v > v_spike{held.spike}",
            reset=f"v = v_reset\nw += b{held.reset}",
            refractory=held.refractory,
            description="Adaptive exponential integrate-and-fire neuron with conductances that decay exponentially.",
        )


class EIF_cond_alpha_isfa_ista(Neuron):
    """Exponential integrate-and-fire neuron with adaptation; its synapses give conductances, which are alpha functions.

    Equations::

        gmax_exc = exp((tau_syn_E - dt/2)/tau_syn_E)
        gmax_inh = exp((tau_syn_I - dt/2)/tau_syn_I)
        I = alpha_exc*(e_rev_E - v) + alpha_inh*(e_rev_I - v) + i_offset
        tau_m*dv/dt = v_rest - v + delta_T*exp((v - v_thresh)/delta_T) + tau_m/cm*(I - w)
        tau_w*dw/dt = a*(v - v_rest)/1000 - w
        tau_syn_E*dg_exc/dt = -g_exc : exponential
        tau_syn_I*dg_inh/dt = -g_inh : exponential
        tau_syn_E*dalpha_exc/dt = gmax_exc*g_exc - alpha_exc : exponential
        tau_syn_I*dalpha_inh/dt = gmax_inh*g_inh - alpha_inh : exponential

    It fires at ``v > v_spike``; then ``v = v_reset`` and ``w += b``. The argument of ``exp`` is bounded ten
    ``delta_T`` above ``v_spike``, so that no value of ``v`` makes it overflow.

    Parameters
    ----------
    v_rest : float, default -70.6
        Resting potential (mV).
    cm : float, default 0.281
        Capacitance (nF).
    tau_m : float, default 9.3667
        Membrane time constant (ms).
    tau_refrac : float, default 0.1
        Refractory period (ms).
    tau_syn_E, tau_syn_I : float, default 5.0, 5.0
        Time constants of the synapses (ms).
    e_rev_E, e_rev_I : float, default 0.0, -80.0
        Reversal potentials of the synapses (mV).
    tau_w : float, default 144.0
        Time constant of the adaptation (ms).
    a : float, default 4.0
        Adaptation below threshold (nS).
    b : float, default 0.0805
        Adaptation by a spike (nA).
    i_offset : float, default 0.0
        Constant current (nA).
    delta_T : float, default 2.0
        Slope of the exponential (mV).
    v_thresh : float, default -50.4
        Threshold of the exponential (mV).
    v_reset : float, default -70.6
        Where ``v`` starts, and where a spike puts it (mV).
    v_spike : float, default -40.0
        Where a spike is counted (mV).
    freeze : {'all', 'voltage'}, default 'all'
        What stands still in the refractory period: everything but ``g_exc`` and ``g_inh``, or ``v`` alone. With
        ``'voltage'`` there is a variable ``hold``, the steps left; the period is ``tau_refrac``, not the
        population's ``refractory``.

    References
    ----------
    Brette R, Gerstner W (2005) Adaptive exponential integrate-and-fire model as an effective description of
    neuronal activity. Journal of Neurophysiology 94, 3637-3642.
    """

    def __init__(
        self,
        v_rest: Value = -70.6,
        cm: Value = 0.281,
        tau_m: Value = 9.3667,
        tau_refrac: Value = 0.1,
        tau_syn_E: Value = 5.0,
        tau_syn_I: Value = 5.0,
        e_rev_E: Value = 0.0,
        e_rev_I: Value = -80.0,
        tau_w: Value = 144.0,
        a: Value = 4.0,
        b: Value = 0.0805,
        i_offset: Value = 0.0,
        delta_T: Value = 2.0,
        v_thresh: Value = -50.4,
        v_reset: Value = -70.6,
        v_spike: Value = -40.0,
        *,
        freeze: Freeze = "all",
    ) -> None:
        held = frozen(EIF_cond_alpha_isfa_ista, freeze)
        super().__init__(
            parameters=parameters(
                EIF_cond_alpha_isfa_ista,
                v_rest=v_rest,
                cm=cm,
                tau_m=tau_m,
                tau_refrac=tau_refrac,
                tau_syn_E=tau_syn_E,
                tau_syn_I=tau_syn_I,
                e_rev_E=e_rev_E,
                e_rev_I=e_rev_I,
                tau_w=tau_w,
                a=a,
                b=b,
                i_offset=i_offset,
                delta_T=delta_T,
                v_thresh=v_thresh,
                v_reset=v_reset,
                v_spike=v_spike,
            ),
            equations=held.start
            + GMAX
            + CURRENT.format("alpha")
            + VOLTAGE.format(held.bounds)
            + DECAY
            + ALPHA,
            spike=f"v > v_spike{held.spike}",
            reset=f"v = v_reset\nw += b{held.reset}",
            refractory=held.refractory,
            description="Adaptive exponential integrate-and-fire neuron with conductances that are alpha functions.",
        )
