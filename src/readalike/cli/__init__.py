"""The command line: each command a thin door to a library call of the same name."""

from __future__ import annotations

import contextlib
import gc
import sys

from readalike.cli.process import (
    ANSWERING,
    let_go,
    make_ready,
    not_granted,
    refuse_few_files,
    refuse_little_space,
)
from readalike.errors import ReadalikeError
from readalike.version import __version__

__all__ = ["main"]


def main() -> None:
    """Runs the command line; what a person can mend is told in one line with exit code 2."""
    try:
        code = _run()
        sys.stdout.flush()
    except ReadalikeError as error:
        code = _refused("readalike", str(error))
    except BrokenPipeError:  # whoever read the output has gone, and wants to hear no more
        code = 1
    except KeyboardInterrupt:
        code = 130
    except SystemError as error:
        # what numba makes of an interrupt while it looks for the compiled function
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        code = 130
    except Exception as error:
        why = not_granted(error)
        if why is None:
            raise
        code = _refused("readalike", why)
    if code == 130:
        _tell("readalike: interrupted")
    let_go()
    sys.exit(code)


def _run() -> int:
    """Runs the command that is asked for; it is loaded once it is known that it can be."""
    make_ready()
    refuse_few_files()
    refuse_little_space(ANSWERING)
    if sys.argv[1:] == ["--version"]:  # which needs nothing that the rest is made of
        sys.stdout.write(f"readalike {__version__}\n")
        return 0
    gc.set_threshold(50_000)  # nearly all that a start makes stays: nothing is found among it
    from readalike.cli.app import UsageError, app

    try:
        code: int = app(prog_name="readalike", standalone_mode=False) or 0
    except UsageError as error:
        where, words = error.ctx.command_path if error.ctx else "readalike", error.format_message()
        words = f"{words[:1].lower()}{words[1:].rstrip('.')}; see '{where} --help'"
        return _refused(where, words)
    return code


def _refused(where: str, why: str) -> int:
    from readalike.cli.visible import visible

    _tell(f"{where}: {visible(why)}")
    return 2


def _tell(line: str) -> None:
    with contextlib.suppress(OSError):  # there is nobody else to tell
        sys.stderr.write(f"{line}\n")
