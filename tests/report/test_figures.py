from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from readalike.evaluation import segments as kinds
from readalike.report.drawing import Picture, styles_of
from readalike.report.figures import (
    HISTORY_LENGTH,
    by_coverage,
    by_time,
    calibration,
    draw_segment,
    learning_curve,
    segments,
    star_curve,
    star_segments,
)
from report.reports import full, interval, report, result, segment, star_errors, star_segment

FULL = full()
STYLES = styles_of([*FULL.algorithms, "a", "b"])


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that pictures were made of."""
    kept: list[Figure] = []
    plain = Figure.savefig

    def keep(self: Figure, *args: Any, **how: Any) -> None:
        kept.append(self)
        plain(self, *args, **how)

    monkeypatch.setattr(Figure, "savefig", keep)
    return kept


def texts(found: Picture | None) -> list[str]:
    assert found is not None
    root = ElementTree.fromstring(found.svg)
    return [str(node.text) for node in root.iter("text")]


def points_of(figure: Figure) -> list[Any]:
    return [np.asarray(line.get_xydata()).tolist() for line in figure.axes[0].lines]


# Curves


def test_the_learning_curve_is_that_of_the_report(drawn: list[Figure]) -> None:
    found = learning_curve("c", FULL, "ndcg@10", STYLES)
    assert {"blend", "cosine", "popularity", "5", "20", "50", "nDCG@10"} <= set(texts(found))
    assert found is not None
    assert "5, 20 and 50 books told" in found.description
    assert points_of(drawn[0]) == [
        [[r.given, r.estimates["ndcg@10"].mean] for r in FULL.results if r.algorithm == name]
        for name in FULL.algorithms
    ]
    assert drawn[0].axes[0].get_xticks().tolist() == [5, 20, 50]
    assert len(drawn[0].axes[0].collections) == 3, "a band of intervals each"


def test_a_learning_curve_needs_two_lengths_and_the_measure() -> None:
    more = {"a": {"p@1": interval(0.2)}}
    several = report(
        *(result(name, 0.2, n, measures=more.get(name)) for n in (9, 5) for name in "ab")
    )
    names = texts(learning_curve("c", several, "p@1", STYLES))
    assert "a" in names
    assert "b" not in names, "it lacks the measure"
    assert learning_curve("c", several, "mrr@7", STYLES) is None
    for read in (report(result("a", 0.2, 5)), report(result("a", 0.2))):
        assert learning_curve("c", read, "ndcg@10", STYLES) is None


def test_the_curve_of_forecasts_is_by_the_length_of_histories(drawn: list[Figure]) -> None:
    assert star_curve("c", FULL, STYLES) is not None
    for points, mean in zip(points_of(drawn[0]), (0.30, 0.22), strict=True):
        np.testing.assert_allclose(points, [[0, 1.1 + mean], [1, 0.8 + mean]])
    (axes,) = drawn[0].axes
    assert axes.get_ylabel() == "RMSE"
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["1 to 5 books\n60 readers", "6 to 20 books\n1 reader"]
    assert len(axes.collections) == 2, "a band of intervals each"
    assert kinds.LENGTH == HISTORY_LENGTH


def test_a_curve_of_forecasts_needs_two_lengths() -> None:
    one = star_segment("history length", "no book", 1.0)
    by_stars = [star_segment("stars given", name, 1.0) for name in ("no stars", "middle third")]
    for parts in ((), (one, *by_stars)):
        read = report(result("a", 0.2, rmse=0.9, star_segments=parts))
        assert star_curve("c", read, STYLES) is None


def test_a_curve_keeps_the_order_of_lengths_where_an_algorithm_lacks_one(
    drawn: list[Figure],
) -> None:
    few, some, many = (
        star_segment("history length", name, 1.0)
        for name in ("1 to 5 books", "6 to 20 books", "21 to 50 books")
    )
    read = report(
        result("a", 0.2, rmse=0.9, star_segments=(some, many)),
        result("b", 0.2, rmse=0.9, star_segments=(few, some, many)),
        result("blend", 0.2, rmse=0.9),
    )
    assert star_curve("c", read, STYLES) is not None
    assert [[x for x, _ in points] for points in points_of(drawn[0])] == [[1, 2], [0, 1, 2]]
    first = drawn[0].axes[0].get_xticklabels()[0]
    assert first.get_text().startswith("1 to 5 books")


def test_calibration_is_drawn_from_low_to_high_beside_the_diagonal(drawn: list[Figure]) -> None:
    names = texts(calibration("k", FULL, STYLES))
    assert {"blend", "cosine"} <= set(names)
    assert "popularity" not in names, "it forecasts no stars"
    diagonal, *lines = points_of(drawn[0])
    assert diagonal == [[2.5, 2.5], [4.6, 4.6]]
    assert lines == [[[2.5, 3.0], [4.6, 4.5]]] * 2
    for plain in (result("a", 0.2), result("a", 0.2, rmse=0.9)):
        assert calibration("k", report(plain), STYLES) is None


def test_calibration_is_in_the_order_of_forecasts_whatever_that_of_the_report(
    drawn: list[Figure],
) -> None:
    backwards = star_errors(100, steps=((10, 4.0, 3.5), (10, 2.0, 2.5)))
    assert calibration("k", report(result("a", 0.2, rmse=0.9, errors=backwards)), STYLES)
    assert points_of(drawn[0])[1] == [[2.0, 2.5], [4.0, 3.5]]


# Costs


def test_time_is_drawn_tenfold_by_tenfold_and_holds_every_point(drawn: list[Figure]) -> None:
    found = texts(by_time("t", FULL, "ndcg@10", STYLES))
    assert {"blend", "cosine", "popularity", "nDCG@10, told 20 books"} <= set(found)
    (axes,) = drawn[0].axes
    assert axes.get_xscale() == "log"
    low, high = axes.get_xlim()
    assert low < 0.1 < 4 * 0.11
    assert high > 4 * 0.30
    assert [axes.xaxis.get_major_formatter()(x, 0) for x in (0.01, 1, 10)] == ["0.01", "1", "10"]


def test_coverage_is_drawn_in_per_cent_from_none(drawn: list[Figure]) -> None:
    found = texts(by_coverage("v", FULL, "ndcg@10", STYLES))
    assert {"blend", "cosine", "popularity", "nDCG@10, told 20 books"} <= set(found)
    (axes,) = drawn[0].axes
    low, high = axes.get_xlim()
    assert low == 0
    assert 0.6 < high < 0.7
    assert axes.xaxis.get_major_formatter()(0.25, 0) == "25 %"
    assert "coverage@10" in axes.get_xlabel()


def test_without_the_cost_or_the_measure_there_is_no_figure_of_it() -> None:
    plain = report(result("a", 0.2), result("b", 0.1))
    assert by_coverage("v", plain, "ndcg@10", STYLES) is None
    assert by_time("t", plain, "p@10", STYLES) is None
    covered = report(result("a", 0.2, catalogue={"coverage@10": 0.5}))
    assert by_coverage("v", covered, "p@10", STYLES) is None


@pytest.mark.parametrize("seconds", [0.0, 0.001, 1.0, 86_400.0])
def test_any_time_can_be_drawn(seconds: float) -> None:
    read = report(result("a", 0.2, fit_seconds=seconds))
    assert "a" in texts(by_time("t", read, "ndcg@10", STYLES))


def test_coverage_of_nothing_can_be_drawn() -> None:
    read = report(result("a", 0.0, half=0.0, catalogue={"coverage@10": 0.0}))
    assert "a" in texts(by_coverage("v", read, "ndcg@10", STYLES))


# Bars


def test_there_is_a_figure_for_each_way_to_divide_the_readers() -> None:
    found = segments("s", FULL, STYLES)
    assert [each.key for each in found] == ["s-1", "s-2"]
    assert [each.title for each in found] == [
        "nDCG@10 by history length, told 20 books",
        "nDCG@10 by stars given, told 20 books",
    ]
    assert {"6 to 20 books", "21 to 50 books", "60 readers", "blend"} <= set(texts(found[0]))
    only = (segment("history length", "6 to 20 books", 0.2),)
    alone = report(result("a", 0.2, segments=only))
    assert segments("s", alone, STYLES) == (), "readers of one kind need no figure"


def test_bars_are_as_long_as_the_means_and_say_them() -> None:
    axes = Figure().add_subplot()
    parts = {result.algorithm: result.segments for result in FULL.at(20)}
    draw_segment(axes, parts, ("history length", "6 to 20 books"), "ndcg@10", STYLES)
    widths = [patch.get_width() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert widths == pytest.approx([0.30, 0.22, 0.11])
    assert [text.get_text() for text in axes.texts] == ["0.300", "0.220", "0.110"]
    lines = [tuple(np.asarray(line.get_xdata(), float)) for line in axes.lines]
    assert lines[0] == pytest.approx((0.29, 0.31))


def test_a_segment_or_a_measure_that_an_algorithm_lacks_is_left_empty() -> None:
    both = tuple(segment("stars given", name, 0.2) for name in ("harshest third", "mildest third"))
    read = report(result("a", 0.2, segments=both), result("b", 0.2, segments=both[:1]))
    (found,) = segments("s", read, STYLES)
    assert texts(found).count("0.200") == 3
    axes = Figure().add_subplot()
    parts: dict[str, Any] = {"a": both, "b": (star_segment("stars given", "harshest third", 1.0),)}
    draw_segment(axes, parts, ("stars given", "harshest third"), "ndcg@10", STYLES)
    assert [text.get_text() for text in axes.texts] == ["0.200"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]


def test_forecasts_have_a_figure_for_each_way_but_that_of_their_curve() -> None:
    (found,) = star_segments("s", FULL, STYLES)
    assert (found.key, found.title) == ("s-1", "RMSE by stars given")
    names = texts(found)
    assert {"harshest third", "mildest third", "blend", "cosine", "1.300", "0.920"} <= set(names)
    assert "popularity" not in names, "it forecasts no stars"


def test_fields_of_segments_share_their_scale(drawn: list[Figure]) -> None:
    parts = (segment("stars given", "harshest third", 0.1), segment("stars given", "rest", 0.5))
    read = report(*(result(name, 0.3, segments=parts) for name in FULL.algorithms))
    assert len(segments("s", read, STYLES)) == 1
    fields = drawn[0].axes
    (limits,) = {field.get_xlim() for field in fields}
    assert len(fields) == 2
    assert limits[1] > 0.5, "the largest figure of either field"
