"""What the shell may forbid so far that libraries crash, hang or fail anywhere."""

from __future__ import annotations

import os

from readalike.errors import ReadalikeError

HANDLES = 32
"""Files that may have to be open at once: 6 were counted, and more cores read more at a time."""
ANSWERING = 600
"""Megabytes of address space of a command that compiles nothing, besides those of each core."""
LEARNING = 1600
"""The same of one that compiles."""
NETWORK = 2400
"""The same of one that learns a network."""
BY_CORE = 200
"""Megabytes that the threads of each core reserve: stacks, and buffers of BLAS and the database.

From the least `ulimit -v` at which small tables were answered and learnt from. For answers: 450,
570, 1,410 and 3,250 MB on 1, 2, 4 and 16 cores. For learning: 1,700 MB on 1 and 2 with an empty
cache of the compiler, 1,880 MB on 4 with a full one. For networks: 2,300 and 2,400 MB on 1 and 2.
A little below, numpy, the compiler and JAX do not fail but abort or wait for ever.
"""
MOST_CORES = 64
"""BLAS starts no more threads."""


class TooLittle(ReadalikeError):  # noqa: N818 - reads as the sentence it prints
    """The shell allows less than is needed."""


def refuse_few_files() -> None:
    """Refuses to begin where too few files may be open at once.

    Raises:
        TooLittle: The shell allows too few.
    """
    handles = allowed("RLIMIT_NOFILE")
    if handles is not None and handles < HANDLES:
        raise TooLittle(
            f"needs {HANDLES} files open at once, and this shell allows {handles} (ulimit -n); "
            "raise it: ulimit -n 1024"
        )


def refuse_little_space(base: int) -> None:
    """Refuses to begin where the address space is so small that libraries would crash.

    Args:
        base: Megabytes that are needed besides those of the cores.

    Raises:
        TooLittle: The shell allows less.
    """
    space, cores = allowed("RLIMIT_AS"), _cores()
    needed = base + BY_CORE * cores
    if space is not None and space < needed * 1_000_000:
        raise TooLittle(
            f"needs about {needed:,} MB of address space on {cores} "
            f"{'core' if cores == 1 else 'cores'}, and this shell allows "
            f"{space // 1_000_000:,} MB (ulimit -v); raise it: ulimit -v {needed * 1000}"
        )


def allowed(limit: str) -> int | None:
    """What the shell allows, by the name of a limit in `resource`; None for any number."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return None
    soft, _ = resource.getrlimit(getattr(resource, limit))
    return None if soft == resource.RLIM_INFINITY else soft


def _cores() -> int:
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # only Linux tells which may be used
        cores = os.cpu_count() or 1
    return min(cores, MOST_CORES)
