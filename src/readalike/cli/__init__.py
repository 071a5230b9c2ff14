"""The command line: each command a thin door to a library call of the same name."""

from __future__ import annotations

import contextlib
import io
import os
import sys

try:
    from readalike.cli import (  # noqa: F401 - importing a command registers it
        add_books,
        algorithms,
        compare,
        demo,
        doctor,
        download,
        evaluate,
        explain,
        forecast,
        import_keras,
        import_library,
        recommend,
        search,
        similar,
        train,
        tune,
    )
    from readalike.cli.app import UsageError, app
    from readalike.errors import ReadalikeError
except KeyboardInterrupt:  # numpy takes its time to load, and there is no main() yet
    sys.stderr.write("readalike: interrupted\n")
    sys.exit(130)

__all__ = ["app", "main"]


def main() -> None:
    """Runs the command line; what a person can mend is told in one line with exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(prog_name="readalike", standalone_mode=False) or 0
        sys.stdout.flush()
    except ReadalikeError as error:
        code = _refused("readalike", str(error))
    except UsageError as error:
        where, words = error.ctx.command_path if error.ctx else "readalike", error.format_message()
        words = f"{words[:1].lower()}{words[1:].rstrip('.')}; see '{where} --help'"
        code = _refused(where, words)
    except BrokenPipeError:
        _nobody_reads()
        code = 1
    except KeyboardInterrupt:
        code = 130
    except SystemError as error:
        # what numba makes of an interrupt while it looks for the compiled function
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        code = 130
    if code == 130:
        sys.stderr.write("readalike: interrupted\n")
    sys.exit(code)


def _refused(where: str, why: str) -> int:
    sys.stderr.write(f"{where}: {' '.join(why.split())}\n")
    return 2


def _nobody_reads() -> None:
    """Whoever read the output has gone; the interpreter must not try once more and complain."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
