"""The splits of the leaderboard: the same files for every peer, written once and fingerprinted.

Three questions, and one split to choose settings on, whose every row is a training row of all
three: no setting is chosen on what it is then measured by.

    new-readers   strangers of the complete histories, after 5, 20 and 50 books
    notebook      the notebook's own split, known readers
    stars         a tenth of the ratings held out, stars to forecast
    validation    2 % of the readers held out and told four fifths of their books; of the others'
                  ratings a tenth held out

A split is a folder as `readalike.evaluation.write_split` writes it. Beside its files stands
arrays.npz, the same rows by number, so that a peer's environment needs no reader of Parquet. Books
are numbered in a drawn order: their ids are in the order of popularity, and whoever breaks ties by
number would be given it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from environments import DATA
from ranking import halves
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.evaluation import (
    HeldOut,
    NewReaders,
    NotebookSplit,
    Protocol,
    StrongGeneralisation,
    read_split,
    write_split,
)
from readalike.evaluation.questions import Task
from readalike.tables.dataset import Dataset, read

GIVEN = (5, 20, 50)


@dataclass(frozen=True)
class Split:
    """One set of split files.

    Attributes:
        name: One of the names above.
        folder: Where they are.
        description: What is asked, in one paragraph.
        task: What was read back from them.
        fingerprint: SHA-256 of what is learnt and asked.
        believed: The readers who count in the tables, where not all do: of the new readers those
            on whom no default was chosen.
    """

    name: str
    folder: Path
    description: str
    task: Task
    fingerprint: str
    believed: frozenset[str] | None = None


def some_readers(dataset: Dataset, count: int) -> Dataset:
    """The rows of readers drawn by a seed; the books stay all."""
    rows = dataset.rows
    chosen = np.sort(np.random.default_rng(1).permutation(len(rows.user_ids))[:count])
    place = np.full(len(rows.user_ids), -1, np.int32)
    place[chosen] = np.arange(len(chosen))
    kept = place[rows.users] >= 0
    fewer = replace(
        rows,
        users=place[rows.users[kept]],
        items=rows.items[kept],
        stars=rows.stars[kept],
        user_ids=Vocabulary(tuple(rows.user_ids.ids[user] for user in chosen)),
        times=None if rows.times is None else rows.times[kept],
    )
    return replace(dataset, rows=fewer, ratings=fewer.merged()[0])


def prepare(folder: Path, quick: bool) -> dict[str, Split]:
    """Writes the split files where they are not there yet, and reads them back.

    Args:
        folder: Where the folders of the splits go.
        quick: Whether some of the readers are enough.
    """
    everybody, complete = read(DATA / "goodbooks-10k"), read(DATA / "goodbooks-10k-github")
    believed = frozenset(halves(complete.ratings.users.ids)["reported"])
    if quick:
        everybody, complete = some_readers(everybody, 8_000), some_readers(complete, 300)
    protocols: dict[str, Protocol] = {
        "new-readers": NewReaders(complete.ratings, GIVEN),
        "notebook": NotebookSplit(),
        "stars": HeldOut(),
    }
    tasks = {
        name: protocol.prepare(everybody.ratings, everybody.catalogue, everybody.rows)
        for name, protocol in protocols.items()
    }
    splits = {
        name: written(folder / name, tasks[name], protocol) for name, protocol in protocols.items()
    }
    splits["new-readers"] = replace(splits["new-readers"], believed=believed)
    strong = StrongGeneralisation(reader_share=0.02)
    learnt = common(everybody.ratings, [task.training for task in tasks.values()])
    ranking = strong.prepare(learnt, everybody.catalogue)
    stars = HeldOut().prepare(ranking.training, everybody.catalogue)
    validation = Task(stars.training, everybody.catalogue, ranking.questions, stars.star_questions)
    splits["validation"] = written(folder / "validation", validation, strong)
    return splits


def common(ratings: Ratings, trainings: list[Ratings]) -> Ratings:
    """The ratings that stand in all of the training tables."""
    width = len(ratings.items)

    def keys(table: Ratings) -> np.ndarray:
        users = ratings.users.indices(table.users.ids).astype(np.int64)
        return users[table.histories.rows] * width + table.histories.items

    own = ratings.histories.rows * width + ratings.histories.items
    kept = np.all([np.isin(own, keys(table)) for table in trainings], axis=0)
    users, fresh = np.unique(ratings.histories.rows[kept], return_inverse=True)
    return Ratings.of_rows(
        fresh,
        ratings.histories.items[kept],
        ratings.histories.stars[kept],
        Vocabulary(tuple(ratings.users.ids[user] for user in users)),
        ratings.items,
        ratings.scale,
    )


def written(folder: Path, task: Task, protocol: Protocol) -> Split:
    """The split files of a task, written anew where others or none are there."""
    try:
        there = read_split(folder)
        fresh = there.fingerprint() == task.fingerprint()
    except InputError:
        fresh = False
    if not fresh:
        shutil.rmtree(folder, ignore_errors=True)
        write_split(task, folder, protocol)
        there = read_split(folder)
    write_arrays(folder, there)
    return Split(folder.name, folder, protocol.describe(), there, there.fingerprint())


def book_order(n_items: int) -> np.ndarray:
    """The index in the split files of each number in arrays.npz."""
    return np.random.default_rng(20_17).permutation(n_items)


def write_arrays(folder: Path, task: Task) -> None:
    """The rows by number, as `peers/harness.py` reads them."""
    learnt = task.training.histories
    order = book_order(learnt.n_items)
    number_of = np.argsort(order).astype(np.int32)
    ranked = () if folder.name == "stars" else task.questions
    arrays = {
        "users": learnt.rows.astype(np.int32),
        "items": number_of[learnt.items],
        "stars": learnt.stars,
        "shape": np.array([len(learnt), learnt.n_items]),
        "sets": np.array(len(ranked)),
        "book_order": order,
        "everybody": np.array(folder.name == "notebook"),
    }
    for number, queries in enumerate(ranked):
        histories = queries.histories
        parts = (
            queries.users.astype(np.int32),
            histories.indptr,
            number_of[histories.items],
            histories.stars,
        )
        names = ("users", "indptr", "items", "stars")
        arrays |= {f"queries{number}_{n}": part for n, part in zip(names, parts, strict=True)}
    stars = task.star_questions
    if stars is not None:
        arrays["star_users"] = stars.users[stars.rows].astype(np.int32)
        arrays["star_items"] = number_of[stars.items]
    aside = folder / "arrays.part.npz"
    np.savez(aside, **arrays)
    aside.replace(folder / "arrays.npz")
