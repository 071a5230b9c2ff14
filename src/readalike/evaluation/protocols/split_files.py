"""Split files: a task in a folder, the same for every library that is measured."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import RankingQueries, RatingQueries, Task
from readalike.files import PRIVATE, read_file, sha256, unwritable
from readalike.tables.parquet import read_catalogue, read_parquet, write_catalogue, write_parquet
from readalike.tables.scratch import held_folder
from readalike.version import __version__

Columns = Mapping[str, npt.NDArray[Any]]

TYPES = {
    "given": "INTEGER",
    "reader_id": "VARCHAR",
    "book_id": "VARCHAR",
    "stars": "FLOAT",
    "unknown_book": "INTEGER",
}


def columns_of(
    readers: tuple[str, ...], histories: Histories, books: Vocabulary
) -> dict[str, npt.NDArray[Any]]:
    """One row an entry: `reader_id`, `book_id` and `stars`, in the stored order.

    Books beyond the vocabulary have no id but a number of their own in `unknown_book`, a
    column that is there only where the histories can hold such books.
    """
    n = len(books)
    known = histories.items < n
    ids = np.array([*books.ids, None], dtype=object)
    columns: dict[str, npt.NDArray[Any]] = {
        "reader_id": np.array([*readers, ""], dtype=object)[histories.rows],
        "book_id": ids[np.where(known, histories.items, n)],
        "stars": histories.stars,
    }
    if histories.n_items > n:
        unknown = np.empty(len(histories.items), dtype=object)
        unknown[~known] = (histories.items[~known] - n).tolist()
        columns["unknown_book"] = unknown
    return columns


def stacked(parts: Iterable[tuple[int | None, Columns]]) -> dict[str, npt.NDArray[Any]]:
    """Rows of several given lengths under each other, with a column `given`."""
    every = [{"given": _repeated(given, len(part["reader_id"])), **part} for given, part in parts]
    names = dict.fromkeys(name for part in every for name in part)
    return {
        name: np.concatenate(
            [part.get(name, _repeated(None, len(part["reader_id"]))) for part in every]
        )
        for name in names
    }


def of_given(columns: Columns, given: int | None) -> dict[str, npt.NDArray[Any]]:
    """The rows of one given length; None of those where it is not fixed."""
    column = columns["given"]
    missing = np.ma.getmaskarray(column)
    chosen = missing if given is None else ~missing & (np.ma.getdata(column) == given)
    return {name: values[chosen] for name, values in columns.items()}


def readers_of(columns: Columns) -> tuple[str, ...]:
    """Each reader once, in the order of the rows."""
    return tuple(dict.fromkeys(columns["reader_id"].tolist()))


def histories_of(
    columns: Columns, readers: tuple[str, ...], books: Vocabulary, unknown: int = 0
) -> Histories:
    """The rows of some readers as histories, each in the order of its rows.

    Args:
        columns: What `columns_of` made.
        readers: Whose rows; the others' are left aside.
        books: Outside ids of the books that training knows.
        unknown: How many other books there may be.

    Raises:
        InputError: A book that training does not know.
    """
    rows = Vocabulary(readers).indices(columns["reader_id"].tolist())
    chosen = np.flatnonzero(rows >= 0)
    chosen = chosen[np.argsort(rows[chosen], kind="stable")]
    items = books.indices(["" if book is None else book for book in columns["book_id"].tolist()])
    if "unknown_book" in columns:
        number = np.ma.asarray(columns["unknown_book"])
        has_one = ~np.ma.getmaskarray(number)
        items[has_one] = len(books) + np.ma.getdata(number)[has_one]
    items = items[chosen]
    if items.min(initial=0) < 0 or items.max(initial=-1) >= len(books) + unknown:
        raise InputError("every book of a split must be among its books, got one that is not")
    lengths = np.bincount(rows[chosen], minlength=len(readers))
    return Histories(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        items.astype(np.int32),
        np.ma.filled(np.ma.asarray(columns["stars"], np.float32), np.nan)[chosen],
        len(books) + unknown,
    )


def _repeated(value: object, times: int) -> npt.NDArray[Any]:
    column = np.empty(times, dtype=object)
    column[:] = value
    return column


COUNTS = "tags.parquet"
NAMES = "tag_names.parquet"


def write_tags(tags: Tags, books: Vocabulary, folder: Path) -> None:
    """Writes `tags.parquet` and `tag_names.parquet`, entries in their stored order."""
    lengths = np.diff(tags.counts.indptr)
    names = np.array([*tags.names, ""], dtype=object)
    write_parquet(
        folder / COUNTS,
        {
            "book_id": np.array([*books.ids, ""], dtype=object)[
                np.repeat(np.arange(len(books)), lengths)
            ],
            "tag": names[tags.counts.indices],
            "count": tags.counts.data,
        },
        {"book_id": "VARCHAR", "tag": "VARCHAR", "count": "FLOAT"},
    )
    write_parquet(folder / NAMES, {"tag": tags.names}, {"tag": "VARCHAR"})


def read_tags(catalogue: Catalogue, folder: Path) -> Catalogue:
    """The catalogue with the tags that `write_tags` wrote."""
    names = tuple(read_parquet(folder / NAMES)["tag"].tolist())
    columns = read_parquet(folder / COUNTS)
    index = {name: at for at, name in enumerate(names)}
    lengths = np.bincount(
        catalogue.books.indices(columns["book_id"].tolist()), minlength=len(catalogue)
    )
    counts = sp.csr_array(
        (
            np.asarray(columns["count"], np.float32),
            np.array([index[tag] for tag in columns["tag"].tolist()], np.int64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ),
        shape=(len(catalogue), len(names)),
    )
    return replace(catalogue, tags=Tags(names, counts))


def tables_of(task: Task) -> dict[str, Columns]:
    """The tables `train`, `told`, `right` and, where stars are asked for, `stars`.

    Raises:
        InputError: The tables could not say all that the task says.
    """
    training, books = task.training, task.training.items
    if not training.histories.lengths.all():
        raise InputError("every reader in training must have a rating to be written as a split")
    lengths = [asked.given for asked in task.questions]
    if len(set(lengths)) < len(lengths) or not all(
        q.relevant.lengths.all() for q in task.questions
    ):
        raise InputError(
            "a split must have one set of questions a given length and a right answer for every "
            "reader, got a task that has not"
        )
    told = [(asked.given, _strangers(task, asked)) for asked in task.questions]
    right = [(q.given, columns_of(q.readers, q.relevant, books)) for q in task.questions]
    tables: dict[str, Columns] = {
        "train": columns_of(training.users.ids, training.histories, books)
    }
    stars = task.star_questions
    if stars is not None:
        others = _strangers(task, stars)
        seen = {reader for given, part in told if given is None for reader in readers_of(part)}
        fresh = np.array([reader not in seen for reader in others["reader_id"].tolist()], np.bool_)
        told.append((None, {name: column[fresh] for name, column in others.items()}))
        asked_for = Histories(
            np.concatenate([[0], np.cumsum(np.bincount(stars.rows, minlength=len(stars.readers)))]),
            np.asarray(stars.items, np.int32),
            stars.stars,
            len(books),
        )
        tables["stars"] = columns_of(stars.readers, asked_for, books)
    return tables | {"told": stacked(told), "right": stacked(right)}


def _strangers(task: Task, asked: RankingQueries | RatingQueries) -> Columns:
    """What is told of readers who are not in training; of the others it is what they learnt."""
    training = task.training
    known = np.flatnonzero(asked.users >= 0)
    learnt = training.histories.take(asked.users[known])
    shown = asked.histories.take(known)
    if not (
        np.array_equal(training.users.indices(asked.readers), asked.users)
        and np.array_equal(shown.indptr, learnt.indptr)
        and np.array_equal(shown.items, learnt.items)
        and np.array_equal(shown.stars, learnt.stars, equal_nan=True)
    ):
        raise InputError(
            "a reader in training must be told by the training rows to be written as a split"
        )
    others = np.flatnonzero(asked.users < 0)
    names = tuple(asked.readers[row] for row in others)
    return columns_of(names, asked.histories.take(others), training.items)


def task_of(
    tables: Mapping[str, Columns],
    catalogue: Catalogue,
    scale: RatingScale,
    questions: list[dict[str, Any]],
    unknown: int,
) -> Task:
    """The task that `tables_of` took apart.

    Args:
        tables: The tables by name.
        catalogue: What is known of the books, in order.
        scale: The scale of the stars.
        questions: Of each set of questions `given`, and `left_out` and `told` in numbers.
        unknown: How many right answers training does not know.

    Raises:
        InputError: The tables do not go together, or a right answer is in training.
    """
    books = catalogue.books
    names = readers_of(tables["train"])
    training = Ratings(histories_of(tables["train"], names, books), Vocabulary(names), books, scale)
    asked = []
    for each in questions:
        right = of_given(tables["right"], each["given"])
        readers = readers_of(right)
        users = training.users.indices(readers)
        asked.append(
            RankingQueries(
                readers,
                users,
                _told(training, tables["told"], each["given"], readers),
                histories_of(right, readers, books, unknown),
                each["given"],
                each["left_out"],
                each["told"],
            )
        )
    return Task(training, catalogue, tuple(asked), _star_questions(training, tables))


def _star_questions(training: Ratings, tables: Mapping[str, Columns]) -> RatingQueries | None:
    if "stars" not in tables:
        return None
    readers = readers_of(tables["stars"])
    rows = histories_of(tables["stars"], readers, training.items)
    return RatingQueries(
        readers,
        training.users.indices(readers),
        _told(training, tables["told"], None, readers),
        rows.rows,
        rows.items,
        rows.stars,
    )


def _told(
    training: Ratings, table: Columns, given: int | None, readers: tuple[str, ...]
) -> Histories:
    """What is told of each reader: the training rows of a known one, else the table's."""
    users = training.users.indices(readers)
    told = histories_of(of_given(table, given), readers, training.items)
    n = len(readers)
    both = Histories(
        np.concatenate([told.indptr, told.indptr[-1] + training.histories.indptr[1:]]),
        np.concatenate([told.items, training.histories.items]),
        np.concatenate([told.stars, training.histories.stars]),
        training.histories.n_items,
    )
    return both.take(np.where(users >= 0, n + users, np.arange(n)))


