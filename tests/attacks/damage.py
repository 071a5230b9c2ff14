"""Model folders damaged as somebody who wants to harm would: the hashes are right again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from safetensors.numpy import load_file

from readalike.model_folder.arrays import write_arrays
from readalike.model_folder.card import HASH, hashed

Damage = Callable[[Path], object]


def copied(model: Path, place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(model, place)
    return place


def card_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    return found


def file_of(folder: Path, kind: str) -> Path:
    return folder / str(card_of(folder)["files"][kind]["name"])


def same_files(one: Path, other: Path) -> bool:
    """Whether the files of two folders are the same."""
    return all(path.read_bytes() == (other / path.name).read_bytes() for path in one.iterdir())


def vouched(folder: Path) -> Path:
    """The folder with names, sizes and hashes that are right for what the files now hold."""
    card = card_of(folder)
    for kind, file in card["files"].items():
        path = folder / file["name"]
        if not path.is_file():
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        name = f"{kind}-{digest[:12]}{path.suffix}"
        path.rename(folder / name)
        card["files"][kind] = {"name": name, "bytes": (folder / name).stat().st_size}
        card["files"][kind]["sha256"] = digest
    write_card(folder, card)
    return folder


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Writes a card with the hash that is right for what it says."""
    (folder / "card.json").write_text(hashed(card), encoding="utf-8")


# Arrays


