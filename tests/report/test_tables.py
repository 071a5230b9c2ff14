from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.evaluation import Report, Result
from readalike.report.tables import (
    BEST,
    TIED,
    Cell,
    FigureTable,
    accuracy_table,
    lists_table,
    pairs_table,
    stars_table,
)
from readalike.report.verdict import rankings_of
from report.reports import Differences, full, interval, report, result, star_errors


def accuracy_of(*results: Result, differences: Differences | None = None) -> FigureTable:
    read = report(*results, differences=differences or {})
    return there(accuracy_table(read, rankings_of(read)))


def pairs_of(*results: Result, differences: Differences | None = None) -> FigureTable:
    read = report(*results, differences=differences or {})
    return there(pairs_table(rankings_of(read)))


def there(table: FigureTable | None) -> FigureTable:
    assert table is not None
    return table


def cells_of(table: FigureTable, column: str, block: int = 0) -> dict[str, Cell]:
    at = table.columns.index(column)
    return {name: cells[at] for name, cells in table.blocks[block].rows}


def marks_of(table: FigureTable, column: str) -> dict[str, str]:
    return {name: cell.mark for name, cell in cells_of(table, column).items()}


def test_figures_stand_with_their_intervals_and_times() -> None:
    table = accuracy_of(result("a", 0.25), result("b", 0.125))
    assert table.columns == ("nDCG@10", "learning", "listing")
    assert cells_of(table, "nDCG@10")["b"] == Cell("0.1250", "0.115 to 0.135", "")
    assert cells_of(table, "learning")["a"] == Cell("250 ms")
    assert cells_of(table, "listing")["a"] == Cell("4 ms")
    assert [block.heading for block in table.blocks] == ["200 readers"]


def test_lengths_are_blocks_with_their_readers() -> None:
    table = accuracy_of(
        result("a", 0.2, 20), result("a", 0.2, 1), result("b", 0.1, 1, readers=1100)
    )
    assert [(block.heading, len(block.rows)) for block in table.blocks] == [
        ("Told 1 book; 200 to 1,100 readers", 2),
        ("Told 20 books; 200 readers", 1),
    ]


def test_a_predictor_has_no_readers_of_lists() -> None:
    table = accuracy_of(result("a", 0.2), result("b", None, rmse=0.9, readers=0))
    assert table.blocks[0].heading == "200 readers"


def test_the_best_of_each_column_and_those_tied_with_it_are_marked() -> None:
    results = [
        result(name, ndcg, measures={"p@10": interval(p)}, rmse=rmse)
        for name, ndcg, p, rmse in (("a", 0.3, 0.1, 1.0), ("b", 0.285, 0.2, 0.99), ("c", 0.2, 0, 2))
    ]
    table = accuracy_of(*results)
    assert marks_of(table, "nDCG@10") == {"a": BEST, "b": TIED, "c": ""}
    assert marks_of(table, "precision@10") == {"a": "", "b": BEST, "c": ""}
    assert table.marks == {BEST, TIED}
    of_stars = there(stars_table(report(*results)))
    assert marks_of(of_stars, "RMSE") == {"a": TIED, "b": BEST, "c": ""}
    assert of_stars.ties == "the intervals overlap"
    assert accuracy_of(results[0]).marks == set(), "one alone is not the best of anything"


def test_a_comparison_marks_the_column_that_it_is_of_and_says_so() -> None:
    table = accuracy_of(
        *(
            result(name, ndcg, measures={"p@10": interval(p)})
            for name, ndcg, p in (("a", 0.30, 0.1), ("b", 0.295, 0.1), ("c", 0.2, 0.05))
        ),
        differences={("a", "b"): (0.01, 0.001, 0.02), ("a", "c"): (0.1, -0.1, 0.3)},
    )
    assert marks_of(table, "nDCG@10") == {"a": BEST, "b": "", "c": TIED}
    assert marks_of(table, "precision@10") == {"a": BEST, "b": TIED, "c": ""}
    assert table.ties.startswith("by nDCG@10 the paired interval of the difference holds 0, by all")


def test_a_figure_that_is_not_there_is_a_dash() -> None:
    one = result("a", 0.3, measures={"p@10": interval(0.1)}, catalogue={"gini@10": 0.5})
    assert cells_of(accuracy_of(one, result("b", 0.2)), "precision@10")["b"] == Cell("–")
    table = there(lists_table(report(one, result("b", 0.1))))
    assert cells_of(table, "Gini@10") == {"a": Cell("0.5000"), "b": Cell("–")}


