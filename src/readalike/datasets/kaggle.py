"""Kaggle over HTTP: who asks, one request, and what a refusal means.

urllib serves, with the proxies and certificates of the system. What it lacks is done here: a
redirect must not carry the credentials to another host, nor leave encryption.
"""

from __future__ import annotations

import base64
import http.client
import json
import math
import os
import re
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from readalike.datasets.goodbooks import KAGGLE, DataSet
from readalike.errors import DownloadError
from readalike.version import __version__

SETTINGS = f"{KAGGLE}/settings/api"
RENEW = f"make a new one at {SETTINGS}"
TOKEN, USERNAME, KEY = "KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY"

TIMEOUT = 30.0
LONGEST_WAIT = 60.0
MOST_REDIRECTS = 10
REDIRECTS = (301, 302, 303, 307, 308)
NO_SUCH_PART = (412, 416)
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Credentials:
    """What to send to Kaggle, and nobody else; hidden from `repr`, and so from logs."""

    authorization: str = field(repr=False)
    source: str
    warning: str | None = None


def find_credentials(environment: Mapping[str, str] = os.environ) -> Credentials | None:
    """The token or user name and key of whoever runs this, or None.

    Looks where Kaggle's own programs do, in their order: `KAGGLE_API_TOKEN` (a token, or a file
    that holds one), `access_token` in Kaggle's folder, `KAGGLE_USERNAME` with `KAGGLE_KEY`, then
    `kaggle.json` in Kaggle's folder. Raises DownloadError where what is there cannot be used.
    """
    token, username, key = (environment.get(name, "").strip() for name in (TOKEN, USERNAME, KEY))
    if token and not os.path.isfile(token):  # noqa: PTH113 - Path.is_file raises where a token is too long for a file name
        return _credentials(TOKEN, token)
    folder = kaggle_folder(environment)
    names = ("access_token", "access_token.txt")
    files = [place / name for place in (folder, Path.home() / ".kaggle") for name in names]
    for path in [Path(token)] if token else files:
        if path.is_file():
            return _credentials(path, _read(path).strip())
    if username and key:
        return _credentials(f"{USERNAME} and {KEY}", username, key)
    if (path := folder / "kaggle.json").is_file():
        try:
            content = json.loads(_read(path))
            return _credentials(path, content["username"].strip(), content["key"].strip())
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            # Without its cause: that would quote from the file.
            raise DownloadError(
                f"{path}: must be JSON with 'username' and 'key', as Kaggle writes it: {RENEW}"
            ) from None
    if username or key:
        there, missing = (USERNAME, KEY) if username else (KEY, USERNAME)
        raise DownloadError(f"{there} is set and {missing} is not: set both, or neither")
    return None


def kaggle_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder where Kaggle's own programs keep `kaggle.json`."""
    if chosen := environment.get("KAGGLE_CONFIG_DIR"):
        return Path(chosen).expanduser()
    folder = Path.home() / ".kaggle"
    if sys.platform.startswith("linux") and not folder.exists():
        other = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "kaggle"
        return other if other.is_dir() else folder
    return folder


