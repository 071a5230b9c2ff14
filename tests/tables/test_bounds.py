"""What is no plain file is refused without waiting; what swells is refused before it is large."""

from __future__ import annotations

import gzip
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readalike import files
from readalike.errors import InputError
from readalike.evaluation import read_split
from readalike.evaluation.report import read_report
from readalike.libraries.reading import read_library
from readalike.tables import text as text_files
from readalike.tables.dataset import read
from readalike.tables.history_file import read_history

ROWS = "user_id,book_id,rating\n" + "".join(f"{i % 5},{i % 7},{1 + i % 5}\n" for i in range(300))


@pytest.fixture(autouse=True)
def _nothing_waits() -> Iterator[None]:
    def late(*_: object) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "given")
    return folder / "given"


def socket_of(folder: Path) -> Path:
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f"{short}/s")
        Path(short, "s").rename(folder / "given")
    return folder / "given"


def linked_device(folder: Path) -> Path:
    (folder / "given").symlink_to("/dev/zero")
    return folder / "given"


def folder_of(folder: Path) -> Path:
    (folder / "given").mkdir()
    return folder / "given"


ODD: dict[str, Callable[[Path], Path]] = {
    "a pipe": pipe,
    "a socket": socket_of,
    "a device": linked_device,
    "a folder": folder_of,
}
READERS: dict[str, Callable[[Path], object]] = {
    "ratings": read,
    "books": lambda path: read({"user_id": ["a"], "book_id": ["b"], "rating": [1]}, books=path),
    "history": read_history,
    "library": read_library,
    "report": read_report,
}


@pytest.mark.parametrize(
    ("reader", "what"),
    [pair for pair in itertools.product(READERS, ODD) if pair != ("ratings", "a folder")],
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, reader: str, what: str) -> None:
    with pytest.raises(InputError, match=f"given: must be .*, got {what}"):
        READERS[reader](ODD[what](tmp_path))


def test_standard_input_is_no_plain_file_where_it_is_a_pipe() -> None:
    code = "import sys; from readalike import read; read('/dev/stdin')"
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.PIPE, check=False
    )
    assert b"/dev/stdin: must be a file, got a pipe" in done.stderr