FORMAT = "readalike-split"
VERSION = 1
MANIFEST = "manifest.json"
TABLES = ("train", "told", "right", "stars")
AGAIN = "write the split again"
ASIDE = ".readalike-"
"""What the folder is called, before a number, while it is written."""


def write_split(task: Task, folder: str | Path, protocol: Protocol | None = None) -> None:
    """Writes a task aside and renames it to a new folder; it is for the files' owner alone.

    Args:
        task: What to write.
        folder: A folder that is not there yet, or is empty.
        protocol: What made the task, for its name and description in the manifest.

    Raises:
        InputError: The folder holds something, the task cannot be said in split files, or it
            cannot be written.
    """
    folder = Path(folder)
    tables = tables_of(task)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError("must be a new or empty folder for split files", file=folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with held_folder(folder.parent, ASIDE) as aside:
            for name, columns in tables.items():
                write_parquet(aside / f"{name}.parquet", columns, {c: TYPES[c] for c in columns})
            write_catalogue(task.catalogue, aside / "books.parquet")
            if task.catalogue.tags is not None:
                write_tags(task.catalogue.tags, task.catalogue.books, aside)
            files = {file.name: sha256(file) for file in sorted(aside.iterdir())}
            manifest = _manifest(task, tables, protocol) | {"files": files}
            (aside / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
            for file in aside.iterdir():
                file.chmod(PRIVATE)
            if folder.exists():
                folder.rmdir()
            aside.rename(folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def _manifest(
    task: Task, tables: Mapping[str, Columns], protocol: Protocol | None
) -> dict[str, Any]:
    """What the manifest says, but for the hashes of the files."""
    known = len(task.training.items)
    return {
        "format": FORMAT,
        "version": VERSION,
        "library_version": __version__,
        "protocol": protocol.name if protocol else None,
        "description": protocol.describe() if protocol else None,
        "fingerprint": task.fingerprint(),
        "scale": vars(task.training.scale),
        "counts": {
            "readers": len(task.training.users),
            "books": known,
            **{name: len(columns["reader_id"]) for name, columns in tables.items()},
        },
        "unknown_books": max(q.relevant.n_items for q in task.questions) - known,
        "questions": [
            {
                "given": asked.given,
                "readers": len(asked),
                "left_out": dict(asked.left_out),
                "told": dict(asked.told),
            }
            for asked in task.questions
        ],
    }


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """What the manifest of split files says.

    Raises:
        InputError: No split files are there, or they are of another kind.
    """
    file = Path(folder) / MANIFEST
    if not file.is_file():
        raise InputError(f"must be a folder of split files with a {MANIFEST}", file=folder)
    try:
        manifest = json.loads(read_file(file))
    except (ValueError, RecursionError) as error:
        raise InputError(f"must be JSON, got {error}; {AGAIN}", file=file) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(f"must have the format {FORMAT!r}", file=file)
    if manifest.get("version") != VERSION:
        raise InputError(
            f"version must be {VERSION}, got {manifest.get('version')!r}; {AGAIN} with this "
            "release, or read it with the one that wrote it",
            file=file,
        )
    return manifest


def read_split(folder: str | Path) -> Task:
    """Reads a task back: the same fingerprint, and the same figures bit by bit.

    Raises:
        InputError: No split files, damaged ones, or a right answer in training.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    try:
        for name, digest in manifest["files"].items():
            _check(folder / Path(name).name, digest)
        tables = {
            name: read_parquet(folder / f"{name}.parquet")
            for name in TABLES
            if f"{name}.parquet" in manifest["files"]
        }
        catalogue = read_catalogue(folder / "books.parquet")
        if "tags.parquet" in manifest["files"]:
            catalogue = read_tags(catalogue, folder)
        task = task_of(
            tables,
            catalogue,
            RatingScale(**manifest["scale"]),
            manifest["questions"],
            manifest["unknown_books"],
        )
        fingerprint = manifest["fingerprint"]
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"must say what split files are, got one without or with a wrong {error}; {AGAIN}",
            file=folder / MANIFEST,
        ) from error
    except InputError as error:
        raise error if error.file else InputError(error.why, file=folder) from error
    if task.fingerprint() != fingerprint:
        raise InputError(
            f"the fingerprint must be {fingerprint}, got another; {AGAIN}", file=folder
        )
    return task


def _check(file: Path, digest: str) -> None:
    if not file.is_file():
        raise InputError(f"is missing; {AGAIN}", file=file)
    if sha256(file) != digest:
        raise InputError(f"is not what was written; {AGAIN}", file=file)


@dataclass(frozen=True)
class SplitFiles(Protocol):
    """The task that `write_split` wrote; nothing is drawn anew.

    Attributes:
        folder: Where the split files are.
    """

    name: ClassVar[str] = "split-files"

    folder: Path

    def describe(self) -> str:
        """What was done when the files were written, in one paragraph."""
        manifest = read_manifest(self.folder)
        made = manifest.get("description") or "Nothing is written there of how they were made."
        return (
            f"Split files with the fingerprint {manifest.get('fingerprint')}: what is learnt from "
            "and what is asked is read as it was written, and nothing is drawn anew. They can "
            f"answer what the protocol that made them can. {made}"
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Reads the files; the data set given is only compared with them.

        Raises:
            InputError: No split files, damaged ones, or those of another data set.
        """
        task = read_split(self.folder)
        learnt = task.training
        users = ratings.users.indices(learnt.users.ids)[learnt.histories.rows].astype(np.int64)
        items = ratings.items.indices(learnt.items.ids)
        known = ratings.histories.rows * len(ratings.items) + ratings.histories.items
        pairs = users * len(ratings.items) + items[learnt.histories.items]
        if (
            items.min(initial=0) < 0
            or len(items) != len(ratings.items)
            or users.min(initial=0) < 0
            or not np.isin(pairs, known).all()
        ):
            raise InputError(
                "must be split files of the data set given, got other books or ratings there; "
                "write the split again from this data set",
                file=self.folder,
            )
        return task
