"""Synapses, rate-coded and spiking."""

from __future__ import annotations

import numbers

from synloom.codegen.errors import ConfigurationError
from synloom.filled import parameters
from synloom.forms import Value
from synloom.synapse import Synapse


class DefaultRateCodedSynapse(Synapse):
    """What projections between rate-coded neurons have if nothing is said: ``psp = w * pre.r``, summed."""

    def __init__(self) -> None:
        super().__init__(
            psp="w * pre.r", operation="sum", description="Weighted sum of the pre-synaptic rates."
        )


class DefaultSpikingSynapse(Synapse):
    """What projections between spiking neurons have if nothing is said: a spike does ``g_target += w``."""

    def __init__(self) -> None:
        super().__init__(
            pre_spike="g_target += w", description="Each spike raises the conductance by the weight."
        )


class Hebb(Synapse):
    """Hebb's rule.

    Equations::

        dw/dt = eta*pre.r*post.r : min = 0

    Parameters
    ----------
    eta : float, default 0.01
        Learning rate; one for the projection.

    References
    ----------
    Hebb DO (1949) The Organization of Behavior, Wiley.
    """

    def __init__(self, eta: Value = 0.01) -> None:
        super().__init__(
            parameters=parameters(Hebb, ("eta",), eta=eta),
            equations="dw/dt = eta*pre.r*post.r : min = 0.0",
            psp="w * pre.r",
            description="Hebb's rule.",
        )


class Oja(Synapse):
    """Oja's rule: Hebb's with a decay that bounds the weights of a neuron together.

    Equations::

        dw/dt = eta*(pre.r*post.r - alpha*post.r^2*w) : min = 0

    Parameters
    ----------
    eta : float, default 0.01
        Learning rate; one for the projection.
    alpha : float, default 1.0
        Strength of the decay; one for the projection.

    References
    ----------
    Oja E (1982) A simplified neuron model as a principal component analyzer. Journal of Mathematical Biology 15,
    267-273.
    """

    def __init__(self, eta: Value = 0.01, alpha: Value = 1.0) -> None:
        super().__init__(
            parameters=parameters(Oja, ("eta", "alpha"), eta=eta, alpha=alpha),
            equations="dw/dt = eta*(pre.r*post.r - alpha*post.r^2*w) : min = 0.0",
            psp="w * pre.r",
            description="Oja's rule.",
        )


class IBCM(Synapse):
    """Intrator and Cooper's form of the rule of Bienenstock, Cooper and Munro.

    Equations::

        tau*dtheta/dt + theta = post.r^2 : postsynaptic, exponential
        dw/dt = eta*post.r*(post.r - theta)*pre.r : min = 0

    The weights learn with the threshold ``theta`` of the same step.

    Parameters
    ----------
    eta : float, default 0.01
        Learning rate; one for the projection.
    tau : float, default 2000.0
        Time constant of the threshold (ms); one for the projection.

    References
    ----------
    Intrator N, Cooper LN (1992) Objective function formulation of the BCM theory of visual cortical plasticity.
    Neural Networks 5, 3-17.

    Bienenstock EL, Cooper LN, Munro PW (1982) Theory for the development of neuron selectivity. Journal of
    Neuroscience 2, 32-48.
    """

    def __init__(self, eta: Value = 0.01, tau: Value = 2000.0) -> None:
        super().__init__(
            parameters=parameters(IBCM, ("eta", "tau"), eta=eta, tau=tau),
            equations="""
            tau*dtheta/dt + theta = post.r^2 : postsynaptic, exponential
            dw/dt = eta*post.r*(post.r - theta)*pre.r : min = 0.0
            """,
            psp="w * pre.r",
            description="The rule of Intrator and Cooper (1992).",
        )


