from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.data.histories import Histories
from readalike.evaluation import Result
from readalike.evaluation.forecast_errors import StarErrors
from readalike.evaluation.metrics import CatalogueMeasure, ListValues, Measure
from readalike.evaluation.questions import RankingQueries
from readalike.evaluation.run import Answered, pooled

MEASURES = (Measure("ndcg", 10), Measure("hit", 1))
COVERAGE = CatalogueMeasure("coverage", 10)


def answered(
    values: dict[str, float],
    *,
    errors: StarErrors | None = None,
    left_out: int = 0,
    notes: dict[str, int] | None = None,
    times: Sequence[int] = (1, 0, 0),
    seconds: float = 1.0,
) -> Answered:
    readers = tuple(sorted(values))
    column = np.array([values[reader] for reader in readers])
    table = np.column_stack([column, 1 - column])
    nothing = Histories.of_rows([([], [])] * len(readers), 3)
    queries = RankingQueries(
        readers=readers,
        users=np.full(len(readers), -1),
        histories=nothing,
        relevant=nothing,
        left_out={"none liked": left_out},
        notes=notes or {},
    )
    lists = ListValues(readers, MEASURES, table)
    return Answered(
        queries=queries,
        lists=lists,
        times={COVERAGE: np.array(times)},
        members={("stars given", "no stars"): lists},
        fit_seconds=seconds,
        rank_seconds=seconds / 2,
        errors=errors,
    )


def pool(*parts: Answered) -> Result:
    return pooled("it", {"k": 3}, parts, 0)


def test_a_readers_value_is_the_mean_over_the_parts_in_which_the_reader_was_asked() -> None:
    found = pool(answered({"ann": 0.2, "bob": 0.4}), answered({"bob": 0.8}), answered({"cat": 1.0}))
    assert found.readers == ("ann", "bob", "cat")
    assert found.column("ndcg@10").tolist() == pytest.approx([0.2, 0.6, 1.0])
    assert found.column("hit@1").tolist() == pytest.approx([0.8, 0.4, 0.0])


Values = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), min_size=1)


@settings(max_examples=60)
@given(parts=st.lists(Values, min_size=1, max_size=4))
def test_means_are_those_of_a_loop_over_readers(parts: list[dict[str, float]]) -> None:
    found = pool(*map(answered, parts))
    everybody = sorted({reader for part in parts for reader in part})
    assert list(found.readers) == everybody
    means = [np.mean([part[reader] for part in parts if reader in part]) for reader in everybody]
    assert found.column("ndcg@10") == pytest.approx(means, abs=1e-12)


def test_one_part_is_left_as_it_is() -> None:
    values = {"ann": 0.1, "bob": 1 / 3}
    part = answered(values, left_out=4, notes={"x": 2}, seconds=3.0)
    found = pool(part)
    assert part.lists is not None
    assert found.values.tobytes() == part.lists.values.tobytes()
    assert found.left_out == {"none liked": 4}
    assert found.notes == {"x": 2}
    assert (found.fit_seconds, found.rank_seconds) == (3.0, 1.5)
    assert (found.algorithm, found.settings, found.given) == ("it", {"k": 3}, None)


def test_seconds_and_what_is_told_are_added_up() -> None:
    found = pool(
        answered({"ann": 0.2}, notes={"x": 1, "y": 2}, seconds=1.0),
        answered({"ann": 0.2}, notes={"y": 5, "z": 1}, seconds=2.0),
    )
    assert found.notes == {"x": 1, "y": 7, "z": 1}
    assert (found.fit_seconds, found.rank_seconds) == (3.0, 1.5)


def test_only_readers_whom_no_part_asks_are_left_out() -> None:
    found = pool(answered({"ann": 0.2}, left_out=3), answered({"bob": 0.2}, left_out=3))
    assert found.left_out == {"no right answer in any part": 2}


def test_a_book_counts_as_listed_where_any_part_listed_it() -> None:
    found = pool(answered({"ann": 0.2}, times=(1, 0, 0)), answered({"bob": 0.2}, times=(1, 1, 0)))
    assert found.catalogue == {"coverage@10": pytest.approx(2 / 3)}


def test_segments_are_those_of_all_parts() -> None:
    (segment,) = pool(answered({"ann": 0.2}), answered({"ann": 0.4, "bob": 0.6})).segments
    assert segment.readers == 2
    assert segment.measures["ndcg@10"].mean == pytest.approx((0.3 + 0.6) / 2)


def errors_of(rows: dict[str, tuple[int, float]], without: int = 0) -> StarErrors:
    readers = tuple(sorted(rows))
    squared = np.array([rows[reader][1] for reader in readers])
    return StarErrors(
        readers=readers,
        rows=np.array([float(rows[reader][0]) for reader in readers]),
        sums=np.column_stack([squared, squared / 2, squared * 3, squared / 4]),
        without=without,
    )


def test_errors_of_stars_are_added_up_reader_by_reader() -> None:
    found = pool(
        answered({"ann": 0.1}, errors=errors_of({"ann": (2, 1.0), "bob": (1, 4.0)}, 1)),
        answered({"ann": 0.1}),
        answered({"ann": 0.1}, errors=errors_of({"bob": (3, 2.0), "cat": (1, 8.0)}, 2)),
    ).errors
    assert found is not None
    assert found.readers == ("ann", "bob", "cat")
    assert found.rows.tolist() == [2, 4, 1]
    assert found.sums.tolist() == [[1, 0.5, 3, 0.25], [6, 3, 18, 1.5], [8, 4, 24, 2]]
    assert found.without == 3
    assert found.estimates(0)["rmse"].mean == pytest.approx(np.sqrt(15 / 7))


def test_without_forecasts_there_are_no_errors() -> None:
    assert pool(answered({"ann": 0.1}), answered({"ann": 0.1})).errors is None
