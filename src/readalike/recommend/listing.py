"""From a request to its scores, and from its scores to the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.bibliography.features import in_common
from readalike.bibliography.works import Editions, of_these_works
from readalike.data.catalogue import Book, Catalogue
from readalike.data.histories import Histories
from readalike.errors import SettingError
from readalike.models import ItemItem, ItemScores, Ranker
from readalike.models.interface import KnowsUsers, Scores, Shares
from readalike.numerics.masks import Bools, marks, none_of
from readalike.recommend.dials import Dials, Known, arranged
from readalike.recommend.request import Constraints, ResolvedHistory, indices_of
from readalike.recommend.results import (
    ContentNeighbour,
    Forecaster,
    Reason,
    Recommendation,
    Recommendations,
    Source,
)
from readalike.recommend.rules import Rulebook
from readalike.tables.account import counted

READ, EXCLUDED, ELSEWHERE, STARS = "read", "excluded", "elsewhere", "stars"
"""What leaves a book out beside the rules."""
IN_WORDS = {
    READ: "read",
    "edition": "known from another edition or set",
    "set": "a set or a part of a volume",
    "series": "a later volume of a series",
    "language": "in another language",
    "year": "of another time",
    "tag": "of other tags",
    EXCLUDED: "not wanted",
    STARS: "not likely to get so many stars",
}
"""What leaves a book out, as it is counted for people."""

_TURNED = "the dials decide the order; scores and reasons are those of the model"


@dataclass(frozen=True, eq=False)
class ScoredRequest:
    """One question, scored: all that a list is made of.

    Attributes:
        model: What explains the scores; None where they come from a table of readers.
        row: The history.
        scores: Of all items.
        left: Items that must not be listed, by why, the reason that counts first; shape (n_items,).
        source: Where the list comes from.
        means: What the scores are.
        ignored: Ids that no book answers to.
        note: What the reader should know.
        wanted: What listed books must be, in words, where it is more than unread.
        dials: What else than the scores decides the order.
        by_author: How many books by one first author, 0 for any number.
    """

    model: Ranker | None
    row: Histories
    scores: Scores
    left: Mapping[str, Bools]
    source: Source
    means: str
    ignored: tuple[str, ...] = ()
    note: str = ""
    wanted: str = ""
    dials: Dials = field(default_factory=Dials)
    by_author: int = 0

    @cached_property
    def candidates(self) -> Bools:
        """Items that may be listed; shape (n_items,)."""
        return none_of(self.left.values(), len(self.scores))

    @property
    def left_out(self) -> dict[str, int]:
        """Where only some books may be listed, how many of these are not, by the first reason."""
        if ELSEWHERE not in self.left:
            return {}
        counted, found = ~self.left[ELSEWHERE], {}
        for name, mask in self.left.items():
            found[name] = int((counted & mask).sum())
            counted = counted & ~mask
        return {name: number for name, number in found.items() if number}

    @property
    def free_scores(self) -> Scores:
        """The scores, -inf of what must not be listed; shape (n_items,)."""
        return np.where(self.candidates, self.scores, np.float32(-np.inf))


@dataclass(frozen=True, eq=False)
class ListContext:
    """What every list is made with.

    Attributes:
        catalogue: The books.
        ties: Items in the order in which equal scores are listed.
        known: What dials look up.
        first_authors: A number for the first author of each book, -1 of none.
        editions: The books of works that have several, in the order of ties.
        forecaster: Says how many stars a reader would give, where there is one.
    """

    catalogue: Catalogue
    ties: npt.NDArray[np.int64]
    known: Known
    first_authors: npt.NDArray[np.integer[Any]]
    editions: Editions
    forecaster: Forecaster | None = None

    @cached_property
    def places(self) -> npt.NDArray[np.int64]:
        """The place of each item in the order of ties; shape (n_items,)."""
        places = np.empty(len(self.ties), np.int64)
        places[self.ties] = np.arange(len(self.ties))
        return places


def ordered_items(asked: ScoredRequest, n: int, stock: ListContext) -> npt.NDArray[np.int32]:
    """The items of the list, best first; n of them while there are candidates.

    Raises:
        SettingError: n below 1.
    """
    require_positive(n)
    return arranged(
        asked.dials,
        stock.known,
        asked.free_scores,
        min(n, len(asked.scores)),
        asked.row.items,
        stock.ties,
        stock.first_authors,
        asked.by_author,
    )


def list_recommendations(asked: ScoredRequest, n: int, stock: ListContext) -> Recommendations:
    """The n best books of a question, or fewer with the reason in `note`.

    Raises:
        SettingError: n below 1.
    """
    items = ordered_items(asked, n, stock)
    catalogue = stock.catalogue
    turned = "" if asked.dials.neutral else _TURNED
    notes = (asked.note, turned, _why_short(asked, n, len(items)))
    note = "; ".join(text for text in notes if text)
    scores = asked.scores[items]
    shares, told = shares_of(asked, items), history_books(asked.row, catalogue)
    forecaster = stock.forecaster
    stars = forecaster.forecasts(asked.row, items) if forecaster else (None,) * len(items)
    books = tuple(
        Recommendation(
            place + 1,
            catalogue.book(item),
            float(scores[place]),
            float(shares.base[place]),
            reasons_of(told, shares.by_book[place], float(shares.base[place])),
            stars[place],
            content_neighbours(asked.model, item, catalogue),
        )
        for place, item in enumerate(items.tolist())
    )
    return Recommendations(books, asked.ignored, asked.source, asked.means, note, asked.left_out)


def _why_short(asked: ScoredRequest, n: int, found: int) -> str:
    """Why a list has fewer books than asked for; what became of the others that were named."""
    if ELSEWHERE in asked.left:
        named = int((~asked.left[ELSEWHERE]).sum())
        free = named - sum(asked.left_out.values())
        told = (f"{number:,} {IN_WORDS[why]}" for why, number in asked.left_out.items())
        words = ", ".join(told)
        left = f"; left out: {words}" if words else ""
        return f"of {counted(named, 'book')} to choose from {free:,} can be listed{left}"
    if found < n:
        those = f"are neither read nor excluded{asked.wanted}"
        return f"asked for {n} books, but only {found} {those}"
    return ""


def shares_of(asked: ScoredRequest, items: npt.NDArray[np.integer[Any]]) -> Shares:
    """The parts of the scores; all base where no book of the history can be named."""
    if asked.model is None:
        scores = asked.scores[items].astype(np.float64)
        return Shares(scores, np.zeros((len(items), len(asked.row.items))))
    return asked.model.explain(asked.row, items)


def content_neighbours(
    model: Ranker | None, item: int, catalogue: Catalogue
) -> tuple[ContentNeighbour, ...]:
    """The books that one with few readers is placed like, the nearest first; none of others."""
    if not isinstance(model, ItemItem) or model.kin is None:
        return ()
    span = slice(model.kin.indptr[item], model.kin.indptr[item + 1])
    shares = -model.kin.data[span]
    return tuple(
        ContentNeighbour(catalogue.book(other), -share, in_common(catalogue, item, other))
        for share, other in sorted(
            zip(shares.tolist(), model.kin.indices[span].tolist(), strict=True)
        )
    )


def history_books(row: Histories, catalogue: Catalogue) -> list[tuple[Book, float | None]]:
    """The books of a history and their stars, None of one without."""
    return [
        (catalogue.book(item), None if stars != stars else stars)  # NaN differs from itself
        for item, stars in zip(row.items.tolist(), row.stars.tolist(), strict=True)
    ]


def reasons_of(
    told: Sequence[tuple[Book, float | None]], amounts: npt.NDArray[np.float64], base: float
) -> tuple[Reason, ...]:
    """What each book of a history gave to a score, the most helpful first.

    Args:
        told: The history, as `told_books` has it.
        amounts: Of each of its books; shape (books,).
        base: The rest of the score.
    """
    size = abs(float(amounts.sum()) + base) or 1.0
    order, parts = np.argsort(-amounts, kind="stable").tolist(), amounts.tolist()
    return tuple(
        Reason(told[i][0], parts[i], parts[i] / size, told[i][1]) for i in order if parts[i] != 0
    )


def require_positive(n: int) -> None:
    """Refuses a list of no books.

    Raises:
        SettingError: n below 1.
    """
    if n < 1:
        raise SettingError(f"n must be a whole number, at least 1, got {n}")


def score_request(
    told: ResolvedHistory,
    wishes: Constraints,
    model: Ranker,
    popularity: ItemScores,
    rulebook: Rulebook,
    editions: Editions,
    rater: Forecaster | None,
) -> ScoredRequest:
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
    return ScoredRequest(
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
    told: ResolvedHistory, wishes: Constraints, rulebook: Rulebook, rater: Forecaster | None
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


def _why_popular(told: ResolvedHistory) -> str:
    if told.ignored:
        return "none of the books given is in the catalogue, so these are the most popular ones"
    return "nothing is known of this reader yet, so these are the most popular ones"
