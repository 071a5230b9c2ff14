"""A task as the tables of split files, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.evaluation.questions import Questions, StarQuestions, Task
from readalike.evaluation.split_rows import (
    Columns,
    columns_of,
    histories_of,
    of_given,
    readers_of,
    stacked,
)


def tables_of(task: Task) -> dict[str, Columns]:
    """The tables `train`, `told`, `right` and, where stars are asked for, `stars`.

    Raises:
        InputError: The tables could not say all that the task says.
    """
    training, books = task.training, task.training.items
    if not training.histories.lengths.all():
        raise InputError("every reader in training must have a rating to be written as a split")
    lengths = [asked.given for asked in task.questions]
    if len(set(lengths)) < len(lengths) or not all(
        q.relevant.lengths.all() for q in task.questions
    ):
        raise InputError(
            "a split must have one set of questions a given length and a right answer for every "
            "reader, got a task that has not"
        )
    told = [(asked.given, _strangers(task, asked)) for asked in task.questions]
    right = [(q.given, columns_of(q.readers, q.relevant, books)) for q in task.questions]
    tables: dict[str, Columns] = {
        "train": columns_of(training.users.ids, training.histories, books)
    }
    stars = task.star_questions
    if stars is not None:
        others = _strangers(task, stars)
        seen = {reader for given, part in told if given is None for reader in readers_of(part)}
        fresh = np.array([reader not in seen for reader in others["reader_id"].tolist()], np.bool_)
        told.append((None, {name: column[fresh] for name, column in others.items()}))
        asked_for = Histories(
            np.concatenate([[0], np.cumsum(np.bincount(stars.rows, minlength=len(stars.readers)))]),
            np.asarray(stars.items, np.int32),
            stars.stars,
            len(books),
        )
        tables["stars"] = columns_of(stars.readers, asked_for, books)
    return tables | {"told": stacked(told), "right": stacked(right)}


def _strangers(task: Task, asked: Questions | StarQuestions) -> Columns:
    """What is told of readers who are not in training; of the others it is what they learnt."""
    training = task.training
    known = np.flatnonzero(asked.users >= 0)
    learnt = training.histories.take(asked.users[known])
    shown = asked.histories.take(known)
    if not (
        np.array_equal(training.users.indices(asked.readers), asked.users)
        and np.array_equal(shown.indptr, learnt.indptr)
        and np.array_equal(shown.items, learnt.items)
        and np.array_equal(shown.stars, learnt.stars, equal_nan=True)
    ):
        raise InputError(
            "a reader in training must be told by the training rows to be written as a split"
        )
    others = np.flatnonzero(asked.users < 0)
    names = tuple(asked.readers[row] for row in others)
    return columns_of(names, asked.histories.take(others), training.items)


def task_of(
    tables: Mapping[str, Columns],
    catalogue: Catalogue,
    scale: RatingScale,
    questions: list[dict[str, Any]],
    unknown: int,
) -> Task:
    """The task that `tables_of` took apart.

    Args:
        tables: The tables by name.
        catalogue: What is known of the books, in order.
        scale: The scale of the stars.
        questions: Of each set of questions `given`, and `left_out` and `told` in numbers.
        unknown: How many right answers training does not know.

    Raises:
        InputError: The tables do not go together, or a right answer is in training.
    """
    books = catalogue.books
    names = readers_of(tables["train"])
    training = Ratings(histories_of(tables["train"], names, books), Vocabulary(names), books, scale)
    asked = []
    for each in questions:
        right = of_given(tables["right"], each["given"])
        readers = readers_of(right)
        users = training.users.indices(readers)
        asked.append(
            Questions(
                readers,
                users,
                _told(training, tables["told"], each["given"], readers),
                histories_of(right, readers, books, unknown),
                each["given"],
                each["left_out"],
                each["told"],
            )
        )
    return Task(training, catalogue, tuple(asked), _star_questions(training, tables))


def _star_questions(training: Ratings, tables: Mapping[str, Columns]) -> StarQuestions | None:
    if "stars" not in tables:
        return None
    readers = readers_of(tables["stars"])
    rows = histories_of(tables["stars"], readers, training.items)
    return StarQuestions(
        readers,
        training.users.indices(readers),
        _told(training, tables["told"], None, readers),
        rows.rows,
        rows.items,
        rows.stars,
    )


def _told(
    training: Ratings, table: Columns, given: int | None, readers: tuple[str, ...]
) -> Histories:
    """What is told of each reader: the training rows of a known one, else the table's."""
    users = training.users.indices(readers)
    told = histories_of(of_given(table, given), readers, training.items)
    n = len(readers)
    both = Histories(
        np.concatenate([told.indptr, told.indptr[-1] + training.histories.indptr[1:]]),
        np.concatenate([told.items, training.histories.items]),
        np.concatenate([told.stars, training.histories.stars]),
        training.histories.n_items,
    )
    return both.take(np.where(users >= 0, n + users, np.arange(n)))
