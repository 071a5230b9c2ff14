from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.reports import Comparing, content, full, interval, result, stars
from readalike.pages.cells import BEST, TIED, Cell, Table
from readalike.pages.content import Content
from readalike.pages.reading import content_of
from readalike.pages.standing import Compare, standings
from readalike.pages.tables import accuracy, lists, pairs
from readalike.pages.tables import stars as stars_table


def accuracy_of(read: Content, compare: Compare | None = None) -> Table:
    table = accuracy(read, standings(read, compare))
    assert table is not None
    return table


def cells_of(table: Table, column: str, block: int = 0) -> dict[str, Cell]:
    at = table.columns.index(column)
    return {name: cells[at] for name, cells in table.blocks[block].rows}


def test_figures_stand_with_their_intervals_and_times() -> None:
    table = accuracy_of(content(result("a", 0.25), result("b", 0.125)))
    assert table.columns == ("nDCG@10", "learning", "listing")
    assert cells_of(table, "nDCG@10")["b"] == Cell("0.1250", "0.115 to 0.135", "")
    assert cells_of(table, "learning")["a"] == Cell("250 ms")
    assert cells_of(table, "listing")["a"] == Cell("4 ms")
    assert [block.heading for block in table.blocks] == ["200 readers"]


def test_lengths_are_blocks_with_their_readers() -> None:
    table = accuracy_of(
        content(result("a", 0.2, 20), result("a", 0.2, 1), result("b", 0.1, 1) | {"readers": 1100})
    )
    assert [(block.heading, len(block.rows)) for block in table.blocks] == [
        ("Told 1 book; 200 to 1,100 readers", 2),
        ("Told 20 books; 200 readers", 1),
    ]


def test_the_best_of_each_column_and_those_tied_with_it_are_marked() -> None:
    table = accuracy_of(
        content(
            result("a", 0.30, measures={"p@10": interval(0.1)}),
            result("b", 0.285, measures={"p@10": interval(0.2)}),
            result("c", 0.2, measures={"p@10": interval(0.15)}),
        )
    )
    marks = {name: cell.mark for name, cell in cells_of(table, "nDCG@10").items()}
    assert marks == {"a": BEST, "b": TIED, "c": ""}
    marks = {name: cell.mark for name, cell in cells_of(table, "precision@10").items()}
    assert marks == {"a": "", "b": BEST, "c": ""}
    assert table.marks == {BEST, TIED}
    assert table.ties == "the intervals overlap"


def test_a_comparison_marks_the_column_that_it_is_of_and_says_so() -> None:
    compare = Comparing({("a", "b"): (0.01, 0.001, 0.02), ("a", "c"): (0.1, -0.1, 0.3)})
    table = accuracy_of(
        content(
            result("a", 0.30, measures={"p@10": interval(0.1)}),
            result("b", 0.295, measures={"p@10": interval(0.1)}),
            result("c", 0.2, measures={"p@10": interval(0.05)}),
        ),
        compare,
    )
    marks = {name: cell.mark for name, cell in cells_of(table, "nDCG@10").items()}
    assert marks == {"a": BEST, "b": "", "c": TIED}
    marks = {name: cell.mark for name, cell in cells_of(table, "precision@10").items()}
    assert marks == {"a": BEST, "b": TIED, "c": ""}
    assert table.ties.startswith("by nDCG@10 the paired interval of the difference holds 0, by all")


def test_one_algorithm_alone_is_not_the_best_of_anything() -> None:
    assert accuracy_of(content(result("a", 0.3))).marks == set()


def test_a_figure_that_is_not_there_is_a_dash() -> None:
    table = accuracy_of(
        content(result("a", 0.3, measures={"p@10": interval(0.1)}), result("b", 0.2))
    )
    assert cells_of(table, "precision@10")["b"] == Cell("–")


def test_lists_are_described_and_nobody_is_best_at_it() -> None:
    table = lists(content_of(full()))
    assert table is not None
    assert table.columns == ("novelty@10", "popularity lift@10", "coverage@10", "Gini@10")
    assert table.marks == set()
    assert cells_of(table, "coverage@10")["blend"] == Cell("0.6000")
    assert cells_of(table, "popularity lift@10")["blend"].text == "−0.3000"
    assert len(table.blocks) == 3


def test_a_catalogue_figure_that_is_not_there_is_a_dash() -> None:
    table = lists(content(result("a", 0.1, catalogue={"gini@10": 0.5}), result("b", 0.1)))
    assert table is not None
    assert cells_of(table, "Gini@10") == {"a": Cell("0.5000"), "b": Cell("–")}


