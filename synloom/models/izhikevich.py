"""The quadratic neuron of Izhikevich."""

from __future__ import annotations

from synloom.filled import fill, parameters
from synloom.forms import Value
from synloom.neuron import Neuron


class Izhikevich(Neuron):
    """Quadratic neuron with a recovery variable.

    Equations::

        I = g_exc - g_inh + noise*Normal(0.0, 1.0) + i_offset
        dv/dt = 0.04*v^2 + 5.0*v + 140.0 - u + I        v starts at c
        du/dt = a*(b*v - u)                             u starts at b*c

    It fires at ``v > v_thresh``; then ``v = c`` and ``u += d``. Conductances act for one step. ``v`` takes one
    step of ``dt``, where the simulator of the article takes two of half the length.

    Kinds of neurons in the article, as (a, b, c, d): regular spiking 0.02, 0.2, -65, 8 (the default);
    intrinsically bursting 0.02, 0.2, -55, 4; chattering 0.02, 0.2, -50, 2; fast spiking 0.1, 0.2, -65, 2;
    low-threshold spiking 0.02, 0.25, -65, 2; resonator 0.1, 0.26, -65, 2.

    Parameters
    ----------
    a : float, default 0.02
        Speed of the recovery variable (1/ms).
    b : float, default 0.2
        How strongly the recovery follows ``v``.
    c : float, default -65.0
        ``v`` after a spike (mV).
    d : float, default 8.0
        Added to ``u`` at a spike.
    v_thresh : float, default 30.0
        Threshold (mV).
    i_offset : float, default 0.0
        Constant current.
    noise : float, default 0.0
        Factor of a standard normal sample for each neuron and step, which is drawn even if it is 0.
    tau_refrac : float, default 0.0
        Refractory period (ms).
    conductance : str, default ``'g_exc - g_inh'``
        The input. The ``g_<target>`` in it are the targets of the neuron.

    References
    ----------
    Izhikevich EM (2003) Simple model of spiking neurons. IEEE Transactions on Neural Networks 14(6), 1569-1572.
    """

    def __init__(
        self,
        a: Value = 0.02,
        b: Value = 0.2,
        c: Value = -65.0,
        d: Value = 8.0,
        v_thresh: Value = 30.0,
        i_offset: Value = 0.0,
        noise: Value = 0.0,
        tau_refrac: Value = 0.0,
        conductance: str = "g_exc - g_inh",
    ) -> None:
        super().__init__(
            parameters=parameters(
                Izhikevich,
                noise=noise,
                a=a,
                b=b,
                c=c,
                d=d,
                v_thresh=v_thresh,
                i_offset=i_offset,
                tau_refrac=tau_refrac,
            ),
            equations=fill(
                Izhikevich,
                """
                I = {conductance} + noise*Normal(0.0, 1.0) + i_offset
                dv/dt = 0.04*v^2 + 5.0*v + 140.0 - u + I : init = c
                du/dt = a*(b*v - u) : init = b*c
                """,
                conductance=conductance,
            ),
            spike="v > v_thresh",
            reset="v = c\nu += d",
            refractory="tau_refrac",
            description="Quadratic neuron of Izhikevich (2003).",
        )