def array_damages(name: str, array: np.ndarray) -> Iterator[tuple[str, Any]]:
    """What an array can be instead, each time something that it must not be."""
    yield "missing", None
    yield "another type", array.astype(np.float16 if array.dtype != np.float16 else np.int8)
    yield "one axis more", array[None]
    if array.size:
        yield "one number", array.ravel()[:1].copy()
    if array.ndim > 1:
        yield "flat", array.ravel()
    if array.dtype.kind == "f" and array.size:
        for what in (np.nan, np.inf, 1e30):
            other = array.copy()
            other.flat[array.size // 2] = what
            yield f"{what} in it", other
    if name.endswith("indices") and array.size:
        for what in (-1, 10**6, 2**31 - 1, -(2**31)):
            other = array.copy()
            other.flat[array.size // 2] = what
            yield f"index {what}", other
    if name.endswith("indptr") and array.size > 2:
        for at, what in ((1, 10**6), (1, -5), (-1, 10**9), (0, 3), (-1, 0)):
            other = array.copy()
            other[at] = what
            yield f"pointer {what} at {at}", other
        yield "one row less", array[:-1].copy()


OPTIONAL = ("model.user_bias", "model.item_bias", "model.step1.bias")
"""Arrays without which it is another model, and a right one."""


def of_arrays(model: Path, kind: str) -> Iterator[tuple[str, Damage]]:
    """Every array of a file, in every way that must be refused."""
    for name, array in sorted(load_file(file_of(model, kind)).items()):
        for what, other in array_damages(name, array):
            if other is None and name in OPTIONAL:
                continue

            def damage(folder: Path, name: str = name, other: Any = other) -> None:
                path = file_of(folder, kind)
                arrays = dict(load_file(path))
                arrays.pop(name)
                if other is not None:
                    arrays[name] = np.ascontiguousarray(other)
                write_arrays(path, arrays)

            yield f"{kind}: {name}: {what}", damage


HEADERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "an offset below 0": lambda a: a.update(data_offsets=[-8, a["data_offsets"][1]]),
    "an offset beyond the file": lambda a: a.update(data_offsets=[10**12, 10**12 + 4]),
    "an end before the start": lambda a: a.update(data_offsets=a["data_offsets"][::-1]),
    "a shape that is larger": lambda a: a.update(shape=[10**9]),
    "a shape below 0": lambda a: a.update(shape=[-1, -4]),
    "a shape of fractions": lambda a: a.update(shape=[2.5]),
    "a shape of truths": lambda a: a.update(shape=[True] * len(a["shape"])),
    "no shape": lambda a: a.pop("shape"),
    "an unknown type": lambda a: a.update(dtype="F8_E4M3"),
    "a type that is a list": lambda a: a.update(dtype=["F32"]),
}


def of_headers(model: Path, kind: str) -> Iterator[tuple[str, Damage]]:
    """The header of a file of arrays, whose offsets and shapes must not be believed."""
    for what, change in HEADERS.items():

        def damage(folder: Path, change: Callable[[dict[str, Any]], object] = change) -> None:
            path = file_of(folder, kind)
            content = path.read_bytes()
            start = 8 + int.from_bytes(content[:8], "little")
            header = json.loads(content[8:start])
            change(header[max(header, key=lambda n: np.prod(header[n]["shape"]))])
            text = json.dumps(header).encode()
            text += b" " * (-len(text) % 8)
            path.write_bytes(len(text).to_bytes(8, "little") + text + content[start:])

        yield f"{kind}: header: {what}", damage


# The card

WRONG: tuple[Any, ...] = (None, True, -1, 2**70, 1e300, float("nan"), "", "x\x1b[31m", [], {}, [[]])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each value of a card stands."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, each in inner:
        yield (*path, key)
        yield from places(each, (*path, key))


def of_card(model: Path) -> Iterator[tuple[str, Damage]]:
    """Every value of the card, in other types and sizes, and missing; it may be refused or not."""
    for path in places(card_of(model)):
        if path == (HASH,):
            continue  # which is made right again
        for wrong in (*WRONG, "missing"):

            def damage(folder: Path, path: tuple[Any, ...] = path, wrong: Any = wrong) -> None:
                card = card_of(folder)
                inner: Any = card
                for key in path[:-1]:
                    inner = inner[key]
                if wrong == "missing":
                    del inner[path[-1]]
                else:
                    inner[path[-1]] = wrong
                write_card(folder, card)

            yield f"card: {'.'.join(map(str, path))} = {wrong!r}", damage


# Parquet

HISTORIES = {
    "a book beyond the catalogue": "SELECT * REPLACE (1000 AS book_index) FROM old",
    "a book below 0": "SELECT * REPLACE (-7 AS book_index) FROM old",
    "no book": "SELECT * REPLACE (NULL AS book_index) FROM old",
    "no reader": "SELECT * REPLACE (NULL AS reader_index) FROM old",
    "readers without a name": "SELECT * REPLACE (NULL AS reader_id) FROM old",
    "readers of one name": "SELECT * REPLACE ('7' AS reader_id) FROM old",
    "a reader of two names": "SELECT * REPLACE (reader_id || book_id AS reader_id) FROM old",
    "readers who do not rise": "SELECT * FROM old ORDER BY reader_index DESC, book_index",
    "rows in no order": "SELECT * FROM old ORDER BY book_index, reader_index",
    "readers that are missing": "SELECT * FROM old WHERE reader_index <> 3",
    "every row twice": "SELECT * FROM old UNION ALL SELECT * FROM old ORDER BY reader_index",
    "books of other ids": "SELECT * REPLACE (book_id || 'x' AS book_id) FROM old",
    "stars beyond the scale": "SELECT * REPLACE (99 AS stars) FROM old",
    "stars that are infinite": "SELECT * REPLACE ('inf'::FLOAT AS stars) FROM old",
    "indices that are text": "SELECT * REPLACE (book_index::VARCHAR AS book_index) FROM old",
    "indices of 64 bits": "SELECT * REPLACE (book_index::BIGINT AS book_index) FROM old",
    "a column that is missing": "SELECT * EXCLUDE (stars) FROM old",
    "lists": "SELECT * REPLACE ([reader_id] AS reader_id) FROM old",
}
CATALOGUE = {
    "no id": "SELECT * REPLACE (NULL AS book_id) FROM old",
    "one id": "SELECT * REPLACE ('b01' AS book_id) FROM old",
    "no title": "SELECT * REPLACE (NULL AS title) FROM old",
    "titles that are numbers": "SELECT * REPLACE (7 AS title) FROM old",
    "titles that are bytes": "SELECT * REPLACE ('\\xFF'::BLOB AS title) FROM old",
    "years that are text": "SELECT * REPLACE ('1984' AS year) FROM old",
    "means that are infinite": "SELECT * REPLACE ('inf'::DOUBLE AS average_rating) FROM old",
    "counts that are text": "SELECT * REPLACE ('many' AS ratings_count) FROM old",
    "a book less": "SELECT * FROM old LIMIT 29",
    "no book": "SELECT * FROM old LIMIT 0",
    "every book twice": "SELECT * FROM old UNION ALL SELECT * FROM old",
    "a book more": "SELECT * FROM old UNION ALL SELECT * REPLACE ('new' AS book_id) FROM old "
    "LIMIT 31",
    "a column that is missing": "SELECT * EXCLUDE (authors) FROM old",
    "other columns": "SELECT 1 AS a, 2 AS b FROM old",
}


def of_parquet(model: Path, kind: str, queries: dict[str, str]) -> Iterator[tuple[str, Damage]]:
    for what, query in queries.items():

        def damage(folder: Path, query: str = query) -> None:
            path = file_of(folder, kind)
            with duckdb.connect() as connection:
                connection.execute(f"CREATE TABLE old AS FROM '{path}'")
                connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")

        yield f"{kind}: {what}", damage


# At random


def at_random(model: Path, draw: np.random.Generator) -> tuple[str, Damage]:
    """Bytes changed, cut off, added or swapped somewhere in some file; it may be refused or not."""
    kinds = [*card_of(model)["files"], "card"]
    kind = str(draw.choice(kinds))
    seed = int(draw.integers(2**62))

    def damage(folder: Path) -> None:
        dice = np.random.default_rng(seed)
        path = folder / "card.json" if kind == "card" else file_of(folder, kind)
        content = bytearray(path.read_bytes())
        way = int(dice.integers(6))
        # the beginning and the end say most of what a file is
        spans = ((0, 400), (max(len(content) - 400, 0), len(content)), (0, len(content)))
        low, high = spans[int(dice.integers(3))]
        at = int(dice.integers(low, max(min(high, len(content)), low + 1)))
        if way == 0:
            content[at : at + 1] = bytes(
                [content[min(at, len(content) - 1)] ^ (1 << int(dice.integers(8)))]
            )
        elif way == 1:
            content[at : at + 8] = dice.bytes(8)
        elif way == 2:
            del content[at:]
        elif way == 3:
            del content[at : at + int(dice.integers(1, 64))]
        elif way == 4:
            content[at:at] = dice.bytes(int(dice.integers(1, 64)))
        else:
            other = int(dice.integers(len(content)))
            content[at : at + 16], content[other : other + 16] = (
                content[other : other + 16],
                content[at : at + 16],
            )
        path.write_bytes(content)

    return f"{kind}: at random, {seed}", damage
