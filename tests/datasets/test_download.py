from __future__ import annotations

import base64
import errno
import hashlib
import http.client
import json
import os
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from email.message import Message
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kaggle_stand_in import (
    GITHUB,
    SMALL,
    TABLES,
    StandIn,
    md5,
    page,
    redirect,
    serve,
    standing_in,
    status,
    zipped,
)
from readalike.datasets.download import Downloaded, download
from readalike.datasets.goodbooks import read_table
from readalike.errors import DownloadError

ZIP = zipped()
KEY = "s3cr3tk3y0123456"
PATH = "/api/v1/datasets/download/zygmunt/goodbooks-10k"


class Desk:
    """Somebody at a computer of their own with a Kaggle in reach."""

    def __init__(self, kaggle: StandIn, storage: StandIn, root: Path) -> None:
        self.kaggle, self.storage, self.root = kaggle, storage, root
        self.folder = root / "books" / "goodbooks-10k"
        self.aside = root / "books" / "goodbooks-10k.part"
        self.part = self.aside / "goodbooks-10k.zip.part"
        self.naps: list[float] = []
        self.steps: list[tuple[str, int, int]] = []

    def download(self, **options: Any) -> Downloaded:
        options = {"base_url": self.kaggle.url, "sleep": self.naps.append, **options}
        return download(
            options.pop("name", SMALL),
            options.pop("to", self.folder),
            progress=lambda *step: self.steps.append(step),
            **options,
        )

    def refused(self, **options: Any) -> str:
        with pytest.raises(DownloadError) as caught:
            self.download(**options)
        message = str(caught.value)
        assert "\n" not in message
        assert KEY not in message
        assert "\x1b" not in message
        return message

    @property
    def files(self) -> dict[str, str]:
        return {
            p.name: p.read_bytes().decode() for p in sorted(self.folder.iterdir()) if p.is_file()
        }

    def is_whole(self, tables: dict[str, str] = TABLES) -> bool:
        return self.files == dict(sorted(tables.items())) and not self.aside.exists()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in (
        "KAGGLE_API_TOKEN",
        "KAGGLE_CONFIG_DIR",
        "XDG_CONFIG_HOME",
        "READALIKE_KAGGLE_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAGGLE_USERNAME", "reader")
    monkeypatch.setenv("KAGGLE_KEY", KEY)
    monkeypatch.setenv("no_proxy", "*")
    with ExitStack() as stack:
        kaggle, storage = (stack.enter_context(standing_in()) for _ in range(2))
        kaggle.answers = [serve(ZIP)]
        storage.answers = [serve(ZIP)]
        yield Desk(kaggle, storage, tmp_path)


def test_a_whole_transfer(desk: Desk) -> None:
    done = desk.download()
    assert desk.is_whole()
    assert done.folder == desk.folder
    assert done.transferred == len(ZIP)
    assert done.resumed_at == 0
    assert not done.already_there
    assert done.layout == "kaggle"
    assert done.sha256 == hashlib.sha256(ZIP).hexdigest()
    assert done.left_out == ("noise.bin",)
    assert [(f.name, f.rows) for f in done.files] == [
        ("ratings.csv", 3), ("books.csv", 2), ("tags.csv", 2), ("book_tags.csv", 2),
        ("to_read.csv", 2),
    ]  # fmt: skip
    for file in done.files:
        assert file.sha256 == hashlib.sha256(TABLES[file.name].encode()).hexdigest()
        assert file.bytes == len(TABLES[file.name])
    (request,) = desk.kaggle.seen
    assert request.path == PATH
    assert request.authorization == "Basic " + base64.b64encode(f"reader:{KEY}".encode()).decode()
    assert desk.steps[0] == ("downloading", 0, len(ZIP))
    assert ("downloading", len(ZIP), len(ZIP)) in desk.steps
    total = sum(len(text) for text in TABLES.values())
    assert desk.steps[-1] == ("unzipping", total, total)


