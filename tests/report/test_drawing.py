from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.optimize import LinearConstraint, minimize

from readalike.numerics.intervals import Interval
from readalike.report.drawing import (
    COLOURS,
    DASHES,
    LONGEST,
    MARKERS,
    Line,
    Picture,
    Point,
    covered_area,
    draw_lines,
    draw_points,
    picture,
    place_labels,
    plain_settings,
    spread_labels,
    styles_of,
)

Floats = npt.NDArray[np.float64]
NAMES = tuple(f"algorithm-{k}" for k in range(8))


@pytest.fixture(autouse=True, scope="module")
def settings() -> Iterator[None]:
    with plain_settings():
        yield


# The frame


def empty(figure: Figure) -> None:
    axes = figure.add_subplot()
    axes.plot([1, 2], [1, 2], marker="o")
    axes.set_title('a <b id="x"> & $y$ url(#z)')


def drawn(
    key: str, draw: Callable[[Figure], None] = empty, title: str = "T", description: str = "D"
) -> Picture:
    return picture(key, title=title, description=description, size=(3, 2), draw=draw)


def texts(drawing: Picture) -> list[str]:
    return [str(node.text) for node in ElementTree.fromstring(drawing.svg).iter("text")]


def test_a_picture_names_itself_to_who_cannot_see_it() -> None:
    root = ElementTree.fromstring(drawn("r", title="A & B", description="What is < seen.").svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "r-title r-description"
    names = {node.get("id"): node.text for node in list(root)[:2]}
    assert names == {"r-title": "A & B", "r-description": "What is < seen."}
    assert set(root.attrib) == {"viewBox", "role", "aria-labelledby"}, "as wide as the page lets it"


def test_text_stays_text_as_it_was_given() -> None:
    assert 'a <b id="x"> & $y$ url(#z)' in texts(drawn("r"))


def test_ids_are_those_of_the_figure_and_every_reference_has_its_target() -> None:
    ids: list[str] = []
    for key in ("one", "two"):
        root = ElementTree.fromstring(drawn(key).svg)
        own = [str(node.get("id")) for node in root.iter() if node.get("id")]
        assert all(each.startswith(f"{key}-") for each in own)
        used = {
            value.removeprefix("url(").strip("#)")
            for node in root.iter()
            for name, value in node.attrib.items()
            if name == "href" or value.startswith("url(#")
        }
        assert used, "there is something to find"
        assert used <= set(own)
        ids += own
    assert len(ids) == len(set(ids))


def test_a_picture_has_no_style_and_no_origin_of_its_own() -> None:
    svg = drawn("r").svg
    assert not {"style", "metadata"} & {node.tag for node in ElementTree.fromstring(svg).iter()}
    assert "http" not in svg


def test_the_same_drawing_is_the_same_text_whatever_the_user_set() -> None:
    first = drawn("r")
    with mpl.rc_context({"svg.fonttype": "path", "font.size": 20, "lines.linewidth": 9}):
        assert drawn("r") == first
        assert mpl.rcParams["font.size"] == 20, "and the user's settings are left alone"


def test_letters_that_matplotlib_has_no_font_for_are_no_trouble() -> None:
    def draw(figure: Figure) -> None:
        figure.add_subplot().set_title("漢字")

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert "漢字" in texts(drawn("r", draw))
    assert [str(each.message) for each in seen] == []


# Lines and points


def boxes(figure: Figure) -> list[tuple[float, ...]]:
    figure.draw_without_rendering()
    (axes,) = figure.axes
    return [tuple(Text.get_window_extent(text).extents) for text in axes.texts]


def overlapping(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(one[k] < other[k + 2] - 0.5 and other[k] < one[k + 2] - 0.5 for k in (0, 1))


def test_lines_go_through_the_values_and_are_named_without_overlap() -> None:
    styles = list(styles_of(NAMES).values())
    lines = [
        Line(style, (5, 20, 50), (0.1, 0.2, 0.3 + k / 1000), ())
        for k, style in enumerate(styles)
    ]  # fmt: skip
    figure = Figure((7, 4), layout="constrained")
    axes = figure.add_subplot()
    draw_lines(figure, axes, lines)
    for line, artist in zip(lines, axes.lines, strict=True):
        np.testing.assert_allclose(np.asarray(artist.get_xdata(), float), line.x)
        np.testing.assert_allclose(np.asarray(artist.get_ydata(), float), line.y)
        assert artist.get_color() == line.style.colour
    assert [text.get_text() for text in axes.texts] == list(NAMES)
    for one, other in itertools.combinations(boxes(figure), 2):
        assert not overlapping(one, other)


def test_names_at_the_ends_of_lines_are_in_the_order_of_the_lines() -> None:
    styles = list(styles_of(NAMES[:3]).values())
    lines = [
        Line(style, (1, 2), (0.5, y)) for style, y in zip(styles, (0.2, 0.9, 0.21), strict=True)
    ]
    figure = Figure((7, 4), layout="constrained")
    draw_lines(figure, figure.add_subplot(), lines)
    heights = [box[1] for box in boxes(figure)]
    assert heights[0] < heights[2] < heights[1]


def test_bands_are_drawn_where_there_are_intervals() -> None:
    (style,) = styles_of(("a",)).values()
    band = (Interval(0.1, 0.05, 0.2), Interval(0.3, 0.25, 0.4))
    figure = Figure((7, 4), layout="constrained")
    axes = figure.add_subplot()
    draw_lines(figure, axes, [Line(style, (1, 2), (0.1, 0.3), band)])
    (shade,) = axes.collections
    limits = shade.get_datalim(axes.transData)
    assert (limits.y0, limits.y1) == (0.05, 0.4)


def test_points_stand_at_cost_and_measure_and_their_names_are_apart() -> None:
    styles = list(styles_of(NAMES).values())
    points = [
        Point(style, 1.0 + k / 50, Interval(0.2 + k / 500, 0.15, 0.25))
        for k, style in enumerate(styles)
    ]  # fmt: skip
    figure = Figure((5, 4), layout="constrained")
    axes = figure.add_subplot()
    draw_points(figure, axes, points)
    marks = [np.ravel(bar.lines[0].get_xydata()) for bar in axes.containers]  # type: ignore[attr-defined]
    expected = [(point.cost, point.reached.mean) for point in points]
    np.testing.assert_allclose(marks, expected)
    assert sorted(text.get_text() for text in axes.texts) == sorted(NAMES)
    for one, other in itertools.combinations(boxes(figure), 2):
        assert not overlapping(one, other)
    centres = axes.transData.transform(expected)
    for box, (x, y) in itertools.product(boxes(figure), centres):
        assert not overlapping(box, (x - 2, y - 2, x + 2, y + 2)), "no name hides a point"


def test_no_name_hides_an_interval() -> None:
    styles = list(styles_of(("left", "right")).values())
    points = [
        Point(styles[0], 1.0, Interval(0.2, 0.19, 0.21)),
        Point(styles[1], 1.05, Interval(0.5, 0.1, 0.9)),
        Point(styles[1], 2.0, Interval(0.5, 0.4, 0.6)),
    ]
    figure = Figure((5, 4), layout="constrained")
    axes = figure.add_subplot()
    draw_points(figure, axes, points)
    left = boxes(figure)[0]
    x, bottom = axes.transData.transform((1.05, 0.1))
    assert not overlapping(left, (x - 1, bottom, x + 1, axes.transData.transform((1.05, 0.9))[1]))


# Labels

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
    np.testing.assert_allclose(spread_labels(heights, gap), slow_spread(heights, gap), atol=2e-5)


@given(HEIGHTS, st.sampled_from([0.05, 0.3, 2.0]))
def test_labels_are_apart_in_order_and_within_bounds(heights: Floats, gap: float) -> None:
    found = spread_labels(heights, gap)
    room = min(gap, 1 / max(len(heights) - 1, 1))
    order = np.argsort(heights, kind="stable")
    assert (np.diff(found[order]) >= room - 1e-12).all()
    assert found.min() >= -1e-12
    assert found.max() <= 1 + 1e-12


@pytest.mark.parametrize(
    ("heights", "spread"),
    [([0.8, 0.1, 0.4], [0.8, 0.1, 0.4]), ([0.5, 0.5], [0.4, 0.6]), ([], [])],
)
def test_only_labels_that_are_near_each_other_move(
    heights: list[float], spread: list[float]
) -> None:
    np.testing.assert_allclose(spread_labels(np.array(heights), 0.2), spread, atol=1e-15)


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
    boxes = boxes_of(place_labels(points, sizes, FRAME, marks), sizes)
    for one, other in itertools.combinations(boxes, 2):
        assert covered_area(one, other[None]) == 0
    assert all(covered_area(box, marks) == 0 for box in boxes)
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] <= FRAME[2:]).all()


