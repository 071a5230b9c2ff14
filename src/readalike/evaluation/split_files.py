"""Split files: a task in a folder, the same for every library that is measured."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
from readalike.numerics.arrays import F32, I32, I64, Indices
from readalike.tables.parquet import read_catalogue, read_parquet, write_catalogue, write_parquet
from readalike.tables.scratch import held_folder
from readalike.version import __version__

Columns = Mapping[str, npt.NDArray[Any]]
Readers = tuple[str, ...]

TYPES = {
    "given": "INTEGER",
    "reader_id": "VARCHAR",
    "book_id": "VARCHAR",
    "stars": "FLOAT",
    "unknown_book": "INTEGER",
}
FORMAT = "readalike-split"
VERSION = 2
MANIFEST = "manifest.json"
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
    tables = _tables(task)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError("must be a new or empty folder for split files", file=folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with held_folder(folder.parent, ASIDE) as aside:
            for name, columns in tables.items():
                write_parquet(aside / f"{name}.parquet", columns, {c: TYPES[c] for c in columns})
            write_catalogue(task.catalogue, aside / "books.parquet")
            if task.catalogue.tags is not None:
                _write_tags(task.catalogue.tags, task.catalogue.books, aside)
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


def _tables(task: Task) -> dict[str, Columns]:
    """The tables `train`, `histories`, `relevant` and, where stars are asked for, `stars`."""
    training, books = task.training, task.training.items
    if not training.histories.lengths.all():
        raise InputError("every reader in training must have a rating to be written as a split")
    lengths = {queries.given for queries in task.questions}
    if len(lengths) < len(task.questions) or not all(
        queries.relevant.lengths.all() for queries in task.questions
    ):
        raise InputError(
            "a split must have one set of questions a given length and a right answer for every "
            "reader, got a task that has not"
        )
    tables = {"train": _columns([(None, training.users.ids, training.histories)], books)}
    shown = [(queries.given, *_strangers(training, queries)) for queries in task.questions]
    stars = task.star_questions
    if stars is not None:
        lengths_of_stars = np.bincount(stars.rows, minlength=len(stars.readers))
        pairs = _histories(lengths_of_stars, stars.items, stars.stars, len(books))
        tables["stars"] = _columns([(None, stars.readers, pairs)], books)
        seen = frozenset(name for given, names, _ in shown if given is None for name in names)
        shown.append((None, *_strangers(training, stars, seen)))
    for table in tables.values():
        del table["given"]
    right = [(queries.given, queries.readers, queries.relevant) for queries in task.questions]
    return tables | {"histories": _columns(shown, books), "relevant": _columns(right, books)}


def _strangers(
    training: Ratings, queries: RankingQueries | RatingQueries, seen: frozenset[str] = frozenset()
) -> tuple[Readers, Histories]:
    """The histories of readers who are neither in training nor seen before."""
    known = np.flatnonzero(queries.users >= 0)
    learnt = training.histories.take(queries.users[known])
    shown = queries.histories.take(known)
    if not (
        np.array_equal(training.users.indices(queries.readers), queries.users)
        and np.array_equal(shown.indptr, learnt.indptr)
        and np.array_equal(shown.items, learnt.items)
        and np.array_equal(shown.stars, learnt.stars, equal_nan=True)
    ):
        raise InputError(
            "a reader in training must have the training rows as history to be written as a split"
        )
    others = [
        row
        for row, (reader, user) in enumerate(zip(queries.readers, queries.users, strict=True))
        if user < 0 and reader not in seen
    ]
    return tuple(queries.readers[row] for row in others), queries.histories.take(others)


def _columns(
    parts: Sequence[tuple[int | None, Readers, Histories]], books: Vocabulary
) -> dict[str, npt.NDArray[Any]]:
    """One row an entry of the readers of each given length, in the stored order.

    Books beyond the vocabulary have no id but a number of their own in `unknown_book`, a
    column that is there only where the histories can hold such books.
    """
    items, n = np.concatenate([each.items for _, _, each in parts]), len(books)
    columns: dict[str, npt.NDArray[Any]] = {
        "given": np.concatenate([np.full(len(each.items), h, object) for h, _, each in parts]),
        "reader_id": np.concatenate([np.array([*r, ""], object)[h.rows] for _, r, h in parts]),
        "book_id": np.array([*books.ids, None], object)[np.minimum(items, n)],
        "stars": np.concatenate([each.stars for _, _, each in parts]),
    }
    if max(each.n_items for _, _, each in parts) > n:
        unknown = items >= n
        columns["unknown_book"] = np.full(len(items), None, object)
        columns["unknown_book"][unknown] = (items[unknown] - n).tolist()
    return columns


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
                "given": queries.given,
                "readers": len(queries),
                "left_out": dict(queries.left_out),
                "notes": dict(queries.notes),
            }
            for queries in task.questions
        ],
    }


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """What the manifest of split files says."""
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
            file = folder / Path(name).name
            if not file.is_file():
                raise InputError(f"is missing; {AGAIN}", file=file)
            if sha256(file) != digest:
                raise InputError(f"is not what was written; {AGAIN}", file=file)
        tables = {
            name: read_parquet(folder / f"{name}.parquet")
            for name in ("train", "histories", "relevant", "stars")
            if f"{name}.parquet" in manifest["files"]
        }
        catalogue = read_catalogue(folder / "books.parquet")
        if TAGS in manifest["files"]:
            catalogue = _read_tags(catalogue, folder)
        task = _task(tables, catalogue, manifest)
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


def _task(tables: Mapping[str, Columns], catalogue: Catalogue, manifest: Mapping[str, Any]) -> Task:
    """The task that `_tables` took apart."""
    books, shown = catalogue.books, tables["histories"]
    names = _readers(tables["train"])
    learnt = _histories_of(tables["train"], names, books)
    training = Ratings(learnt, Vocabulary(names), books, RatingScale(**manifest["scale"]))
    questions = []
    for each in manifest["questions"]:
        right = _of_given(tables["relevant"], each["given"])
        readers = _readers(right)
        users, histories = _histories_shown(training, _of_given(shown, each["given"]), readers)
        questions.append(
            RankingQueries(
                readers=readers,
                users=users,
                histories=histories,
                relevant=_histories_of(right, readers, books, manifest["unknown_books"]),
                given=each["given"],
                left_out=each["left_out"],
                notes=each["notes"],
            )
        )
    stars = None
    if "stars" in tables:
        readers = _readers(tables["stars"])
        users, histories = _histories_shown(training, _of_given(shown, None), readers)
        pairs = _histories_of(tables["stars"], readers, books)
        stars = RatingQueries(
            readers=readers,
            users=users,
            histories=histories,
            rows=pairs.rows,
            items=pairs.items,
            stars=pairs.stars,
        )
    return Task(training, catalogue, tuple(questions), stars)


def _histories_shown(training: Ratings, table: Columns, readers: Readers) -> tuple[I32, Histories]:
    """Training indices of readers, and the history of each: the training rows, or the table's."""
    users = training.users.indices(readers)
    shown, learnt = _histories_of(table, readers, training.items), training.histories
    both = Histories(
        np.concatenate([shown.indptr, shown.indptr[-1] + learnt.indptr[1:]]),
        np.concatenate([shown.items, learnt.items]),
        np.concatenate([shown.stars, learnt.stars]),
        learnt.n_items,
    )
    n = len(readers)
    return users, both.take(np.where(users >= 0, n + users, np.arange(n)))


