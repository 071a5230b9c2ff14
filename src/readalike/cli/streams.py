"""The streams of the process: open from the beginning, and let go of without a complaint."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

from readalike.errors import ReadalikeError


class OutputError(ReadalikeError):
    """What was found out cannot be told."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the output cannot be written: {why}")


class Output:
    """Standard output whose faults are told from those of files; a reader who has gone is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes text.

        Raises:
            OutputError: It cannot be written.
        """
        with _faults_told():
            return self._stream.write(text)

    def flush(self) -> None:
        """Writes what is not yet written.

        Raises:
            OutputError: It cannot be written.
        """
        with _faults_told():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def make_ready() -> None:
    """Puts the null device in the place of closed streams, and writes UTF-8 to the others.

    A file that is opened gets the least free number. Without this it would get that of a closed
    stream, and what libraries print.

    Raises:
        OutputError: There is nowhere to write results to.
    """
    nowhere = sys.stdout is None
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if nowhere:
        raise OutputError("standard output is closed")
    sys.stdout = cast("TextIO", Output(sys.stdout))


def let_go() -> None:
    """Drops what cannot be written; the interpreter must not try it once more and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OutputError, OSError):
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error.strerror or str(error)) from error
