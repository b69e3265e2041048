"""What many values come to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

__all__ = ["median", "percentile"]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values doesn't exceed. Raises ValueError where there are none."""
    if not values:
        raise ValueError("there are no values to take a percentile of")
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]
