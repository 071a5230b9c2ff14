"""Which version of a file a server serves, as its headers tell."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from http.client import HTTPResponse

_BYTES = "[0-9]{1,18}"
"""A number of bytes in a header."""


@dataclass(frozen=True)
class Version:
    """What tells one version of a file from another.

    Attributes:
        size: Its size in bytes.
        etag: The server's name for the version.
        md5: Checksum in hexadecimal.
    """

    size: int | None
    etag: str | None
    md5: str | None

    def is_surely(self, other: Version) -> bool:
        """Whether both are the same version beyond doubt."""
        marks = [(self.etag, other.etag), (self.md5, other.md5)]
        known = [a == b for a, b in marks if a and b]
        return self.size is not None and self.size == other.size and bool(known) and all(known)

    @property
    def condition(self) -> dict[str, str]:
        """Headers that ask for a part of this version only, where it has a name good for that."""
        usable = self.etag and not self.etag.startswith("W/")
        return {"If-Range": self.etag or ""} if usable else {}


def of_whole(response: HTTPResponse) -> Version:
    """The version that an answer with the whole file has."""
    size = response.headers.get("Content-Length", "")
    return Version(
        int(size) if re.fullmatch(_BYTES, size) else None,
        response.headers.get("ETag"),
        # Only here: with a partial answer, Content-MD5 may speak of the part. An ETag that looks
        # like an MD5 need not be one, so it is never taken for a checksum.
        _goog_md5(response) or _hexadecimal(response.headers.get("Content-MD5")),
    )


def of_part(response: HTTPResponse) -> tuple[int, Version]:
    """Where a partial answer begins (-1: it does not say), and the version of the whole."""
    told = response.headers.get("Content-Range", "")
    said = re.fullmatch(rf"bytes ({_BYTES})-{_BYTES}/({_BYTES})", told)
    start, size = (int(said[1]), int(said[2])) if said else (-1, None)
    return start, Version(size, response.headers.get("ETag"), _goog_md5(response))


def _goog_md5(response: HTTPResponse) -> str | None:
    """From `x-goog-hash: crc32c=...,md5=...`, which may also come as two headers."""
    for header in response.headers.get_all("x-goog-hash", []):
        for entry in header.split(","):
            name, _, value = entry.strip().partition("=")
            if name == "md5":
                return _hexadecimal(value)
    return None


def _hexadecimal(text: str | None) -> str | None:
    try:
        digest = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == 16 else None