def test_a_free_label_stands_right_of_its_point_and_left_at_the_edge() -> None:
    sizes = np.array([[60.0, 10.0]])
    free = place_labels(np.array([[100.0, 100.0]]), sizes, FRAME, NOTHING)
    assert free[0, 0] > 130
    assert free[0, 1] == 100
    edge = place_labels(np.array([[390.0, 100.0]]), sizes, FRAME, NOTHING)
    assert edge[0, 0] < 360


def test_a_label_wider_than_the_frame_stands_on_its_point() -> None:
    at = np.array([[100.0, 100.0]])
    np.testing.assert_array_equal(place_labels(at, np.array([[500.0, 10.0]]), FRAME, NOTHING), at)


def test_where_no_place_is_free_the_one_that_covers_least_is_taken() -> None:
    sizes = np.array([[60.0, 10.0]])
    taken = np.array([[0.0, 0.0, 400.0, 299.0]])
    centre = place_labels(np.array([[200.0, 150.0]]), sizes, FRAME, taken)
    assert covered_area(boxes_of(centre, sizes)[0], taken) <= 600
    nearly = np.array([[0.0, 0.0, 400.0, 120.0], [0.0, 0.0, 400.0, 300.0]])
    assert place_labels(np.array([[200.0, 115.0]]), sizes, FRAME, nearly)[0, 1] > 120


