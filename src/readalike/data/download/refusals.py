"""What it means that a server refuses or cannot be reached, and what to do about it."""

from __future__ import annotations

import http
import math
import socket
import ssl
import urllib.error
import urllib.parse

from readalike.data.download.credentials import SETTINGS, Credentials, kaggle_folder
from readalike.data.download.datasets import DataSet
from readalike.errors import DownloadError

TIMEOUT = 30.0
LONGEST_WAIT = 60.0


class TryAgain(Exception):  # noqa: N818 - what the catcher should do
    """The request failed in a way that may pass.

    Attributes:
        wait: Seconds the server asks to wait, where it does.
        unreachable: Whether no server was reached at all.
    """

    def __init__(self, why: str, *, wait: float | None = None, unreachable: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        self.unreachable = unreachable


class RangeRefused(Exception):  # noqa: N818
    """The server has no such part of the file: it is not the one we began."""


def host(url: str) -> str:
    """The host of an address, for messages."""
    # Never more of an address than this: a storage host's query is a key to the file.
    return urllib.parse.urlsplit(url).netloc.rpartition("@")[2]


def refusal(
    error: urllib.error.HTTPError, url: str, data_set: DataSet, credentials: Credentials | None
) -> Exception:
    """The error that an answer with an error status amounts to."""
    code, elsewhere = error.code, origin(error.url or url) != origin(url)
    if code in (412, 416):
        return RangeRefused()
    if code in (408, 425, 429) or code >= 500 or (elsewhere and code in (401, 403)):
        why = f"{host(error.url or url)} answered {_status(code)}"
        return TryAgain(why, wait=_seconds(error.headers.get("Retry-After")))
    if code in (401, 403) and credentials is None:
        return DownloadError(no_credentials(data_set))
    if code == 401:
        return DownloadError(
            f"Kaggle refused the credentials from {credentials and credentials.source} (401): "
            f"make new ones at {SETTINGS}, or {by_browser(data_set)}"
        )
    if code == 403:
        return DownloadError(
            f"Kaggle does not give {data_set.handle} to the account of "
            f"{credentials and credentials.source} (403): open {data_set.page}, sign in and accept "
            f"its terms, or renew the key at {SETTINGS}"
        )
    if code == 404:
        return DownloadError(
            f"{host(url)} knows no {data_set.handle} (404): see whether {data_set.page} is still "
            f"there; if it is, {by_browser(data_set)}"
        )
    return DownloadError(f"{host(url)} answered {_status(code)}: {by_browser(data_set)}")


def unreachable(url: str, data_set: DataSet, reason: object) -> Exception:
    """The error that a failed connection amounts to."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return DownloadError(
            f"the certificate of {host(url)} cannot be verified ({reason.verify_message}): "
            "install your system's certificates or name them in SSL_CERT_FILE, or "
            + by_browser(data_set)
        )
    if isinstance(reason, TimeoutError):
        return TryAgain(f"{host(url)} did not answer within {TIMEOUT:.0f} seconds")
    if isinstance(reason, ConnectionRefusedError | socket.gaierror) or (
        isinstance(reason, OSError) and not isinstance(reason, ConnectionError | ssl.SSLError)
    ):
        why = f"{host(url)} cannot be reached ({words(reason)})"
        return TryAgain(why, unreachable=True)
    return TryAgain(f"{host(url)} broke off ({words(reason)})")


def words(reason: object) -> str:
    """A low-level error in as few words as it has."""
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__)


def _status(code: int) -> str:
    # Not in the server's words, which would reach the terminal as they are.
    known = code in http.HTTPStatus._value2member_map_
    return f"{code} {http.HTTPStatus(code).phrase}" if known else str(code)


def _seconds(header: str | None) -> float | None:
    try:
        seconds = float(header or "")
    except ValueError:  # missing, or a date, which is not worth a parser
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None


def by_browser(data_set: DataSet) -> str:
    """The way that needs neither us nor a key."""
    return f"download the zip in a browser at {data_set.page} and give it with --from FILE.zip"


def no_credentials(data_set: DataSet) -> str:
    """What to do where Kaggle wants to know who asks, and nothing says so."""
    return (
        f"Kaggle wants to know who asks for {data_set.handle} and no credentials were found: make "
        f"a key at {SETTINGS} and put its kaggle.json into {kaggle_folder()} (or set "
        f"KAGGLE_API_TOKEN, or KAGGLE_USERNAME and KAGGLE_KEY), or {by_browser(data_set)}"
    )


def origin(url: str) -> tuple[str, str | None, int | None]:
    """What must be equal for credentials to be passed on."""
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