def test_the_address_from_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READALIKE_KAGGLE_URL", desk.kaggle.url + "/")
    desk.download(base_url=None)
    assert desk.is_whole()


@pytest.mark.parametrize(
    "url", ["http://books.example", "ftp://127.0.0.1", "books", "https://[1", "http://127.0.0.1:x"]
)
def test_no_other_address_gets_the_key(desk: Desk, url: str) -> None:
    assert "the address must" in desk.refused(base_url=url)


def test_a_broken_transfer_is_resumed_in_the_same_run(desk: Desk) -> None:
    desk.kaggle.answers = [serve(ZIP, break_after=90_000), serve(ZIP)]
    done = desk.download()
    assert desk.is_whole()
    assert desk.naps == [1.0]
    assert [r.range for r in desk.kaggle.seen] == [None, "bytes=90000-"]
    assert desk.kaggle.seen[1].headers["If-Range"] == '"one"'
    assert done.transferred == len(ZIP)
    assert done.resumed_at == 0  # nothing was there from an earlier run


def test_a_broken_transfer_is_resumed_in_the_next_run(desk: Desk) -> None:
    desk.kaggle.answers = [serve(ZIP, break_after=90_000), status(503)]
    assert "90,000 bytes" in desk.refused()
    assert desk.naps == [1.0, 2.0, 4.0, 8.0]
    assert desk.part.stat().st_size == 90_000
    assert not desk.folder.exists()
    desk.kaggle.answers = [serve(ZIP)]
    done = desk.download()
    assert desk.is_whole()
    assert done.resumed_at == 90_000
    assert done.transferred == len(ZIP) - 90_000


def test_a_server_without_ranges_starts_clean(desk: Desk) -> None:
    desk.kaggle.answers = [serve(ZIP, break_after=90_000, ranges=False), serve(ZIP, ranges=False)]
    done = desk.download()
    assert desk.is_whole()
    assert done.transferred == len(ZIP) + 90_000


@pytest.mark.parametrize("heed_if_range", [True, False])
def test_another_version_starts_clean(desk: Desk, heed_if_range: bool) -> None:
    desk.kaggle.answers = [serve(zipped(GITHUB), break_after=90_000), status(403)]
    desk.refused()
    desk.kaggle.answers = [serve(ZIP, etag='"two"', heed_if_range=heed_if_range)]
    done = desk.download()
    assert desk.is_whole()
    assert done.resumed_at == 0


def test_a_shorter_version_starts_clean(desk: Desk) -> None:
    desk.kaggle.answers = [serve(ZIP, break_after=len(ZIP) - 5), status(404)]
    desk.refused()
    shorter = zipped(more={})
    desk.kaggle.answers = [serve(shorter, etag='"two"', heed_if_range=False)]
    assert desk.download().transferred == len(shorter)
    assert desk.is_whole()


def test_another_part_than_asked_for_is_not_appended(desk: Desk) -> None:
    desk.kaggle.answers = [serve(ZIP, break_after=90_000), serve(ZIP, says_start=90_001)]
    assert desk.download().transferred == len(ZIP) + 90_000
    assert desk.is_whole()


def test_without_a_name_for_the_version_nothing_is_appended(desk: Desk) -> None:
    desk.kaggle.answers = [serve(ZIP, etag=None, break_after=90_000), serve(ZIP, etag=None)]
    done = desk.download()
    assert desk.is_whole()
    assert done.transferred == len(ZIP) + 90_000


def test_a_weak_name_for_the_version_is_compared_here(desk: Desk) -> None:
    weak = 'W/"one"'
    desk.kaggle.answers = [serve(ZIP, etag=weak, break_after=90_000), serve(ZIP, etag=weak)]
    assert desk.download().transferred == len(ZIP)
    assert desk.kaggle.seen[1].range == "bytes=90000-"
    assert desk.kaggle.seen[1].headers["If-Range"] is None