@given(
    st.lists(st.integers(0, 9), min_size=4, max_size=4),
    st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), max_size=3),
)
def test_overlap_is_the_number_of_common_cells(one: list[int], others: list[list[int]]) -> None:
    def cells(sides: list[int]) -> set[tuple[int, int]]:
        return set(itertools.product(range(sides[0], sides[2]), range(sides[1], sides[3])))

    common = sum(len(cells(one) & cells(other)) for other in others)
    boxes = np.array(others, np.float64).reshape(-1, 4)
    assert covered_area(np.array(one, np.float64), boxes) == common


# Styles

# Machado, Oliveira and Fernandes 2009, at full strength, on linear RGB
BLIND = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def linear(colour: str) -> Floats:
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colour: str, how: str) -> Floats:
    light = np.clip(np.array(BLIND[how]) @ linear(colour), 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def nearest(colours: tuple[str, ...], how: str) -> float:
    pairs = itertools.combinations([seen(colour, how) for colour in colours], 2)
    return min(float(np.linalg.norm(one - other)) for one, other in pairs)


def test_colours_can_be_told_apart_by_who_sees_no_red_or_no_green() -> None:
    for how in BLIND:
        assert nearest(COLOURS, how) > 0.2
    usual = ("#d62728", "#2ca02c", "#8c564b")
    assert min(nearest(usual, how) for how in BLIND) < 0.2, "red, green and brown would not do"


def test_algorithms_differ_without_any_colour() -> None:
    names = tuple(f"a{k}" for k in range(len(MARKERS)))
    shapes = {style.marker for style in styles_of(names).values()}
    assert len(shapes) == len(MARKERS)
    drawn = list(styles_of(names).values())
    assert all(one.dashes != other.dashes for one, other in itertools.pairwise(drawn))
    assert len(set(DASHES)) == len(DASHES) > 2
    assert len(set(COLOURS)) == len(COLOURS)


def test_colour_and_marker_together_repeat_late() -> None:
    names = tuple(f"a{k}" for k in range(len(COLOURS) * len(MARKERS)))
    drawn = {(style.colour, style.marker) for style in styles_of(names).values()}
    assert len(drawn) == len(names) == 88


def test_a_long_name_is_shortened_and_numbered_as_its_row_is() -> None:
    long = "ridge:neighbours=300,regularization=12.5"
    found = styles_of(("blend", long, f"{long},content=3"))
    assert [style.label for style in found.values()] == [
        "blend", "ridge:neighbours=3… #2", "ridge:neighbours=3… #3"
    ]  # fmt: skip
    assert all(len(style.label) <= LONGEST for style in found.values())


def test_an_algorithm_looks_alike_whatever_stands_after_it() -> None:
    few, many = styles_of(("a", "b")), styles_of(("a", "b", "c"))
    assert all(few[name] == many[name] for name in few)
