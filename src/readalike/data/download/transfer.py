"""One whole file out of as many broken connections as it takes.

Beside the part that has arrived lies a note of which version of the file it belongs to. A
later try asks for the rest and appends it only if the server still serves that version.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPResponse

from readalike.data.download.credentials import Credentials
from readalike.data.download.datasets import DataSet
from readalike.data.download.outcome import Progress
from readalike.data.download.part import Part
from readalike.data.download.refusals import RangeRefused, TryAgain, by_browser
from readalike.data.download.request import ask
from readalike.data.download.version import of_part, of_whole
from readalike.errors import DownloadError

TRIES = 5
CHUNK = 1 << 16
CHANGED = "the file changed at the server"


@dataclass
class Transfer:
    """A file being transferred.

    Attributes:
        url: Where from.
        data_set: What it is.
        credentials: For the host of `url`.
        part: Where what arrives is collected.
        progress: Told how far it is.
        sleep: Waits between tries.
        resumed_at: How many bytes were there from before and could be kept.
        received: How many bytes have arrived.
    """

    url: str
    data_set: DataSet
    credentials: Credentials | None
    part: Part
    progress: Progress
    sleep: Callable[[float], None]
    resumed_at: int = field(default=0, init=False)
    received: int = field(default=0, init=False)

    def run(self) -> None:
        """Completes the part.

        Raises:
            DownloadError: It is not complete; what has arrived is kept for the next run.
        """
        self.resumed_at = self.part.kept()[0]
        for attempt in range(TRIES):
            try:
                self._try()
                return self._verify()
            except TryAgain as error:
                last = attempt == TRIES - 1
                if last or (error.unreachable and not self.received):
                    raise DownloadError(self._advice(str(error))) from error
                self.sleep(error.wait if error.wait is not None else 2.0**attempt)
        raise AssertionError("the last try returns or raises")

    def _try(self) -> None:
        kept, version = self.part.kept()
        if version is not None and kept == version.size:
            return
        headers: dict[str, str] = {}
        if version is not None and kept:
            headers = {"Range": f"bytes={kept}-", **version.condition}
        try:
            response = ask(self.url, self.data_set, self.credentials, headers)
        except RangeRefused:
            self._discard()
            raise TryAgain(CHANGED, wait=0.0) from None
        with response:
            if response.status == http.HTTPStatus.PARTIAL_CONTENT:
                start, found = of_part(response)
                if version is None or start != kept or not found.is_surely(version):
                    self._discard()
                    raise TryAgain(CHANGED, wait=0.0)
                self._receive(response, kept, version.size)
            else:
                self._discard()
                found = of_whole(response)
                self._check_size(found.size or 0)
                self.part.begin(found)
                self._receive(response, 0, found.size)

    def _receive(self, response: HTTPResponse, done: int, size: int | None) -> None:
        with self.part.path.open("ab") as target:
            while True:
                self.progress("downloading", done, size or done)
                try:
                    chunk = response.read1(CHUNK)  # keeps what arrives before a break
                except (OSError, http.client.HTTPException) as error:
                    raise TryAgain(f"the connection broke ({type(error).__name__})") from error
                if not chunk:
                    break
                target.write(chunk)
                done += len(chunk)
                self.received += len(chunk)
                if done > self.data_set.largest_archive:
                    break
        self._check_size(done)
        if size is not None and done != size:
            raise TryAgain(f"the connection broke after {done:,} of {size:,} bytes")

    def _verify(self) -> None:
        version = self.part.version
        if version is None or version.md5 is None:
            return  # the checksums inside the zip are still to come
        if (found := self.part.md5()) != version.md5:
            self._discard()
            raise TryAgain(f"its checksum must be {version.md5}, got {found}")

    def _discard(self) -> None:
        self.part.discard()
        self.resumed_at = 0

    def _check_size(self, size: int) -> None:
        if size > self.data_set.largest_archive:
            self._discard()
            raise DownloadError(
                f"what the server sends is too large for {self.data_set.name} ({size:,} bytes): "
                + by_browser(self.data_set)
            )

    def _advice(self, why: str) -> str:
        kept = self.part.kept()[0]
        goes_on = f" (it goes on from the {kept:,} bytes that are there)" if kept else ""
        return (
            f"{self.data_set.name} could not be fetched: {why}; run the same command again "
            f"later{goes_on}, or {by_browser(self.data_set)}"
        )
