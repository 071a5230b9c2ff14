"""Files: written aside and renamed, read only where they are plain and not too large."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path

from readalike.errors import InputError

try:
    import fcntl
except ImportError:  # Windows, where nobody can remove a file that is open
    fcntl = None  # type: ignore[assignment]

PRIVATE = 0o600
"""Permissions of a file that tells what somebody has read: for its owner alone."""

MOST_WHOLE = 256 << 20
"""Bytes of a file that is read whole."""
MOST_UNPACKED = 64 << 30
"""Bytes that a packed file may unpack to."""
MOST_TIMES = 200
"""A packed file may unpack to so many times its size; tables of text unpack to some 3 to 20."""
ALWAYS_UNPACKED = 64 << 20
"""Bytes that any packed file may unpack to, however small it is."""

PART = re.compile(r"\.readalike-[0-9a-f]{16}\.part")
"""The names of files that are being written."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_file(path: Path, wanted: str = "must be a file") -> BufferedReader:
    """Opens a file for reading; pipes, devices and addresses are none.

    Args:
        path: The file.
        wanted: What it must be, for the error.

    Raises:
        InputError: There is no such file, it is something else, or it cannot be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{wanted}, got {_what_is(found.st_mode)}", file=path)
        return path.open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        if _ADDRESS.match(str(path)):
            why = f"{wanted} on this machine, got an address; download it first"
            raise InputError(why, file=path) from error
        raise InputError("there is no such file", file=path) from error
    except (OSError, ValueError) as error:  # a zero byte in a path is a ValueError
        raise InputError(f"cannot be read: {reason(error)}", file=path) from error


def read_file(path: Path, most: int = MOST_WHOLE, wanted: str = "must be a file") -> bytes:
    """The bytes of a file.

    Args:
        path: The file.
        most: How many bytes it may have.
        wanted: What it must be, for the error.

    Raises:
        InputError: As for `open_file`, or it has more bytes.
    """
    with open_file(path, wanted) as file:
        try:
            content = file.read(most + 1)
        except OSError as error:
            raise InputError(f"cannot be read: {reason(error)}", file=path) from error
    if len(content) > most:
        raise InputError(f"{wanted} of at most {most:,} bytes, got more", file=path)
    return content


def sha256(path: Path) -> str:
    """The hash of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def most_unpacked(packed: int) -> int:
    """How many bytes a packed file of some size may unpack to."""
    return min(MOST_UNPACKED, max(ALWAYS_UNPACKED, MOST_TIMES * packed))


def is_folder(path: Path) -> bool:
    """Whether a folder is there; what the system cannot even look up is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def refuse_target(path: Path, wanted: str = "must be a file") -> None:
    """Looks, before the long work, whether a file can be put in a place.

    Args:
        path: The file, whether it is there or not.
        wanted: What it must be, for the error.

    Raises:
        InputError: Something else is there, or its folder is not.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = stat.S_IFREG
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error
    if not stat.S_ISREG(mode):
        raise InputError(f"{wanted}, got {_what_is(mode)}", file=path)
    if not path.parent.is_dir():
        raise InputError("must be in a folder that is there; make it first", file=path)


def replace_file(
    path: Path, write: Callable[[Path], object], permissions: int | None = None
) -> None:
    """Writes a file aside and puts it in the place of the old one; nothing is left of a failure.

    A file that is there keeps its permissions.

    Args:
        path: The file.
        write: Writes to the path that it is given.
        permissions: Of a new file, such as `PRIVATE`; by default what the umask leaves.

    Raises:
        OSError: It cannot be written.
    """
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise OSError(0, f"it is {_what_is(mode)}, not a file")
        permissions = stat.S_IMODE(mode)
    with part_in(path.parent, permissions) as part:
        write(part)
        flush(part)
        part.replace(path)
        flush_folder(path.parent)


@contextlib.contextmanager
def part_in(folder: Path, permissions: int | None = None) -> Iterator[Path]:
    """A new empty file in a folder, to be written and renamed; gone at the end where it was not.

    It is locked while it is in use, so that parts which are not are those of killed programs;
    these are removed first.

    Args:
        folder: The folder.
        permissions: Of the file; by default what the umask leaves.

    Raises:
        OSError: It cannot be made.
    """
    sweep_parts(folder)
    part, descriptor = _new_part(folder, 0o666 if permissions is None else permissions)
    try:
        if permissions is not None:
            part.chmod(permissions)  # whatever the umask
        if fcntl is None:
            os.close(descriptor)  # Windows does not rename a file that is open
        yield part
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if fcntl is not None:
            os.close(descriptor)


def _new_part(folder: Path, permissions: int) -> tuple[Path, int]:
    while True:
        part = folder / f".readalike-{secrets.token_hex(8)}.part"
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, permissions)
        # somebody may have taken it for left over before it was locked
        if lock_new(descriptor) and os.fstat(descriptor).st_nlink > 0:
            return part, descriptor
        os.close(descriptor)


def sweep_parts(folder: Path) -> None:
    """Removes the parts in a folder that no program holds: killed programs have left them."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError):
        for part in [p for p in folder.iterdir() if PART.fullmatch(p.name)]:
            with contextlib.suppress(OSError):
                descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW)
                try:
                    if lock(descriptor):
                        part.unlink()
                finally:
                    os.close(descriptor)


def lock(descriptor: int) -> bool:
    """Locks an open file or folder where nobody else holds it, until it is closed.

    Raises:
        OSError: Nothing can be locked there.
    """
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_new(descriptor: int) -> bool:
    """Locks what was just made; where nothing can be locked, nobody takes it for left over."""
    try:
        return lock(descriptor)
    except OSError:
        return True


def flush(path: Path) -> None:
    """Sees to it that the content of a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Sees to it that the names in a folder are on the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def reason(error: OSError | ValueError) -> str:
    """Why a file cannot be used, in the words of the system."""
    return getattr(error, "strerror", None) or str(error)


def unwritable(path: Path, error: OSError | ValueError) -> InputError:
    """The refusal of a file that cannot be written."""
    return InputError(f"cannot be written ({reason(error)}); choose another place", file=path)


def _what_is(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "something else")
