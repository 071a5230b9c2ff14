"""Folders that last as long as their program, even where that is killed."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from readalike.files import lock, lock_new

PREFIX = "readalike-"


@contextlib.contextmanager
def held_folder(parent: Path, prefix: str = PREFIX) -> Iterator[Path]:
    """A new folder for its owner alone; gone at the end where it is still there.

    It is locked while it is in use, so that folders of such a name which are not are those of
    killed programs; these are removed first.
    """
    _sweep(parent, prefix)
    with contextlib.ExitStack() as stack:
        folder = _made(parent, prefix, stack)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _made(parent: Path, prefix: str, stack: contextlib.ExitStack) -> Path:
    while True:
        folder = parent / f"{prefix}{secrets.token_hex(8)}"
        folder.mkdir(0o700)
        if os.name == "nt":
            return folder  # nothing can be locked there that is no file
        # somebody may take it for left over before it is locked
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            if lock_new(descriptor) and folder.is_dir():
                return folder


def _sweep(parent: Path, prefix: str) -> None:
    """Removes the user's own folders of that name which no program holds."""
    if os.name == "nt":
        return
    name = re.compile(rf"{re.escape(prefix)}[0-9a-f]{{16}}")
    with contextlib.suppress(OSError):
        for folder in [each for each in parent.iterdir() if name.fullmatch(each.name)]:
            with contextlib.suppress(OSError):
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                try:
                    if os.fstat(descriptor).st_uid == os.getuid() and lock(descriptor):
                        shutil.rmtree(folder, ignore_errors=True)
                finally:
                    os.close(descriptor)
