"""What each measure means, in one line and with its formula.

The formulas are those of `numerics.ranking_metrics` and `numerics.list_metrics`, with their
sources; in them hit_r = 1 where place r of a list holds a right answer, and R is the number of
right answers of a reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

ACCURACY = "accuracy"
LISTS = "lists"
CATALOGUE = "catalogue"
STARS = "stars"


@dataclass(frozen=True)
class Definition:
    """One measure.

    Attributes:
        label: What it is called.
        group: One of the groups above; decides the table that it stands in.
        better: 1 where more is better, -1 where less is, 0 where neither is.
        formula: How it is computed, of one reader where it is of readers; `_` before an index.
        meaning: What it says, in one sentence.
    """

    label: str
    group: str
    better: int
    formula: str
    meaning: str

    @property
    def direction(self) -> str:
        """Which way is good, in words."""
        return {1: "more is better", -1: "less is better", 0: "neither way is better"}[self.better]


DEFINITIONS = {
    "ndcg": Definition(
        "nDCG", ACCURACY, 1, "Σ_r hit_r / log₂(r + 1), divided by what a perfect list gets",
        "Right answers count, the more so the higher they stand.",
    ),
    "p": Definition(
        "precision", ACCURACY, 1, "Σ_r hit_r / n",
        "Share of the n places that hold a right answer.",
    ),
    "recall": Definition(
        "recall", ACCURACY, 1, "Σ_r hit_r / R",
        "Share of all right answers that stand in the list.",
    ),
    "hit": Definition(
        "hit rate", ACCURACY, 1, "1 where a hit_r = 1, else 0",
        "Share of readers with a right answer in the list.",
    ),
    "mrr": Definition(
        "MRR", ACCURACY, 1, "1 / r of the first right answer, 0 without one",
        "How soon the first right answer comes.",
    ),
    "map": Definition(
        "MAP", ACCURACY, 1, "Σ_r hit_r · precision@r / R",
        "Mean precision at the places of the right answers.",
    ),
    "novelty": Definition(
        "novelty", LISTS, 0, "mean of −log₂(share of training readers who read the book)",
        "How little known the listed books are, in bits: one more, half as many readers.",
    ),
    "intra_list_similarity": Definition(
        "intra-list similarity", LISTS, 0, "mean cosine of the tags of each two listed books",
        "How alike the books of a list are: 1 the same tags, 0 none in common.",
    ),
    "lift": Definition(
        "popularity lift", LISTS, 0, "(p − q) / q, p mean readers of listed books, q of the given",
        "How much better known the listed books are than those the reader chose; 0 as much.",
    ),
    "long_tail_share": Definition(
        "long-tail share", LISTS, 0, "listed books of the long tail / listed books",
        "Share of books outside the most-read ones that have 80 % of the training ratings.",
    ),
    "same_series": Definition(
        "same series", LISTS, 0, "listed books whose series stood higher / listed books",
        "How often a list repeats a series.",
    ),
    "same_author": Definition(
        "same author", LISTS, 0, "listed books whose first author stood higher / listed books",
        "How often a list repeats an author.",
    ),
    "coverage": Definition(
        "coverage", CATALOGUE, 0, "books in at least one list / all N books",
        "Share of the catalogue that somebody is shown.",
    ),
    "gini": Definition(
        "Gini", CATALOGUE, 0, "Σ_j (2j − N − 1) x_j / ((N − 1) Σ x), x times listed, rising",
        "How unequally places go to books: 0 equally, 1 all to a single one.",
    ),
    "rmse": Definition(
        "RMSE", STARS, -1, "√ mean of (forecast − stars)²",
        "How far forecasts are off; large errors weigh more.",
    ),
    "mae": Definition(
        "MAE", STARS, -1, "mean of |forecast − stars|",
        "How many stars forecasts are off.",
    ),
    "rmse_clipped": Definition(
        "RMSE in scale", STARS, -1, "√ mean of (forecast moved into the scale − stars)²",
        "The same with forecasts below or above the scale moved to its ends.",
    ),
    "mae_clipped": Definition(
        "MAE in scale", STARS, -1, "mean of |forecast moved into the scale − stars|",
        "The same with forecasts below or above the scale moved to its ends.",
    ),
    "negative_log_likelihood": Definition(
        "negative log-likelihood", STARS, -1,
        "mean of −ln(probability of the stars that were given)",
        "How sure the forecasts were of what came: 0 certain, 1.61 a guess among five stars.",
    ),
    "interval_coverage_50": Definition(
        "in 50 % intervals", STARS, 0, "share of the ratings, spread over their level, inside",
        "Honest intervals of 50 % hold half of the ratings.",
    ),
    "interval_coverage_80": Definition(
        "in 80 % intervals", STARS, 0, "share of the ratings, spread over their level, inside",
        "Honest intervals of 80 % hold four fifths of the ratings.",
    ),
    "interval_coverage_95": Definition(
        "in 95 % intervals", STARS, 0, "share of the ratings, spread over their level, inside",
        "Honest intervals of 95 % hold 95 of 100 ratings.",
    ),
}  # fmt: skip
"""Every measure by the name before the @."""


def definition(name: str) -> Definition:
    """The definition of a measure such as `ndcg@10`; one that is not known here says so."""
    kind, at, n = name.partition("@")
    if kind not in DEFINITIONS:
        return Definition(
            name, LISTS, 0, "not known to this version", "See the version that wrote the report."
        )
    known = DEFINITIONS[kind]
    return replace(known, label=f"{known.label}{at}{n}")


def headline(names: Sequence[str]) -> str | None:
    """The measure that a verdict goes by: the first of accuracy, else the first of stars."""
    for group in (ACCURACY, STARS):
        for name in names:
            if definition(name).group == group:
                return name
    return None
