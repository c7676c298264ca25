"""Conductance-based neurons with ion channels."""

from __future__ import annotations

from synloom.filled import parameters
from synloom.forms import Value
from synloom.neuron import Neuron

# x/(exp(x/k) - 1) is 0/0 at x = 0: close to it, the first terms of its series.
FUNCTIONS = "vtrap(x, k) = ite(abs(x) < 1e-6*k, k - x/2.0 + x^2/(12.0*k), x/(exp(x/k) - 1.0))"
EQUATIONS = """
prev_v = v
an = 0.032*vtrap(15.0 - (v - v_offset), 5.0)
am = 0.32*vtrap(13.0 - (v - v_offset), 4.0)
ah = 0.128*exp((17.0 - (v - v_offset))/18.0)
bn = 0.5*exp((10.0 - (v - v_offset))/40.0)
bm = 0.28*vtrap((v - v_offset) - 40.0, 5.0)
bh = 4.0/(1.0 + exp(10.0 - (v - v_offset)))
dn/dt = an*(1.0 - n) - bn*n : exponential
dm/dt = am*(1.0 - m) - bm*m : exponential
dh/dt = ah*(1.0 - h) - bh*h : init = 1.0, exponential
cm*dv/dt = (
    gleak*(e_rev_leak - v) + gbar_K*n^4*(e_rev_K - v) + gbar_Na*m^3*h*(e_rev_Na - v)
    + g_exc*(e_rev_E - v) + g_inh*(e_rev_I - v) + i_offset
) : init = e_rev_leak, exponential
tau_syn_E*dg_exc/dt = -g_exc : exponential
tau_syn_I*dg_inh/dt = -g_inh : exponential
"""


class HH_cond_exp(Neuron):
    """Hodgkin-Huxley neuron with sodium, potassium and leak, and conductances that decay exponentially.

    Equations, with ``V = v - v_offset`` and ``vtrap(x, k) = x/(exp(x/k) - 1)``::

        prev_v = v
        an = 0.032*vtrap(15 - V, 5)         bn = 0.5*exp((10 - V)/40)
        am = 0.32*vtrap(13 - V, 4)          bm = 0.28*vtrap(V - 40, 5)
        ah = 0.128*exp((17 - V)/18)         bh = 4/(1 + exp(10 - V))
        dn/dt = an*(1 - n) - bn*n
        dm/dt = am*(1 - m) - bm*m
        dh/dt = ah*(1 - h) - bh*h           h starts at 1
        cm*dv/dt = gleak*(e_rev_leak - v) + gbar_K*n^4*(e_rev_K - v) + gbar_Na*m^3*h*(e_rev_Na - v)
            + g_exc*(e_rev_E - v) + g_inh*(e_rev_I - v) + i_offset      v starts at e_rev_leak
        tau_syn_E*dg_exc/dt = -g_exc
        tau_syn_I*dg_inh/dt = -g_inh

    All differential equations are integrated with the method ``exponential``, ``v`` from the channels of the step
    before. The neuron fires when ``v`` crosses ``v_thresh`` from below; it has no reset and no refractory period.
    ``bh`` has unit slope, unlike in the article, where it is ``4/(1 + exp((40 - V)/5))``: scripts for ANNarchy
    compute with this form.

    Parameters
    ----------
    gbar_Na, gbar_K, gleak : float, default 20.0, 6.0, 0.01
        Conductances of sodium, potassium and leak (uS).
    cm : float, default 0.2
        Capacitance (nF).
    v_offset : float, default -63.0
        Where the rates of the channels have their zero (mV).
    e_rev_Na, e_rev_K, e_rev_leak : float, default 50.0, -90.0, -65.0
        Reversal potentials of the channels (mV).
    e_rev_E, e_rev_I : float, default 0.0, -80.0
        Reversal potentials of the synapses (mV).
    tau_syn_E, tau_syn_I : float, default 0.2, 2.0
        Time constants of the synapses (ms).
    i_offset : float, default 0.0
        Constant current (nA).
    v_thresh : float, default 0.0
        Threshold (mV).

    References
    ----------
    Traub RD, Miles R (1991) Neuronal Networks of the Hippocampus, Cambridge University Press; in the form of
    Brette R et al. (2007) Simulation of networks of spiking neurons: a review of tools and strategies. Journal of
    Computational Neuroscience 23, 349-398.
    """

    def __init__(
        self,
        gbar_Na: Value = 20.0,
        gbar_K: Value = 6.0,
        gleak: Value = 0.01,
        cm: Value = 0.2,
        v_offset: Value = -63.0,
        e_rev_Na: Value = 50.0,
        e_rev_K: Value = -90.0,
        e_rev_leak: Value = -65.0,
        e_rev_E: Value = 0.0,
        e_rev_I: Value = -80.0,
        tau_syn_E: Value = 0.2,
        tau_syn_I: Value = 2.0,
        i_offset: Value = 0.0,
        v_thresh: Value = 0.0,
    ) -> None:
        super().__init__(
            parameters=parameters(
                HH_cond_exp,
                gbar_Na=gbar_Na,
                gbar_K=gbar_K,
                gleak=gleak,
                cm=cm,
                v_offset=v_offset,
                e_rev_Na=e_rev_Na,
                e_rev_K=e_rev_K,
                e_rev_leak=e_rev_leak,
                e_rev_E=e_rev_E,
                e_rev_I=e_rev_I,
                tau_syn_E=tau_syn_E,
                tau_syn_I=tau_syn_I,
                i_offset=i_offset,
                v_thresh=v_thresh,
            ),
            equations=EQUATIONS,
            spike="(v > v_thresh) and (prev_v <= v_thresh)",
            functions=FUNCTIONS,
            description="Hodgkin-Huxley neuron of Traub and Miles (1991) with exponential conductances.",
        )
