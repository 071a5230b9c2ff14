from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, minimize

from readalike.pages.labels import beside, overlap, spread

Floats = npt.NDArray[np.float64]

HEIGHTS = st.lists(st.floats(0, 1).map(lambda x: round(x, 3)), min_size=1, max_size=7).map(
    lambda heights: np.array(heights, np.float64)
)


def slow_spread(heights: Floats, gap: float) -> Floats:
    """The same by a general solver that knows nothing of isotonic regression."""
    n = len(heights)
    order = np.argsort(heights, kind="stable")
    if n == 1:
        return np.clip(heights, 0.0, 1.0)
    steps = np.diff(np.eye(n), axis=0)
    found = minimize(
        lambda x: float(np.square(x - heights[order]).sum()),
        np.linspace(0.0, 1.0, n),
        jac=lambda x: 2 * (x - heights[order]),
        bounds=[(0.0, 1.0)] * n,
        constraints=LinearConstraint(steps, gap, np.inf),
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    slow = np.empty(n)
    slow[order] = found.x
    return slow


@given(HEIGHTS, st.sampled_from([0.01, 0.05, 0.12]))
def test_labels_stand_as_near_as_they_can(heights: Floats, gap: float) -> None:
    np.testing.assert_allclose(spread(heights, gap, 0.0, 1.0), slow_spread(heights, gap), atol=2e-5)


@given(HEIGHTS, st.sampled_from([0.05, 0.3, 2.0]))
def test_labels_are_apart_in_order_and_within_bounds(heights: Floats, gap: float) -> None:
    found = spread(heights, gap, 0.0, 1.0)
    room = min(gap, 1 / max(len(heights) - 1, 1))
    order = np.argsort(heights, kind="stable")
    assert (np.diff(found[order]) >= room - 1e-12).all()
    assert found.min() >= -1e-12
    assert found.max() <= 1 + 1e-12


def test_labels_that_are_apart_stay_where_they_are() -> None:
    heights = np.array([0.8, 0.1, 0.4])
    np.testing.assert_allclose(spread(heights, 0.2, 0.0, 1.0), heights, atol=1e-15)


def test_equal_heights_part_evenly_and_no_labels_are_no_trouble() -> None:
    np.testing.assert_allclose(spread(np.array([0.5, 0.5]), 0.2, 0, 1), [0.4, 0.6])
    assert spread(np.empty(0), 0.2, 0, 1).size == 0


FRAME = np.array([0.0, 0.0, 400.0, 300.0])
NOTHING = np.empty((0, 4))
POINTS = st.lists(
    st.tuples(st.integers(20, 380), st.integers(20, 280)), min_size=1, max_size=6
).map(lambda points: np.array(points, np.float64))


def boxes_of(centres: Floats, sizes: Floats) -> Floats:
    return np.hstack([centres - sizes / 2, centres + sizes / 2])


@given(POINTS)
def test_labels_cover_neither_each_other_nor_a_point_and_stay_in_the_frame(points: Floats) -> None:
    sizes = np.tile([50.0, 10.0], (len(points), 1))
    marks = np.hstack([points - 2, points + 2])
    boxes = boxes_of(beside(points, sizes, FRAME, marks), sizes)
    for one, other in itertools.combinations(boxes, 2):
        assert overlap(one, other[None]) == 0
    assert all(overlap(box, marks) == 0 for box in boxes)
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] <= FRAME[2:]).all()


def test_a_free_label_stands_right_of_its_point_and_left_at_the_edge() -> None:
    sizes = np.array([[60.0, 10.0]])
    free = beside(np.array([[100.0, 100.0]]), sizes, FRAME, NOTHING)
    assert free[0, 0] > 130
    assert free[0, 1] == 100
    edge = beside(np.array([[390.0, 100.0]]), sizes, FRAME, NOTHING)
    assert edge[0, 0] < 360


def test_a_label_wider_than_the_frame_stands_on_its_point() -> None:
    at = np.array([[100.0, 100.0]])
    np.testing.assert_array_equal(beside(at, np.array([[500.0, 10.0]]), FRAME, NOTHING), at)


def test_where_no_place_is_free_the_one_that_covers_least_is_taken() -> None:
    taken = np.array([[0.0, 0.0, 400.0, 299.0]])
    centre = beside(np.array([[200.0, 150.0]]), np.array([[60.0, 10.0]]), FRAME, taken)
    box = boxes_of(centre, np.array([[60.0, 10.0]]))
    assert overlap(box[0], taken) <= 600
    nearly = np.array([[0.0, 0.0, 400.0, 120.0], [0.0, 0.0, 400.0, 300.0]])
    assert beside(np.array([[200.0, 115.0]]), np.array([[60.0, 10.0]]), FRAME, nearly)[0, 1] > 120


@given(
    st.lists(st.integers(0, 9), min_size=4, max_size=4),
    st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), max_size=3),
)
def test_overlap_is_the_number_of_common_cells(one: list[int], others: list[list[int]]) -> None:
    def cells(sides: list[int]) -> set[tuple[int, int]]:
        return set(itertools.product(range(sides[0], sides[2]), range(sides[1], sides[3])))

    common = sum(len(cells(one) & cells(other)) for other in others)
    boxes = np.array(others, np.float64).reshape(-1, 4)
    assert overlap(np.array(one, np.float64), boxes) == common
