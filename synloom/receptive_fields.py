"""Pictures of what neurons receive from where."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from synloom.codegen.errors import ConfigurationError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tile(
    matrix: NDArray[np.float64], post: tuple[int, ...] | None, pre: tuple[int, ...], label: str
) -> NDArray[np.float64]:
    """Rows of ``matrix`` as images of shape ``pre``, laid out as ``post``, or nearly square if None."""
    if post is None:
        width = max(1, isqrt(len(matrix)))
        post = (max(isqrt(len(matrix) - 1) + 1, -(-len(matrix) // width)), width)
    if len(post) > 2 or len(pre) > 2:
        raise ConfigurationError(
            f"{label}: receptive fields need populations of one or two dimensions, not {pre} to {post}."
        )
    (rows, columns), (height, width) = ((1, *shape) if len(shape) == 1 else shape for shape in (post, pre))
    tiles = np.zeros((rows * columns, height * width))
    tiles[: len(matrix)] = matrix
    image = tiles.reshape(rows, columns, height, width).transpose(0, 2, 1, 3)
    return image.reshape(rows * height, columns * width)
