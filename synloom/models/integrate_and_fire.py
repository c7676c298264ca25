"""Leaky integrate-and-fire neurons: currents or conductances, which decay exponentially or rise as alpha functions."""

from __future__ import annotations

from typing import Final

from synloom.filled import parameters
from synloom.forms import Value
from synloom.models.freeze import Freeze, frozen
from synloom.neuron import Neuron

# Lines that several models share; those of the alpha models are used in adaptive.py as well.
GMAX: Final = """
gmax_exc = exp((tau_syn_E - dt/2.0)/tau_syn_E)
gmax_inh = exp((tau_syn_I - dt/2.0)/tau_syn_I)
"""
DECAY: Final = """
tau_syn_E*dg_exc/dt = -g_exc : exponential
tau_syn_I*dg_inh/dt = -g_inh : exponential
"""
ALPHA: Final = """
tau_syn_E*dalpha_exc/dt = gmax_exc*g_exc - alpha_exc : exponential
tau_syn_I*dalpha_inh/dt = gmax_inh*g_inh - alpha_inh : exponential
"""
V: Final = "cm*dv/dt = cm/tau_m*(v_rest - v) + {} + i_offset : init = v_reset, exponential{}"


class IF_curr_exp(Neuron):
    """Leaky integrate-and-fire neuron; its synapses give currents, which decay exponentially.

    Equations::

        cm*dv/dt = cm/tau_m*(v_rest - v) + g_exc - g_inh + i_offset
        tau_syn_E*dg_exc/dt = -g_exc
        tau_syn_I*dg_inh/dt = -g_inh

    It fires at ``v > v_thresh``; then ``v = v_reset``. ``g_exc`` and ``g_inh`` are currents in nA. All equations
    are integrated with the method ``exponential``, from the values of the step before.

    Parameters
    ----------
    v_rest : float, default -65.0
        Resting potential (mV).
    cm : float, default 1.0
        Capacitance (nF).
    tau_m : float, default 20.0
        Membrane time constant (ms).
    tau_refrac : float, default 0.0
        Refractory period (ms).
    tau_syn_E, tau_syn_I : float, default 5.0, 5.0
        Time constants of the synapses (ms).
    v_thresh : float, default -50.0
        Threshold (mV).
    v_reset : float, default -65.0
        Where ``v`` starts, and where a spike puts it (mV).
    i_offset : float, default 0.0
        Constant current (nA).

    References
    ----------
    Davison AP et al. (2009) PyNN: a common interface for neuronal network simulators. Frontiers in
    Neuroinformatics 2, 11: names and parameters.
    """

    def __init__(
        self,
        v_rest: Value = -65.0,
        cm: Value = 1.0,
        tau_m: Value = 20.0,
        tau_refrac: Value = 0.0,
        tau_syn_E: Value = 5.0,
        tau_syn_I: Value = 5.0,
        v_thresh: Value = -50.0,
        v_reset: Value = -65.0,
        i_offset: Value = 0.0,
    ) -> None:
        super().__init__(
            parameters=parameters(
                IF_curr_exp,
                v_rest=v_rest,
                cm=cm,
                tau_m=tau_m,
                tau_refrac=tau_refrac,
                tau_syn_E=tau_syn_E,
                tau_syn_I=tau_syn_I,
                v_thresh=v_thresh,
                v_reset=v_reset,
                i_offset=i_offset,
            ),
            equations=V.format("g_exc - g_inh", "") + DECAY,
            spike="v > v_thresh",
            reset="v = v_reset",
            refractory="tau_refrac",
            description="Leaky integrate-and-fire neuron with currents that decay exponentially.",
        )


