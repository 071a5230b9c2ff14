"""One HTTP request.

urllib is enough here and is always there; what it lacks is the rule that a redirect to another
host must not carry the credentials, nor leave encryption.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPMessage, HTTPResponse
from typing import IO

from readalike.data.download.credentials import Credentials
from readalike.data.download.datasets import DataSet
from readalike.data.download.refusals import (
    TIMEOUT,
    TryAgain,
    by_browser,
    host,
    no_credentials,
    origin,
    refusal,
    unreachable,
    words,
)
from readalike.errors import DownloadError
from readalike.version import __version__

LOCAL = {"localhost", "127.0.0.1", "::1"}
AUTHORIZATION = "Authorization"


def ask(
    url: str, data_set: DataSet, credentials: Credentials | None, headers: Mapping[str, str]
) -> HTTPResponse:
    """Sends a GET request and follows redirects; the caller closes the response.

    Args:
        url: Where to.
        data_set: What for: messages name it.
        credentials: Sent to the host of `url` only.
        headers: Further headers.

    Raises:
        TryAgain: It may work later.
        RangeRefused: The range asked for does not exist.
        DownloadError: It will not work until somebody does what the message says.
    """
    _check_encrypted(url)
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity", **headers})
    request.add_header("User-Agent", f"readalike/{__version__}")
    if credentials is not None:
        request.add_unredirected_header(AUTHORIZATION, credentials.authorization)
    try:
        opener = urllib.request.build_opener(_Redirects)
        response: HTTPResponse = opener.open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        with error:
            raise refusal(error, url, data_set, credentials) from None
    except urllib.error.URLError as error:
        raise unreachable(url, data_set, error.reason) from error
    except http.client.InvalidURL:
        raise DownloadError(f"not an address: {host(url)!r}") from None
    except (OSError, http.client.HTTPException) as error:
        raise TryAgain(f"{host(url)} broke off ({words(error)})") from error
    if response.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        response.close()
        raise DownloadError(
            f"{host(response.url)} answered with a web page instead of a zip (a sign-in page, or "
            "a proxy in between): "
            + (by_browser(data_set) if credentials else no_credentials(data_set))
        )
    return response


class _Redirects(urllib.request.HTTPRedirectHandler):
    def http_error_302(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
    ) -> HTTPResponse | None:
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except ValueError:
            fp.close()
            raise DownloadError(f"{host(req.full_url)} led to what is no address") from None
        except DownloadError:
            fp.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check_encrypted(newurl)
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise DownloadError(f"{host(req.full_url)} led away from encryption: not followed")
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        credentials = req.unredirected_hdrs.get(AUTHORIZATION)
        if new is not None and credentials and origin(newurl) == origin(req.full_url):
            new.add_unredirected_header(AUTHORIZATION, credentials)
        return new


def _check_encrypted(url: str) -> None:
    try:
        parts = urllib.parse.urlsplit(url)
        origin(url)
    except ValueError:
        raise DownloadError("the address must be https://HOST or https://HOST:PORT") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise DownloadError(
            f"the address must begin with https://, got {parts.scheme}://{host(url)}"
        )