def _credentials(source: str | Path, *words: str) -> Credentials:
    """Those of one token, or of a user name and a key."""
    legible = all(re.fullmatch("[!-~]+", word) for word in words)
    if len(words) == 1:
        wanted, header = "must hold one API token and nothing else", f"Bearer {words[0]}"
    else:
        wanted, legible = "no user name and key of Kaggle", legible and ":" not in words[0]
        header = f"Basic {base64.b64encode(':'.join(words).encode()).decode()}"
    if not legible:
        raise DownloadError(f"{source}: {wanted}: {RENEW}")
    warning = None
    if isinstance(source, Path) and os.name != "nt" and source.stat().st_mode & 0o044:
        warning = f"is readable by other users of this computer; to fix this: chmod 600 '{source}'"
    return Credentials(header, str(source), warning and f"{source} {warning}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DownloadError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise DownloadError(f"{path}: must be UTF-8 text: {RENEW}") from None


class TryAgain(Exception):  # noqa: N818 - what the catcher should do
    """The request failed in a way that may pass, in the seconds the server asks to wait."""

    def __init__(self, why: str, *, wait: float | None = None, unreachable: bool = False) -> None:
        super().__init__(why)
        self.wait, self.unreachable = wait, unreachable


@dataclass(frozen=True)
class Kaggle:
    """A data set at a server that serves as Kaggle does; no other host gets the credentials."""

    data_set: DataSet
    base_url: str
    credentials: Credentials | None

    @property
    def by_browser(self) -> str:
        """The way that needs neither us nor a key."""
        page = self.data_set.page
        return f"download the zip in a browser at {page} and give it with --from FILE.zip"

    def get(self, headers: Mapping[str, str]) -> HTTPResponse:
        """Asks for the archive, follows redirects; gives it, a part, or one of `NO_SUCH_PART`.

        The caller closes the response. Raises TryAgain where it may work later, and DownloadError
        where it will not until somebody does what the message says.
        """
        url = f"{self.base_url}/api/v1/datasets/download/{self.data_set.handle}"
        for _ in range(MOST_REDIRECTS):
            response = self._answer(url, headers)
            location = response.headers.get("Location")
            if response.status not in REDIRECTS or location is None:
                break
            response.close()
            url = _led_to(url, location)
        if (refusal := self._refusal(response, url)) is not None:
            response.close()
            raise refusal
        return response

    def _answer(self, url: str, headers: Mapping[str, str]) -> HTTPResponse:
        every = {"Accept-Encoding": "identity", "User-Agent": f"readalike/{__version__}", **headers}
        if _origin(url) == _origin(self.base_url) and self.credentials is not None:
            every["Authorization"] = self.credentials.authorization
        try:
            request = urllib.request.Request(url, headers=every)
            opener = urllib.request.build_opener(_AsAnswered)
            response: HTTPResponse = opener.open(request, timeout=TIMEOUT)
        except (http.client.InvalidURL, ValueError):
            raise DownloadError(f"not an address: {_host(url)!r}") from None
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise self._no_answer(reason, _host(url)) from error
        return response

    def _no_answer(self, reason: object, host: str) -> Exception:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return DownloadError(
                f"the certificate of {host} cannot be verified ({reason.verify_message}): install "
                f"your system's certificates or name them in SSL_CERT_FILE, or {self.by_browser}"
            )
        if isinstance(reason, TimeoutError):
            return TryAgain(f"{host} did not answer within {TIMEOUT:.0f} seconds")
        words = getattr(reason, "strerror", None) or reason or type(reason).__name__
        lost = isinstance(reason, ConnectionError | ssl.SSLError) or not isinstance(reason, OSError)
        unreachable = isinstance(reason, ConnectionRefusedError) or not lost
        what = "cannot be reached" if unreachable else "broke off"
        return TryAgain(f"{host} {what} ({words})", unreachable=unreachable)

    def _refusal(self, response: HTTPResponse, url: str) -> Exception | None:
        code, host, data_set = response.status, _host(self.base_url), self.data_set
        if code in NO_SUCH_PART:
            return None
        if 200 <= code < 300:
            if response.headers.get_content_type() not in ("text/html", "application/xhtml+xml"):
                return None
            return DownloadError(
                f"{_host(url)} answered with a web page instead of a zip (a sign-in page, or a "
                f"proxy in between): {self.by_browser if self.credentials else self._who_asks()}"
            )
        # Not in the server's words, which would reach the terminal as they are.
        status = f"{code} {http.client.responses.get(code, '')}".strip()
        elsewhere = code in (401, 403) and _origin(url) != _origin(self.base_url)
        if code in (408, 425, 429) or code >= 500 or elsewhere:
            wait = _seconds(response.headers.get("Retry-After"))
            return TryAgain(f"{_host(url)} answered {status}", wait=wait)
        if self.credentials is None and code in (401, 403):
            return DownloadError(self._who_asks())
        source = self.credentials and self.credentials.source
        messages = {
            401: f"Kaggle refused the credentials from {source} (401): make new ones at "
            f"{SETTINGS}, or {self.by_browser}",
            403: f"Kaggle does not give {data_set.handle} to the account of {source} (403): open "
            f"{data_set.page}, sign in and accept its terms, or renew the key at {SETTINGS}",
            404: f"{host} knows no {data_set.handle} (404): see whether {data_set.page} is still "
            f"there; if it is, {self.by_browser}",
        }
        return DownloadError(messages.get(code, f"{host} answered {status}: {self.by_browser}"))

    def _who_asks(self) -> str:
        return (
            f"Kaggle wants to know who asks for {self.data_set.handle} and no credentials were "
            f"found: make a key at {SETTINGS} and put its kaggle.json into {kaggle_folder()} (or "
            f"set {TOKEN}, or {USERNAME} and {KEY}), or {self.by_browser}"
        )


class _AsAnswered(urllib.request.HTTPErrorProcessor):
    """Hands on redirects and refusals as they are."""

    def http_response(self, request: object, response: HTTPResponse) -> HTTPResponse:
        return response

    https_response = http_response


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """What credentials are bound to: scheme, host, port; what is not encrypted is refused."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        raise DownloadError("the address must be https://HOST or https://HOST:PORT") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        got = f"{parts.scheme}://{_host(url)}"
        raise DownloadError(f"the address must begin with https://, got {got}")
    return parts.scheme, parts.hostname, port


def _led_to(url: str, location: str) -> str:
    try:
        new = urljoin(url, location.replace(" ", "%20"))
    except ValueError:
        raise DownloadError(f"{_host(url)} led to what is no address") from None
    if _origin(new)[0] != "https" == _origin(url)[0]:
        raise DownloadError(f"{_host(url)} led away from encryption: not followed")
    return new


def _host(url: str) -> str:
    # Never more of an address than this: a storage host's query is a key to the file.
    return urlsplit(url).netloc.rpartition("@")[2]


def _seconds(header: str | None) -> float | None:
    try:
        seconds = float(header or "")
    except ValueError:  # missing, or a date, which is not worth a parser
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None
