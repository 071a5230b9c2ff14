"""What each rule of book sense costs in accuracy, and what it mends: new readers and the default.

python benchmarks/book_sense.py [--result FILE]. Kaggle's rows without the readers of the complete
table, of whom the first 5 and 20 books are told. Each rule is switched on by itself, then all three
together; a difference of NDCG is paired with the same readers' lists without any.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from environments import DATA
from figures import publish
from readalike.algorithms import algorithm_of
from readalike.evaluation import NewReaders
from readalike.evaluation.questions import RankingQueries
from readalike.models.interface import Scores
from readalike.numerics.intervals import mean_interval, paired
from readalike.numerics.topn import mmr_top_n
from readalike.recommend.rules import BOOK_SENSE, Rulebook, Rules
from readalike.tables.dataset import read
from scored import ndcg_of, scored

GIVEN = (5, 20)
PLACES = 10
NONE = Rules(editions=False)
RULES = {
    "none": NONE,
    "editions": Rules(),
    "series": Rules(editions=False, series=True),
    "sets": Rules(editions=False, sets=True),
    "all three": BOOK_SENSE,
    "all, 2 by an author": replace(BOOK_SENSE, by_author=2),
    "all, 1 by an author": replace(BOOK_SENSE, by_author=1),
}

Row = dict[str, Any]
Lists = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Readers:
    """New readers, scored once, to be answered by any rules.

    Attributes:
        rulebook: What rules look up.
        asked: The readers.
        scores: Of all books, -inf of those told; shape (readers, books).
        ties: Order in which books of equal score are listed.
    """

    rulebook: Rulebook
    queries: RankingQueries
    scores: Scores
    ties: npt.NDArray[np.int64]

    def lists(self, rules: Rules) -> Lists:
        """The list of each reader, -1 where it is shorter."""
        found = np.full((len(self.scores), PLACES), -1, np.int32)
        allowed, authors = self.scores.copy(), self.rulebook.first_authors
        for left in self.rulebook.left_out(rules, self.queries.histories):
            left.mask.exclude_from(allowed)
        for at, scores in enumerate(allowed):
            items = mmr_top_n(scores, PLACES, self.ties, groups=authors, most=rules.by_author)
            found[at, : len(items)] = items
        return found

    def broken(self, lists: Lists) -> Mapping[str, float]:
        """Share of lists with a book that each rule would have left out, and authors of ten."""
        masks = {
            left.reason: left.mask.dense(len(lists))
            for left in self.rulebook.left_out(BOOK_SENSE, self.queries.histories)
        }
        counts = dict.fromkeys(masks, 0)
        for at, listed in enumerate(lists):
            for rule, mask in masks.items():
                counts[rule] += bool(mask[at, listed[listed >= 0]].any())
        authors = [len(set(self.rulebook.first_authors[row[row >= 0]].tolist())) for row in lists]
        shares = {rule: count / len(lists) for rule, count in counts.items()}
        return {**shares, "authors": float(np.mean(authors))}


def ruled(readers: Readers) -> list[Row]:
    """Every set of rules."""
    plain = ndcg_of(readers.queries, readers.lists(NONE))
    rows = []
    for name, rules in RULES.items():
        lists = readers.lists(rules)
        values = ndcg_of(readers.queries, lists)
        rows.append(
            {
                "rules": name,
                "ndcg@10": mean_interval(values)._asdict(),
                "difference": paired(values, plain).difference._asdict(),
                **readers.broken(lists),
            }
        )
    return rows


def main() -> None:
    """Prints, or writes, all figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    dataset, complete = read(DATA / "goodbooks-10k"), read(DATA / "goodbooks-10k-github")
    protocol = NewReaders(complete.ratings, GIVEN)
    task = protocol.prepare(dataset.ratings, dataset.catalogue, dataset.rows)
    model = algorithm_of("blend").fit(task.training, task.catalogue)
    rulebook = Rulebook(task.catalogue)
    ties = np.argsort(-task.catalogue.counts, kind="stable")
    rows: list[Row] = []
    for queries in task.questions:
        scores = scored(model, queries)
        readers = Readers(rulebook, queries, scores, ties)
        rows += [{"given": queries.given, **row} for row in ruled(readers)]
    publish({"readers": len(task.questions[0].readers), "rows": rows}, options.result)


if __name__ == "__main__":
    main()
