"""Looks at a data set and says in plain sentences what to know before training on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from readalike.tables.account import counted
from readalike.tables.dataset import Dataset

Severity = Literal["fact", "warning", "error"]

WRONG_COLUMN = 0.5
"""Ids that fit less than this share, and another column better, are called the wrong ones."""
FLAT = 0.5
"""Share of books at the most-read book's count (or within a tenth of it) that means a cap.

In an uncapped table the most-read book is far ahead: counts fall like 1/rank, and only one book
in a hundred thousand stands within a tenth of the top.
"""
MANY = 20
"""Ratings a book that make a cap visible at all."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        name: What was looked at.
        severity: "fact", "warning" (training works, but know this) or "error" (do not train so).
        text: A plain sentence.
    """

    name: str
    severity: Severity
    text: str


@dataclass(frozen=True)
class Diagnosis:
    """All findings.

    Attributes:
        findings: In the order in which they are told.
        figures: The numbers behind them.
    """

    findings: tuple[Finding, ...]
    figures: dict[str, Any]

    @property
    def healthy(self) -> bool:
        """Whether nothing speaks against training."""
        return all(finding.severity != "error" for finding in self.findings)

    def lines(self) -> list[str]:
        """The findings, one a line."""
        signs = {"fact": "", "warning": "warning: ", "error": "error: "}
        return [f"{signs[f.severity]}{f.text}" for f in self.findings]

    def as_dict(self) -> dict[str, Any]:
        """The findings and figures for JSON."""
        return asdict(self) | {"healthy": self.healthy}


def examine(dataset: Dataset) -> Diagnosis:
    """Says what is in a data set and what is odd about it."""
    figures: dict[str, Any] = {}
    findings = [
        finding
        for look in (_size, _repeats, _stars, _left_out, _coverage, _wrong_column, _cap, _lengths)
        for finding in look(dataset, figures)
    ]
    return Diagnosis(tuple(findings), figures)


def _size(dataset: Dataset, figures: dict[str, Any]) -> Iterator[Finding]:
    ratings = dataset.ratings
    read = int((ratings.item_counts > 0).sum())
    figures |= {
        "rows": len(dataset.rows),
        "ratings": len(ratings),
        "readers": len(ratings.users),
        "books": len(ratings.items),
        "books_read": read,
    }
    yield Finding(
        "size",
        "fact",
        f"{counted(len(ratings), 'rating')} by {counted(len(ratings.users), 'reader')} of "
        f"{counted(read, 'book')}.",
    )


def _repeats(dataset: Dataset, figures: dict[str, Any]) -> Iterator[Finding]:
    merge = dataset.intake.merge
    figures |= {
        "exact_repeats": merge.exact_repeats,
        "repeated_pairs": merge.repeated_pairs,
        "conflicting_pairs": merge.conflicting_pairs,
    }
    if merge.repeated_pairs:
        yield Finding(
            "repeats",
            "warning" if merge.conflicting_pairs else "fact",
            f"{counted(merge.rows, 'row')} became {counted(merge.pairs, 'rating')}: pairs of "
            f"reader and book that stand more than once: {merge.repeated_pairs:,} (rows that "
            f"repeat an earlier one exactly: {merge.exact_repeats:,}, pairs with different stars: "
            f"{merge.conflicting_pairs:,}); of these "
            f"{'the mean' if merge.rule == 'mean' else f'the {merge.rule} row'} counts.",
        )


def _stars(dataset: Dataset, figures: dict[str, Any]) -> Iterator[Finding]:
    stars = dataset.ratings.histories.stars
    values, counts = np.unique(stars[~np.isnan(stars)], return_counts=True)
    histogram = {f"{v:g}": int(c) for v, c in zip(values, counts, strict=True)}
    without = int(np.isnan(stars).sum())
    figures |= {
        "scale": str(dataset.ratings.scale),
        "stars": histogram,
        "without_stars": without,
        "mean": round(dataset.ratings.mean, 4),
    }
    if not len(values):
        yield Finding("scale", "warning", "No rating has stars: every book counts as read.")
        return
    shown = list(histogram.items())
    told = ", ".join(f"{v}: {c:,}" for v, c in shown[:12])
    yield Finding(
        "scale",
        "fact",
        f"Stars go from {dataset.ratings.scale}, mean {dataset.ratings.mean:.2f} ({told}"
        f"{' ...' if len(shown) > 12 else ''})"
        + (f"; read without stars: {without:,}." if without else "."),
    )
    if len(values) == 1:
        yield Finding(
            "one_value",
            "warning",
            f"All ratings are {values[0]:g}: there is nothing to forecast stars from.",
        )


def _left_out(dataset: Dataset, figures: dict[str, Any]) -> Iterator[Finding]:
    figures["left_out"] = [asdict(left) for left in dataset.intake.left_out]
    for left in dataset.intake.left_out:
        where = f", first in {left.unit} {left.first_line}" if left.first_line else ""
        shelves = "speaks of its owner" in left.reason
        yield Finding(
            "left_out",
            "fact" if shelves else "warning",
            f"Left out of {left.file}: {counted(left.count, 'row')} ({left.reason}{where}).",
        )


def _coverage(dataset: Dataset, figures: dict[str, Any]) -> Iterator[Finding]:
    if not dataset.id_column:
        yield Finding(
            "catalogue", "fact", "There is no table of books: books are shown by their ids."
        )
        return
    read = dataset.ratings.item_counts > 0
    known = np.fromiter(
        (outside in dataset.book_ids for outside in dataset.catalogue.books), bool, len(read)
    )
    strange, unread = int((read & ~known).sum()), int((known & ~read).sum())
    figures |= {"books_without_row": strange, "rows_without_ratings": unread}
    if strange:
        ratings = int(dataset.ratings.item_counts[~known].sum())
        yield Finding(
            "books_without_row",
            "warning",
            f"Without a row in the table of books: {counted(strange, 'rated book')} "
            f"({counted(ratings, 'rating')}), kept and shown by id.",
        )
    if unread:
        yield Finding(
            "rows_without_ratings",
            "fact",
            f"Without a rating here: {counted(unread, 'book')} of the table of books; only what is "
            "known of these can recommend them.",
        )


def _wrong_column(dataset: Dataset, figures: dict[str, Any]) -> Iterator[Finding]:
    """Whether the ids of the ratings fit another column of ids better.

    Ids are compared as text, among the books that were rated.
    """
    if not dataset.id_column:
        return
    counts = dataset.ratings.item_counts
    rated = {o for o, count in zip(dataset.catalogue.books, counts, strict=True) if count}
    fit = {
        name: len(rated & ids) / max(len(rated), 1)
        for name, ids in ((dataset.id_column, dataset.book_ids), *dataset.other_ids.items())
    }
    figures["id_columns"] = {name: round(share, 4) for name, share in fit.items()}
    own = fit[dataset.id_column]
    best = max(fit, key=lambda name: fit[name])
    if own < WRONG_COLUMN and fit[best] > own:
        yield Finding(
            "wrong_id_column",
            "error",
            f"The ratings' ids fit column {best!r} of the table of books ({fit[best]:.0%} of the "
            f"rated books are there), not {dataset.id_column!r} ({own:.0%}): titles would stand "
            f"beside the wrong books. Give a table of books whose id column is {best!r}.",
        )
    elif own < WRONG_COLUMN:
        yield Finding(
            "wrong_id_column",
            "warning",
            f"Only {own:.0%} of the rated books are in column {dataset.id_column!r} of the table "
            "of books, and no other column fits better.",
        )


def _cap(dataset: Dataset, figures: dict[str, Any]) -> Iterator[Finding]:
    """Whether books were sampled up to a cap.

    The rule: at least half of the books read stand within a tenth of the most-read book's
    count. Beside it the correlation of ranks between the counts here and in the world is given,
    where the table of books has them.
    """
    counts = dataset.ratings.item_counts
    read = counts[counts > 0]
    if not len(read):
        return
    # the 99th percentile, so that a few repeated books do not hide a cap
    top = float(np.quantile(read, 0.99))
    flat = float(np.mean(read >= 0.9 * top))
    figures |= {
        "readers_a_book": {
            "least": int(read.min()),
            "median": float(np.median(read)),
            "most": int(read.max()),
        },
        "share_at_top": round(flat, 4),
    }
    world = dataset.catalogue.counts
    both = (counts > 0) & ~np.isnan(world)
    agreement = _rank_correlation(counts[both], world[both]) if both.sum() > 2 else float("nan")
    if not np.isnan(agreement):
        figures["agreement_with_world_counts"] = round(agreement, 4)
    if top >= MANY and flat >= FLAT:
        known = "" if np.isnan(agreement) else f" (agreement of ranks with them {agreement:.2f})"
        yield Finding(
            "capped",
            "warning",
            f"The table holds at most {int(read.max())} readers a book, and {flat:.0%} of the "
            "books stand at that cap: counts here say nothing about popularity"
            + (f"; the counts of the table of books do{known}." if both.any() else "."),
        )


def _rank_correlation(a: Any, b: Any) -> float:
    """Spearman's correlation; NaN where one side is all equal."""
    from scipy.stats import rankdata

    ranks = rankdata(a), rankdata(b)
    if min(np.ptp(ranks[0]), np.ptp(ranks[1])) == 0:
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def _lengths(dataset: Dataset, figures: dict[str, Any]) -> Iterator[Finding]:
    lengths = dataset.ratings.histories.lengths
    if not len(lengths):
        return
    figures["history_lengths"] = {
        "min": int(lengths.min()),
        "median": float(np.median(lengths)),
        "mean": round(float(lengths.mean()), 2),
        "max": int(lengths.max()),
    }
    yield Finding(
        "history_lengths",
        "fact",
        f"Books a reader: {int(lengths.min())} to {int(lengths.max()):,}, median "
        f"{np.median(lengths):g}, mean {lengths.mean():.1f}.",
    )
    short = float(np.mean(lengths < 2))
    if short > 0.5:
        yield Finding(
            "short_histories",
            "warning",
            f"{short:.0%} of the readers have one book only; they teach nothing about which books "
            "go together.",
        )
