"""From the scores of a request to the list of books that answers it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from readalike.bibliography.features import in_common
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.errors import SettingError
from readalike.models import ItemItem, Ranker
from readalike.models.interface import Scores, Shares
from readalike.numerics.arrays import I32, I64, Bools, Indices
from readalike.numerics.masks import marks
from readalike.recommend.candidates import EDITION, EXCLUDED, READ, STARS, Candidates
from readalike.recommend.dials import Known, arranged
from readalike.recommend.request import Constraints
from readalike.recommend.results import (
    ContentNeighbour,
    Forecaster,
    Reason,
    Recommendation,
    Recommendations,
    Source,
)
from readalike.tables.account import counted

IN_WORDS = {
    READ: "read",
    EDITION: "known from another edition or set",
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


@dataclass(frozen=True, eq=False, kw_only=True)
class ListContext:
    """What every list is made with.

    Attributes:
        catalogue: The books.
        ties: Items in the order in which equal scores are listed.
        known: What dials look up.
        first_authors: A number for the first author of each book, -1 of none.
        forecaster: Says how many stars a reader would give, where there is one.
    """

    catalogue: Catalogue
    ties: I64
    known: Known
    first_authors: Indices
    forecaster: Forecaster | None = None

    @cached_property
    def places(self) -> I64:
        """The place of each item in the order of ties; shape (n_items,)."""
        places = np.empty(len(self.ties), np.int64)
        places[self.ties] = np.arange(len(self.ties))
        return places


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoredRequest:
    """A reader's request with the scores of all books: all that a list is made of.

    Attributes:
        model: What explains the scores; None where they come from a table of readers.
        row: The history, one row.
        scores: Of all items; shape (n_items,).
        nobodys: The scores for somebody who has read nothing, where the reader's can be compared
            with them; shape (n_items,).
        candidates: The books that may be listed, a batch of this reader alone.
        source: Where the list comes from.
        means: What the scores are.
        ignored: Ids that no book answers to.
        note: What the reader should know.
        constraints: What the list must be.
    """

    model: Ranker | None
    row: Histories
    scores: Scores
    candidates: Candidates
    source: Source
    means: str
    ignored: tuple[str, ...] = ()
    note: str = ""
    constraints: Constraints
    nobodys: Scores | None = None

    def rests_on_books(self, items: Indices) -> Bools:
        """Whether the reader's books move the score of each of some items; shape (items,)."""
        if self.nobodys is None:
            return np.full(len(items), self.source == "personal")
        return speaks_for(self.scores[items], self.nobodys, items)

    @property
    def free_scores(self) -> Scores:
        """The scores, -inf of what must not be listed; shape (n_items,)."""
        scores: Scores = self.candidates.scores[0]
        return scores

    @cached_property
    def among(self) -> Bools | None:
        """The only books that may be listed, where only some may; shape (n_items,)."""
        only = self.constraints.among
        return None if only is None else marks(only, len(self.scores))

    @cached_property
    def left_out(self) -> dict[str, int]:
        """Where only some books may be listed, how many of these are not, by the first reason."""
        return {} if self.among is None else self.candidates.counts(0, self.among)


def speaks_for(scores: Scores, nobodys: Scores, items: Indices) -> Bools:
    """Whether readers' books speak for the books of their lists; shape of the items.

    Where a score is a sum over the reader's books alone, so that somebody who has read nothing has
    0 throughout, that sum is positive; else it is another score than that person's.

    Args:
        scores: Of the listed books.
        nobodys: The scores of all books for somebody who has read nothing; shape (n_items,).
        items: The listed books.
    """
    if not nobodys.any():
        return np.asarray(scores > 0)
    return np.asarray(scores != nobodys[items])


def ordered_items(request: ScoredRequest, n: int, context: ListContext) -> I32:
    """The items of the list, best first; n of them while there are candidates."""
    return arranged(
        request.constraints.dials,
        context.known,
        request.free_scores,
        n=min(n, len(request.scores)),
        read=request.row.items,
        ties=context.ties,
        groups=context.first_authors,
        most=request.constraints.rules.by_author,
    )


def list_recommendations(
    request: ScoredRequest,
    n: int,
    context: ListContext,
    *,
    forecasts: bool = True,
    reasons: int | None = None,
) -> Recommendations:
    """The n best books of a request, or fewer with the reason in `note`.

    Args:
        request: The request, scored.
        n: How many, at least 1.
        context: What lists are made with.
        forecasts: Whether stars are forecast, where the context has a forecaster.
        reasons: How many reasons each book has at most; None for all.
    """
    items = ordered_items(request, n, context)
    catalogue = context.catalogue
    shares = None if reasons == 0 else shares_of(request, items)
    because = reasons_of(request.row, shares, catalogue, reasons) if shares else [()] * len(items)
    scores = request.scores[items].tolist()
    bases = shares.base.tolist() if shares else [math.nan] * len(items)
    forecaster = context.forecaster if forecasts else None
    stars = forecaster.forecasts(request.row, items) if forecaster else None
    books = tuple(
        Recommendation(
            rank=place + 1,
            book=catalogue.book(item),
            score=scores[place],
            base=bases[place],
            reasons=because[place],
            forecast=stars[place] if stars else None,
            content_neighbours=content_neighbours_of(request.model, item, catalogue),
        )
        for place, item in enumerate(items.tolist())
    )
    turned = "" if request.constraints.dials.dials.neutral else _TURNED
    source, unfounded = _source_of(request, items)
    said = request.note if len(items) else ""
    notes = (said, unfounded, turned, _why_short(request, n, len(items)))
    return Recommendations(
        items=books,
        ignored=request.ignored,
        source=source,
        score_means=request.means,
        note="; ".join(text for text in notes if text),
        left_out=request.left_out,
    )


