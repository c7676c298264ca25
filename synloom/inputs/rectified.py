"""The Gaussian that, rectified, has a given mean and standard deviation (spec 05, 7.1)."""

from __future__ import annotations

import math
from typing import Final

from synloom.codegen.errors import ConfigurationError

LOWEST: Final = -30.0  # below, the part of a Gaussian above zero has no numbers left


def rectified_moments(y: float) -> tuple[float, float]:
    """Mean and standard deviation of max(N(y, 1), 0)."""
    density = math.exp(-0.5 * y * y) / math.sqrt(2.0 * math.pi)
    above = 0.5 * math.erfc(-y / math.sqrt(2.0))
    mean = density + y * above
    return mean, math.sqrt(max(0.0, (y - mean) * mean + above))


def gaussian_of(owner: str, mean: float, deviation: float) -> tuple[float, float]:
    """Mean and standard deviation of a Gaussian whose values above zero have these, others counting as zero."""
    if deviation == 0.0:
        return mean, 0.0
    wanted = mean / deviation
    # The ratio of the moments grows with y and is never below y itself.
    low, high = LOWEST, max(wanted, 0.0)
    if not _ratio(low) < wanted < math.inf:
        raise ConfigurationError(
            f"{owner}: a rate of {mean} Hz cannot vary by {deviation} Hz.",
            hint="choose a smaller corr, or a larger tau",
        )
    while True:
        y = 0.5 * (low + high)
        if y in (low, high):
            break
        if _ratio(y) < wanted:
            low = y
        else:
            high = y
    sigma = mean / rectified_moments(y)[0]
    return y * sigma, sigma


def _ratio(y: float) -> float:
    mean, deviation = rectified_moments(y)
    return mean / deviation
