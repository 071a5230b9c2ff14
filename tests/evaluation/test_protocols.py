"""What every protocol promises, tried on each of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from evaluation.data_sets import (
    Data,
    data_of,
    histories_pairs,
    known_pairs,
    pairs_of,
    raw_rows,
    right,
    shuffled,
    stars_of_queries,
    without_repeats,
)
from evaluation.rankers import Making, Scored, WithUsers, constant, popularity
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings
from readalike.evaluation import (
    ByTime,
    ColdBooks,
    HeldOut,
    KFold,
    LeaveLast,
    NewReaders,
    NotebookSplit,
    Protocol,
    Report,
    SplitFiles,
    StrongGeneralisation,
    evaluate,
    write_split,
)
from readalike.evaluation.questions import RankingQueries, RatingQueries, Task

STRANGERS = without_repeats(raw_rows(77, readers=12))
NEW, _ = shuffled(STRANGERS, 1).merged()
ROWS = raw_rows(5)

PROTOCOLS: dict[str, Protocol] = {
    "notebook-split": NotebookSplit(),
    "held-out": HeldOut(0.2, seed=3),
    "k-fold": KFold(3, seed=1),
    "leave-last": LeaveLast(2),
    "by-time": ByTime(0.7),
    "strong": StrongGeneralisation(0.3, seed=2),
    "cold-books": ColdBooks(0.2, seed=2),
    "new-readers": NewReaders(NEW, (0, 3)),
    "new-readers, drawn": NewReaders(NEW, (0, 3), seed=4),
}
OF_ROWS = ("notebook-split",)
"""Raw rows are drawn: their order is the data."""

every = pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
drawn_by_id = pytest.mark.parametrize(
    "protocol",
    [p for name, p in PROTOCOLS.items() if name not in OF_ROWS],
    ids=[name for name in PROTOCOLS if name not in OF_ROWS],
)


def tasks_of(protocol: Protocol, rows: RatingRows = ROWS) -> list[Task]:
    data: Data = data_of(rows)
    return [p.prepare(data.ratings, data.catalogue, data.rows) for p in protocol.parts()]


def personal() -> Making:
    """Sums floats over each history, so that another order of books shows in the last digit."""

    def make(ratings: Ratings) -> WithUsers:
        weights = np.random.default_rng(0).random((len(ratings.items), len(ratings.items)))

        def scoring(histories: Histories) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
            scores = np.zeros((len(histories), histories.n_items), np.float32)
            for row in range(len(histories)):
                for item in histories.row(row)[0]:
                    scores[row] += weights[item].astype(np.float32)
            return scores

        table = scoring(ratings.histories)
        return WithUsers(len(ratings.items), scoring, table)

    return Making(make)


def assert_same(one: Report, other: Report) -> None:
    assert len(one.results) == len(other.results) > 0
    for first, second in zip(one.results, other.results, strict=True):
        assert first.readers == second.readers
        assert np.array_equal(first.values, second.values)
        assert first.estimates == second.estimates
        assert first.catalogue == second.catalogue
        assert first.segments == second.segments
        assert (first.left_out, first.notes) == (second.left_out, second.notes)
        assert (first.algorithm, first.given) == (second.algorithm, second.given)


@every
def test_what_is_done_is_told_in_one_paragraph_with_what_it_can_and_cannot_answer(
    protocol: Protocol,
) -> None:
    for part in (protocol, *protocol.parts()):
        text = part.describe()
        assert "\n" not in text
        assert "  " not in text
        assert 300 < len(text) < 1500
        assert text.endswith(".")
        assert part.name == protocol.name
    if not isinstance(protocol, NotebookSplit):
        assert "It answers" in text
        assert "annot" in text


@every
def test_a_protocol_is_one_part_of_its_own_unless_it_says_otherwise(protocol: Protocol) -> None:
    if isinstance(protocol, KFold):
        assert len(protocol.parts()) == protocol.folds
    else:
        assert protocol.parts() == (protocol,)


@every
def test_a_protocol_cannot_be_changed(protocol: Protocol) -> None:
    field = next(iter(dataclasses.fields(protocol)))  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(protocol, field.name, 1)


@every
def test_no_right_answer_is_learnt_from_or_told(protocol: Protocol) -> None:
    for task in tasks_of(protocol):
        learnt = pairs_of(task.training)
        for queries in task.questions:
            # a book that training does not know has no id here, and NEW has the books of ROWS
            assert queries.relevant.items.max() < len(task.training.items)
            answers = right(task, queries)
            assert answers
            assert not answers.keys() & learnt.keys()
            assert not answers.keys() & known_pairs(task, queries).keys()
        if task.star_questions is not None and not isinstance(protocol, NotebookSplit):
            assert not stars_of_queries(task).keys() & learnt.keys()


@every
def test_known_readers_are_told_by_their_training_rows_and_named_by_their_index(
    protocol: Protocol,
) -> None:
    for task in tasks_of(protocol):
        everybody: list[RankingQueries | RatingQueries] = [*task.questions]
        if task.star_questions is not None:
            everybody.append(task.star_questions)
        for queries in everybody:
            assert queries.users.tolist() == task.training.users.indices(queries.readers).tolist()
            assert list(queries.readers) == sorted(queries.readers)
            for row in np.flatnonzero(queries.users >= 0):
                learnt = task.training.histories.row(int(queries.users[row]))
                assert queries.histories.row(int(row))[0].tolist() == learnt[0].tolist()


@every
def test_stars_are_those_of_the_data(protocol: Protocol) -> None:
    ratings = pairs_of(ROWS.merged()[0])
    for task in tasks_of(protocol):
        for pair, stars in pairs_of(task.training).items():
            if not isinstance(protocol, NotebookSplit):
                assert stars == pytest.approx(ratings[pair], nan_ok=True)
        if task.star_questions is not None and not isinstance(protocol, NotebookSplit):
            assert stars_of_queries(task).items() <= ratings.items()


@every
def test_every_reader_is_asked_or_left_out_for_a_reason(protocol: Protocol) -> None:
    everybody = len(ROWS.user_ids)
    for task in tasks_of(protocol):
        for queries in task.questions:
            count = len(queries) + sum(queries.left_out.values())
            if isinstance(protocol, NewReaders):
                assert count == len(NEW.users)
            elif isinstance(protocol, StrongGeneralisation):
                assert count == int(0.3 * everybody)
            else:
                assert count == everybody


@every
def test_the_same_protocol_prepares_the_same_task(protocol: Protocol) -> None:
    one, other = tasks_of(protocol), tasks_of(protocol)
    assert [t.fingerprint() for t in one] == [t.fingerprint() for t in other]


@drawn_by_id
def test_rows_in_any_order_give_the_same_figures_bit_by_bit(protocol: Protocol) -> None:
    rows = without_repeats(ROWS)  # of repeats the first counts, and that is their order
    mixed = shuffled(rows, 9)
    if isinstance(protocol, NewReaders) and protocol.seed is not None:
        other = dataclasses.replace(protocol, readers=shuffled(STRANGERS, 8).merged()[0])
    else:
        other = protocol  # type: ignore[assignment]
    algorithms = {"popular": popularity(), "personal": personal(), "ties": constant()}
    assert [t.fingerprint() for t in tasks_of(protocol, rows)] == [
        t.fingerprint() for t in tasks_of(other, mixed)
    ]
    assert_same(
        evaluate(data_of(rows), algorithms, protocol), evaluate(data_of(mixed), algorithms, other)
    )


@every
def test_split_files_give_the_same_task_and_the_same_figures(
    protocol: Protocol, tmp_path: Path
) -> None:
    algorithms = {"personal": personal()}
    for number, (part, task) in enumerate(zip(protocol.parts(), tasks_of(protocol), strict=True)):
        folder = tmp_path / str(number)
        write_split(task, folder, part)
        direct = evaluate(data_of(ROWS), algorithms, part)
        read = evaluate(data_of(ROWS), algorithms, SplitFiles(folder))
        assert read.data == direct.data
        assert part.describe() in read.description
        assert_same(direct, read)


@every
def test_a_model_that_remembers_what_it_learnt_finds_nothing(protocol: Protocol) -> None:
    """The cheat that a leak would reward: whatever was in training comes first."""

    def make(ratings: Ratings) -> Scored:
        learnt = pairs_of(ratings)
        names = ratings.items.ids
        known = {
            tuple(sorted(ratings.histories.row(row)[0].tolist())): reader
            for row, reader in enumerate(ratings.users)
        }

        def scoring(histories: Histories) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
            scores = np.full((len(histories), histories.n_items), -np.inf, np.float32)
            for row in range(len(histories)):
                reader = known.get(tuple(sorted(histories.row(row)[0].tolist())))
                for item, book in enumerate(names):
                    if (reader, book) in learnt:
                        scores[row, item] = 1
            return scores

        return Scored(len(names), scoring)

    for result in evaluate(data_of(ROWS), {"it": Making(make)}, protocol).results:
        assert result.estimates["recall@20"].mean == 0


def test_histories_are_told_apart_by_who_read_what() -> None:
    """The helper itself: a pair for each entry."""
    found = histories_pairs(NEW.histories, NEW.users.ids, NEW.items)
    assert len(found) == len(NEW)
