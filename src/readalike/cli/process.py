"""The process: its streams, its limits, and what the machine did not grant."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys

from readalike.errors import ReadalikeError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TextIO

HANDLES = 32
"""Files that may have to be open at once: 6 were counted, and more cores read more at a time."""
ANSWERING = 700
"""Megabytes of address space of a command that compiles nothing, besides those of each core."""
LEARNING = 1600
"""The same of one that compiles."""
NETWORK = 2400
"""The same of one that learns a network."""
BY_CORE = 200
"""Megabytes that the threads of each core reserve: stacks, and buffers of BLAS and the database.

From the `ulimit -v` from which small tables are always answered and learnt from; below, it hangs
on the order in which libraries reserve. For answers: 1,100 MB on 2 cores; some were given at 450,
570, 1,410 and 3,250 MB on 1, 2, 4 and 16. For learning: 1,700 MB on 1 and 2 with an empty
cache of the compiler, 1,880 MB on 4 with a full one. For networks: 2,300 and 2,400 MB on 1 and 2.
A little below, numpy, the compiler and JAX do not fail but abort or wait for ever.
"""
MOST_CORES = 64
"""BLAS starts no more threads."""


class TooLittle(ReadalikeError):  # noqa: N818 - reads as the sentence it prints
    """The shell allows less than is needed."""


def refuse_few_files() -> None:
    """Refuses to begin where too few files may be open at once."""
    handles = allowed("RLIMIT_NOFILE")
    if handles is not None and handles < HANDLES:
        raise TooLittle(
            f"needs {HANDLES} files open at once, and this shell allows {handles} (ulimit -n); "
            "raise it: ulimit -n 1024"
        )


def refuse_little_space(base: int) -> None:
    """Refuses to begin where the address space is so small that libraries would crash.

    So many megabytes are needed besides those of the cores.
    """
    space = allowed("RLIMIT_AS")
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # only Linux tells which may be used
        cores = os.cpu_count() or 1
    cores = min(cores, MOST_CORES)
    needed = base + BY_CORE * cores
    if space is not None and space < needed * 1_000_000:
        raise TooLittle(
            f"needs about {needed:,} MB of address space on {cores} "
            f"{'core' if cores == 1 else 'cores'}, and this shell allows {space // 1_000_000:,} MB "
            f"(ulimit -v); raise it: ulimit -v {needed * 1000}"
        )


def allowed(limit: str) -> int | None:
    """What the shell allows, by the name of a limit in `resource`; None for any number."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return None
    soft, _ = resource.getrlimit(getattr(resource, limit))
    return None if soft == resource.RLIM_INFINITY else soft


REMEDIES = {
    errno.ENOSPC: "make room, or choose another place",
    errno.EDQUOT: "make room, or choose another place",
    errno.EFBIG: "choose another place, or raise 'ulimit -f'",
    errno.EMFILE: "allow more files at once: ulimit -n 1024",
    errno.ENFILE: "close other programs",
    errno.EROFS: "choose another place",
    errno.EACCES: "choose another place, or ask for permission",
    errno.EIO: "look whether the disk is sound, and try again",
}


def not_granted(error: Exception) -> str | None:
    """What the machine did not grant, in words; None where the error is a bug."""
    duckdb = sys.modules.get("duckdb")  # an error of it comes only where it is loaded
    kinds = (MemoryError, *((duckdb.OutOfMemoryException,) if duckdb else ()))
    if isinstance(error, kinds) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        detail = str(error).partition("\n")[0]
        limited = allowed("RLIMIT_AS") is not None
        return (
            f"memory ran out{f' ({detail})' if detail else ''}; "
            f"{'raise ulimit -v' if limited else 'close other programs'}, or take fewer ratings or "
            "an algorithm that needs less, such as popularity"
        )
    if not isinstance(error, OSError):
        return None
    if error.errno == errno.ENOENT:
        try:
            os.getcwd()  # noqa: PTH109 - a start that goes well loads no pathlib
        except FileNotFoundError:
            return "the folder that you are in was removed; change into one that is there"
    remedy = REMEDIES.get(error.errno or 0)
    if remedy is None:
        return None
    place = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{place}{error.strerror}; {remedy}"


class OutputError(ReadalikeError):
    """What was found out cannot be told."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the output cannot be written: {why}")


class Output:
    """Standard output whose faults are told from those of files; a reader who has gone is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes text, or tells by an `OutputError` why it cannot."""
        with _faults_reported():
            return self._stream.write(text)

    def flush(self) -> None:
        """Writes what is not yet written, or tells by an `OutputError` why it cannot."""
        with _faults_reported():
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
    sys.stdout = Output(sys.stdout)


def let_go() -> None:
    """Drops what cannot be written; the interpreter must not try it once more and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OutputError, OSError):
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def _faults_reported() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error.strerror or str(error)) from error


NETWORKS = {"mlp", "neumf", "two-tower"}
"""Algorithms that learn a network; their names stand here so that nothing of them is loaded."""


def refuse_networks_without_room(algorithms: Iterable[str]) -> None:
    """Refuses to learn a network, where one is among the names, if the shell allows too little."""
    if NETWORKS & set(algorithms):
        refuse_little_space(NETWORK)
