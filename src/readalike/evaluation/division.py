"""From marks on the ratings, learnt from or held out, to the questions that they make."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.splitting import kept
from readalike.errors import InputError
from readalike.evaluation.questions import Questions, StarQuestions, Task

Marks = npt.NDArray[np.bool_]


def divided(
    ratings: Ratings,
    catalogue: Catalogue,
    learnt: Marks,
    shown: Marks,
    held: Marks,
    left_out: Mapping[str, int],
    told: Mapping[str, int],
) -> Task:
    """The task of finding the held-out books that readers liked, and of forecasting all stars.

    Args:
        ratings: The data set, readers in the order of their ids.
        catalogue: What is known of its books.
        learnt: Ratings that algorithms learn from; shape (nnz,).
        shown: Ratings that the model is told of when it is asked; shape (nnz,).
        held: Ratings that are asked for; shape (nnz,).
        left_out: Readers of whom nothing is held out, by reason.
        told: Other things to know, with their numbers.

    Raises:
        InputError: A rating is learnt from or shown and asked for, or a side is empty.
    """
    both = int((held & (learnt | shown)).sum())
    if both:
        raise InputError(f"test rows must not be in training, got {both} of them there")
    training, histories = kept(ratings.histories, learnt), kept(ratings.histories, shown)
    trained = np.flatnonzero(training.lengths)
    users = np.full(len(ratings.users), -1)
    users[trained] = np.arange(len(trained))
    asked_for = kept(ratings.histories, held)
    liked = kept(asked_for, asked_for.stars >= ratings.scale.liked_from)
    asked = np.flatnonzero(liked.lengths)
    questions = Questions(
        tuple(ratings.users.ids[user] for user in asked),
        users[asked],
        histories.take(asked),
        liked.take(asked),
        None,
        {
            **left_out,
            "no liked book held out": int((asked_for.lengths > 0).sum()) - len(asked),
        },
        {**told, "readers without a training row": int((users[asked] < 0).sum())},
    )
    learnt_from = Ratings(training, ratings.users, ratings.items, ratings.scale).take(trained)
    return Task(learnt_from, catalogue, (questions,), _stars(ratings, users, histories, asked_for))


def _stars(
    ratings: Ratings, users: npt.NDArray[np.int64], histories: Histories, asked_for: Histories
) -> StarQuestions | None:
    starred = kept(asked_for, ~np.isnan(asked_for.stars))
    readers = np.flatnonzero(starred.lengths)
    if not len(readers):
        return None
    asked = starred.take(readers)
    return StarQuestions(
        tuple(ratings.users.ids[user] for user in readers),
        users[readers],
        histories.take(readers),
        asked.rows,
        asked.items,
        asked.stars,
    )


def held_count(n: int, share: float, what: str) -> int:
    """How many of n are held out: the share of them, rounded down.

    Args:
        n: How many there are.
        share: Share to hold out.
        what: What they are, for the message.

    Raises:
        InputError: Nothing is left on one of the two sides.
    """
    count = math.floor(n * share + 1e-9)  # 0.29 of 100 are 29, though the product is 28.99...
    if not 0 < count < n:
        raise InputError(
            f"a share of {share:g} must leave {what} to learn from and {what} to test, got "
            f"{n} in all"
        )
    return count
