"""The command line run in process, and a small world of readers for it to work on."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from readalike.cli import main
from readalike.cli.app import command_of

QUIET = {"PYTHONDONTWRITEBYTECODE": "1", "NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For a Python of its own beside other tests: no files beside the code, no core taken from them."""
SIZE = 30
"""Readers and books; reader i and book i like each other where both are even or both odd."""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output as JSON, which it must be as a whole, without NaN."""
        assert self.code == 0, self.err

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is no JSON")

        return json.loads(self.out, parse_constant=refuse)

    @property
    def ok(self) -> str:
        """The output of a command that went well."""
        assert self.code == 0, self.err
        assert "Traceback" not in self.err
        return self.out

    @property
    def refusal(self) -> str:
        """The one line of a command that was refused."""
        assert self.code == 2, (self.code, self.out, self.err)
        assert self.out == ""
        assert self.err.startswith("readalike"), self.err
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1, self.err
        return self.err.rstrip("\n")


def options_of(command: str) -> set[str]:
    """The options of a command."""
    options = (p for p in command_of(command).params if p.param_type_name == "option")
    return {name for option in options for name in option.opts}


Run = Callable[..., Done]
"""run("train", path, "--model", folder): every part as text."""


def in_process(*words: object) -> Done:
    """Runs the real entry in this process, with its real streams, both kept."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="") for _ in range(2))
    code: Any = None
    with (
        mock.patch.object(sys, "argv", ["readalike", *map(str, words)]),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
    ):
        try:
            main()
        except SystemExit as left:
            code = left.code
    texts = []
    for stream in (out, err):
        stream.flush()
        raw = stream.buffer
        assert isinstance(raw, io.BytesIO)
        texts.append(raw.getvalue().decode("utf-8"))
    assert isinstance(code, int), "it must end by itself"
    return Done(code, *texts)


def in_subprocess(
    *words: object,
    before: str = "",
    env: Mapping[str, str] | None = None,
    stdin: Any = None,
) -> Done:
    """Runs the command line in a Python of its own, after some lines of code."""
    code = f"import sys\n{before}\nfrom readalike.cli import main\nmain()\n"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        check=False,
        stdin=stdin,
        env={"PATH": "/usr/bin:/bin", **QUIET, **(env or {})},
    )
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def book_id(index: int) -> str:
    return f"b{index:02}"


def write_world(folder: Path, *, books: bool = True) -> Path:
    """Ratings and books of two tastes; who reads even books likes them all but one's own."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["user_id,book_id,rating"]
    for reader in range(SIZE):
        for book in range(SIZE):
            if (reader + book) % 2 == 0 and reader != book:
                rows.append(f"{reader},{book_id(book)},{5 - (reader + book) // 2 % 2}")
            elif (reader + book) % 2 and (reader * 7 + book * 3) % 9 < 2:
                rows.append(f"{reader},{book_id(book)},1")
    (folder / "ratings.csv").write_text("\n".join(rows) + "\n")
    if books:
        write_books(folder / "books.csv")
    return folder


TITLES = {
    0: "Emma",
    2: "Émile, or On Education",
    4: "Faust",
    6: "Faust",
    8: "Zoë's Tale",
    1: "Dune",
}
AUTHORS = {0: "Jane Austen", 4: "J. W. von Goethe", 6: "Ivan Turgenev", 1: "Frank Herbert"}


def write_books(path: Path) -> Path:
    rows = ["book_id,title,authors,year"]
    for book in range(SIZE):
        title = TITLES.get(book, f"Tales of {'Hill' if book % 2 else 'Dale'} {book}")
        rows.append(f'{book_id(book)},"{title}","{AUTHORS.get(book, "Ann Onym")}",{1900 + book}')
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