class IF_cond_exp(Neuron):
    """Leaky integrate-and-fire neuron; its synapses give conductances, which decay exponentially.

    Equations::

        cm*dv/dt = cm/tau_m*(v_rest - v) + g_exc*(e_rev_E - v) + g_inh*(e_rev_I - v) + i_offset
        tau_syn_E*dg_exc/dt = -g_exc
        tau_syn_I*dg_inh/dt = -g_inh

    It fires at ``v > v_thresh``; then ``v = v_reset``. ``g_exc`` and ``g_inh`` are in uS. All equations are
    integrated with the method ``exponential``, from the values of the step before.

    Parameters
    ----------
    v_rest : float, default -65.0
        Resting potential (mV).
    cm : float, default 1.0
        Capacitance (nF).
    tau_m : float, default 20.0
        Membrane time constant (ms).
    tau_refrac : float, default 0.0
        Refractory period (ms).
    tau_syn_E, tau_syn_I : float, default 5.0, 5.0
        Time constants of the synapses (ms).
    e_rev_E, e_rev_I : float, default 0.0, -70.0
        Reversal potentials of the synapses (mV).
    v_thresh : float, default -50.0
        Threshold (mV).
    v_reset : float, default -65.0
        Where ``v`` starts, and where a spike puts it (mV).
    i_offset : float, default 0.0
        Constant current (nA).

    References
    ----------
    Davison AP et al. (2009) PyNN: a common interface for neuronal network simulators. Frontiers in
    Neuroinformatics 2, 11: names and parameters.
    """

    def __init__(
        self,
        v_rest: Value = -65.0,
        cm: Value = 1.0,
        tau_m: Value = 20.0,
        tau_refrac: Value = 0.0,
        tau_syn_E: Value = 5.0,
        tau_syn_I: Value = 5.0,
        e_rev_E: Value = 0.0,
        e_rev_I: Value = -70.0,
        v_thresh: Value = -50.0,
        v_reset: Value = -65.0,
        i_offset: Value = 0.0,
    ) -> None:
        super().__init__(
            parameters=parameters(
                IF_cond_exp,
                v_rest=v_rest,
                cm=cm,
                tau_m=tau_m,
                tau_refrac=tau_refrac,
                tau_syn_E=tau_syn_E,
                tau_syn_I=tau_syn_I,
                v_thresh=v_thresh,
                v_reset=v_reset,
                i_offset=i_offset,
                e_rev_E=e_rev_E,
                e_rev_I=e_rev_I,
            ),
            equations=V.format("g_exc*(e_rev_E - v) + g_inh*(e_rev_I - v)", "") + DECAY,
            spike="v > v_thresh",
            reset="v = v_reset",
            refractory="tau_refrac",
            description="Leaky integrate-and-fire neuron with conductances that decay exponentially.",
        )


class IF_curr_alpha(Neuron):
    """Leaky integrate-and-fire neuron; its synapses give currents, which are alpha functions.

    Equations::

        gmax_exc = exp((tau_syn_E - dt/2)/tau_syn_E)
        gmax_inh = exp((tau_syn_I - dt/2)/tau_syn_I)
        cm*dv/dt = cm/tau_m*(v_rest - v) + alpha_exc - alpha_inh + i_offset
        tau_syn_E*dg_exc/dt = -g_exc
        tau_syn_I*dg_inh/dt = -g_inh
        tau_syn_E*dalpha_exc/dt = gmax_exc*g_exc - alpha_exc
        tau_syn_I*dalpha_inh/dt = gmax_inh*g_inh - alpha_inh

    It fires at ``v > v_thresh``; then ``v = v_reset``. A spike of weight ``w`` makes a current that peaks at about
    ``w`` nA one time constant after it came. The differential equations are integrated with the method
    ``exponential``, from the values of the step before.

    Parameters
    ----------
    v_rest : float, default -65.0
        Resting potential (mV).
    cm : float, default 1.0
        Capacitance (nF).
    tau_m : float, default 20.0
        Membrane time constant (ms).
    tau_refrac : float, default 0.0
        Refractory period (ms).
    tau_syn_E, tau_syn_I : float, default 5.0, 5.0
        Time constants of the synapses (ms).
    v_thresh : float, default -50.0
        Threshold (mV).
    v_reset : float, default -65.0
        Where ``v`` starts, and where a spike puts it (mV).
    i_offset : float, default 0.0
        Constant current (nA).
    freeze : {'all', 'voltage'}, default 'all'
        What stands still in the refractory period: everything but ``g_exc`` and ``g_inh``, or ``v`` alone. With
        ``'voltage'`` there is a variable ``hold``, the steps left; the period is ``tau_refrac``, not the
        population's ``refractory``.

    References
    ----------
    Davison AP et al. (2009) PyNN: a common interface for neuronal network simulators. Frontiers in
    Neuroinformatics 2, 11: names and parameters.
    """

    def __init__(
        self,
        v_rest: Value = -65.0,
        cm: Value = 1.0,
        tau_m: Value = 20.0,
        tau_refrac: Value = 0.0,
        tau_syn_E: Value = 5.0,
        tau_syn_I: Value = 5.0,
        v_thresh: Value = -50.0,
        v_reset: Value = -65.0,
        i_offset: Value = 0.0,
        *,
        freeze: Freeze = "all",
    ) -> None:
        held = frozen(IF_curr_alpha, freeze)
        current = "alpha_exc - alpha_inh"
        super().__init__(
            parameters=parameters(
                IF_curr_alpha,
                v_rest=v_rest,
                cm=cm,
                tau_m=tau_m,
                tau_refrac=tau_refrac,
                tau_syn_E=tau_syn_E,
                tau_syn_I=tau_syn_I,
                v_thresh=v_thresh,
                v_reset=v_reset,
                i_offset=i_offset,
            ),
            equations=held.start + GMAX + V.format(current, held.bounds) + DECAY + ALPHA,
            spike=f"v > v_thresh{held.spike}",
            reset=f"v = v_reset{held.reset}",
            refractory=held.refractory,
            description="Leaky integrate-and-fire neuron with currents that are alpha functions.",
        )


