"""Small networks whose synapses are made without a C++ compiler."""

from __future__ import annotations

from typing import Any

import numpy as np

import synloom as sl
from synloom.connect.ends import Ends

RELAY = sl.Neuron(parameters="base = 0.0", equations="r = base + sum(exc) + sum(fb)")

# W of spec 06, section 5.3, and a model with attributes of every locality and type.
W = [[1, 2, None], [None, -4, 0.5]]
MODEL = sl.Synapse(
    parameters="eta = 0.5 : projection\n theta = 2.0 : postsynaptic\n n = 3 : int\n on = True",
    equations="m += 1.0 : postsynaptic, init=4.0\n z = eta * w * n",
    functions="twice(x) = 2 * x",
)


def ends(pre: Any, post: Any, recurrent: bool = False) -> Ends:
    """Ends of a projection 'ff'; a number is a whole population of this size."""
    ranks = [np.arange(e) if isinstance(e, int) else np.asarray(e) for e in (pre, post)]
    return Ends(ranks[0].astype(np.int32), ranks[1].astype(np.int32), recurrent, "ff")


def projection(pre: Any = 3, post: Any = 2, synapse: Any = None, seed: int = 7, **options: Any) -> Any:
    """An unconnected projection 'ff' from population 'a' to 'b', given by their geometries."""
    network = sl.Network(seed=seed)
    a = sl.Population(pre, RELAY, name="a", network=network)
    b = sl.Population(post, RELAY, name="b", network=network)
    return sl.Projection(a, b, "exc", synapse, name="ff", **options)


def built(proj: Any) -> Any:
    """The same projection with its synapses made, as ``compile()`` makes them."""
    proj._build()
    return proj


def sparse(synapse: Any = MODEL) -> Any:
    """``W`` between three and two neurons."""
    return built(projection(synapse=synapse).connect_from_matrix(W))
