"""Which input of a network takes the reader and which the book, and the row of each id."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, SettingError
from readalike.keras_import.keras_file import Floats
from readalike.keras_import.layers import Lookup, Network

Rows = npt.NDArray[np.int64]

BOOK = ("book", "item", "isbn", "title", "movie", "product", "work")
READER = ("reader", "user", "member", "customer", "person")


@dataclass(frozen=True, eq=False)
class InputSide:
    """The reader's or the book's half of a network."""

    input: str
    lookups: tuple[Lookup, ...]

    @property
    def rows(self) -> int:
        """Ids from 0 to below this have a vector."""
        return min(len(lookup.table) for lookup in self.lookups)

    @property
    def vectors(self) -> Floats:
        """The tables side by side; shape (rows, sum of widths)."""
        return np.hstack([lookup.table[: self.rows] for lookup in self.lookups])

    @property
    def layers(self) -> list[str]:
        """The names of the embeddings."""
        return list(dict.fromkeys(lookup.layer for lookup in self.lookups))

    def rows_of(self, ids: Vocabulary) -> Rows:
        """The row of each id: the id itself, where it is a number written plainly (7, not 07)."""
        most = len(str(self.rows))
        plain = (len(i) <= most and i.isdecimal() and str(int(i)) == i for i in ids)
        numbers = (int(i) if is_plain else -1 for i, is_plain in zip(ids, plain, strict=True))
        return np.fromiter((n if n < self.rows else -1 for n in numbers), np.int64, len(ids))

    def told(self) -> dict[str, Any]:
        """Plain JSON."""
        shapes = {lookup.layer: list(lookup.table.shape) for lookup in self.lookups}
        return {"input": self.input, "embeddings": shapes}


def sides_of(
    network: Network, file: Path, readers: Vocabulary, books: Vocabulary, book_layer: str | None
) -> tuple[InputSide, InputSide]:
    """The reader's side and the book's.

    They are told apart by `book_layer`, by what inputs and embeddings are called, or by which way
    round more ids have a row.
    """
    inputs = list(dict.fromkeys(lookup.input for lookup in network.lookups))
    if len(inputs) != 2:
        got = ", ".join(inputs) if inputs else "none"
        raise InputError(
            "must be a model with embeddings of two inputs, readers and books, got "
            f"{len(inputs)} ({got}); only such a model can be imported",
            file=file,
        )
    one, two = (
        InputSide(name, tuple(each for each in network.lookups if each.input == name))
        for name in inputs
    )
    if book_layer is not None:
        return _by_name(one, two, book_layer)
    ways = ((one, two), (two, one))
    named = [way for way in ways if _is_called(way[0], READER, BOOK)]
    named += [way for way in ways if _is_called(way[1], BOOK, READER) and way not in named]
    if len(named) == 1:
        return named[0]
    strangers = [
        int((reader.rows_of(readers) < 0).sum() + (book.rows_of(books) < 0).sum())
        for reader, book in ways
    ]
    if strangers[0] == strangers[1]:
        raise InputError(
            f"must say by its names which of {one.input} and {two.input} takes the book; name it "
            "with --book-layer NAME",
            file=file,
        )
    chosen = ways[strangers[0] > strangers[1]]
    network.assumed.append(
        f"{chosen[1].input} takes the book, since more ids have a row that way round"
    )
    return chosen


def _by_name(one: InputSide, two: InputSide, book_layer: str) -> tuple[InputSide, InputSide]:
    for reader, book in ((one, two), (two, one)):
        if book_layer in (book.input, *book.layers):
            return reader, book
    names = dict.fromkeys(name for side in (one, two) for name in (side.input, *side.layers))
    raise SettingError(f"--book-layer must be one of {', '.join(names)}, got {book_layer!r}")


def _is_called(side: InputSide, words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    text = " ".join([side.input, *side.layers]).lower()
    return any(word in text for word in words) and not any(word in text for word in others)
