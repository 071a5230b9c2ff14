"""One whole file out of as many broken connections as it takes.

Beside the part that has arrived lies a note of which version of the file it belongs to. A later try
asks for the rest and appends it only if the server still serves that version.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from http.client import HTTPResponse
from pathlib import Path

from readalike.datasets.kaggle import NO_SUCH_PART, Kaggle, TryAgain
from readalike.errors import DownloadError
from readalike.progress import Progress

WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds between tries."""
CHUNK = 1 << 16
PARTIAL = 206
BYTES = "[0-9]{1,18}"


@dataclass(frozen=True)
class Version:
    """What tells one version of a file from another: bytes, the server's name for it, MD5."""

    size: int | None
    etag: str | None
    md5: str | None

    def is_surely(self, other: Version) -> bool:
        """Whether both are the same version beyond doubt."""
        marks = [(self.etag, other.etag), (self.md5, other.md5)]
        known = [a == b for a, b in marks if a and b]
        return self.size is not None and self.size == other.size and bool(known) and all(known)


def read_version(response: HTTPResponse) -> tuple[int | None, Version]:
    """Where a part of a file begins (-1: it does not say; None: it is whole), and its version."""
    headers = response.headers
    hashes = ",".join(headers.get_all("x-goog-hash", []))
    md5 = _hexadecimal("".join(re.findall(r"(?:^|,)\s*md5=([^,\s]*)", hashes)[:1]))
    if response.status == PARTIAL or response.status in NO_SUCH_PART:
        said = re.fullmatch(f"bytes ({BYTES})-{BYTES}/({BYTES})", headers.get("Content-Range", ""))
        start, size = (int(said[1]), int(said[2])) if said else (-1, None)
        return start, Version(size, headers.get("ETag"), md5)
    # Only here: with a part, Content-MD5 may speak of the part. An ETag that looks like an MD5
    # need not be one, so it is never taken for a checksum.
    md5 = md5 or _hexadecimal(headers.get("Content-MD5", ""))
    length = headers.get("Content-Length", "")
    size = int(length) if re.fullmatch(BYTES, length) else None
    return None, Version(size, headers.get("ETag"), md5)


def _hexadecimal(text: str) -> str | None:
    try:
        digest = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return digest.hex() if len(digest) == 16 else None


def discard(path: Path) -> None:
    """Removes a file, what has arrived of it, and the note of its version."""
    for each in (path, _part(path), _note(path)):
        each.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


@dataclass
class Transfer:
    """A file being transferred to a path; what has arrived and the note lie beside it."""

    kaggle: Kaggle
    path: Path
    progress: Progress
    sleep: Callable[[float], None]
    resumed_at: int = field(default=0, init=False)
    received: int = field(default=0, init=False)

    def run(self) -> None:
        """Completes the file or raises DownloadError; what has arrived is kept for a next run."""
        self.resumed_at = self._kept()[0]
        for wait in (*WAITS, None):
            try:
                self._try()
                return
            except TryAgain as error:
                if wait is None or (error.unreachable and not self.received):
                    kept = self._kept()[0]
                    goes_on = (
                        f" (it goes on from the {kept:,} bytes that are there)" if kept else ""
                    )
                    raise DownloadError(
                        f"{self.kaggle.data_set.name} could not be fetched: {error}; run the same "
                        f"command again later{goes_on}, or {self.kaggle.by_browser}"
                    ) from error
                self.sleep(wait if error.wait is None else error.wait)

    def _kept(self) -> tuple[int, Version | None]:
        """How many bytes are there of which version; none, where that is not sure."""
        try:
            version = Version(**json.loads(_note(self.path).read_text(encoding="utf-8")))
            size = _part(self.path).stat().st_size
            return (size, version) if size <= (version.size or 0) else (0, None)
        except (OSError, ValueError, TypeError, RecursionError):
            return 0, None

    def _discard(self) -> None:
        discard(self.path)
        self.resumed_at = 0

    def _try(self) -> None:
        kept, version = self._kept()
        if version is None or kept != version.size:
            version = self._fetch(kept, version)
        if version.md5 is not None:  # else the checksums inside the zip are still to come
            with _part(self.path).open("rb") as stream:
                md5 = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
            if md5.hexdigest() != version.md5:
                self._discard()
                raise TryAgain(f"its checksum must be {version.md5}, got {md5.hexdigest()}")
        _part(self.path).rename(self.path)
        _note(self.path).unlink()

    def _fetch(self, kept: int, version: Version | None) -> Version:
        headers = {"Range": f"bytes={kept}-"} if kept else {}
        if kept and version and version.etag and not version.etag.startswith("W/"):
            headers["If-Range"] = version.etag
        with self.kaggle.get(headers) as response:
            start, served = read_version(response)
            if start is None:
                self._discard()
                self._check_size(served.size or 0)
                _note(self.path).write_text(json.dumps(asdict(served)), encoding="utf-8")
                version = served
            elif version is None or start != kept or not served.is_surely(version):
                self._discard()
                raise TryAgain("the file changed at the server", wait=0.0)
            self._receive(response, start or 0, version.size)
        return version

    def _receive(self, response: HTTPResponse, done: int, size: int | None) -> None:
        with _part(self.path).open("ab") as target:
            while True:
                self.progress("downloading", done, size or done)
                try:
                    chunk = response.read1(CHUNK)  # keeps what arrives before a break
                except (OSError, http.client.HTTPException) as error:
                    raise TryAgain(f"the connection broke ({type(error).__name__})") from error
                target.write(chunk)
                done += len(chunk)
                self.received += len(chunk)
                if not chunk or done > self.kaggle.data_set.largest_archive:
                    break
        self._check_size(done)
        if size is not None and done != size:
            raise TryAgain(f"the connection broke after {done:,} of {size:,} bytes")

    def _check_size(self, size: int) -> None:
        if size > self.kaggle.data_set.largest_archive:
            self._discard()
            raise DownloadError(
                f"what the server sends is too large for {self.kaggle.data_set.name} ({size:,} "
                f"bytes): {self.kaggle.by_browser}"
            )
