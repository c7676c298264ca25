"""What the rows of the spiking matrix are made of: neurons, synapses, and which choices go together."""

from __future__ import annotations

from typing import Any

import numpy as np

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.oracle.pairs import Row

FACTORS = {
    "ends": ["spikes", "rates to spikes", "spikes to rates"],
    "store": ["dense", "csr"],
    "order": ["auto", "post_to_pre", "pre_to_post"],
    "weights": ["constant", "single", "plastic"],
    "synapse": ["default", "variables", "stdp", "clocked", "psp", "times", "unless"],
    "axon": ["none", "same", "other"],
    "delay": ["none", "uniform", "mixed"],
    "transpose": ["none", "backward", "twice"],
    "back": ["events", "psp", "-"],
    "back_delay": ["none", "uniform", "forward", "-"],
    "views": ["whole", "contiguous", "unordered"],
    "conductance": ["default", "decaying"],
    "refractory": ["none", "number", "array", "attribute"],
    "method": ["explicit", "exponential", "midpoint", "implicit", "rk4", "semiimplicit"],
    "targets": ["one", "two"],
    "precision": ["double", "float"],
}
DT = 0.5
SIZES = [(7, 5), (18, 9), (35, 13)]

INPUT = "0.5*g_exc - 0.2*g_inh + 0.3*g_fb + 0.2*g_again"
# Drives and first values differ from neuron to neuron, so that no two of them keep step.
SPIKING = """
    tau*dv/dt = drive - v - 0.3*a + {input} : {method}
    15.0*da/dt = 0.4*v - a : {method}
    z += 0.13 + 0.05*drive
    seen += {input}
    last = t - t_last : max=50.0
    q = q + r
"""
DECAYING = "4.0*dg_exc/dt = -g_exc : exponential\n3.0*dg_fb/dt = -g_fb"
RATE = """
    v = sin(0.3*t + drive)
    s = 0.8*s + 0.2*(sum(exc) + sum(inh))
    r = cos(0.7*t + drive) + 0.1*s : init=0.3
"""

# Of each synapse: equations, pre_spike, post_spike, psp, and what makes ``w`` plastic, by argument.
SYNAPSES: dict[str, dict[str, str]] = {
    "default": {},
    "variables": {
        "pre_spike": "g_target += w*(1.0 + 0.1*c) : max=2.7 ; c = 0.7*c + 0.3*pre.v : init=0.2 ; k += 1 : int",
        "plastic pre_spike": "w += 0.03*c : min=-1.5, max=1.5",
    },
    "stdp": {
        "equations": "7.3*dx/dt = -x : event-driven ; 9.1*dy/dt = 0.1*post.drive - y : event-driven, init=0.3",
        "pre_spike": "g_target += w ; x += 1.0",
        "post_spike": "y += 1.0",
        "plastic pre_spike": "w = clip(w - 0.05*y, -1.5, 1.5)",
        "plastic post_spike": "w = clip(w + 0.06*x, -1.5, 1.5)",
    },
    "clocked": {
        "equations": "6.0*dc/dt = post.v - c + 0.001*pre.r : exponential ; m += 1 : projection, int\n"
        "th = 0.9*th + 0.1*post.v : postsynaptic, init=0.2",
        "pre_spike": "g_target += w*(1.0 + 0.2*th) ; c += 0.3",
        "plastic equations": "dw/dt = 0.02*(c - th - w) : midpoint",
    },
    "psp": {
        "equations": "5.0*dc/dt = -c",
        "psp": "0.4*c*(1.3 - post.v)",
        "pre_spike": "c += w",
        "plastic pre_spike": "w = 0.97*w + 0.02*pre.v",
    },
    "times": {
        "pre_spike": "g_target += w ; b = exp(-(t - t_post)/6.1) ; n += 1.0",
        "post_spike": "d = exp(-(t - t_pre)/5.3) ; n -= 0.5",
        "plastic pre_spike": "w -= 0.003 + 0.04*b : min=-1.5",
        "plastic post_spike": "w += 0.05*d : max=1.5",
    },
    "unless": {
        "pre_spike": "g_target += w ; k += 1.0 ; u += 1.0 : unless_post",
        "plastic pre_spike": "w = 0.9*w + 0.01*k : unless_post",
    },
}
NEEDS_POST_SPIKES = ("stdp", "times", "unless")
# Where rates arrive there are no events.
OF_RATES = {
    "default": {},
    "psp": {"psp": "w*(pre.r - 0.5*post.v)"},
    "clocked": {
        "equations": SYNAPSES["clocked"]["equations"],
        "plastic equations": SYNAPSES["clocked"]["plastic equations"],
    },
}


def offered(row: Row) -> bool:
    """Say whether the choices, possibly not yet all, mean something together."""

    def open_or(factor: str, *choices: str) -> bool:
        return row.get(factor, choices[0]) in choices

    if row.get("ends", "spikes") != "spikes" and not (
        open_or("transpose", "none") and open_or("targets", "one")
    ):
        return False
    # Rate-coded neurons emit no spikes that a synapse could wait for.
    if row.get("ends") == "spikes to rates" and row.get("synapse") in NEEDS_POST_SPIKES:
        return False
    if row.get("ends") == "rates to spikes" and not (
        open_or("axon", "none")
        and open_or("order", "auto", "post_to_pre")
        and open_or("synapse", *OF_RATES)
        and (open_or("weights", "constant", "single") or row.get("synapse", "clocked") == "clocked")
    ):
        return False
    backward = {row[f] != "-" for f in ("back", "back_delay") if f in row}
    if "transpose" in row:
        backward.add(row["transpose"] != "none")
    if row.get("ends", "spikes") != "spikes":
        backward.add(False)
    if len(backward) > 1:
        return False
    # Continuous transmission is summed over dendrites (spec 03, 4.6); a transpose reads any order (spec 06, 5.2).
    if row.get("synapse") == "psp" and row.get("order") == "pre_to_post":
        return False
    if row.get("synapse") == "default" and row.get("weights") == "plastic":
        return False
    # There is no pre_axon_spike beside post_spike, and no unless_post in it.
    if row.get("axon") == "same" and row.get("synapse") == "unless":
        return False
    return open_or("axon", "none") or row.get("synapse") not in ("stdp", "times")


