"""Populations and projections that bring data into a network, or join rate-coded and spiking neurons (spec 05)."""

from synloom.inputs.correlated import HomogeneousCorrelatedSpikeTrains
from synloom.inputs.hybrid import CurrentInjection, DecodingProjection
from synloom.inputs.poisson import PoissonPopulation
from synloom.inputs.spike_source import SpikeSourceArray
from synloom.inputs.timed import InputArray, TimedArray
from synloom.inputs.timed_poisson import TimedPoissonPopulation

__all__ = [
    "CurrentInjection",
    "DecodingProjection",
    "HomogeneousCorrelatedSpikeTrains",
    "InputArray",
    "PoissonPopulation",
    "SpikeSourceArray",
    "TimedArray",
    "TimedPoissonPopulation",
]
