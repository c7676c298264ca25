"""Ready-made neurons and synapses: classes that hold nothing but texts of the model language.

``print(IF_curr_exp())`` shows the text of a model, ``population.explain()`` what becomes of it. To change a model,
copy the text into a ``Neuron`` or ``Synapse`` of your own: the same equations give the same numbers.
"""

from __future__ import annotations

from synloom.models.adaptive import EIF_cond_alpha_isfa_ista, EIF_cond_exp_isfa_ista
from synloom.models.gif import GIF_curr, GIF_curr_exp
from synloom.models.hodgkin_huxley import HH_cond_exp
from synloom.models.integrate_and_fire import IF_cond_alpha, IF_cond_exp, IF_curr_alpha, IF_curr_exp
from synloom.models.izhikevich import Izhikevich
from synloom.models.rate import LeakyIntegrator
from synloom.models.synapses import (
    IBCM,
    STDP,
    STP,
    DefaultRateCodedSynapse,
    DefaultSpikingSynapse,
    Hebb,
    Oja,
)
from synloom.neuron import Neuron
from synloom.synapse import Synapse


def list_standard_neurons() -> list[type[Neuron]]:
    """Classes of the ready-made neurons of ANNarchy 4.8; ``GIF_curr`` and ``GIF_curr_exp`` came with 5.0."""
    return [
        LeakyIntegrator,
        Izhikevich,
        IF_curr_exp,
        IF_cond_exp,
        IF_curr_alpha,
        IF_cond_alpha,
        HH_cond_exp,
        EIF_cond_alpha_isfa_ista,
        EIF_cond_exp_isfa_ista,
    ]


def list_standard_synapses() -> list[type[Synapse]]:
    """Classes of the ready-made synapses that change their weights or what they transmit."""
    return [STP, STDP, Hebb, Oja, IBCM]


__all__ = [
    "IBCM",
    "STDP",
    "STP",
    "DefaultRateCodedSynapse",
    "DefaultSpikingSynapse",
    "EIF_cond_alpha_isfa_ista",
    "EIF_cond_exp_isfa_ista",
    "GIF_curr",
    "GIF_curr_exp",
    "HH_cond_exp",
    "Hebb",
    "IF_cond_alpha",
    "IF_cond_exp",
    "IF_curr_alpha",
    "IF_curr_exp",
    "Izhikevich",
    "LeakyIntegrator",
    "Oja",
    "list_standard_neurons",
    "list_standard_synapses",
]