def test_lists_are_described_and_nobody_is_best_at_it() -> None:
    table = there(lists_table(full()))
    assert table.columns == ("novelty@10", "popularity lift@10", "coverage@10", "Gini@10")
    assert table.marks == set()
    assert cells_of(table, "coverage@10")["blend"] == Cell("0.6000")
    assert cells_of(table, "popularity lift@10")["blend"].text == "−0.3000"
    assert len(table.blocks) == 3


def test_forecasts_stand_once_for_all_lengths_and_less_is_best() -> None:
    table = there(stars_table(full()))
    (block,) = table.blocks
    assert [name for name, _ in block.rows] == ["blend", "cosine"], "popularity forecasts nothing"
    assert marks_of(table, "RMSE") == {"blend": "", "cosine": BEST}
    assert cells_of(table, "forecasts")["cosine"] == Cell("1,234")
    assert cells_of(table, "without forecast")["cosine"] == Cell("3")


def test_forecasts_are_those_of_the_first_result_of_each_algorithm() -> None:
    errors = star_errors(5, 0)
    table = there(
        stars_table(
            report(result("a", 0.1, 20, rmse=1.1, errors=errors), result("a", 0, 5, rmse=2))
        )
    )
    assert cells_of(table, "RMSE")["a"].text == "1.100"
    assert cells_of(table, "forecasts")["a"].text == "5"


def test_there_are_no_tables_of_what_was_not_measured() -> None:
    plain = report(result("a", 0.2))
    assert lists_table(plain) is None
    assert stars_table(plain) is None
    assert pairs_table(rankings_of(plain)) is None
    only_stars = report(result("a", None, rmse=1.0), result("b", None, rmse=1.2))
    assert pairs_table(rankings_of(only_stars)) is None
    assert accuracy_table(only_stars, rankings_of(only_stars)) is None
    assert stars_table(only_stars) is not None


def test_the_best_is_set_against_each_other_reader_by_reader() -> None:
    table = pairs_of(
        result("c", 0.2, 5), result("a", 0.3, 5), result("b", 0.28, 5),
        differences={("a", "b"): (0.015, 0.01, 0.02), ("a", "c"): (0.1, -0.1, 0.3)},
    )  # fmt: skip
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


def test_the_pairs_of_each_length_are_set_apart() -> None:
    table = pairs_of(
        result("a", 0.3, 5), result("b", 0.2, 5), result("a", 0.2, 9), result("b", 0.3, 9)
    )
    assert [(block.heading, [name for name, _ in block.rows]) for block in table.blocks] == [
        ("Told 5 books: a against", ["b"]),
        ("Told 9 books: b against", ["a"]),
    ]
    (alone,) = pairs_of(result("a", 0.3), result("b", 0.2)).blocks
    assert alone.heading == "a against"


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=6), st.sampled_from([None, 5]))
def test_every_figure_stands_in_the_row_of_its_algorithm(
    means: list[int], length: int | None
) -> None:
    names = [f"a{k}" for k in range(len(means))]
    table = accuracy_of(
        *(result(name, mean / 1000, length) for name, mean in zip(names, means, strict=True))
    )
    cells = cells_of(table, "nDCG@10")
    assert list(cells) == names, "in the order of the report"
    shown = [float(cell.text) for cell in cells.values()]
    assert shown == pytest.approx([mean / 1000 for mean in means], abs=6e-4)
    best = [name for name, cell in cells.items() if cell.mark == BEST]
    assert best == ([names[means.index(max(means))]] if len(means) > 1 else [])


def test_tables_are_rectangular() -> None:
    read: Report = full()
    rankings = rankings_of(read)
    tables = accuracy_table(read, rankings), lists_table(read), stars_table(read)
    for table in (*tables, pairs_table(rankings)):
        for block in there(table).blocks:
            assert {len(cells) for _, cells in block.rows} == {len(there(table).columns)}


def test_a_column_of_large_figures_has_fewer_decimals() -> None:
    large = {"novelty@10": interval(12.3456), "lift@10": interval(2.5)}
    table = there(lists_table(report(result("a", 0.1, measures=large))))
    assert cells_of(table, "novelty@10")["a"] == Cell("12.35", "12.3 to 12.4")
    assert cells_of(table, "popularity lift@10")["a"] == Cell("2.500", "2.49 to 2.51")
