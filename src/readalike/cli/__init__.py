"""The command line: each command a thin door to a library call of the same name."""

from __future__ import annotations

import contextlib
import io
import sys

from readalike.cli import (  # noqa: F401 - importing a command registers it
    algorithms,
    demo,
    doctor,
    download,
    evaluate,
    recommend,
    search,
    similar,
    train,
)
from readalike.cli.app import app
from readalike.errors import ReadalikeError

__all__ = ["app", "main"]


def main() -> None:
    """Runs the command line; what a person can mend is told in one line with exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except ReadalikeError as error:
        sys.stderr.write(f"readalike: {' '.join(str(error).split())}\n")
        sys.exit(2)
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            sys.stdout.close()
        sys.exit(141)
    except KeyboardInterrupt:
        sys.stderr.write("readalike: interrupted\n")
        sys.exit(130)
