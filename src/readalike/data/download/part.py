"""What has arrived of a file, and the note beside it of which version it belongs to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from readalike.data.download.version import Version


class Part:
    """A file that may not be whole yet.

    Args:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.note = path.with_suffix(".json")

    @property
    def version(self) -> Version | None:
        """The version it belongs to, where the note is there and legible."""
        try:
            said = json.loads(self.note.read_text(encoding="utf-8"))
            return Version(said["size"], said["etag"], said["md5"])
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def kept(self) -> tuple[int, Version | None]:
        """How many bytes are there of which version; none, where that is not sure."""
        version = self.version
        size = self.path.stat().st_size if self.path.is_file() else 0
        if version is None or version.size is None or size > version.size:
            return 0, None
        return size, version

    def begin(self, version: Version) -> None:
        """Begins anew with another version."""
        self.discard()
        self.note.write_text(json.dumps(asdict(version)), encoding="utf-8")

    def discard(self) -> None:
        """Throws away what has arrived."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def md5(self) -> str:
        """Checksum of what has arrived."""
        with self.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
        return digest.hexdigest()