def test_the_checksum_alone_names_the_version(desk: Desk) -> None:
    known = (("x-goog-hash", "crc32c=AAAAAA=="), ("x-goog-hash", f"md5={md5(ZIP)}"))
    desk.kaggle.answers = [
        serve(ZIP, etag=None, headers=known, break_after=90_000),
        serve(ZIP, etag=None, headers=known),
    ]
    assert desk.download().transferred == len(ZIP)


@pytest.mark.parametrize("note", ["", "[]", '{"size": 9}', '{"size": 9, "etag": "x", "md5": null}'])
def test_a_part_without_a_fitting_note_starts_clean(desk: Desk, note: str) -> None:
    desk.aside.mkdir(parents=True)
    desk.part.write_bytes(b"x" * 50_000)
    desk.part.with_suffix(".json").write_text(note)
    assert desk.download().resumed_at == 0
    assert desk.is_whole()
    assert desk.kaggle.seen[0].range is None


@pytest.mark.parametrize(
    "header", [("x-goog-hash", f"crc32c=AAAAAA==,md5={md5(ZIP)}"), ("Content-MD5", md5(ZIP))]
)
def test_a_checksum_is_held_against_the_file(desk: Desk, header: tuple[str, str]) -> None:
    damaged = bytearray(ZIP)
    damaged[140_000] ^= 1
    desk.kaggle.answers = [serve(bytes(damaged), headers=(header,)), serve(ZIP, headers=(header,))]
    desk.download()
    assert desk.is_whole()
    assert [r.range for r in desk.kaggle.seen] == [None, None]


def test_a_checksum_that_never_fits(desk: Desk) -> None:
    desk.kaggle.answers = [serve(ZIP, headers=(("x-goog-hash", f"md5={md5(b'')}"),))]
    assert "checksum must be d41d8cd98f00b204e9800998ecf8427e, got" in desk.refused()
    assert len(desk.kaggle.seen) == 5
    assert not desk.part.exists()


def test_damage_without_a_checksum_is_found_in_the_zip(desk: Desk) -> None:
    damaged = bytearray(ZIP)
    damaged[60] ^= 1  # in the packed ratings
    desk.kaggle.answers = [serve(bytes(damaged)), serve(ZIP)]
    assert "damaged" in desk.refused()
    assert not desk.folder.exists()
    desk.download()
    assert desk.is_whole()


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_server_is_asked_again(desk: Desk, code: int) -> None:
    desk.kaggle.answers = [status(code), status(code, {"Retry-After": "7"}), serve(ZIP)]
    desk.download()
    assert desk.is_whole()
    assert desk.naps == [1.0, 7.0]


@pytest.mark.parametrize(("asked", "waited"), [("86400", 60.0), ("-3", 0.0), ("nan", 1.0)])
def test_how_long_to_wait_is_bounded(desk: Desk, asked: str, waited: float) -> None:
    desk.kaggle.answers = [status(500, {"Retry-After": asked}), serve(ZIP)]
    desk.download()
    assert desk.naps == [waited]


def test_a_server_that_stays_down(desk: Desk) -> None:
    desk.kaggle.answers = [status(500)]
    assert "answered 500 Internal Server Error; run the same command again" in desk.refused()
    assert desk.naps == [1.0, 2.0, 4.0, 8.0]
    assert not desk.aside.exists()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (401, "refused the credentials from KAGGLE_USERNAME and KAGGLE_KEY (401): make new ones"),
        (403, "accept its terms"),
        (404, "knows no zygmunt/goodbooks-10k (404)"),
        (400, "answered 400 Bad Request"),
        (302, "answered 302 Found"),
        (499, "answered 499:"),
    ],
)
def test_refusals_say_what_to_do_and_are_not_repeated(desk: Desk, code: int, says: str) -> None:
    desk.kaggle.answers = [status(code)]
    assert says in desk.refused()
    assert len(desk.kaggle.seen) == 1
    assert not desk.aside.exists()


