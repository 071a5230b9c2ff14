"""What turning a dial does to lists, and what it costs: new readers and the default.

python benchmarks/dials.py [--result FILE]. Kaggle's rows without the readers of the complete
table, of whom the first 20 books are told. Each dial is turned on its own; a difference of NDCG is
paired with the same readers' lists where nothing is turned. Two more models show that a turn means
the same whatever scores are. And the reader of case 77, who loves modern classics.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from environments import DATA
from figures import publish
from readalike.algorithms import algorithm_of
from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.search import find
from readalike.bibliography.works import with_editions
from readalike.data.histories import Histories
from readalike.evaluation import NewReaders
from readalike.evaluation.metrics import BookFacts
from readalike.evaluation.questions import RankingQueries, Task
from readalike.models import Ranker
from readalike.models.interface import Scores
from readalike.numerics.intervals import mean_interval, paired
from readalike.numerics.list_metrics import likeness, mean_listed, repetition
from readalike.recommend.dials import MOODS, Dials, Known, arranged, mood_strengths
from readalike.tables.dataset import read
from scored import ndcg_of, scored

GIVEN = 20
PLACES = 10
TURNS = (-1.0, -0.5, 0.0, 0.5, 1.0)
STRONGEST = 500
"""So many books of the catalogue carry a mood: those that it is strongest in."""
NAMED = (
    "Dune (Dune Chronicles #1)",
    "Pride and Prejudice",
    "The Da Vinci Code (Robert Langdon, #2)",
    "Me Talk Pretty One Day",
    "A Game of Thrones (A Song of Ice and Fire, #1)",
)
LOVED = (
    "Slaughterhouse-Five",
    "Cat's Cradle",
    "Breakfast of Champions",
    "Catch-22",
    "The Catcher in the Rye",
    "Franny and Zooey",
    "Nine Stories",
    "Rosencrantz and Guildenstern Are Dead",
)
"""What the reader of case 77 loves: Vonnegut, Heller, Salinger, Stoppard."""

Row = dict[str, Any]
Lists = npt.NDArray[np.int32]


DEFAULT, OTHERS = "blend", ("als", "popularity")


@dataclass(frozen=True, eq=False)
class Readers:
    """New readers, scored once, to be answered at every turn of a dial.

    Attributes:
        known: What dials look up.
        facts: What the measures do.
        asked: The readers.
        scores: Of all books, -inf of those told; shape (readers, books).
        ties: Order in which books of equal score are listed.
    """

    known: Known
    facts: BookFacts
    queries: RankingQueries
    scores: Scores
    ties: npt.NDArray[np.int64]

    @classmethod
    def of(cls, task: Task, name: str) -> tuple[Readers, Ranker]:
        """Fits, and scores everybody."""
        model = algorithm_of(name).fit(task.training, task.catalogue)
        counts = task.catalogue.counts
        (queries,) = task.questions
        scores = scored(model, queries)
        known = Known(BookIndex(task.catalogue), counts, model.similar)
        known.likeness(0, np.arange(1))  # made once, and not timed
        facts = BookFacts.of(task.training, task.catalogue)
        return cls(known, facts, queries, scores, np.argsort(-counts, kind="stable")), model

    @cached_property
    def plain(self) -> Lists:
        """The list of each reader where nothing is turned."""
        return self.lists(Dials())

    def lists(self, dials: Dials) -> Lists:
        """The list of each reader."""
        histories, placed = self.queries.histories, dials.placed(self.known.index)
        return np.array(
            [
                arranged(
                    placed, self.known, scores, n=PLACES, read=histories.row(at)[0], ties=self.ties
                )
                for at, scores in enumerate(self.scores)
            ]
        )

    def nearest(self, lists: Lists) -> float:
        """Mean likeness of what is listed to the nearest book that was told."""
        content, histories = self.known.content, self.queries.histories
        each = [
            (content[listed] @ content[histories.row(at)[0]].T).toarray().max(axis=1).mean()
            for at, listed in enumerate(lists)
        ]
        return float(np.mean(each))


def turned(readers: Readers, **dials: Any) -> Row:
    """What lists are like at one position of the dials."""
    plain = ndcg_of(readers.queries, readers.plain)
    started = perf_counter()
    lists = readers.lists(Dials(**dials))
    seconds = perf_counter() - started
    values = ndcg_of(readers.queries, lists)
    ranks = 1 + np.argsort(np.argsort(-readers.known.popularity, kind="stable"))
    tags, authors = readers.facts.tags, readers.facts.authors
    assert tags is not None
    assert authors is not None
    return {
        **dials,
        "ndcg@10": mean_interval(values)._asdict(),
        "difference": paired(values, plain).difference._asdict(),
        "median_popularity_rank": float(np.median(ranks[lists])),
        "books_listed": len(np.unique(lists)),
        "likeness": float(likeness(tags, lists, PLACES).mean()),
        "authors": PLACES * (1 - float(repetition(authors, lists, PLACES).mean())),
        "nearest_told": readers.nearest(lists),
        "milliseconds": 1000 * seconds / len(lists),
    }


def sides(readers: Readers) -> list[Row]:
    """Mean likeness of the listed books to one that is named, before and after; and NDCG."""
    plain, rows = readers.plain, []
    for title in NAMED:
        book = find(readers.known.index, title)
        row: Row = {"book": title}
        for side in ("nothing", "more", "less"):
            named = () if side == "nothing" else (title,)
            lists = plain if not named else readers.lists(Dials(**{side: named}))
            every = np.arange(len(readers.known.catalogue))
            row[side] = {
                "by_content": float(readers.known.likeness(book, every)[lists].mean()),
                "by_model": float(readers.known.by_model(book, every)[lists].mean()),
                "ndcg@10": float(ndcg_of(readers.queries, lists).mean()),
            }
        rows.append(row)
    return rows


def moods(readers: Readers) -> list[Row]:
    """Share of the listed books that carry a mood, before and after; and NDCG."""
    plain, rows = readers.plain, []
    for mood in MOODS:
        strengths = mood_strengths(readers.known.catalogue, mood)
        cut = np.sort(strengths)[-STRONGEST]
        carrying = (strengths >= cut) & (strengths > 0)
        lists = readers.lists(Dials(moods=(mood,)))
        rows.append(
            {
                "mood": mood,
                "carrying": int(carrying.sum()),
                "before": float(mean_listed(carrying, plain, PLACES).mean()),
                "after": float(mean_listed(carrying, lists, PLACES).mean()),
                "ndcg@10": float(ndcg_of(readers.queries, lists).mean()),
                "strongest": titles(readers, np.argsort(-strengths, kind="stable")[:PLACES]),
            }
        )
    return rows


def case_77(readers: Readers, model: Ranker) -> list[Row]:
    """The list of one who loves modern classics, at three turns of `gems`."""
    catalogue = readers.known.catalogue
    loved = np.array([find(BookIndex(catalogue), title) for title in LOVED])
    histories = Histories.of_rows([(loved.tolist(), [5.0] * len(loved))], len(catalogue))
    scores = np.array(model.score(histories)[0])
    scores[with_editions(BookIndex(catalogue).works, loved)] = -np.inf
    return [
        {
            "gems": gems,
            "titles": titles(
                readers,
                arranged(
                    Dials(gems=gems).placed(readers.known.index),
                    readers.known,
                    scores,
                    n=PLACES,
                    read=loved,
                    ties=readers.ties,
                ),
            ),
        }
        for gems in TURNS[2:]
    ]


def titles(readers: Readers, items: npt.NDArray[Any]) -> list[str]:
    """Titles of books."""
    return [readers.known.catalogue.titles[item] for item in items.tolist()]


def main() -> None:
    """Prints, or writes, all figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    dataset, complete = read(DATA / "goodbooks-10k"), read(DATA / "goodbooks-10k-github")
    protocol = NewReaders(complete.ratings, (GIVEN,))
    task = protocol.prepare(dataset.ratings, dataset.catalogue)
    readers, model = Readers.of(task, DEFAULT)
    found: Row = {
        "readers": len(readers.queries),
        "gems": [turned(readers, gems=at) for at in TURNS],
        "adventure": [turned(readers, adventure=at) for at in TURNS],
        "sides": sides(readers),
        "moods": moods(readers),
        "case_77": case_77(readers, model),
    }
    for name in OTHERS:
        other, _ = Readers.of(task, name)
        found[name] = {
            "gems": [turned(other, gems=at) for at in TURNS],
            "adventure": [turned(other, adventure=at) for at in TURNS],
        }
    publish(found, options.result)


if __name__ == "__main__":
    main()
