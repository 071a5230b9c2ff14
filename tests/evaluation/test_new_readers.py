from __future__ import annotations

import pytest

from evaluation.rankers import (
    Rows,
    books_of,
    constant,
    making,
    oracle,
    popular_world,
    popularity,
    ratings_of,
)
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.errors import InputError, SettingError
from readalike.evaluation import NewReaders, evaluate
from readalike.evaluation.questions import Task

BOOKS = ["b0", "b1", "b2", "b3", "b4"]

TRAINING = ratings_of(
    [("old", "b0", 5), ("old", "b1", 3), ("other", "b2", 4), ("other", "b3", 4), ("ann", "b4", 5)],
    BOOKS,
)

# In training ann is known by one row; "new" is a book that training has never seen.
READERS: Rows = [
    ("zoe", "b3", 5), ("zoe", "b1", 5), ("zoe", "b0", 4), ("zoe", "b2", 3), ("zoe", "new", 5),
    ("ann", "new", 1), ("ann", "b4", 5), ("ann", "b0", 2), ("ann", "b2", 5),
    ("bob", "b1", 5), ("bob", "b2", 4), ("bob", "b3", 1),
    ("cat", "b4", 5),
]  # fmt: skip


def task(given: int) -> Task:
    protocol = NewReaders(ratings_of(READERS), (given,))
    return protocol.prepare(TRAINING, Catalogue.of(TRAINING.items))


def named(task: Task, reader: str) -> tuple[list[str], set[str]]:
    """Books told and right answers of a reader, by id; those unknown to training by number."""
    queries = task.questions[0]
    row = queries.readers.index(reader)
    first = [BOOKS[item] for item in queries.histories.row(row)[0]]
    right = {
        BOOKS[item] if item < len(BOOKS) else "unknown" for item in queries.relevant.row(row)[0]
    }
    return first, right


def test_the_first_books_are_told_and_the_later_liked_ones_are_right() -> None:
    made = task(2)
    assert named(made, "zoe") == (["b3", "b1"], {"b0", "unknown"})
    assert named(made, "ann") == (["b4"], {"b2"})
    assert made.questions[0].histories.row(1)[1].tolist() == [5.0, 5.0]
    assert made.questions[0].given == 2


def test_readers_without_a_right_answer_are_counted_and_told() -> None:
    queries = task(2).questions[0]
    assert queries.readers == ("ann", "zoe")
    assert queries.left_out == {
        "no more than 2 books": 1,
        "no liked book after the first 2": 1,
    }
    assert len(queries) + sum(queries.left_out.values()) == 4


def test_books_that_training_does_not_know_are_counted() -> None:
    assert task(2).questions[0].notes == {
        "given books unknown to training": 1,
        "right answers unknown to training": 1,
    }


def test_a_reader_of_both_tables_is_left_out_of_training() -> None:
    assert task(2).training.users.ids == ("old", "other")
    assert task(2).training.items == TRAINING.items
    assert set(task(2).questions[0].users) == {-1}


def test_a_right_answer_unknown_to_training_counts_as_not_found() -> None:
    answers = {(3, 1): {0}, (4,): {2}}
    report = evaluate(
        TRAINING,
        {"oracle": oracle(answers)},
        NewReaders(ratings_of(READERS), (2,)),
        measures=["recall@3", "hit@1"],
    )
    assert report.result("oracle").column("recall@3").tolist() == [1.0, 0.5]
    assert report.result("oracle").column("hit@1").tolist() == [1.0, 1.0]


def test_books_that_were_told_are_no_candidates_and_all_others_are() -> None:
    seen: list[list[int]] = []
    by_index = making(
        lambda h: [seen.append(h.items.tolist()), h.matrix().toarray() * 10][1]  # type: ignore[func-returns-value]
    )
    report = evaluate(
        TRAINING, {"told": by_index}, NewReaders(ratings_of(READERS), (2,)), measures=["recall@5"]
    )
    # the told books score highest; were they listed, there would still be room for all five
    assert report.result("told").column("recall@5").tolist() == [1.0, 0.5]
    assert seen == [[4, 3, 1]]


def test_with_no_book_given_the_history_is_empty() -> None:
    made = task(0)
    assert made.questions[0].readers == ("ann", "bob", "cat", "zoe")
    assert len(made.questions[0].histories.items) == 0


def test_all_lengths_are_asked_of_one_fit() -> None:
    world = ratings_of(popular_world(60, 80, "old", 0), books_of(80))
    new = ratings_of(popular_world(20, 80, "new", 1), books_of(80))
    report = evaluate(world, {"popular": popularity()}, NewReaders(new, (1, 5, 20)))
    assert [result.given for result in report.results] == [1, 5, 20]
    assert len({result.fit_seconds for result in report.results}) == 1


def test_readers_whose_books_are_all_unknown_are_refused() -> None:
    other = ratings_of([("zoe", "isbn-1", 5), ("zoe", "isbn-2", 5)])
    with pytest.raises(InputError, match="must have the ids of training"):
        NewReaders(other).prepare(TRAINING, Catalogue.of(TRAINING.items))


def test_readers_on_another_scale_are_refused() -> None:
    rated = ratings_of(READERS)
    ten = Ratings(rated.histories, rated.users, rated.items, RatingScale(1, 10, 1))
    with pytest.raises(InputError, match="on the scale of training, 1 to 5"):
        NewReaders(ten).prepare(TRAINING, Catalogue.of(TRAINING.items))


@pytest.mark.parametrize("given", [(), (-1,), (5, 5)])
def test_lengths_that_cannot_be_are_refused(given: tuple[int, ...]) -> None:
    with pytest.raises(SettingError, match="different whole numbers"):
        NewReaders(TRAINING, given)


def test_nobody_left_to_learn_from_or_to_ask_is_refused() -> None:
    with pytest.raises(InputError, match="no rating is left to learn from"):
        evaluate(TRAINING, {"constant": constant()}, NewReaders(TRAINING, (1,)))
    with pytest.raises(InputError, match="no reader is left to be asked: 4 with no more than 9"):
        evaluate(TRAINING, {"constant": constant()}, NewReaders(ratings_of(READERS), (9,)))


def test_what_is_done_is_told_in_one_paragraph() -> None:
    text = NewReaders(ratings_of(READERS), (5, 20)).describe()
    assert "\n" not in text
    for words in ("everybody but 4 readers", "first 5, 20 books", "rated 4 or higher", "counted"):
        assert words in text
