"""Small compiled networks whose synapses may come and go."""

from __future__ import annotations

from typing import Any

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.unit.built import MODEL, RELAY

W = [[1, 2, None, None], [None, -4, 0.5, None], [None, None, None, None]]


def changing(
    synapse: Any = MODEL, pre: Any = None, post: Any = None, transposed: bool = False, **connect: Any
) -> Any:
    """A compiled projection 'ff' with the synapses of ``W`` between four and three neurons; none to the last one."""
    a, b = sl.Population(4, RELAY, name="a"), sl.Population(3, RELAY, name="b")
    pre, post = (whole if ranks is None else whole[ranks] for whole, ranks in ((a, pre), (b, post)))
    proj = sl.Projection(pre, post, "exc", synapse, name="ff")
    if connect or len(pre) < 4 or len(post) < 3:
        proj.connect_all_to_all(**{"weights": 1.0, **connect})
    else:
        proj.connect_from_matrix(W)
    if transposed:
        Transpose(proj, "fb", name="back")
    sl.compile()
    return proj
