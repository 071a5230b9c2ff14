"""Ctrl-C, noticed even where compiled code turns it into something else on its way.

An interrupt that comes while numba looks for the compiled function leaves it as a SystemError, and
one that comes inside a callback of the interpreter is lost. So it is written down first.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType


@dataclass
class Interruption:
    """Whether somebody has interrupted.

    Attributes:
        came: Whether it has come.
    """

    came: bool = False

    def explains(self, error: BaseException) -> bool:
        """Whether an error is what became of an interrupt."""
        return self.came or isinstance(error, KeyboardInterrupt)


@contextlib.contextmanager
def interruptions() -> Iterator[Interruption]:
    """Notices interrupts, which are raised as ever; where others handle them, nothing is done."""
    noticed = Interruption()
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield noticed
        return

    def notice(number: int, frame: FrameType | None) -> None:
        noticed.came = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, notice)
    try:
        yield noticed
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
