"""The errors a person can meet, each with what was wrong and the next thing to do.

Every one of them derives from `ReadalikeError`; the command line prints it in
one line and exits with 2. Anything else that escapes is a bug and stays a traceback.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from pathlib import Path


class ReadalikeError(Exception):
    """Base of all errors whose reader is the user rather than the developer."""


class InputError(ReadalikeError):
    """A file or table cannot be used as it is.

    Args:
        why: What must be, what was there instead, and the remedy.
        file: The file, where there is one.
        line: 1-based physical line in the file.
        column: Name of the column.
    """

    def __init__(
        self,
        why: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        self.why = why
        self.file = None if file is None else str(file)
        self.line = line
        self.column = column
        place = "" if self.file is None else self.file
        if line is not None:
            place += f"{', ' if place else ''}line {line}"
        if column is not None:
            place += f"{', ' if place else ''}column {column}"
        super().__init__(f"{place}: {why}" if place else why)


class UnknownBook(ReadalikeError):  # noqa: N818 - reads as the sentence it prints
    """No book of the catalogue answers to this id or title."""

    def __init__(self, book: str, suggestions: tuple[str, ...] = ()) -> None:
        self.book = book
        self.suggestions = suggestions
        hint = (
            f"; did you mean {' or '.join(suggestions)}?"
            if suggestions
            else "; find its id with 'readalike search DIR TEXT'"
        )
        super().__init__(f"unknown book {book!r}{hint}")


class AmbiguousBook(ReadalikeError):  # noqa: N818
    """Several books of the catalogue answer to this title."""

    def __init__(self, book: str, candidates: tuple[str, ...]) -> None:
        self.book = book
        self.candidates = candidates
        super().__init__(
            f"several books are called {book!r}; give the id or 'title / author': "
            f"{', '.join(candidates)}"
        )


class UnknownReader(ReadalikeError):  # noqa: N818
    """No stored history belongs to this reader id."""

    def __init__(self, reader: str, why: str = "no history of this reader was in training") -> None:
        self.reader = reader
        super().__init__(f"unknown reader {reader!r}: {why}; give the books with --history FILE")


class ModelError(ReadalikeError):
    """A model folder is missing, damaged, foreign or newer than this library."""


class SettingError(ReadalikeError):
    """A setting has a name or value that cannot be."""


class DownloadError(ReadalikeError):
    """A data set could not be fetched, checked or put in place."""


class MissingExtra(ReadalikeError):  # noqa: N818
    """An optional part is needed that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{what} needs an optional part: pip install 'readalike[{extra}]'")
