"""One reader's library in the place of a table of ratings by many readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from readalike.errors import InputError
from readalike.tables.account import counted
from readalike.tables.layouts import NotRatings

if TYPE_CHECKING:
    from readalike.libraries.entry import Library


def library_of_file(path: Path, how: Mapping[str, Any]) -> Library | None:
    """The library that a file holds, read as the ratings were to be; None where it is none."""
    from readalike.libraries.reading import read_library

    named: Mapping[str, str] = how["columns"]
    if not path.is_file() or not named.keys() <= {"rating"}:
        return None
    try:
        return read_library(path, columns=named, encoding=how["encoding"], scale=how["scale"])
    except InputError:
        return None


@contextmanager
def refusing_a_library(path: Path, how: Mapping[str, Any]) -> Iterator[None]:
    """Says what to do with a file that holds one reader's library instead of ratings.

    Raises:
        InputError: The file was to hold ratings and holds such a library.
    """
    try:
        yield
    except NotRatings as error:
        library = library_of_file(path, how)
        if library is None:
            raise
        raise InputError(
            f"must hold ratings by many readers, got the library of one ({library.format}, "
            f"{counted(len(library.entries), 'book')}); find its books in a model with "
            "'readalike import FILE --model DIR', or look at it with 'readalike doctor FILE'",
            file=path,
        ) from error
