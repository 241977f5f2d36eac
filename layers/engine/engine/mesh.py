"""From a capacity to a score and to levels, by meshes (docs/domain.md §5b).

The capacities a test can measure are cut by ``bounds`` into meshes, one per level from 0. A mesh weighs 64 pix (the first
two, with coefficients 0 and 1) or 128 (the others, coefficients 1, 2, …), and the score grows evenly inside each.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import floor
from typing import Final

from engine.scoring import CERTIFIED_MAXIMUM

DEFAULT_BOUNDS: Final = (-8.0, -1.4, -0.519, 0.6, 1.5, 2.25, 3.1, 4.0, 8.0)


def mesh_of(capacity: float, bounds: Sequence[float] = DEFAULT_BOUNDS) -> int:
    """The mesh a capacity falls in: its level. Below the first bound it is 0, above the last the highest.

    >>> [mesh_of(capacity) for capacity in (-9, -1.5, -1.4, 0, 3.99, 4, 9)]
    [0, 0, 1, 2, 6, 7, 7]
    """
    return min(max(bisect_right(bounds, capacity) - 1, 0), len(bounds) - 2)


def mesh_weight(mesh: int) -> tuple[int, int]:
    """The weight and the coefficient of a mesh.

    >>> [mesh_weight(mesh) for mesh in range(4)]
    [(64, 0), (64, 1), (128, 1), (128, 2)]
    """
    return (64, mesh) if mesh < 2 else (128, mesh - 1)


def mesh_score(capacity: float, bounds: Sequence[float] = DEFAULT_BOUNDS, maximum: int = CERTIFIED_MAXIMUM) -> int:
    """floor(weight × (coefficient + 1 − (max − θ) / (max − min))), at most ``maximum``, and 0 below the first bound.

    >>> mesh_score(-8.1), mesh_score(-1.4), mesh_score(0.6), mesh_score(1.05), mesh_score(8.5)
    (0, 64, 256, 320, 895)
    """
    if capacity < bounds[0]:
        return 0
    mesh = mesh_of(capacity, bounds)
    weight, coefficient = mesh_weight(mesh)
    low, high = bounds[mesh], bounds[mesh + 1]
    return min(floor(weight * (coefficient + 1 - (high - min(capacity, high)) / (high - low))), maximum)
