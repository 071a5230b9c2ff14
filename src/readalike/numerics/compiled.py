"""Compiled functions: kept on the disk where that can be, and run by one caller at a time.

numba keeps what it has compiled beside the code, or else in the home of the user. Where neither can
be written, functions are compiled anew in each process. No folder that others may write is taken
in their place: what lies there is loaded and run.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.np.ufunc import threading_layer

Function = TypeVar("Function", bound=Callable[..., Any])

NOT_KEPT = (
    "There is no place to keep compiled code, so that it is compiled anew, which takes up to a "
    "minute in each process: set NUMBA_CACHE_DIR to a folder that only you can write."
)


class _Caller:
    """Who may run threads of compiled code now: one caller at a time.

    numba's threads end the process where two callers start them at once (layer `workqueue`), and
    those of GNU's OpenMP do where a forked child starts them.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.lost = False

    def after_fork(self) -> None:
        """The threads of the parent are not here, and neither is who holds its lock."""
        self.lock = threading.RLock()
        try:
            started = threading_layer()
        except ValueError:  # none yet
            return
        self.lost = started == "omp" and sys.platform == "linux"


_CALLER = _Caller()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_CALLER.after_fork)


def one_caller() -> threading.RLock:
    """What is held while compiled code runs on threads; who else comes waits."""
    return _CALLER.lock


@functools.cache
def _say_not_kept() -> None:
    logging.getLogger("readalike").warning(NOT_KEPT)


def _kept(function: Function, **options: Any) -> Any:
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
    _say_not_kept()
    return numba.njit(**options)(function)


def compiled(**options: Any) -> Callable[[Function], Function]:
    """Compiles a function that runs on one thread; compiled code may call it.

    Args:
        options: As `numba.njit` takes them.
    """
    return lambda function: _kept(function, **options)


def compiled_parallel(**options: Any) -> Callable[[Function], Function]:
    """Compiles a function whose `prange` runs on threads, to be called from Python alone.

    In a child that was forked from a process which has run such threads it is compiled once more,
    for one thread, and not kept: numba would take the one for the other.

    Args:
        options: As `numba.njit` takes them.
    """

    def decorate(function: Function) -> Function:
        threaded = _kept(function, parallel=True, nogil=True, **options)

        @functools.cache
        def alone() -> Any:
            return numba.njit(nogil=True, **options)(function)

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            with _CALLER.lock:
                return (alone() if _CALLER.lost else threaded)(*arguments, **named)

        return call  # type: ignore[return-value]

    return decorate
