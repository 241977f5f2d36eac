"""Score by mesh: every default bound and weight (docs/domain.md §5b)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mesh import DEFAULT_BOUNDS, mesh_of, mesh_score, mesh_weight


def test_the_default_bounds_and_weights_are_the_published_ones() -> None:
    assert DEFAULT_BOUNDS == (-8, -1.4, -0.519, 0.6, 1.5, 2.25, 3.1, 4, 8)
    weights = [(64, 0), (64, 1), (128, 1), (128, 2), (128, 3), (128, 4), (128, 5), (128, 6), (128, 7)]
    assert [mesh_weight(mesh) for mesh in range(9)] == weights


@pytest.mark.parametrize(
    ("capacity", "pix", "level"),
    [
        (-100.0, 0, 0),
        (-8.000001, 0, 0),
        (-8.0, 0, 0),
        (-4.699, 32, 0),
        (-1.4, 64, 1),
        (-0.9595, 96, 1),
        (-0.519, 128, 2),
        (0.6, 256, 3),
        (1.5, 384, 4),
        (2.25, 512, 5),
        (3.1, 640, 6),
        (4.0, 768, 7),
        (6.0, 832, 7),
        (7.99, 895, 7),
        (8.0, 895, 7),
        (100.0, 895, 7),
    ],
)
def test_a_capacity_becomes_a_score_and_a_level(capacity: float, pix: int, level: int) -> None:
    assert mesh_score(capacity) == pix
    assert mesh_of(capacity) == level


@given(st.floats(-20, 20), st.floats(0, 5))
def test_a_higher_capacity_never_scores_less(capacity: float, more: float) -> None:
    assert 0 <= mesh_score(capacity) <= mesh_score(capacity + more) <= 895
    assert mesh_of(capacity) <= mesh_of(capacity + more)


def test_eight_open_levels_reach_1024() -> None:
    bounds = (*DEFAULT_BOUNDS[:-1], 5.0, 8.0)
    assert mesh_score(9.0, bounds, 1024) == 1024
    assert mesh_of(9.0, bounds) == 8