def neuron(row: Row, spiking: bool) -> Any:
    """Make the neuron of one side."""
    if not spiking:
        return sl.Neuron(parameters="drive = 0.0", equations=RATE)
    equations = SPIKING.format(input=INPUT, method=row["method"])
    if row["conductance"] == "decaying":
        equations = f"{DECAYING}\n{equations}"
    axon = {"axon_spike": "z > 1.0", "axon_reset": "z -= 0.97"} if row["axon"] != "none" else {}
    toggled = row["refractory"] == "attribute"
    return sl.Neuron(
        parameters="tau = 3.3 : population\ndrive = 1.0\nrest = 0.6",
        equations=equations,
        spike="v > 1.0",
        reset=f"v = 0.1*v - 0.2 ; a += 0.17{' ; rest = 1.7 - rest' if toggled else ''}",
        refractory={"number": 0.8, "attribute": "rest"}.get(row["refractory"]),
        **axon,
    )


def synapse(row: Row) -> Any:
    """Make the synapse, None for the default."""
    texts = dict((OF_RATES if row["ends"] == "rates to spikes" else SYNAPSES)[row["synapse"]])
    extra = {
        key.removeprefix("plastic "): texts.pop(key) for key in list(texts) if key.startswith("plastic ")
    }
    if row["weights"] == "plastic":
        texts |= {key: f"{texts[key]}\n{more}" for key, more in extra.items()}
    if row["axon"] == "same":
        texts.setdefault("pre_spike", "g_target += w")
        texts["pre_axon_spike"] = texts["pre_spike"]
    if row["axon"] == "other":
        texts["pre_axon_spike"] = "g_target += 0.3*w"
    return sl.Synapse(**texts) if texts else None


def describe(row: Row, name: str, seed: int) -> list[str]:
    """Add the populations, projection and transposes of one row; return their names."""
    rng = np.random.default_rng(seed)
    kinds = {"spikes": (True, True), "rates to spikes": (False, True), "spikes to rates": (True, False)}
    ends = []
    for size, side, spiking in zip(
        SIZES[seed % len(SIZES)], ("pre", "post"), kinds[row["ends"]], strict=True
    ):
        population = sl.Population(size, neuron(row, spiking), name=f"{name} {side}")
        population.drive = rng.uniform(1.4, 2.9, size)
        population.v = rng.uniform(-0.6, 0.9, size)
        if spiking:
            if row["refractory"] == "array":
                population.refractory = rng.integers(0, 4, size) * DT
            population.compute_firing_rate(4.0)
        ends.append(seen(population, row["views"], rng))
    targets = "exc" if row["targets"] == "one" else ["exc", "inh"]
    ff = sl.Projection(*ends, targets, synapse(row), name=f"{name} ff")
    connect(ff, row, rng)
    names = [f"{name} pre", f"{name} post", ff.name]
    if row["transpose"] != "none":
        psp = "0.2*w*(1.1 + pre.v)" if row["back"] == "psp" else None
        delays = {"none": 0.0, "uniform": 1.5, "forward": "forward"}[row["back_delay"]]
        fb = Transpose(ff, "fb", psp=psp, name=f"{name} fb").connect(delays=delays)
        names.append(fb.name)
        if row["transpose"] == "twice":
            again = Transpose(fb, "again", psp=psp, name=f"{name} again").connect(delays=delays)
            names.append(again.name)
    return names


def seen(population: Any, views: str, rng: np.random.Generator) -> Any:
    """All of a population, its inner part, or two thirds of it in any order."""
    if views == "contiguous":
        return population[1:-1]
    if views == "unordered":
        return population[rng.permutation(population.size)[: 2 * population.size // 3].tolist()]
    return population


def connect(ff: Any, row: Row, rng: np.random.Generator) -> None:
    """Connect every pair for dense; for csr some, with a row and a column left empty."""
    shape = (ff.post.size, ff.pre.size)
    full = row["store"] == "dense"
    storage = {"storage_format": row["store"], "storage_order": row["order"]}
    delays: Any = {"none": 0.0, "uniform": 1.0, "mixed": sl.DiscreteUniform(1, 3)}[row["delay"]]
    if row["weights"] == "single":
        ff.connect_fixed_probability(1.0 if full else 0.6, 0.4, delays=delays, **storage)
        return
    weights = rng.uniform(-0.5, 1, shape)
    if not full:
        weights[rng.uniform(size=shape) < 0.3] = np.nan
        weights[1, :] = weights[:, 2] = np.nan
        weights[0, 0] = 0.25
    if row["delay"] == "mixed":
        delays = rng.integers(1, 5, shape) * DT
    ff.connect_from_matrix(weights, delays=delays, **storage)