def _source_of(request: ScoredRequest, items: Indices) -> tuple[Source, str]:
    """Where a list comes from, and what to say of books that rest on none of the reader's."""
    if request.source != "personal" or not len(items):
        return request.source, ""
    without = len(items) - int(request.rests_on_books(items).sum())
    if without == len(items):
        return "popular", "nothing that was read speaks for these books: the list is not personal"
    if without:
        rest = "rests" if without == 1 else "rest"
        return "personal", f"{without} of these {len(items)} {rest} on nothing that was read"
    return "personal", ""


def _why_short(request: ScoredRequest, n: int, listed: int) -> str:
    """Why a list has fewer books than wanted; what became of the others that were named."""
    if request.among is not None:
        named = int(request.among.sum())
        free = named - sum(request.left_out.values())
        counts = (f"{number:,} {IN_WORDS[why]}" for why, number in request.left_out.items())
        words = ", ".join(counts)
        left = f"; left out: {words}" if words else ""
        return f"of {counted(named, 'book')} to choose from {free:,} can be listed{left}"
    if request.source == "similar":
        return _why_few_alike(n, listed) if listed < n else ""
    if listed < n:
        wanted, limits = "", request.constraints
        if limits.at_least is not None:
            stars, sure = limits.at_least, limits.sure
            wanted = f" and would get {stars:g} stars or more with {sure:.0%} probability"
        return f"asked for {n} books, but only {listed} are neither read nor excluded{wanted}"
    return ""


def _why_few_alike(n: int, listed: int) -> str:
    if listed:
        return f"asked for {n} books, but only {counted(listed, 'other')} is known to be like it"
    return (
        "nothing is known of the readers of this book, and no book that is like it: train again "
        "when it has been read"
    )


def shares_of(request: ScoredRequest, items: Indices) -> Shares:
    """The parts of the scores; all base where no book of the history can be named."""
    if request.model is None:
        scores = request.scores[items].astype(np.float64)
        return Shares(scores, np.zeros((len(items), len(request.row.items))))
    return request.model.explain(request.row, items)


def content_neighbours_of(
    model: Ranker | None, item: int, catalogue: Catalogue
) -> tuple[ContentNeighbour, ...]:
    """The books that one with few readers is placed like, the nearest first; none of others."""
    if not isinstance(model, ItemItem) or model.content_neighbours is None:
        return ()
    near = model.content_neighbours
    first, stop = near.indptr[item : item + 2].tolist()
    if first == stop:
        return ()
    shares = -near.data[first:stop]
    return tuple(
        ContentNeighbour(catalogue.book(other), -share, in_common(catalogue, item, other))
        for share, other in sorted(
            zip(shares.tolist(), near.indices[first:stop].tolist(), strict=True)
        )
    )


def reasons_of(
    row: Histories, shares: Shares, catalogue: Catalogue, most: int | None = None
) -> list[tuple[Reason, ...]]:
    """What each book of a history gave to the scores of some books, the most helpful first.

    Args:
        row: The history, one row.
        shares: The parts of the scores, of k books.
        catalogue: The books.
        most: How many reasons each has, those of the largest size; None for all.

    Returns:
        The reasons of each of the k books; none that gave nothing.
    """
    amounts = shares.by_book
    sizes = np.abs(amounts.sum(axis=1) + shares.base).tolist()
    order = np.argsort(-amounts, axis=1, kind="stable")
    if most is not None:
        largest = np.argsort(-np.abs(amounts), axis=1, kind="stable")[:, :most]
        kept = np.zeros(amounts.shape, np.bool_)
        np.put_along_axis(kept, largest, True, axis=1)
        order = order[np.take_along_axis(kept, order, axis=1)].reshape(largest.shape)
    books = [catalogue.book(item) for item in row.items.tolist()]
    stars = [None if given != given else given for given in row.stars.tolist()]  # NaN is not itself
    return [
        tuple(
            Reason(books[at], parts[at], parts[at] / (size or 1.0), stars[at])
            for at in best
            if parts[at] != 0
        )
        for best, parts, size in zip(order.tolist(), amounts.tolist(), sizes, strict=True)
    ]


def require_positive(n: int) -> None:
    """Refuses a list of no books.

    Raises:
        SettingError: n below 1.
    """
    if n < 1:
        raise SettingError(f"n must be a whole number, at least 1, got {n}")
