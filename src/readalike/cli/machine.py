"""What the machine did not grant, in a line with the next thing to try; a bug is none of it."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from readalike.cli.limits import allowed

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
    if _is_lack_of_memory(error):
        return _lack_of_memory(error)
    if not isinstance(error, OSError):
        return None
    if error.errno == errno.ENOENT and _folder_is_gone():
        return "the folder that you are in was removed; change into one that is there"
    remedy = REMEDIES.get(error.errno or 0)
    if remedy is None:
        return None
    place = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{place}{error.strerror}; {remedy}"


def _is_lack_of_memory(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    duckdb = sys.modules.get("duckdb")  # an error of it comes only where it is loaded
    return isinstance(error, MemoryError) or (
        duckdb is not None and isinstance(error, duckdb.OutOfMemoryException)
    )


def _lack_of_memory(error: Exception) -> str:
    asked = str(error).partition("\n")[0]
    limited = allowed("RLIMIT_AS") is not None
    return (
        f"memory ran out{f' ({asked})' if asked else ''}; "
        f"{'raise ulimit -v' if limited else 'close other programs'}, or take fewer ratings or "
        "an algorithm that needs less, such as popularity"
    )


def _folder_is_gone() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False
