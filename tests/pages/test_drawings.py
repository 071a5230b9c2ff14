from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from pages.reports import content, full, interval, report, result, segment, star_segment, stars
from readalike.numerics.intervals import Interval
from readalike.pages.bars import draw_segment, segments, star_segments
from readalike.pages.costs import by_coverage, by_time
from readalike.pages.curves import calibration, learning_curve, star_curve
from readalike.pages.figure import Picture, picture, style
from readalike.pages.lines import Line, draw_lines
from readalike.pages.looks import looks
from readalike.pages.points import Point, draw_points
from readalike.pages.reading import content_of


@pytest.fixture(autouse=True)
def styled() -> Iterator[None]:
    with style():
        yield


def texts(found: Picture | None) -> list[str]:
    assert found is not None
    root = ElementTree.fromstring(found.svg)
    return [str(node.text) for node in root.iter("text")]


def boxes(figure: Figure) -> list[tuple[float, ...]]:
    figure.draw_without_rendering()
    (axes,) = figure.axes
    return [tuple(Text.get_window_extent(text).extents) for text in axes.texts]


def overlapping(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(one[k] < other[k + 2] - 0.5 and other[k] < one[k + 2] - 0.5 for k in (0, 1))


FULL = content_of(full())
LOOKS = looks(FULL.algorithms)
NAMES = tuple(f"algorithm-{k}" for k in range(8))


# The frame


def empty(figure: Figure) -> None:
    axes = figure.add_subplot()
    axes.plot([1, 2], [1, 2], marker="o")
    axes.set_title('a <b id="x"> & $y$ url(#z)')


def test_a_picture_names_itself_to_who_cannot_see_it() -> None:
    root = ElementTree.fromstring(picture("r", "A & B", "What is < seen.", (3, 2), empty).svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "r-title r-description"
    told = {node.get("id"): node.text for node in list(root)[:2]}
    assert told == {"r-title": "A & B", "r-description": "What is < seen."}
    assert set(root.attrib) == {"viewBox", "role", "aria-labelledby"}, "as wide as the page lets it"


def test_text_stays_text_as_it_was_given() -> None:
    assert 'a <b id="x"> & $y$ url(#z)' in texts(picture("r", "T", "D", (3, 2), empty))


def test_ids_are_those_of_the_figure_and_every_reference_has_its_target() -> None:
    ids: list[str] = []
    for key in ("one", "two"):
        root = ElementTree.fromstring(picture(key, "T", "D", (3, 2), empty).svg)
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
    svg = picture("r", "T", "D", (3, 2), empty).svg
    assert not {"style", "metadata"} & {node.tag for node in ElementTree.fromstring(svg).iter()}
    assert "http" not in svg


def test_the_same_drawing_is_the_same_text_whatever_the_user_set() -> None:
    first = picture("r", "T", "D", (3, 2), empty)
    with mpl.rc_context({"svg.fonttype": "path", "font.size": 20, "lines.linewidth": 9}):
        assert picture("r", "T", "D", (3, 2), empty) == first
        assert mpl.rcParams["font.size"] == 20, "and the user's settings are left alone"


def test_letters_that_matplotlib_has_no_font_for_are_no_trouble() -> None:
    def draw(figure: Figure) -> None:
        figure.add_subplot().set_title("漢字")

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert "漢字" in texts(picture("r", "T", "D", (3, 2), draw))
    assert [str(each.message) for each in seen] == []


# Lines


def test_lines_go_through_the_values_and_are_named_without_overlap() -> None:
    drawn = list(looks(NAMES).values())
    lines = [
        Line(look, (5, 20, 50), (0.1, 0.2, 0.3 + k / 1000), ())
        for k, look in enumerate(drawn)
    ]  # fmt: skip
    figure = Figure((7, 4), layout="constrained")
    axes = figure.add_subplot()
    draw_lines(figure, axes, lines)
    for line, artist in zip(lines, axes.lines, strict=True):
        np.testing.assert_allclose(np.asarray(artist.get_xdata(), float), line.places)
        np.testing.assert_allclose(np.asarray(artist.get_ydata(), float), line.values)
        assert artist.get_color() == line.look.colour
    assert [text.get_text() for text in axes.texts] == list(NAMES)
    for one, other in itertools.combinations(boxes(figure), 2):
        assert not overlapping(one, other)


def test_names_at_the_ends_of_lines_are_in_the_order_of_the_lines() -> None:
    drawn = list(looks(NAMES[:3]).values())
    lines = [Line(look, (1, 2), (0.5, y)) for look, y in zip(drawn, (0.2, 0.9, 0.21), strict=True)]
    figure = Figure((7, 4), layout="constrained")
    draw_lines(figure, figure.add_subplot(), lines)
    heights = [box[1] for box in boxes(figure)]
    assert heights[0] < heights[2] < heights[1]


def test_bands_are_drawn_where_there_are_intervals() -> None:
    (look,) = looks(("a",)).values()
    band = (Interval(0.1, 0.05, 0.2), Interval(0.3, 0.25, 0.4))
    figure = Figure((7, 4), layout="constrained")
    axes = figure.add_subplot()
    draw_lines(figure, axes, [Line(look, (1, 2), (0.1, 0.3), band)])
    (shade,) = axes.collections
    limits = shade.get_datalim(axes.transData)
    assert (limits.y0, limits.y1) == (0.05, 0.4)


def test_a_learning_curve_needs_two_lengths() -> None:
    found = learning_curve("c", FULL, "ndcg@10", LOOKS)
    assert {"blend", "cosine", "popularity", "5", "20", "50", "nDCG@10"} <= set(texts(found))
    assert found is not None
    assert "5, 20 and 50 books told" in found.description
    for read in (content(result("a", 0.2, 5)), content(result("a", 0.2))):
        assert learning_curve("c", read, "ndcg@10", looks(read.algorithms)) is None


def test_an_algorithm_without_the_measure_has_no_line() -> None:
    read = content(
        result("a", 0.2, 5, measures={"p@1": interval(0.2)}), result("b", 0.2, 5),
        result("a", 0.3, 9, measures={"p@1": interval(0.2)}), result("b", 0.2, 9),
    )  # fmt: skip
    told = texts(learning_curve("c", read, "p@1", looks(read.algorithms)))
    assert "a" in told
    assert "b" not in told
    assert learning_curve("c", read, "mrr@7", looks(read.algorithms)) is None


def test_calibration_is_drawn_where_the_report_has_it() -> None:
    told = texts(calibration("k", FULL, LOOKS))
    assert {"blend", "cosine"} <= set(told)
    assert "popularity" not in told
    plain = content(result("a", 0.2))
    assert calibration("k", plain, looks(plain.algorithms)) is None


def of_stars(*parts: Any) -> dict[str, Any]:
    return {"measures": stars(0.9), "forecasts": {"rows": 99, "segments": list(parts)}}


def test_the_curve_of_forecasts_is_by_the_length_of_histories(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    axes = drawn_axes(monkeypatch, lambda: star_curve("c", FULL, LOOKS))
    for line, mean in zip(axes.lines, (0.30, 0.22), strict=True):
        found = np.asarray(line.get_xydata(), np.float64)
        np.testing.assert_allclose(found, np.array([[0, 1.1 + mean], [1, 0.8 + mean]]))
    assert axes.get_ylabel() == "RMSE"
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["1 to 5 books\n60 readers", "6 to 20 books\n1 reader"]
    assert len(axes.collections) == 2, "a band of intervals each"


def test_a_curve_of_forecasts_needs_two_lengths() -> None:
    one = star_segment("history length", "no book", 1.0)
    by_stars = [star_segment("stars given", name, 1.0) for name in ("no stars", "middle third")]
    for parts in ((), (one, *by_stars)):
        read = content(result("a", 0.2, **of_stars(*parts)))
        assert star_curve("c", read, looks(read.algorithms)) is None


def test_a_curve_keeps_the_order_of_lengths_where_an_algorithm_lacks_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few, some, many = (
        star_segment("history length", name, 1.0)
        for name in ("1 to 5 books", "6 to 20 books", "21 to 50 books")
    )
    read = content(
        result("a", 0.2, **of_stars(some, many)), result("b", 0.2, **of_stars(few, some, many))
    )
    axes = drawn_axes(monkeypatch, lambda: star_curve("c", read, looks(read.algorithms)))
    assert [np.asarray(line.get_xdata()).tolist() for line in axes.lines] == [[1, 2], [0, 1, 2]]
    assert axes.get_xticklabels()[0].get_text().startswith("1 to 5 books")


# Points


def test_points_stand_at_cost_and_measure_and_their_names_are_apart() -> None:
    drawn = list(looks(NAMES).values())
    points = [
        Point(look, 1.0 + k / 50, Interval(0.2 + k / 500, 0.15, 0.25))
        for k, look in enumerate(drawn)
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
    drawn = list(looks(("left", "right")).values())
    points = [
        Point(drawn[0], 1.0, Interval(0.2, 0.19, 0.21)),
        Point(drawn[1], 1.05, Interval(0.5, 0.1, 0.9)),
        Point(drawn[1], 2.0, Interval(0.5, 0.4, 0.6)),
    ]
    figure = Figure((5, 4), layout="constrained")
    axes = figure.add_subplot()
    draw_points(figure, axes, points)
    left = boxes(figure)[0]
    x, bottom = axes.transData.transform((1.05, 0.1))
    assert not overlapping(left, (x - 1, bottom, x + 1, axes.transData.transform((1.05, 0.9))[1]))


def test_time_and_coverage_are_shown_at_the_middle_length() -> None:
    for found in (
        by_time("t", FULL, "ndcg@10", LOOKS),
        by_coverage("v", FULL, "ndcg@10", LOOKS),
    ):
        assert {"blend", "cosine", "popularity", "nDCG@10, told 20 books"} <= set(texts(found))


def test_without_coverage_there_is_no_figure_of_it() -> None:
    plain = content(result("a", 0.2), result("b", 0.1))
    assert by_coverage("v", plain, "ndcg@10", looks(plain.algorithms)) is None
    assert by_time("t", plain, "p@10", looks(plain.algorithms)) is None
    assert by_time("t", plain, "ndcg@10", looks(plain.algorithms)) is not None


@pytest.mark.parametrize("seconds", [0.0, 0.001, 1.0, 86_400.0])
def test_any_time_can_be_drawn(seconds: float) -> None:
    read = content(result("a", 0.2, fit_seconds=seconds))
    assert "a" in texts(by_time("t", read, "ndcg@10", looks(read.algorithms)))


def test_coverage_of_nothing_can_be_drawn() -> None:
    read = content(result("a", 0.0, half=0.0, catalogue={"coverage@10": 0.0}))
    assert "a" in texts(by_coverage("v", read, "ndcg@10", looks(read.algorithms)))


# Bars


def test_there_is_a_figure_for_each_way_to_divide_the_readers() -> None:
    found = segments("s", FULL, LOOKS)
    assert [each.key for each in found] == ["s-1", "s-2"]
    assert [each.title for each in found] == [
        "nDCG@10 by history length, told 20 books",
        "nDCG@10 by stars given, told 20 books",
    ]
    assert {"6 to 20 books", "21 to 50 books", "60 readers", "blend"} <= set(texts(found[0]))


def test_bars_are_as_long_as_the_means_and_say_them() -> None:
    axes = Figure().add_subplot()
    parts = {entry.algorithm: entry.segments for entry in FULL.at(20)}
    draw_segment(axes, parts, ("history length", "6 to 20 books"), "ndcg@10", LOOKS)
    widths = [patch.get_width() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert widths == pytest.approx([0.30, 0.22, 0.11])
    assert [text.get_text() for text in axes.texts] == ["0.300", "0.220", "0.110"]
    lines = [tuple(np.asarray(line.get_xdata(), float)) for line in axes.lines]
    assert lines[0] == pytest.approx((0.29, 0.31))


def test_readers_who_are_all_of_one_kind_need_no_figure() -> None:
    only = [segment("history length", "6 to 20 books", 0.2)]
    read = content(result("a", 0.2, segments=only))
    assert segments("s", read, looks(read.algorithms)) == ()


def test_a_segment_that_an_algorithm_lacks_is_left_empty() -> None:
    both = [segment("stars given", name, 0.2) for name in ("harshest third", "mildest third")]
    read = content(result("a", 0.2, segments=both), result("b", 0.2, segments=both[:1]))
    (found,) = segments("s", read, looks(read.algorithms))
    assert texts(found).count("0.200") == 3


def test_forecasts_have_a_figure_for_each_way_but_that_of_their_curve() -> None:
    (found,) = star_segments("s", FULL, LOOKS)
    assert (found.key, found.title) == ("s-1", "RMSE by stars given")
    told = texts(found)
    assert {"harshest third", "mildest third", "blend", "cosine", "1.300", "0.920"} <= set(told)
    assert "popularity" not in told, "it forecasts no stars"


def drawn_axes(monkeypatch: pytest.MonkeyPatch, make: Callable[[], Picture | None]) -> Axes:
    """The axes that a picture was made of."""
    kept: list[Figure] = []
    plain = Figure.savefig

    def keep(self: Figure, *args: Any, **how: Any) -> None:
        kept.append(self)
        plain(self, *args, **how)

    monkeypatch.setattr(Figure, "savefig", keep)
    assert make() is not None
    (figure,) = kept
    return figure.axes[0]


def test_the_learning_curve_is_that_of_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    axes = drawn_axes(monkeypatch, lambda: learning_curve("c", FULL, "ndcg@10", LOOKS))
    found = [np.asarray(line.get_xydata()).tolist() for line in axes.lines]
    assert found == [
        [[e.given, e.measures["ndcg@10"].mean] for e in FULL.entries if e.algorithm == name]
        for name in FULL.algorithms
    ]
    assert axes.get_xticks().tolist() == [5, 20, 50]


def test_calibration_is_drawn_from_low_to_high_beside_the_diagonal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    axes = drawn_axes(monkeypatch, lambda: calibration("k", FULL, LOOKS))
    diagonal, *lines = [np.asarray(line.get_xydata()).tolist() for line in axes.lines]
    assert diagonal == [[2.5, 2.5], [4.6, 4.6]]
    assert lines == [[[2.5, 3.0], [4.6, 4.5]]] * 2


def test_time_is_drawn_tenfold_by_tenfold_and_holds_every_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    axes = drawn_axes(monkeypatch, lambda: by_time("t", FULL, "ndcg@10", LOOKS))
    assert axes.get_xscale() == "log"
    low, high = axes.get_xlim()
    assert low < 0.1 < 4 * 0.11
    assert high > 4 * 0.30
    assert [axes.xaxis.get_major_formatter()(x, 0) for x in (0.01, 1, 10)] == ["0.01", "1", "10"]


def test_coverage_is_drawn_in_per_cent_from_none(monkeypatch: pytest.MonkeyPatch) -> None:
    axes = drawn_axes(monkeypatch, lambda: by_coverage("v", FULL, "ndcg@10", LOOKS))
    low, high = axes.get_xlim()
    assert low == 0
    assert 0.6 < high < 0.7
    assert axes.xaxis.get_major_formatter()(0.25, 0) == "25 %"
    assert "coverage@10" in axes.get_xlabel()


def test_fields_of_segments_share_their_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    axes = drawn_axes(monkeypatch, lambda: segments("s", content_of(one_way()), LOOKS)[0])
    assert axes.figure is not None
    limits = {field.get_xlim() for field in axes.figure.axes}
    assert len(axes.figure.axes) == 2
    assert len(limits) == 1
    assert limits.pop()[1] > 0.5, "the largest figure of either field"


def one_way() -> dict[str, Any]:
    parts = [segment("stars given", "harshest third", 0.1), segment("stars given", "rest", 0.5)]
    return report(*(result(name, 0.3, segments=parts) for name in FULL.algorithms))