def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAGGLE_USERNAME")
    monkeypatch.delenv("KAGGLE_KEY")


@pytest.mark.parametrize("answer", [status(401), status(403), page()])
def test_nobody_is_told_how_to_become_somebody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    _nobody(monkeypatch)
    desk.kaggle.answers = [answer]
    message = desk.refused()
    assert "no credentials were found" in message
    assert str(desk.root / "home" / ".kaggle") in message
    assert "--from FILE.zip" in message


def test_nobody_may_have_what_is_public(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _nobody(monkeypatch)
    desk.download()
    assert desk.is_whole()
    assert desk.kaggle.seen[0].authorization is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_key_that_others_can_read_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    _nobody(monkeypatch)
    path = desk.root / "home" / ".kaggle" / "kaggle.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"username": "reader", "key": KEY}))
    path.chmod(mode)
    warnings = desk.download().warnings
    assert [f"chmod 600 '{path}'" in warning for warning in warnings] == [True] * (mode == 0o644)


def test_a_web_page_is_no_zip(desk: Desk) -> None:
    desk.kaggle.answers = [page()]
    assert "a web page instead of a zip" in desk.refused()
    assert not desk.aside.exists()


def test_the_key_stays_with_the_host_it_is_for(desk: Desk) -> None:
    desk.kaggle.answers = [
        redirect("/elsewhere"), redirect(desk.storage.url + "/bucket.zip?Signature=abc"),
    ]  # fmt: skip
    desk.storage.answers = [serve(ZIP, break_after=90_000), serve(ZIP)]
    desk.download()
    assert desk.is_whole()
    assert [r.path for r in desk.kaggle.seen][:2] == [PATH, "/elsewhere"]
    assert all(r.authorization for r in desk.kaggle.seen)
    assert [r.range for r in desk.storage.seen] == [None, "bytes=90000-"]
    assert not any(r.authorization for r in desk.storage.seen)


def test_nothing_secret_is_written(desk: Desk) -> None:
    desk.kaggle.answers = [redirect(desk.storage.url + "/bucket.zip?Signature=abc")]
    desk.storage.answers = [serve(ZIP, break_after=90_000), status(403)]
    message = desk.refused()
    assert "answered 403" in message
    assert len(desk.storage.seen) == 5  # a new address may work where an old one ran out
    assert "Signature" not in message
    kept = b"".join(p.read_bytes() for p in desk.root.rglob("*.json"))
    assert json.loads(kept) == {"size": len(ZIP), "etag": '"one"', "md5": None}


@pytest.mark.parametrize("url", ["http://books.example/x.zip", "file:///etc/passwd", "http://[x"])
def test_a_redirect_must_stay_encrypted(desk: Desk, url: str) -> None:
    desk.kaggle.answers = [redirect(url)]
    desk.refused()
    assert len(desk.kaggle.seen) == 1


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_of_any_kind_is_followed(desk: Desk, code: int) -> None:
    desk.kaggle.answers = [status(code, {"Location": desk.storage.url + "/the books.zip"})]
    desk.download()
    assert desk.is_whole()
    assert desk.storage.seen[0].path == "/the%20books.zip"


def test_a_redirect_in_a_circle(desk: Desk) -> None:
    desk.kaggle.answers = [redirect("/again")]
    assert "302" in desk.refused()
    assert len(desk.kaggle.seen) <= 11


def test_no_network(desk: Desk) -> None:
    with standing_in() as gone:
        pass
    message = desk.refused(base_url=gone.url)
    assert "cannot be reached (Connection refused)" in message
    assert "run the same command again later, or download the zip in a browser" in message
    assert desk.naps == []
    assert not desk.aside.exists()


@pytest.mark.parametrize(
    ("reason", "says", "tries"),
    [
        (socket.gaierror(-2, "Name or service not known"), "cannot be reached (Name or service", 1),
        (
            OSError(errno.EHOSTUNREACH, "No route to host"),
            "cannot be reached (No route to host)",
            1,
        ),
        (ConnectionResetError(errno.ECONNRESET, "Reset"), "broke off (Reset)", 5),
        (ssl.SSLError("odd record"), "broke off ", 5),
        (http.client.BadStatusLine("x"), "broke off (x)", 5),
        (TimeoutError(), "did not answer within 30 seconds", 5),
        (ssl.SSLCertVerificationError("bad"), "name them in SSL_CERT_FILE, or download the zip", 1),
        (http.client.InvalidURL("x"), "not an address", 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_answer_says_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, reason: Exception, says: str, tries: int
) -> None:
    if isinstance(reason, ssl.SSLCertVerificationError):
        reason.verify_message = "unknown issuer"

    def fail(*args: object, **options: object) -> None:
        desk.steps.append(("asked", 0, 0))
        raise urllib.error.URLError(reason) if isinstance(reason, OSError) else reason

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", fail)
    assert says in desk.refused()
    assert len(desk.steps) == tries


def test_a_redirect_from_https_stays_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(opener: object, request: urllib.request.Request, timeout: float) -> HTTPResponse:
        asked.append(request.full_url)
        headers = Message()
        headers["Location"] = "http://localhost/books.zip"
        told = SimpleNamespace(status=302, headers=headers, close=lambda: None)
        return cast("HTTPResponse", told)

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", answer)
    assert "led away from encryption" in desk.refused(base_url="https://books.example")
    assert asked == [f"https://books.example{PATH}"]


def test_a_server_that_falls_silent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readalike.datasets.kaggle.TIMEOUT", 0.1)
    over = threading.Event()

    def stall(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "9")
        handler.end_headers()
        handler.wfile.flush()
        over.wait(20)

    def mute(handler: BaseHTTPRequestHandler) -> None:
        over.wait(20)

    desk.kaggle.answers = [stall, mute, serve(ZIP)]
    try:
        desk.download()
    finally:
        over.set()
    assert desk.is_whole()
    assert desk.naps == [1.0, 2.0]


def test_a_server_that_hangs_up(desk: Desk) -> None:
    desk.kaggle.answers = [lambda handler: None, serve(ZIP)]
    desk.download()
    assert desk.is_whole()


def test_a_server_that_does_not_say_how_much(desk: Desk) -> None:
    desk.kaggle.answers = [serve(ZIP, length=False)]
    desk.download()
    assert desk.is_whole()


@pytest.mark.parametrize("length", [True, False])
def test_more_than_it_can_be_is_not_taken(desk: Desk, length: bool) -> None:
    desk.kaggle.answers = [serve(ZIP, length=length)]
    small = replace(SMALL, largest_archive=100_000)
    assert "too large for goodbooks-10k" in desk.refused(name=small)
    assert not desk.aside.exists()


def test_already_there(desk: Desk) -> None:
    first = desk.download()
    again = desk.download()
    assert again.already_there
    assert (again.files, again.layout, again.transferred) == (first.files, "kaggle", 0)
    assert len(desk.kaggle.seen) == 1


def test_anew_if_asked(desk: Desk) -> None:
    desk.download()
    desk.kaggle.answers = [serve(zipped(GITHUB), etag='"two"')]
    assert desk.download(again=True).layout == "github"
    assert desk.is_whole(GITHUB)


def test_what_was_there_stays_if_the_new_one_fails(desk: Desk) -> None:
    desk.download()
    desk.kaggle.answers = [serve(zipped({"movies.csv": "x\n"}))]
    assert "not goodbooks-10k" in desk.refused(again=True)
    assert desk.is_whole()


def test_other_files_in_the_folder_are_not_lost(desk: Desk) -> None:
    desk.folder.mkdir(parents=True)
    (desk.folder / "diary.txt").write_text("dear diary")
    for again in (False, True):
        assert "holds diary.txt" in desk.refused(again=again)
    assert desk.files == {"diary.txt": "dear diary"}
    assert desk.kaggle.seen == []


def test_half_a_folder_is_said_and_replaced_if_asked(desk: Desk) -> None:
    desk.folder.mkdir(parents=True)
    (desk.folder / "ratings.csv").write_text(TABLES["ratings.csv"])
    assert "(books.csv is missing); replace it with --again" in desk.refused()
    desk.download(again=True)
    assert desk.is_whole()


def test_an_empty_folder_is_filled(desk: Desk) -> None:
    desk.folder.mkdir(parents=True)
    desk.download()
    assert desk.is_whole()


def test_a_file_is_no_folder(desk: Desk) -> None:
    (desk.root / "file").write_text("")
    assert "is a file" in desk.refused(to=desk.root / "file")
    assert "Not a directory" in desk.refused(to=desk.root / "file" / "books")


def test_the_folder_one_is_in_is_not_swapped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.root / "here").mkdir()
    monkeypatch.chdir(desk.root / "here")
    assert "must be a folder of its own" in desk.refused(to=Path())


def test_unknown_data_set(desk: Desk) -> None:
    assert "'movies': must be one of goodbooks-10k" in desk.refused(name="movies")


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_an_interrupted_unzip_leaves_the_old_folder_and_the_archive(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    desk.download(again=False)

    def read_some(name: str, *rest: Any) -> Any:
        if name == "tags.csv":
            raise stop
        return read_table(name, *rest)

    desk.kaggle.answers = [serve(zipped(GITHUB), etag='"two"')]
    with monkeypatch.context() as patch:
        patch.setattr("readalike.datasets.archive.read_table", read_some)
        expected = DownloadError if isinstance(stop, OSError) else KeyboardInterrupt
        with pytest.raises(expected) as caught:
            desk.download(again=True)
    if isinstance(stop, OSError):
        assert "No space left: make room and run the same command again" in str(caught.value)
    assert desk.files == dict(sorted(TABLES.items()))
    assert [p.name for p in desk.aside.iterdir()] == ["goodbooks-10k.zip"]
    for file in desk.folder.iterdir():
        file.unlink()
    done = desk.download()
    assert (done.transferred, done.resumed_at) == (0, 0)
    assert desk.is_whole(GITHUB)
    assert len(desk.kaggle.seen) == 2


def test_anew_does_not_take_an_archive_left_aside(desk: Desk) -> None:
    desk.aside.mkdir(parents=True)
    (desk.aside / "goodbooks-10k.zip").write_bytes(zipped(GITHUB))
    assert desk.download(again=True).layout == "kaggle"
    assert desk.is_whole()


def test_an_interrupted_transfer_is_resumed(desk: Desk) -> None:
    class Impatient(BaseException):
        pass

    def stop(step: str, done: int, total: int) -> None:
        if done > 70_000:
            raise Impatient

    with pytest.raises(Impatient):
        download(SMALL, desk.folder, base_url=desk.kaggle.url, progress=stop)
    assert not desk.folder.exists()
    done = desk.download()
    assert desk.is_whole()
    assert done.resumed_at > 70_000


def test_a_failed_swap_is_undone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.download()
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == "unzipping":
            raise OSError(errno.EACCES, "Permission denied", str(target))
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail)
        assert "Permission denied: choose another folder" in desk.refused(again=True)
    assert desk.files == dict(sorted(TABLES.items()))


def test_a_swap_killed_half_way_is_undone(desk: Desk) -> None:
    desk.download()
    desk.aside.mkdir()
    desk.folder.rename(desk.aside / "old")
    assert desk.download().already_there
    assert desk.files == dict(sorted(TABLES.items()))


def test_what_is_not_ours_stays_aside(desk: Desk) -> None:
    desk.aside.mkdir(parents=True)
    (desk.aside / "novel.txt").write_text("once upon a time")
    desk.download()
    assert [p.name for p in desk.aside.iterdir()] == ["novel.txt"]