class STP(Synapse):
    """Short-term plasticity: synapses that tire and are facilitated.

    Equations, integrated from event to event::

        dx/dt = (1 - x)/tau_rec : event-driven          x starts at 1
        du/dt = (U - u)/tau_facil : event-driven        u starts at U

    A spike does ``g_target += w*u*x``, ``x *= 1 - u``, ``u += U*(1 - u)``, in this order: it is transmitted with
    the ``u`` before its own increment.

    Parameters
    ----------
    tau_rec : float, default 100.0
        Time constant of recovery (ms); one for the projection.
    tau_facil : float, default 0.01
        Time constant of facilitation (ms), above 0; one for the projection.
    U : float, default 0.5
        Utilisation at rest.

    Raises
    ------
    ConfigurationError
        ``tau_facil`` is not positive.

    References
    ----------
    Tsodyks M, Uziel A, Markram H (2000) Synchrony generation in recurrent networks with frequency-dependent
    synapses. Journal of Neuroscience 20, RC50.
    """

    def __init__(self, tau_rec: Value = 100.0, tau_facil: Value = 0.01, U: Value = 0.5) -> None:
        if isinstance(tau_facil, numbers.Real) and not float(tau_facil) > 0:
            raise ConfigurationError(
                f"Synapse 'STP': tau_facil must be positive, not {tau_facil!r}.",
                hint="a time much smaller than dt switches facilitation off: tau_facil=0.01",
            )
        super().__init__(
            parameters=parameters(STP, ("tau_rec", "tau_facil"), tau_rec=tau_rec, tau_facil=tau_facil, U=U),
            equations="""
            dx/dt = (1.0 - x)/tau_rec : init = 1.0, event-driven
            du/dt = (U - u)/tau_facil : init = U, event-driven
            """,
            pre_spike="""
            g_target += w*u*x
            x *= 1.0 - u
            u += U*(1.0 - u)
            """,
            description="Short-term plasticity of Tsodyks, Uziel and Markram (2000).",
        )


class STDP(Synapse):
    """Spike-timing dependent plasticity with one trace for each side, and hard bounds.

    Equations, integrated from event to event::

        tau_plus*dx/dt = -x : event-driven
        tau_minus*dy/dt = -y : event-driven

    A pre-synaptic spike does ``g_target += w``, ``x += A_plus*w_max``, ``w = clip(w + y, w_min, w_max)``; a
    post-synaptic one ``y -= A_minus*w_max``, ``w = clip(w + x, w_min, w_max)``. So ``y`` is negative, and the weight
    transmitted is the one before the spike. While learning is disabled ``x`` and ``y`` go on.

    Parameters
    ----------
    tau_plus, tau_minus : float, default 20.0, 20.0
        Time constants of the pre-synaptic and the post-synaptic trace (ms); one for the projection.
    A_plus, A_minus : float, default 0.01, 0.01
        How much a spike changes them, in units of ``w_max``; one for the projection.
    w_min, w_max : float, default 0.0, 1.0
        Bounds of the weight; one for the projection.

    References
    ----------
    Song S, Abbott LF (2001) Cortical development and remapping through spike timing-dependent plasticity. Neuron
    32, 339-350.
    """

    def __init__(
        self,
        tau_plus: Value = 20.0,
        tau_minus: Value = 20.0,
        A_plus: Value = 0.01,
        A_minus: Value = 0.01,
        w_min: Value = 0.0,
        w_max: Value = 1.0,
    ) -> None:
        values = {
            "tau_plus": tau_plus,
            "tau_minus": tau_minus,
            "A_plus": A_plus,
            "A_minus": A_minus,
            "w_min": w_min,
            "w_max": w_max,
        }
        super().__init__(
            parameters=parameters(STDP, tuple(values), **values),
            equations="""
            tau_plus*dx/dt = -x : event-driven
            tau_minus*dy/dt = -y : event-driven
            """,
            pre_spike="""
            g_target += w
            x += A_plus*w_max
            w = clip(w + y, w_min, w_max)
            """,
            post_spike="""
            y -= A_minus*w_max
            w = clip(w + x, w_min, w_max)
            """,
            description="Spike-timing dependent plasticity of Song and Abbott (2001).",
        )
