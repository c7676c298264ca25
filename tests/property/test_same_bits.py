"""One seed, one result: storage format and order may change speed and memory, never a bit (design D6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import synloom as sl

pytestmark = pytest.mark.needs_compiler

NOISY = sl.Neuron(
    parameters="drive = 1.1",
    equations="""
        8.0*dv/dt = drive - v + 0.4*g_exc + 0.3*Normal(0.0, 1.0)
        3.0*dg_exc/dt = -g_exc : exponential
    """,
    spike="v > 1.0",
    reset="v = Uniform(-0.2, 0.2)",
    refractory=1.0,
)
SYNAPSES: dict[str, Callable[[], sl.Synapse | None]] = {
    "default": lambda: None,
    "random": lambda: sl.Synapse(pre_spike="g_target += w*Uniform(0.5, 1.5) ; n += Exponential(2.0)"),
    "stdp": lambda: sl.Synapse(
        equations="9.0*dx/dt = -x : event-driven ; 11.0*dy/dt = -y : event-driven",
        pre_spike="g_target += w ; x += 1.0 ; w = clip(w - 0.02*y, 0.0, 1.0)",
        post_spike="y += 1.0 ; w = clip(w + 0.02*x*Uniform(0.0, 1.0), 0.0, 1.0)",
    ),
    "clocked": lambda: sl.Synapse(
        equations="dc/dt = -0.1*c + 0.01*Normal(0.0, 1.0)", pre_spike="g_target += w + c ; c += 0.1"
    ),
    "continuous": lambda: sl.Synapse(
        equations="4.0*dc/dt = -c", psp="c*Uniform(0.9, 1.1)", pre_spike="c += w"
    ),
}
DELAYS: dict[str, Callable[[], float | sl.Uniform]] = {
    "none": lambda: 0.0,
    "uniform": lambda: 3.0,
    "mixed": lambda: sl.Uniform(1.0, 5.0),
}


RULES: dict[str, Callable[..., object]] = {
    "all": lambda link, **given: link.connect_all_to_all(**given),
    "probability": lambda link, **given: link.connect_fixed_probability(0.6, **given),
    "pre": lambda link, **given: link.connect_fixed_number_pre(12, **given),
    "post": lambda link, **given: link.connect_fixed_number_post(9, **given),
}


def run(synapse: str, delay: str, storage_format: str, storage_order: str, rule: str = "all") -> list[bytes]:
    """Run one network with the given storage; give all that it holds, synapses by dendrite."""
    sl.clear()
    sl.setup(dt=0.5, seed=77)
    pre, post = sl.Population(23, NOISY, name="pre"), sl.Population(17, NOISY, name="post")
    pre.v, post.v = sl.Uniform(0.0, 1.0), sl.Uniform(0.0, 1.0)
    link = sl.Projection(pre, post, "exc", SYNAPSES[synapse]())
    RULES[rule](
        link,
        weights=sl.Uniform(0.1, 0.6),
        delays=DELAYS[delay](),
        storage_format=storage_format,
        storage_order=storage_order,
    )
    sl.compile(silent=True)
    shown = sl.Monitor(post, "spike")
    sl.simulate(60.0)
    spikes = shown.get("spike")
    assert sum(map(len, spikes.values())) > 20
    values = [repr((link.pre_ranks, link.get(name))).encode() for name in link.attributes]
    return [a.tobytes() for a in post.state.values()] + [*values, repr(spikes).encode()]


@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("synapse", SYNAPSES)
def test_the_storage_changes_nothing(synapse: str, delay: str) -> None:
    reference = run(synapse, delay, "csr", "post_to_pre")
    for storage in (
        ("dense", "post_to_pre"),
        ("csr", "pre_to_post"),
        ("dense", "pre_to_post"),
        ("auto", "auto"),
    ):
        assert run(synapse, delay, *storage) == reference, storage
    sl.clear()
    sl.setup(dt=1.0, seed=None)


@pytest.mark.parametrize("rule", ["probability", "pre", "post"])
@pytest.mark.parametrize("synapse", ["default", "stdp"])
def test_the_storage_does_not_change_what_is_drawn(synapse: str, rule: str) -> None:
    reference = run(synapse, "mixed", "csr", "post_to_pre", rule)
    assert run(synapse, "mixed", "csr", "pre_to_post", rule) == reference
    assert run(synapse, "mixed", "auto", "auto", rule) == reference
    sl.clear()
    sl.setup(dt=1.0, seed=None)