def _of_given(columns: Columns, given: int | None) -> dict[str, npt.NDArray[Any]]:
    """The rows of one given length; None of those where it is not fixed."""
    lengths = columns["given"]
    missing = np.ma.getmaskarray(lengths)
    chosen = missing if given is None else ~missing & (np.ma.getdata(lengths) == given)
    return {name: values[chosen] for name, values in columns.items()}


def _readers(columns: Columns) -> Readers:
    """Each reader once, in the order of the rows."""
    return tuple(dict.fromkeys(columns["reader_id"].tolist()))


def _histories_of(
    columns: Columns, readers: Readers, books: Vocabulary, unknown: int = 0
) -> Histories:
    """The rows of some readers as histories, each in the order of its rows."""
    rows = Vocabulary(readers).indices(columns["reader_id"].tolist())
    chosen = np.flatnonzero(rows >= 0)
    chosen = chosen[np.argsort(rows[chosen], kind="stable")]
    items = books.indices(["" if book is None else book for book in columns["book_id"].tolist()])
    if "unknown_book" in columns:
        number = np.ma.asarray(columns["unknown_book"])
        has_one = ~np.ma.getmaskarray(number)
        items[has_one] = len(books) + np.ma.getdata(number)[has_one]
    items, n_items = items[chosen], len(books) + unknown
    if items.min(initial=0) < 0 or items.max(initial=-1) >= n_items:
        raise InputError("every book of a split must be among its books, got one that is not")
    lengths = np.bincount(rows[chosen], minlength=len(readers))
    stars = np.ma.filled(np.ma.asarray(columns["stars"], np.float32), np.nan)[chosen]
    return _histories(lengths, items, stars, n_items)


def _histories(lengths: I64, items: Indices, stars: F32, n_items: int) -> Histories:
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Histories(indptr, np.asarray(items, np.int32), stars, n_items)


TAGS = "tags.parquet"
TAG_NAMES = "tag_names.parquet"


def _write_tags(tags: Tags, books: Vocabulary, folder: Path) -> None:
    """Writes `tags.parquet` and `tag_names.parquet`, entries in their stored order."""
    rows = np.repeat(np.arange(len(books)), np.diff(tags.counts.indptr))
    columns = {
        "book_id": np.array([*books.ids, ""], dtype=object)[rows],
        "tag": np.array([*tags.names, ""], dtype=object)[tags.counts.indices],
        "count": tags.counts.data,
    }
    types = {"book_id": "VARCHAR", "tag": "VARCHAR", "count": "FLOAT"}
    write_parquet(folder / TAGS, columns, types)
    write_parquet(folder / TAG_NAMES, {"tag": tags.names}, {"tag": "VARCHAR"})


def _read_tags(catalogue: Catalogue, folder: Path) -> Catalogue:
    """The catalogue with the tags that `_write_tags` wrote."""
    names = tuple(read_parquet(folder / TAG_NAMES)["tag"].tolist())
    columns = read_parquet(folder / TAGS)
    index = {name: at for at, name in enumerate(names)}
    rows = catalogue.books.indices(columns["book_id"].tolist())
    lengths = np.bincount(rows, minlength=len(catalogue))
    counts = sp.csr_array(
        (
            np.asarray(columns["count"], np.float32),
            np.array([index[tag] for tag in columns["tag"].tolist()], np.int64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ),
        shape=(len(catalogue), len(names)),
    )
    return replace(catalogue, tags=Tags(names, counts))


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
                "must be split files of the data set given, got other books or ratings there; write"
                " the split again from this data set",
                file=self.folder,
            )
        return task
