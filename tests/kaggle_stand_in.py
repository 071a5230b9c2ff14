"""A Kaggle of our own on 127.0.0.1: serves a small goodbooks-10k as well or as badly as told."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from readalike.datasets.goodbooks import GOODBOOKS_10K

SMALL = replace(
    GOODBOOKS_10K,
    rows=dict.fromkeys(GOODBOOKS_10K.rows, (2, 100)),
    largest_archive=1_000_000,
    largest_table=100_000,
)

TABLES = {
    "ratings.csv": "book_id,user_id,rating\n1,314,5\n1,439,3\n2,314,4\n",
    "books.csv": (
        "id,book_id,best_book_id,work_id,title\r\n"
        '1,2767052,2767052,2792775,"The Hunger Games"\r\n2,3,3,4640799,"Harry Potter"\r\n'
    ),
    "tags.csv": "tag_id,tag_name\n0,-\n1,fantasy\n",
    "book_tags.csv": "goodreads_book_id,tag_id,count\n3,1,12\n3,0,-1\n",
    "to_read.csv": "user_id,book_id\n1,2\n2,1",
}
GITHUB = TABLES | {
    "ratings.csv": "user_id,book_id,rating\n1,258,5\n2,4081,4\n",
    "books.csv": "book_id,goodreads_book_id,best_book_id,work_id,title\n1,5,5,9,A\n2,6,6,8,B\n",
}


def zipped(
    tables: Mapping[str, str] = TABLES,
    *,
    folder: str = "",
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An archive, with 150 kB of noise so that a transfer can break in its middle."""
    noise = {"noise.bin": random.Random(5).randbytes(150_000)}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in tables.items():
            archive.writestr(folder + name, content)
        for name, extra in (noise if more is None else more).items():
            archive.writestr(name, extra)
    return target.getvalue()


@dataclass
class Seen:
    """A request as the server got it."""

    path: str
    headers: Message

    @property
    def authorization(self) -> str | None:
        return self.headers["Authorization"]

    @property
    def range(self) -> str | None:
        return self.headers["Range"]


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class StandIn:
    """A running server: `answers` are given in turn, the last one for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        self.seen.append(Seen(handler.path, handler.headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer(handler)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stand_in.handle(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        stand_in.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def serve(
    content: bytes,
    *,
    etag: str | None = '"one"',
    ranges: bool = True,
    heed_if_range: bool = True,
    break_after: int | None = None,
    length: bool = True,
    says_start: int = 0,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """Serves a file, or the rest of it, whole or broken off after so many bytes."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers["Range"]
        current = handler.headers["If-Range"] in (None, etag) or not heed_if_range
        start = int(wanted[len("bytes=") : -1]) if wanted and ranges and current else 0
        if start >= len(content):
            status(416)(handler)
            return
        body = content[start:]
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header(
                "Content-Range", f"bytes {says_start or start}-{len(content) - 1}/{len(content)}"
            )
        if etag:
            handler.send_header("ETag", etag)
        if length:
            handler.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/zip")
        handler.end_headers()
        handler.wfile.write(body[:break_after])

    return answer


def status(code: int, headers: Mapping[str, str] | None = None, body: bytes = b"{}") -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code, "\x1b[31mspoof")
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def redirect(url: str) -> Answer:
    return status(302, {"Location": url})


def page() -> Answer:
    return status(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Sign in</html>")