def test_a_pipe_among_the_tables_of_a_folder_is_not_used_and_told(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text(ROWS)
    os.mkfifo(tmp_path / "books.csv")
    unused = "\n".join(read(tmp_path).intake.unused)
    assert "books.csv: must be a file, got a pipe" in unused


@pytest.mark.parametrize("reader", [read_history, read_library, read_report, read_split])
def test_what_is_read_whole_has_a_limit(tmp_path: Path, reader: Callable[[Path], object]) -> None:
    path = tmp_path / "manifest.json"
    path.touch()
    os.truncate(path, files.MOST_WHOLE + 1)
    with pytest.raises(
        InputError, match=r"manifest\.json: must be .* of at most 268,435,456 bytes"
    ):
        reader(tmp_path if reader is read_split else path)


# Files that are packed


def limits(monkeypatch: pytest.MonkeyPatch, always: int, times: int, most: int) -> None:
    monkeypatch.setattr(files, "ALWAYS_UNPACKED", always)
    monkeypatch.setattr(files, "MOST_TIMES", times)
    monkeypatch.setattr(files, "MOST_UNPACKED", most)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_gzip_may_unpack_to_so_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    path = tmp_path / "ratings.csv.gz"
    content = ROWS.encode(encoding)
    path.write_bytes(gzip.compress(content))
    size, whole = path.stat().st_size, len(content)
    assert whole > 5 * size
    for always, times, most in ((whole, 1, whole), (1, whole // size + 1, whole)):
        limits(monkeypatch, always, times, most)
        assert len(read(path).rows) == 300
    for always, times, most, told in (
        (whole - 1, 1, whole, whole - 1),
        (1, 2, whole, 2 * size),
        (whole, whole, whole - 1, whole - 1),
    ):
        limits(monkeypatch, always, times, most)
        with pytest.raises(InputError, match=f"must unpack to at most {told:,} bytes, as it has"):
            read(path)


BOMB = """
import resource, sys, tempfile
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
from readalike import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read(sys.argv[1])
except Exception as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"0" * 64, "must unpack to at most 2"),
        (b"1,1,5\n", "must unpack to at most 3"),
        (b"\0" * 64, "got a zero byte"),
    ],
    ids=["noughts", "rows", "zeros"],
)
def test_a_gigabyte_out_of_a_megabyte_is_refused_at_little_cost(
    tmp_path: Path, line: bytes, told: str
) -> None:
    path = tmp_path / "bomb.csv.gz"
    member = gzip.compress(line * ((16 << 20) // len(line)))
    path.write_bytes(gzip.compress(b"user_id,book_id,rating\n") + member * 64)
    assert path.stat().st_size < 4 << 20
    done = subprocess.run(
        [sys.executable, "-c", BOMB, path], capture_output=True, text=True, check=True, timeout=50
    )
    refusal, grown = done.stdout.splitlines()
    assert told in refusal
    assert int(grown) < 100, "megabytes"


def test_no_line_is_endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "LONGEST_LINE", 100)
    path = tmp_path / "ratings.csv"
    for content in ("a,b," + "c" * 100 + "\n", "é,b,3\n" + "a,b," + "c" * 100):
        path.write_text(content, encoding="latin-1")
        with pytest.raises(InputError, match="got a line of over 100 letters"):
            read(path)


def test_a_quote_that_never_closes_in_the_first_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text('a,b,"c\n' + "a,b,c\n" * 100_000)
    with pytest.raises(InputError, match="got a cell of over 1,000 letters"):
        read(path)


def test_a_hundred_thousand_rows_that_are_none_are_counted_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(ROWS + f"{'reader':>30},{'book':>30},5\nx,y\n" * 120_000)
    (left,) = read(path).intake.left_out
    assert (left.count, left.first_line) == (120_000, 303)


def test_where_there_is_no_room_for_a_copy_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode() * 100))
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from readalike import read\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))\n"
        "read(sys.argv[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=False
    )
    last = done.stderr.splitlines()[-1]
    assert "is read from a plain copy, which cannot be made in" in last
    assert "TMPDIR" in last


# Parquet


def parquet(path: Path, packing: str = "zstd") -> bytes:
    rows = np.arange(3000)
    columns = {
        "user_id": [str(i) for i in rows * 7919 % 50],
        "book_id": [f"book {i}" for i in rows * 31 % 40],
        "rating": 1.0 + rows % 5,
    }
    pq.write_table(pa.table(columns), path, row_group_size=1000, compression=packing)
    return path.read_bytes()


def damaged(whole: bytes, draw: random.Random) -> bytes:
    content = bytearray(whole)
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    match draw.randrange(6):
        case 0:
            for _ in range(draw.randrange(1, 6)):
                content[draw.randrange(4, len(content))] ^= 1 << draw.randrange(8)
        case 1:
            for _ in range(draw.randrange(1, 4)):
                content[draw.randrange(footer, len(content))] ^= 1 << draw.randrange(8)
        case 2:
            del content[draw.randrange(4, len(content)) :]
        case 3:
            content[-8:-4] = draw.randbytes(4)
        case 4:  # a large number, as the footer writes them
            at = draw.randrange(footer, len(content) - 8)
            content[at : at + draw.randrange(1, 9)] = b"\xff" * draw.randrange(1, 9) + b"\x7f"
        case _:
            at = draw.randrange(4, footer)
            content[at : at + 8] = draw.randbytes(8)
    return bytes(content)


@pytest.mark.parametrize("packing", ["zstd", "snappy", "none"])
def test_damaged_parquet_is_one_line_or_a_table(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "ratings.parquet"
    whole = parquet(path, packing)
    refusals = []
    for seed in range(60):
        path.write_bytes(damaged(whole, random.Random(seed)))
        try:
            read(path)
        except InputError as error:
            refusals.append(str(error))
    assert len(refusals) > 20
    assert not any("\n" in refusal for refusal in refusals)


def test_damage_that_shows_only_in_the_rows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ratings.parquet"
    whole = bytearray(parquet(path, "none"))
    at = whole.index(b"book 3")
    whole[at : at + 4] = b"\xff\xfe\xfd\xfc"
    path.write_bytes(whole)
    duckdb.execute("DESCRIBE FROM read_parquet(?)", [str(path)])
    with pytest.raises(InputError, match=r"ratings\.parquet: cannot be read"):
        read(path)


def test_parquet_may_unpack_to_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ratings.parquet"
    parquet(path)
    limits(monkeypatch, 200_000, 1, 200_000)
    assert len(read(path).rows) == 3000
    limits(monkeypatch, 10_000, 1, 200_000)
    with pytest.raises(InputError, match=r"must unpack to at most 10,000 .* unpacks to \d\d,\d+$"):
        read(path)


def test_rows_that_cost_the_file_nothing_count(tmp_path: Path) -> None:
    path = tmp_path / "ratings.parquet"
    query = "SELECT 1 AS user_id, 2 AS book_id, 5 AS rating FROM range(100_000_000)"
    duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 10_000_000)")
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"says that it unpacks to 300,000,000$"):
        read(path)


def test_a_long_text_in_every_row_counts_in_every_row(tmp_path: Path) -> None:
    path = tmp_path / "ratings.parquet"
    every = pa.array(np.zeros(1_000_000, np.int32))
    long = pa.DictionaryArray.from_arrays(every, pa.array(["x" * 1_000_000]))
    table: dict[str, Any] = {"user_id": long, "book_id": long, "rating": np.ones(1_000_000)}
    pq.write_table(pa.table(table), path, compression="zstd")
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"and its cells have 2,000,001,000,000$"):
        read(path)
