"""From a reader and wishes to a question: what is scored, by what, and what must not be listed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from readalike.asked import ELSEWHERE, EXCLUDED, READ, STARS, Asked
from readalike.data.works import Editions, of_these_works
from readalike.forecasts import Forecaster
from readalike.models import ItemScores, Ranker
from readalike.models.protocols import KnowsUsers, Scores
from readalike.numerics.masks import Bools, marks, none_of
from readalike.recommendations import Source
from readalike.rules import Rulebook
from readalike.told import Told, indices_of
from readalike.wishes import Wishes


def asked_of(
    told: Told,
    wishes: Wishes,
    model: Ranker,
    popularity: ItemScores,
    rulebook: Rulebook,
    editions: Editions,
    rater: Forecaster | None,
) -> Asked:
    """The question of a reader.

    Args:
        told: What is known of the reader.
        wishes: What the list must be.
        model: Scores histories; one that has a table of its users looks known ones up.
        popularity: Answers where nothing is known of the reader.
        rulebook: What the rules look up.
        editions: Of one unread work only one is listed.
        rater: Forecasts stars; needed where `wishes.at_least` is given.

    Raises:
        InputError: `at_least` is outside the scale.
    """
    row = told.row
    left, unknown = _left(told, wishes, rulebook, rater)
    wanted = ""
    if wishes.at_least is not None:
        wanted = (
            f" and would get {wishes.at_least:g} stars or more with {wishes.sure:.0%} probability"
        )
    explains: Ranker | None = model
    means, note = model.score_means, ""
    source: Source = "personal"
    if len(row.items) == 0:
        explains, means, source = popularity, popularity.score_means, "popular"
        scores, note = popularity.score(row)[0], _why_popular(told)
    elif told.user is not None and isinstance(model, KnowsUsers):
        explains, scores = None, model.score_users(np.array([told.user]))[0]
    else:
        scores = model.score(row)[0]
    if wishes.rules.editions:
        left["edition"] |= lesser_editions(left, scores, editions)
    return Asked(
        explains, row, scores, left, source, means, (*told.ignored, *unknown), note, wanted,
        wishes.dials, wishes.rules.by_author,
    )  # fmt: skip


def lesser_editions(left: Mapping[str, Bools], scores: Scores, editions: Editions) -> Bools:
    """Of books that may be listed, those of which another edition has a higher score; (n_items,).

    Args:
        left: What must not be listed, by why.
        scores: Of all items.
        editions: The books of works that have several.
    """
    free = none_of(left.values(), len(scores))
    _, lesser = editions.lesser(np.where(free, scores, np.float32(-np.inf))[None, :])
    return marks(lesser, len(free)) & free


def _left(
    told: Told, wishes: Wishes, rulebook: Rulebook, rater: Forecaster | None
) -> tuple[dict[str, Bools], list[str]]:
    """What must not be listed by why, and ids of it that no book answers to."""
    catalogue, items = rulebook.catalogue, told.row.items
    n = len(catalogue)
    unwanted, unknown = indices_of(wishes.exclude, catalogue)
    excluded = marks(unwanted, n)
    if wishes.rules.editions:
        excluded = of_these_works(rulebook.works, excluded)
    left = {READ: marks(items, n), EXCLUDED: excluded}
    if wishes.among is not None:
        wanted, foreign = indices_of(wishes.among, catalogue)
        left[ELSEWHERE] = ~marks(wanted, n)
        unknown += foreign
    left |= rulebook.left_out(wishes.rules, items)
    if wishes.at_least is not None and rater is not None:
        rater.scale.check(wishes.at_least)
        chances = rater.distribution(told.row, np.arange(n)).at_least(wishes.at_least)
        left[STARS] = chances < wishes.sure
    return left, unknown


def _why_popular(told: Told) -> str:
    if told.ignored:
        return "none of the books given is in the catalogue, so these are the most popular ones"
    return "nothing is known of this reader yet, so these are the most popular ones"
