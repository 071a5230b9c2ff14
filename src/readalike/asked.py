"""From the scores of one question to the list of books that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Book, Catalogue
from readalike.data.histories import Histories
from readalike.data.incommon import in_common
from readalike.errors import SettingError
from readalike.forecasts import Forecaster
from readalike.models import ItemItem, Ranker
from readalike.models.protocols import Shares
from readalike.numerics.topn import top_n
from readalike.recommendations import Kin, Reason, Recommendation, Recommendations, Source


@dataclass(frozen=True, eq=False)
class Asked:
    """One question, scored: all that a list is made of.

    Attributes:
        model: What explains the scores; None where they come from a table of readers.
        row: The history.
        scores: Of all items.
        leave: Items that must not be listed.
        source: Where the list comes from.
        means: What the scores are.
        ignored: Ids that no book answers to.
        note: What the reader should know.
        wanted: What listed books must be, in words, where it is more than unread.
    """

    model: Ranker | None
    row: Histories
    scores: npt.NDArray[np.float32]
    leave: npt.NDArray[np.integer[Any]]
    source: Source
    means: str
    ignored: tuple[str, ...] = ()
    note: str = ""
    wanted: str = ""


def listed(
    asked: Asked,
    n: int,
    ties: npt.NDArray[np.int64],
    catalogue: Catalogue,
    forecaster: Forecaster | None = None,
) -> Recommendations:
    """The n best books of a question, or fewer with the reason in `note`.

    Args:
        asked: The question.
        n: How many, at least 1.
        ties: Items in the order in which equal scores are listed.
        catalogue: The books.
        forecaster: Says how many stars each would get, where there is one.

    Raises:
        SettingError: n below 1.
    """
    at_least_one(n)
    scores = asked.scores.copy()
    scores[asked.leave] = -np.inf
    found, best = top_n(scores[None, :], min(n, len(scores)), ties)
    items = found[0][found[0] >= 0]
    note = asked.note
    if len(items) < n:
        those = f"are neither read nor excluded{asked.wanted}"
        left = f"asked for {n} books, but only {len(items)} {those}"
        note = f"{note}; {left}" if note else left
    shares = _shares(asked, items, best[0, : len(items)])
    read = [catalogue.book(item) for item in asked.row.items.tolist()]
    stars = forecaster.forecasts(asked.row, items) if forecaster else (None,) * len(items)
    books = tuple(
        Recommendation(
            place + 1,
            catalogue.book(item),
            float(best[0, place]),
            float(shares.base[place]),
            _reasons(read, shares.by_book[place], float(shares.base[place])),
            stars[place],
            kin_of(asked.model, item, catalogue),
        )
        for place, item in enumerate(items.tolist())
    )
    return Recommendations(books, asked.ignored, asked.source, asked.means, note)


def _shares(asked: Asked, items: npt.NDArray[np.int32], scores: npt.NDArray[np.float32]) -> Shares:
    """The parts of the scores; all base where no book of the history can be named."""
    if asked.model is None:
        return Shares(scores.astype(np.float64), np.zeros((len(items), len(asked.row.items))))
    return asked.model.explain(asked.row, items)


def kin_of(model: Ranker | None, item: int, catalogue: Catalogue) -> tuple[Kin, ...]:
    """The books that one with few readers is placed like, the nearest first; none of others."""
    if not isinstance(model, ItemItem) or model.kin is None:
        return ()
    span = slice(model.kin.indptr[item], model.kin.indptr[item + 1])
    shares = -model.kin.data[span]
    return tuple(
        Kin(catalogue.book(other), -share, in_common(catalogue, item, other))
        for share, other in sorted(
            zip(shares.tolist(), model.kin.indices[span].tolist(), strict=True)
        )
    )


def _reasons(read: list[Book], amounts: npt.NDArray[np.float64], base: float) -> tuple[Reason, ...]:
    size = abs(float(amounts.sum()) + base) or 1.0
    order = np.argsort(-amounts, kind="stable").tolist()
    parts = amounts.tolist()
    return tuple(Reason(read[i], parts[i], parts[i] / size) for i in order if parts[i] != 0)


def at_least_one(n: int) -> None:
    """Refuses a list of no books.

    Raises:
        SettingError: n below 1.
    """
    if n < 1:
        raise SettingError(f"n must be a whole number, at least 1, got {n}")