class IF_cond_alpha(Neuron):
    """Leaky integrate-and-fire neuron; its synapses give conductances, which are alpha functions.

    Equations::

        gmax_exc = exp((tau_syn_E - dt/2)/tau_syn_E)
        gmax_inh = exp((tau_syn_I - dt/2)/tau_syn_I)
        cm*dv/dt = cm/tau_m*(v_rest - v) + alpha_exc*(e_rev_E - v) + alpha_inh*(e_rev_I - v) + i_offset
        tau_syn_E*dg_exc/dt = -g_exc
        tau_syn_I*dg_inh/dt = -g_inh
        tau_syn_E*dalpha_exc/dt = gmax_exc*g_exc - alpha_exc
        tau_syn_I*dalpha_inh/dt = gmax_inh*g_inh - alpha_inh

    It fires at ``v > v_thresh``; then ``v = v_reset``. A spike of weight ``w`` makes a conductance that peaks at
    about ``w`` uS one time constant after it came. The differential equations are integrated with the method
    ``exponential``, from the values of the step before.

    Parameters
    ----------
    v_rest : float, default -65.0
        Resting potential (mV).
    cm : float, default 1.0
        Capacitance (nF).
    tau_m : float, default 20.0
        Membrane time constant (ms).
    tau_refrac : float, default 0.0
        Refractory period (ms).
    tau_syn_E, tau_syn_I : float, default 5.0, 5.0
        Time constants of the synapses (ms).
    e_rev_E, e_rev_I : float, default 0.0, -70.0
        Reversal potentials of the synapses (mV).
    v_thresh : float, default -50.0
        Threshold (mV).
    v_reset : float, default -65.0
        Where ``v`` starts, and where a spike puts it (mV).
    i_offset : float, default 0.0
        Constant current (nA).
    freeze : {'all', 'voltage'}, default 'all'
        What stands still in the refractory period: everything but ``g_exc`` and ``g_inh``, or ``v`` alone. With
        ``'voltage'`` there is a variable ``hold``, the steps left; the period is ``tau_refrac``, not the
        population's ``refractory``.

    References
    ----------
    Davison AP et al. (2009) PyNN: a common interface for neuronal network simulators. Frontiers in
    Neuroinformatics 2, 11: names and parameters.
    """

    def __init__(
        self,
        v_rest: Value = -65.0,
        cm: Value = 1.0,
        tau_m: Value = 20.0,
        tau_refrac: Value = 0.0,
        tau_syn_E: Value = 5.0,
        tau_syn_I: Value = 5.0,
        e_rev_E: Value = 0.0,
        e_rev_I: Value = -70.0,
        v_thresh: Value = -50.0,
        v_reset: Value = -65.0,
        i_offset: Value = 0.0,
        *,
        freeze: Freeze = "all",
    ) -> None:
        held = frozen(IF_cond_alpha, freeze)
        current = "alpha_exc*(e_rev_E - v) + alpha_inh*(e_rev_I - v)"
        super().__init__(
            parameters=parameters(
                IF_cond_alpha,
                v_rest=v_rest,
                cm=cm,
                tau_m=tau_m,
                tau_refrac=tau_refrac,
                tau_syn_E=tau_syn_E,
                tau_syn_I=tau_syn_I,
                v_thresh=v_thresh,
                v_reset=v_reset,
                i_offset=i_offset,
                e_rev_E=e_rev_E,
                e_rev_I=e_rev_I,
            ),
            equations=held.start + GMAX + V.format(current, held.bounds) + DECAY + ALPHA,
            spike=f"v > v_thresh{held.spike}",
            reset=f"v = v_reset{held.reset}",
            refractory=held.refractory,
            description="Leaky integrate-and-fire neuron with conductances that are alpha functions.",
        )