def test_forecasts_stand_once_for_all_lengths_and_less_is_best() -> None:
    table = stars_table(content_of(full()))
    assert table is not None
    (block,) = table.blocks
    assert [name for name, _ in block.rows] == ["blend", "cosine"], "popularity forecasts nothing"
    marks = {name: cell.mark for name, cell in cells_of(table, "RMSE").items()}
    assert marks == {"blend": "", "cosine": BEST}
    assert cells_of(table, "forecasts")["cosine"] == Cell("1,234")
    assert cells_of(table, "without forecast")["cosine"] == Cell("3")


def test_forecasts_are_those_of_the_first_result_of_each_algorithm() -> None:
    table = stars_table(
        content(result("a", 0.1, 20, measures=stars(1.1)), result("a", 0.1, 5, measures=stars(1.3)))
    )
    assert table is not None
    assert cells_of(table, "RMSE")["a"].text == "1.100"


def test_there_are_no_tables_of_what_was_not_measured() -> None:
    plain = content(result("a", 0.2))
    assert lists(plain) is None
    assert stars_table(plain) is None
    assert pairs(standings(plain, None)) is None
    only_stars = content(result("a", 0) | {"measures": stars(1.0)})
    assert accuracy(only_stars, standings(only_stars, None)) is None
    assert stars_table(only_stars) is not None


def test_the_best_is_set_against_each_other_reader_by_reader() -> None:
    compare = Comparing({("a", "b"): (0.015, 0.01, 0.02), ("a", "c"): (0.1, -0.1, 0.3)})
    read = content(result("c", 0.2, 5), result("a", 0.3, 5), result("b", 0.28, 5))
    table = pairs(standings(read, compare))
    assert table is not None
    assert table.caption.endswith("reader by reader: nDCG@10")
    (block,) = table.blocks
    assert block.heading == "Told 5 books: a against"
    assert dict(block.rows) == {
        "b": (Cell("0.0150", "0.0100 to 0.0200"), Cell("50.0 %"), Cell("20.0 %"), Cell("30.0 %")),
        "c": (
            Cell("0.1000", "−0.1000 to 0.3000", TIED),
            Cell("50.0 %"), Cell("20.0 %"), Cell("30.0 %"),
        ),
    }  # fmt: skip


MEANS = st.lists(st.integers(0, 1000), min_size=1, max_size=6)


@given(MEANS, st.sampled_from([None, 5]))
def test_every_figure_stands_in_the_line_of_its_algorithm(
    means: list[int], length: int | None
) -> None:
    names = [f"a{k}" for k in range(len(means))]
    read = content(
        *(result(name, mean / 1000, length) for name, mean in zip(names, means, strict=True))
    )
    table = accuracy_of(read)
    cells = cells_of(table, "nDCG@10")
    assert list(cells) == names, "in the order of the report"
    shown = [float(cell.text) for cell in cells.values()]
    assert shown == pytest.approx([mean / 1000 for mean in means], abs=6e-4)
    best = [name for name, cell in cells.items() if cell.mark == BEST]
    assert best == ([names[means.index(max(means))]] if len(means) > 1 else [])


def test_tables_are_rectangular() -> None:
    read = content_of(full())
    found = standings(read, None)
    for table in (accuracy(read, found), lists(read), stars_table(read)):
        assert table is not None
        for block in table.blocks:
            assert {len(cells) for _, cells in block.rows} == {len(table.columns)}


def test_a_column_of_large_figures_has_fewer_decimals() -> None:
    table = lists(
        content(
            result("a", 0.1, measures={"novelty@10": interval(12.3456), "lift@10": interval(2.5)})
        )
    )
    assert table is not None
    assert cells_of(table, "novelty@10")["a"] == Cell("12.35", "12.3 to 12.4")
    assert cells_of(table, "popularity lift@10")["a"] == Cell("2.500", "2.49 to 2.51")


def test_forecasts_that_are_not_counted_have_no_column() -> None:
    counts = {"rows": 10, "readers": 2, "rows_without_forecast": 0}
    table = stars_table(
        content(
            result("a", 0.1, measures=stars(1.0), forecasts=counts),
            result("b", 0.1, measures=stars(1.2), forecasts={"rows": 9}),
        )
    )
    assert table is not None
    assert "forecasts" in table.columns
    assert "without forecast" not in table.columns


def test_the_pairs_of_each_length_are_set_apart() -> None:
    compare = Comparing({("a", "b"): (0.1, 0.05, 0.15), ("b", "a"): (0.1, 0.05, 0.15)})
    read = content(
        result("a", 0.3, 5), result("b", 0.2, 5), result("a", 0.2, 9), result("b", 0.3, 9)
    )
    table = pairs(standings(read, compare))
    assert table is not None
    assert [block.heading for block in table.blocks] == [
        "Told 5 books: a against",
        "Told 9 books: b against",
    ]
    assert [name for block in table.blocks for name, _ in block.rows] == ["b", "a"]
