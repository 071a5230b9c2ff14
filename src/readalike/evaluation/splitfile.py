"""Split files: a task in a folder, the same for every library that is measured.

    manifest.json    what it is, how it was made, its fingerprint, the hash of each file
    train.parquet    reader_id, book_id, stars: what is learnt from
    told.parquet     given, reader_id, book_id, stars: what is told of readers not in training,
                     in the order in which it is told; a reader in training is told by the
                     training rows
    right.parquet    given, reader_id, book_id, stars: the right answers; one that training does
                     not know has no book_id but a number in unknown_book, and is never found
    stars.parquet    reader_id, book_id, stars: stars to forecast, where they are asked for
    books.parquet    book_id and what is known of it: all candidates, in the order of the indices
    tags.parquet     book_id, tag, count; tag_names.parquet: the tags in their order

`stars` is NULL for read without stars, `given` where the protocol fixes no length.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from readalike.data.catalogue_file import read_catalogue, write_catalogue
from readalike.data.parquet import read_parquet, write_parquet
from readalike.data.scale import RatingScale
from readalike.data.scratch import held_folder
from readalike.errors import InputError
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import Task
from readalike.evaluation.split_rows import TYPES, Columns
from readalike.evaluation.split_tags import read_tags, write_tags
from readalike.evaluation.split_task import tables_of, task_of
from readalike.files import PRIVATE, read_file, unwritable
from readalike.modelfiles import sha256
from readalike.version import __version__

FORMAT = "readalike-split"
VERSION = 1
MANIFEST = "manifest.json"
TABLES = ("train", "told", "right", "stars")
AGAIN = "write the split again"
ASIDE = ".readalike-"
"""What the folder is called, before a number, while it is written."""
MOST = 256 << 20
"""Bytes of a manifest."""


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
        manifest = json.loads(read_file(file, MOST))
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
