"""The small networks whose generated sources are golden files."""

from __future__ import annotations

import numpy as np

import synloom as sl
from synloom.extensions.convolution import Transpose


def feedback() -> sl.Network:
    """Dense forward projection and its transpose in one sweep."""
    net = sl.Network(dt=1.0, seed=1)
    leaky = sl.Neuron(parameters="tau = 10.0 : population", equations="tau*dr/dt + r = sum(exc)")
    source = sl.Neuron(parameters="b = 0.5", equations="r = b - sum(fb)")
    a = net.create(4, source, name="pixels")
    b = net.create(3, leaky, name="features")
    ff = net.connect(a, b, "exc", name="ff")
    assert isinstance(ff, sl.Projection)
    ff.connect_all_to_all(weights=sl.Uniform(0.0, 1.0, seed=1))
    net.connect(Transpose(ff, "fb", name="fb"))
    return net


def learning() -> sl.Network:
    """Sparse plastic projection with delays, a semiglobal trace, and a transpose of its own psp."""
    net = sl.Network(dt=0.5, seed=1)
    rate = sl.Neuron(
        parameters="tau = 10.0 : population",
        equations="""
            tau*dv/dt + v = sum(exc) : exponential, init=0.1
            m = mean(v) : population
            r = pos(v - m) : max=10.0
        """,
    )
    bcm = sl.Synapse(
        parameters="eta = 0.01 : projection; tau = 100.0 : projection",
        equations="""
            tau * dtheta/dt + theta = post.r^2 : postsynaptic, exponential
            dw/dt = eta * post.r * (post.r - theta) * pre.r : min=0.0
        """,
        name="BCM",
    )
    a = net.create(5, rate, name="a")
    b = net.create(4, rate, name="b")
    ff = net.connect(a, b, "exc", bcm, name="ff")
    assert isinstance(ff, sl.Projection)
    weights = np.where(np.arange(20).reshape(4, 5) % 3 == 0, np.nan, 0.5)
    ff.connect_from_matrix(weights, delays=2.0)
    net.connect(Transpose(ff, "exc", psp="w * (pre.r - post.r)", operation="mean", name="fb"))
    return net


def operations() -> sl.Network:
    """One weight for all synapses, delays per synapse, the maximum, a function and a constant."""
    net = sl.Network(dt=1.0, seed=1)
    gain = sl.Constant("gain", 2.0)
    del gain
    relay = sl.Neuron(
        equations="r = squash(sum(exc), gain)",
        functions="squash(x, k) = k * x / (1.0 + fabs(x))",
        name="Relay",
    )
    count = sl.Neuron(equations="c += 1 : int ; r = ite(c > 3, 1.0 / c, 0.0)")
    a = net.create((2, 3), count, name="a")
    b = net.create(2, relay, name="b")
    ff = net.connect(a, b, "exc", sl.Synapse(psp="w * pre.r", operation="max"), name="most")
    assert isinstance(ff, sl.Projection)
    ff.connect_all_to_all(weights=0.5, delays=sl.DiscreteUniform(1, 4, seed=3))
    return net


def noise() -> sl.Network:
    """Random numbers of a population, its neurons, a dendrite, a synapse and both readers of a store."""
    net = sl.Network(dt=1.0, seed=1)
    neuron = sl.Neuron(
        parameters="tau = 10.0 : population; sigma = 1.0 : population",
        equations="""
            mu = Normal(mu, 0.1) : population
            tau*dv/dt = -v + sum(exc) + sum(fb) + Normal(mu, sigma) : midpoint
            n = Binomial(10, 0.3) : int
            r = if Uniform(0.0, 1.0) < 0.5: v else: 0.0
        """,
        name="Noisy",
    )
    drift = sl.Synapse(
        equations="bias = Normal(0.0, 1.0) : postsynaptic ; w += 0.01 * (bias + Normal(0.0, 1.0)) : min=0.0",
        psp="w * pre.r * Uniform(0.5, 1.5)",
        name="Drift",
    )
    a = net.create(4, neuron, name="a")
    b = net.create(3, neuron, name="b")
    ff = net.connect(a, b, "exc", drift, name="ff")
    assert isinstance(ff, sl.Projection)
    ff.connect_all_to_all(weights=sl.Uniform(0.0, 1.0, seed=1))
    net.connect(Transpose(ff, "fb", psp="w * pre.r + Exponential(10.0)", name="fb"))
    return net


def inputs() -> sl.Network:
    """A schedule, given spikes, rates read by a Poisson population, and spikes decoded into rates."""
    net = sl.Network(dt=1.0, seed=1)
    stimulus = net.create(sl.TimedArray(np.ones((2, 3)), schedule=[0.0, 5.0], period=9.0, name="stimulus"))
    trains = net.create(sl.HomogeneousCorrelatedSpikeTrains(3, 10.0, 0.3, 10.0, name="trains"))
    given = net.create(sl.SpikeSourceArray([[1.0], [2.0]], name="given"))
    noise = net.create(sl.PoissonPopulation(3, target="exc", name="noise"))
    reader = net.create(2, sl.Neuron(equations="r = sum(exc)"), name="reader")
    sl.CurrentInjection(stimulus, noise, "exc", name="drive").connect_current(scale=100.0)
    sl.DecodingProjection(given, reader, "exc", window=4.0, name="decoded").connect_all_to_all(1.0)
    sl.DecodingProjection(trains, reader, "exc", name="at_once").connect_all_to_all(1.0, delays=2.0)
    return net


NETWORKS = {
    "feedback": feedback,
    "inputs": inputs,
    "learning": learning,
    "noise": noise,
    "operations": operations,
}
