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


def growth() -> sl.Network:
    """Synapses that come and go: a step that stops for it, and means over rows that may be empty."""
    sl.setup(structural_plasticity=True)
    net = sl.Network(dt=1.0, seed=1)
    relay = sl.Neuron(equations="r = sum(exc)")
    rule = sl.Synapse(
        equations="age += 1.0",
        operation="mean",
        creating="pre.r > post.r : proba = 0.1, w = Uniform(0.0, 1.0)",
        pruning="age > 100.0 and w < 0.1",
        name="Growing",
    )
    a = net.create(4, relay, name="a")
    b = net.create(3, relay, name="b")
    ff = net.connect(a, b, "exc", rule, name="ff")
    assert isinstance(ff, sl.Projection)
    ff.connect_fixed_probability(0.5, 0.2)
    return net


def coba() -> sl.Network:
    """Conductance-based neurons, excited and inhibited by two parts of their own population."""
    net = sl.Network(dt=0.1, seed=1)
    neuron = sl.Neuron(
        parameters="""
            El = -60.0 : population ; Vr = -60.0 : population ; Vt = -50.0 : population
            Erev_exc = 0.0 : population ; Erev_inh = -80.0 : population
            tau = 20.0 : population ; tau_exc = 5.0 : population ; tau_inh = 10.0 : population
            I = 20.0 : population
        """,
        equations="""
            tau * dv/dt = (El - v) + g_exc * (Erev_exc - v) + g_inh * (Erev_inh - v) + I : init=-60.0
            tau_exc * dg_exc/dt = -g_exc
            tau_inh * dg_inh/dt = -g_inh
        """,
        spike="v > Vt",
        reset="v = Vr",
        refractory=5.0,
        name="COBA",
    )
    cells = net.create(10, neuron, name="cells")
    exc = net.connect(cells[:8], cells, "exc", name="exc")
    inh = net.connect(cells[8:], cells, "inh", name="inh")
    assert isinstance(exc, sl.Projection) and isinstance(inh, sl.Projection)
    exc.connect_fixed_probability(0.3, weights=sl.Uniform(0.0, 1.2, seed=1))
    inh.connect_fixed_probability(0.3, weights=sl.Uniform(0.0, 13.4, seed=2))
    return net


def stdp() -> sl.Network:
    """Event-driven traces, delays of synapses, axonal spikes, and the transpose of what is learned."""
    net = sl.Network(dt=0.5, seed=1)
    neuron = sl.Neuron(
        parameters="tau = 10.0 ; period = 2.0",
        equations="""
            tau * dv/dt = -v + g_exc + g_fb : exponential, min=-1.0
            rest = t - t_last
        """,
        spike="v > 1.0",
        reset="v = 0.0 ; period += 0.5 : max=5.0",
        axon_spike="v > 0.8 and rest > 5.0",
        axon_reset="v -= 0.1",
        refractory="period",
        name="Tired",
    )
    rule = sl.Synapse(
        parameters="""
            tau_pre = 20.0 : projection ; tau_post = 30.0 : projection
            A = 0.01 ; w_max = 2.0 : projection
        """,
        equations="""
            tau_pre * dx/dt = -x : event-driven
            tau_post * dy/dt = -y : event-driven
        """,
        pre_spike="""
            g_target += w
            x += A
            w -= y : unless_post, min=0.0
        """,
        post_spike="""
            y += A * (t_post - t_pre)
            w += x : max=w_max
        """,
        name="STDP",
    )
    axons = sl.Synapse(
        pre_spike="g_target += w", pre_axon_spike="g_target += 0.5 * w : max=1.0", name="Axons"
    )
    a = net.create(6, neuron, name="a")
    b = net.create(4, neuron, name="b")
    ff = net.connect(a, b, "exc", rule, name="ff")
    assert isinstance(ff, sl.Projection)
    ff.connect_fixed_probability(0.5, weights=1.0, delays=sl.DiscreteUniform(1, 4, seed=3))
    net.connect(Transpose(ff, "fb", name="fb"))
    side = net.connect(a, b, "exc", axons, name="side")
    assert isinstance(side, sl.Projection)
    side.connect_one_to_one(weights=0.3, delays=1.5, force_multiple_weights=True)
    return net


def hybrid() -> sl.Network:
    """Rates that drive spiking neurons and are driven by them; random numbers where spikes arrive and are reset."""
    net = sl.Network(dt=1.0, seed=1)
    rate = sl.Neuron(
        parameters="tau = 10.0", equations="tau*dr/dt + r = sum(exc) + 0.1 : init=0.5", name="Rate"
    )
    spiking = sl.Neuron(
        parameters="tau = 5.0 : population ; threshold = 1.0",
        equations="tau*dv/dt = -v + g_exc + g_mod",
        spike="v > threshold",
        reset="v = Uniform(-0.1, 0.1) ; threshold = Normal(1.0, 0.05) : min=0.5",
        name="Rough",
    )
    unreliable = sl.Synapse(
        parameters="p = 0.5 : projection ; tau = 20.0 : projection",
        equations="tau * ds/dt = -s : exponential",
        pre_spike="""
            s += ite(Uniform(0.0, 1.0) < p, 1.0, 0.0)
            w *= 0.99
        """,
        psp="w * s * (2.0 - post.v)",
        name="Unreliable",
    )
    a = net.create(3, rate, name="a")
    b = net.create(5, spiking, name="b")
    c = net.create(2, rate, name="c")
    down = net.connect(a, b, "exc", sl.Synapse(psp="w * pre.r", name="Drive"), name="down")
    within = net.connect(b, b, ["exc", "mod"], unreliable, name="within")
    up = net.connect(b, c, "exc", name="up")
    for link in (down, within, up):
        assert isinstance(link, sl.Projection)
    down.connect_all_to_all(weights=1.0)
    within.connect_fixed_number_pre(2, weights=sl.Uniform(0.0, 1.0, seed=1), delays=2.0)
    up.connect_all_to_all(weights=sl.Uniform(0.0, 1.0, seed=3))
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
    f.__name__: f for f in (coba, feedback, growth, hybrid, inputs, learning, noise, operations, stdp)
}
