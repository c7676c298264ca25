"""Networks that the tests of reports describe."""

from __future__ import annotations

import synloom as sl

HOSTILE = r"""a_b%c & <script>alert('x')</script> $y$ {#} ^~ \input "q" | `w` [z](u) -- *e*"""


def rate_coded() -> sl.Network:
    """Learning, its transpose, a view, functions, a constant, a conditional."""
    net = sl.Network(dt=0.5, seed=1)
    net.constant("gain_max", 4.0)
    pixel = sl.Neuron(parameters="x = 0.0", equations="r = x - sum(fb)", name="Pixel")
    feature = sl.Neuron(
        parameters="tau = 10.0 : population ; theta = Uniform(0.0, 0.5)",
        equations="""
            tau*dv/dt + v = sum(exc) + Normal(0.0, 0.1) : exponential, init=0.1
            n += 1 : int
            r = if v > theta: squash(v, gain_max) else: 0.0 : min=0.0, max=gain_max
        """,
        functions="squash(x, k) = k * x / (1.0 + abs(x))",
        name="Feature",
        description="A leaky unit with a threshold.",
    )
    oja = sl.Synapse(
        parameters="eta = 0.01 : projection",
        equations="dw/dt = eta * (pre.r * post.r - post.r^2 * w) : min=0.0, explicit",
    )
    pixels = net.create((2, 3), pixel, name="pixels")
    features = net.create(4, feature, name="features")
    ff = net.connect(pixels, features, "exc", oja, name="ff")
    assert isinstance(ff, sl.Projection)
    ff.connect_all_to_all(weights=sl.Uniform(0.0, 1.0), delays=2.0)
    net.connect(sl.Transpose(ff, "fb", name="fb"))
    pixels.x = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    net.monitor(pixels[0], "r", period=10.0)
    net.monitor(features, ["r", "v"])
    return net


def spiking() -> sl.Network:
    """Poisson input, resets, a refractory period, STDP to two targets."""
    net = sl.Network(dt=0.1, seed=1)
    lif = sl.Neuron(
        parameters="tau = 20.0 : population ; E_L = -60.0",
        equations="tau*dv/dt = E_L - v + g_exc - g_inh : init=-60.0",
        spike="v > -50.0",
        reset="v = E_L",
        refractory=2.0,
    )
    stdp = sl.Synapse(
        parameters="tau_plus = 20.0 : projection ; A = 0.01 : projection ; w_max = 1.0 : projection",
        equations="tau_plus * dx/dt = -x : event-driven ; tau_plus * dy/dt = -y : event-driven",
        pre_spike="g_target += w ; x += A ; w = clip(w - y, 0.0, w_max)",
        post_spike="y += A ; w = clip(w + x, 0.0, w_max)",
        name="Pairs",
        description="Pairs of spikes, additive.",
    )
    noise = net.create(population=sl.PoissonPopulation(10, name="noise", rates="20.0 * (1.0 + sin(t/100.0))"))
    cells = net.create(5, lif, name="cells")
    drive = net.connect(noise, cells, ["exc", "inh"], stdp, name="drive")
    loop = net.connect(cells, cells, "inh", name="loop")
    assert isinstance(drive, sl.Projection) and isinstance(loop, sl.Projection)
    drive.connect_fixed_number_pre(3, weights=0.5)
    loop.connect_fixed_probability(0.2, weights=sl.Normal(1.0, 0.1), delays=sl.Uniform(0.1, 1.0))
    net.monitor(cells, "spike")
    return net


def ready_made() -> sl.Network:
    """A population of every ready-made neuron, a projection of every ready-made synapse."""
    net = sl.Network(dt=1.0, seed=1)
    made = [net.create(2, neuron, name=neuron.__name__) for neuron in sl.list_standard_neurons()]
    rate = next(p for p in made if not p.model.spiking)
    spiking = next(p for p in made if p.model.attribute("g_exc") is not None)
    for synapse in sl.list_standard_synapses():
        ends = spiking if synapse().type == "spike" else rate
        link = net.connect(ends, ends, "exc", synapse, name=synapse.__name__)
        assert isinstance(link, sl.Projection)
        link.connect_all_to_all(1.0)
    return net


def hostile() -> sl.Network:
    """Names and descriptions full of what LaTeX, Markdown and HTML take for their own."""
    net = sl.Network(dt=1.0, seed=1)
    neuron = sl.Neuron(equations="r = 1.0", name=HOSTILE, description=f"1. {HOSTILE}\nand \x07 more")
    synapse = sl.Synapse(equations="w += 1.0", name=f"syn {HOSTILE}", description=f"- {HOSTILE}")
    a = net.create(2, neuron, name=f"a {HOSTILE}")
    b = net.create(2, neuron, name="[0, 1]")
    link = net.connect(a, b, "exc", synapse, name=f"link {HOSTILE}")
    assert isinstance(link, sl.Projection)
    link.connect_all_to_all(1.0)
    back = net.connect(sl.Transpose(link, "fb", name=f"back {HOSTILE}"))
    assert isinstance(back, sl.Transpose)
    net.monitor(a, "r")
    return net
