"""Looks at a data set and says in plain sentences what to know before training on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from readalike.numerics.ranks import rank_correlation
from readalike.tables.account import counted
from readalike.tables.dataset import Dataset

Severity = Literal["fact", "warning", "error"]
Figures = dict[str, Any]

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
    """One plain sentence; a warning means that training works, an error: do not train so."""

    name: str
    severity: Severity
    text: str


@dataclass(frozen=True)
class Diagnosis:
    """All findings, in the order in which they are shown, and the numbers behind them."""

    findings: tuple[Finding, ...]
    figures: Figures

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
    figures: Figures = {}
    looks = (_size, _repeats, _stars, _left_out, _coverage, _wrong_column, _cap, _lengths)
    findings = tuple(finding for look in looks for finding in look(dataset, figures))
    return Diagnosis(findings, figures)


def _size(dataset: Dataset, figures: Figures) -> Iterator[Finding]:
    ratings = dataset.ratings
    read = int((ratings.item_counts > 0).sum())
    figures |= {
        "rows": len(dataset.rows),
        "ratings": len(ratings),
        "readers": len(ratings.users),
        "books": len(ratings.items),
        "books_read": read,
    }
    of = f"{counted(len(ratings), 'rating')} by {counted(len(ratings.users), 'reader')}"
    yield Finding("size", "fact", f"{of} of {counted(read, 'book')}.")


def _repeats(dataset: Dataset, figures: Figures) -> Iterator[Finding]:
    merge = dataset.intake.merge
    for name in ("exact_repeats", "repeated_pairs", "conflicting_pairs"):
        figures[name] = getattr(merge, name)
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


def _stars(dataset: Dataset, figures: Figures) -> Iterator[Finding]:
    ratings = dataset.ratings
    stars, scale, mean = ratings.histories.stars, ratings.scale, ratings.mean
    values, counts = np.unique(stars[~np.isnan(stars)], return_counts=True)
    histogram = {f"{v:g}": int(c) for v, c in zip(values, counts, strict=True)}
    without = int(np.isnan(stars).sum())
    figures |= {"scale": str(scale), "stars": histogram, "without_stars": without}
    figures["mean"] = round(mean, 4)
    if not len(values):
        yield Finding("scale", "warning", "No rating has stars: every book counts as read.")
        return
    intake = dataset.intake
    yield Finding("scale", "fact", f"{intake.scale[:1].upper()}{intake.scale[1:]}.")
    if intake.doubt:
        doubt = f"{intake.doubt[:1].upper()}{intake.doubt[1:]}."
        yield Finding("doubtful_scale", "warning", doubt)
    shown = ", ".join(f"{v}: {c:,}" for v, c in list(histogram.items())[:12])
    more = " ..." if len(histogram) > 12 else ""
    read = f"; read without stars: {without:,}." if without else "."
    yield Finding("stars", "fact", f"Mean of the stars {mean:.2f} ({shown}{more}){read}")
    if len(values) == 1:
        why = f"All ratings are {values[0]:g}: there is nothing to forecast stars from."
        yield Finding("one_value", "warning", why)


def _left_out(dataset: Dataset, figures: Figures) -> Iterator[Finding]:
    figures["left_out"] = [asdict(left) for left in dataset.intake.left_out]
    for left in dataset.intake.left_out:
        yield Finding(
            "left_out",
            "fact" if "speaks of its owner" in left.reason else "warning",
            f"Left out of {left.file}: {counted(left.count, 'row')} ({left.reason}, first in "
            f"{left.unit} {left.first_line}).",
        )


def _coverage(dataset: Dataset, figures: Figures) -> Iterator[Finding]:
    if dataset.books is None:
        shown = "the titles beside their ratings" if any(dataset.catalogue.titles) else "their ids"
        why = f"There is no table of books: books are shown by {shown}."
        yield Finding("catalogue", "fact", why)
        return
    counts = dataset.ratings.item_counts
    listed = set(dataset.books.ids)
    known = np.array([outside in listed for outside in dataset.catalogue.books], bool)
    strange, unread = int(((counts > 0) & ~known).sum()), int((known & (counts == 0)).sum())
    figures |= {"books_without_row": strange, "rows_without_ratings": unread}
    if strange:
        yield Finding(
            "books_without_row",
            "warning",
            f"Without a row in the table of books: {counted(strange, 'rated book')} "
            f"({counted(int(counts[~known].sum()), 'rating')}), kept and shown by id.",
        )
    if unread:
        yield Finding(
            "rows_without_ratings",
            "fact",
            f"Without a rating here: {counted(unread, 'book')} of the table of books; only what is "
            "known of these can recommend them.",
        )


def _wrong_column(dataset: Dataset, figures: Figures) -> Iterator[Finding]:
    """Whether the ids of the ratings fit another column of ids better, among the rated books."""
    table = dataset.books
    if table is None:
        return
    counts = dataset.ratings.item_counts
    rated = {o for o, count in zip(dataset.catalogue.books, counts, strict=True) if count}
    columns = {table.id_column: frozenset(table.ids)} | dict(table.other_ids)
    fit = {name: len(rated & ids) / max(len(rated), 1) for name, ids in columns.items()}
    figures["id_columns"] = {name: round(share, 4) for name, share in fit.items()}
    own, best = fit[table.id_column], max(fit, key=lambda name: fit[name])
    if own < WRONG_COLUMN and fit[best] > own:
        yield Finding(
            "wrong_id_column",
            "error",
            f"The ratings' ids fit column {best!r} of the table of books ({fit[best]:.0%} of the "
            f"rated books are there), not {table.id_column!r} ({own:.0%}): titles would stand "
            f"beside the wrong books. If so, say --books-id-column {best!r}.",
        )
    elif own < WRONG_COLUMN:
        yield Finding(
            "wrong_id_column",
            "warning",
            f"Only {own:.0%} of the rated books are in column {table.id_column!r} of the table "
            "of books, and no other column fits better.",
        )


def _cap(dataset: Dataset, figures: Figures) -> Iterator[Finding]:
    """Whether books were sampled up to a cap.

    The rule: at least half of the books read stand within a tenth of the most-read book's count.
    Beside it Spearman's correlation between the counts here and in the world is given, where the
    table of books has them.
    """
    counts, world = dataset.ratings.item_counts, dataset.catalogue.counts
    read = counts[counts > 0]
    if not len(read):
        return
    # the 99th percentile, so that a few repeated books do not hide a cap
    top = float(np.quantile(read, 0.99))
    flat = float(np.mean(read >= 0.9 * top))
    least, most = int(read.min()), int(read.max())
    figures["readers_a_book"] = {"least": least, "median": float(np.median(read)), "most": most}
    figures["share_at_top"] = round(flat, 4)
    both = (counts > 0) & ~np.isnan(world)
    agreement = rank_correlation(counts[both], world[both]) if both.sum() > 2 else None
    known = ""
    if agreement is not None:
        figures["agreement_with_world_counts"] = round(agreement, 4)
        known = f" (agreement of ranks with them {agreement:.2f})"
    if top >= MANY and flat >= FLAT:
        world_counts = f"; the counts of the table of books do{known}." if both.any() else "."
        yield Finding(
            "capped",
            "warning",
            f"The table holds at most {most} readers a book, and {flat:.0%} of the books stand at "
            f"that cap: counts here say nothing about popularity{world_counts}",
        )


def _lengths(dataset: Dataset, figures: Figures) -> Iterator[Finding]:
    lengths = dataset.ratings.histories.lengths
    if not len(lengths):
        return
    low, high = int(lengths.min()), int(lengths.max())
    median, mean = float(np.median(lengths)), float(lengths.mean())
    figures["history_lengths"] = {"min": low, "median": median, "mean": round(mean, 2), "max": high}
    text = f"Books a reader: {low} to {high:,}, median {median:g}, mean {mean:.1f}."
    yield Finding("history_lengths", "fact", text)
    short = float(np.mean(lengths < 2))
    if short > 0.5:
        yield Finding(
            "short_histories",
            "warning",
            f"{short:.0%} of the readers have one book only; they teach nothing about which books "
            "go together.",
        )
