"""No sign of a title, an id, a file name or an option steers the terminal that it is printed on."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli.running import Done, Run
from kaggle_stand_in import SMALL, zipped
from keras_import.kerasfiles import dot_model, ratings_table, write_grouped
from keras_import.kerasfiles import tables as keras_tables
from readalike import cli, train
from readalike.cli import output
from readalike.cli.visible import typeable, visible, visible_json
from readalike.datasets.goodbooks import DATA_SETS
from readalike.model_folder import store

CONTROLS = (
    "\x01\x02\x05\x07\x08\x0b\x0c\x0e\x0f\x13\x18\x1a\x1b\x1c\x1e\x1f\x7f"
    "\x80\x84\x85\x8d\x90\x9b\x9c\x9d"
)
MARKS = (
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2028\u2029\u2060\u2066\u2067"
    "\u2068\u2069\ufeff\U000e0041"
)
SIGNS = CONTROLS + MARKS
NAMES = "\t\r\n" + SIGNS
"""A name of a file may hold all of them; a table must have the first three in quotes."""
RED = "\x1b[31m"
LINK = "\x1b]8;;http://example.org\x1b\\"
ODD = f"{RED}{LINK}[red]:bomb:{SIGNS}"
SIZE = 16
"""Readers and books; `cli.running` says who likes what."""


def book_id(index: int) -> str:
    return f"b{index:02}{SIGNS[index]}x"


def title(index: int) -> str:
    return f"Tale {index} {ODD} end"


def write_world(folder: Path) -> Path:
    """Two tastes, as in `cli.running`, with odd signs in every text."""
    folder.mkdir()
    rows = ["user_id,book_id,rating"]
    for reader in range(SIZE):
        for book in range(SIZE):
            if (reader + book) % 2 == 0 and reader != book:
                rows.append(f'"r{reader}{ODD}","{book_id(book)}",{5 - (reader + book) // 2 % 2}')
    rows.append(f'"r0{ODD}","{book_id(2)}",good{ODD}')
    (folder / "ratings.csv").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="")
    books = ["book_id,title,authors,year,tags"]
    books += [
        f'"{book_id(b)}","{title(b)}\n\t","Ann {ODD}Onym",1900,"fantasy {ODD}"' for b in range(SIZE)
    ]
    (folder / "books.csv").write_text("\n".join(books) + "\n", encoding="utf-8", newline="")
    return folder


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no text is divided over lines."""
    monkeypatch.setenv("COLUMNS", "9000")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose own name holds all signs, and a world and a model in it."""
    folder = tmp_path_factory.mktemp("odd") / f"n{NAMES}"
    folder.mkdir()
    train(write_world(folder / f"w{NAMES}"), folder / "model", algorithm="cosine")
    (folder / "history.csv").write_text(
        f'book_id,rating\n"{book_id(2)}",5\n"{book_id(4)}",4\n"{book_id(4)}",4\n"no{ODD}",3\n',
        encoding="utf-8",
        newline="",
    )
    rows = [f'"{title(2)}","Ann {ODD}Onym",5,x', f'"=Nowhere &#27;[31m{ODD}",Bea{ODD},3,y{ODD}']
    (folder / "library.csv").write_text(
        "\n".join(["title,author,rating,shelf", *rows, f"a,b,c,d,e{ODD}"]) + "\n",
        encoding="utf-8",
        newline="",
    )
    return folder


def world_of(place: Path) -> Path:
    return next(path for path in place.iterdir() if path.name.startswith("w"))


def steering(text: str) -> set[str]:
    """The signs that steer, but for ends of lines."""
    return {sign for sign in text if sign in NAMES and sign != "\n"}


def harmless(done: Done) -> Done:
    assert "Traceback" not in done.err
    assert steering(done.out + done.err) == set()
    return done


def answered(run: Run, *words: object) -> str:
    """The text of a command that is asked twice, the second time for JSON."""
    text = harmless(run(*words)).ok
    assert harmless(run(*words, "--json")).json is not None
    return text


def test_lists(run: Run, place: Path) -> None:
    model = place / "model"
    titles = store.load_catalogue(model).titles
    assert set(CONTROLS) - set(titles[4]) == set("\x0b\x0c\x1c\x1e\x1f\x85"), "taken for blanks"
    liked = answered(run, "recommend", model, "--like", book_id(2))
    assert visible(titles[4]) in liked
    assert "[red]:bomb:" in liked, "no markup, and no code of an emoji"
    assert answered(run, "recommend", model, "--reader", f"r0{ODD}")
    history = run("recommend", model, "--history", place / "history.csv")
    assert visible(f"no{ODD}") in harmless(history).ok
    assert "the last row counts" in history.err
    assert answered(run, "recommend", model, "--library", place / "library.csv")
    twice = ("--library", place / "library.csv")
    assert answered(run, "recommend", model, *twice, *twice)
    assert answered(run, "recommend", model, *twice, "--from", place / "library.csv")
    assert answered(run, "recommend", model, "--reader", f"r0{ODD}", "--avoid")
    assert answered(run, "recommend", model, "--all", "--out", place / f"l{NAMES}.parquet")
    assert answered(run, "explain", model, book_id(4), "--like", book_id(2))
    assert answered(run, "explain", model, book_id(3), "--history", place / "history.csv")
    assert answered(run, "forecast", model, book_id(4), "--reader", f"r0{ODD}")
    assert visible(titles[4]) in answered(run, "similar", model, book_id(2))
    assert visible(titles[1]) in answered(run, "search", model, "tale")
    assert answered(run, "search", model, f"qqxzzw{CONTROLS}").startswith("No book is called")


def test_json_holds_the_same_texts(run: Run, place: Path) -> None:
    done = run("search", place / "model", book_id(2), "--json")
    (book,) = done.json["books"][:1]
    assert book["book_id"] == book_id(2)
    assert book["title"] == store.load_catalogue(place / "model").titles[2]
    assert "\\u202e" in done.out


def test_a_file_name_that_is_no_text(run: Run, place: Path) -> None:
    library = place / os.fsdecode(b"l\xff.csv")
    library.write_bytes((place / "library.csv").read_bytes())
    words = ("recommend", place / "model", "--library", library)
    done = harmless(run(*words))
    assert "l\\udcff.csv: table" in done.err
    assert re.search(r"^Next: readalike explain .*/l\\xff\.csv'$", done.ok, re.M)
    assert run(*words, "--json").json["library"]["file"] == str(library)
    gone = run("recommend", os.fsdecode(b"no\xff"), "--like", "x").refusal
    assert gone.startswith("readalike: no\\udcff does not exist")


def test_import_and_add_books(run: Run, place: Path) -> None:
    report, decided = place / f"r{NAMES}.csv", place / f"c{NAMES}.csv"
    words = ("import", place / "library.csv", "--model", place / "model", "--report", report)
    text = answered(run, *words, "--corrections", decided)
    assert visible("=Nowhere") in report.read_text(encoding="utf-8")
    assert "Rows that are no entry: 1" in text
    assert visible(str(report)) in run(*words).err
    copy = Path(shutil.copytree(place / "model", place / f"m{NAMES}"))
    new = place / f"new{NAMES}.csv"
    rows = [f'"new{k}{ODD}","New {ODD}","Ann {ODD}Onym","fantasy|no{ODD}"' for k in range(2)]
    lines = ["book_id,title,authors,tags", *rows, f'"{book_id(1)}",{ODD},,']
    new.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    text = answered(run, "add-books", copy, new)
    assert "No book of the model has these tags" in text
    assert "In the model already" in text


def test_training_and_what_looks_at_ratings(run: Run, place: Path, tmp_path: Path) -> None:
    world, to = world_of(place), tmp_path / f"m{NAMES}"
    assert "line 114" in answered(run, "doctor", world)
    words = ("--algorithm", "popularity", "--predictor", "none")
    assert "\\u202e" in answered(run, "train", world, "--model", to, *words)
    assert answered(run, "demo", "--model", tmp_path / f"d{NAMES}")
    assert answered(run, "algorithms")
    tuned = tmp_path / f"t{NAMES}.json"
    assert answered(
        run, "tune", world, "--algorithm", "cosine", "--trials", 1, "--out", tuned, "--again"
    )


def test_evaluations(run: Run, place: Path, tmp_path: Path) -> None:
    one = tmp_path / f"one{NAMES}.json"
    kept = ("--out", one, "--html", tmp_path / f"p{NAMES}.html")
    words = ("evaluate", world_of(place), "--algorithm", "popularity", "--protocol", "held-out")
    assert answered(run, *words, *kept)
    split = tmp_path / f"s{NAMES}"
    assert visible(str(split)) in harmless(run(*words, "--save-split", split)).err
    assert "\\x1b" in answered(run, "compare", one, one)
    for option in ("--algorithm", "--measure"):
        assert "\\u202e" in harmless(run("compare", one, one, option, ODD)).refusal


def test_import_keras(run: Run, tmp_path: Path) -> None:
    saved = write_grouped(tmp_path / f"k{NAMES}.h5", dot_model(), keras_tables())
    columns = ratings_table()
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    ratings = tmp_path / f"r{NAMES}.csv"
    ratings.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    words = ("import-keras", saved, "--ratings", ratings, "--model", tmp_path / f"m{NAMES}")
    assert "\\u202e" in answered(run, *words)
    assert "\\u202e" in harmless(run(*words, "--book-layer", f"no{ODD}")).refusal


def test_download(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DATA_SETS, SMALL.name, SMALL)
    archive = tmp_path / f"a{NAMES}.zip"
    archive.write_bytes(zipped())
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr(f"more{ODD}", "x")
    assert answered(run, "download", "--from", archive, "--to", tmp_path / f"to{NAMES}")


def refused_commands(place: Path) -> Iterator[tuple[object, ...]]:
    model, no, world = place / "model", place / f"no{NAMES}", world_of(place)
    yield from (("recommend", model, f"--{ODD}"), (f"re{ODD}",), ("search", model))
    for command in ("recommend", "similar", "forecast", "explain", "search", "add-books"):
        yield command, no, "x", "--like", "x"
        yield command, no, "x"
    for command in ("train", "doctor", "evaluate", "tune", "import-keras"):
        more = ("--model", no) if command in ("train", "import-keras") else ()
        yield command, no, *more, *(("--ratings", no) if command == "import-keras" else ())
    yield "compare", no, no
    yield "import", no, "--model", model
    yield "import", place / "library.csv", "--model", model, "--report", no
    yield "download", f"no{ODD}"
    yield "download", "--from", no
    yield "train", world, "--model", world, "--algorithm", "popularity", "--predictor", "none"
    yield "train", world, "--model", no, "--algorithm", ODD
    yield "train", world, "--model", no, "--set", ODD
    yield "train", world, "--model", no, "--algorithm", "cosine", "--set", f"{ODD}=1"
    yield "train", world, "--model", no, "--algorithm", "cosine", "--set", f"neighbours={ODD}"
    yield "train", world, "--model", no, "--strict"
    yield "train", world, "--model", no, "--user-column", ODD
    yield "train", world, "--model", no, "--scale", ODD
    yield "evaluate", world, "--protocol", ODD
    yield "evaluate", world, "--measure", ODD
    yield "evaluate", world, "--algorithm", ODD
    for option in ("--like", "--reader", "--history", "--library", "-n"):
        yield "recommend", model, option, ODD
    liking = ("recommend", model, "--like", book_id(2))
    for option in ("--more", "--mood", "--tag", "--language", "--from", "--exclude", "--since"):
        yield *liking, option, ODD
    yield "similar", model, f"Tale {ODD}"


def test_refusals_are_one_line_whatever_they_quote(run: Run, place: Path) -> None:
    for words in refused_commands(place):
        done = harmless(run(*words))
        if done.code:  # some are no fault, as an id to leave out that no book has
            assert "\n" not in done.refusal, words
        harmless(run(*words, "--json"))


def test_only_the_styles_of_tables_reach_a_terminal(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    model, library = place / "model", place / "library.csv"
    for words in (
        ("recommend", model, "--like", book_id(2)),
        ("recommend", model, "--library", library),
        ("similar", model, book_id(2)),
        ("search", model, "tale"),
        ("forecast", model, book_id(2)),
        ("doctor", world_of(place)),
        ("import", library, "--model", model),
        ("algorithms",),
    ):
        done = run(*words)
        styled = done.ok
        assert re.search(r"\x1b\[[12]m", styled), "a terminal"
        assert RED not in styled
        assert steering(re.sub(r"\x1b\[[0-9;]+m", "", styled)) == set()


def test_progress_says_what_is_done_without_being_steered(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    terminal = Console(file=shown, force_terminal=True, width=400)
    monkeypatch.setattr(output, "remarks", lambda: terminal)
    with output.watched(f"reading {ODD}") as tell:
        terminal.print("")
        tell(f"fitting {ODD}", 1, 2)
        terminal.print("")
    text = shown.getvalue()
    assert f"reading {visible(ODD)}" in text
    assert f"fitting {visible(ODD)}" in text
    assert RED not in text
    assert set(MARKS) & set(text) == set()


# --- the functions themselves ---------------------------------------------------------------


@pytest.mark.parametrize("sign", [*NAMES, "\x00", "\udcff", "\U000e007f"])
def test_a_sign_that_is_not_seen_is_shown(sign: str) -> None:
    shown = visible(f"a{sign}b")
    assert shown.isascii()
    assert shown.isprintable()
    assert re.fullmatch(r"a\\(x..|u....|U.{8}|[tnr])b", shown)


@pytest.mark.parametrize(
    "text", ["Zoë 漢字 \xa0", "نویسنده‌ها", "👩‍👧", "a\\x1b", "\u06dd١", "¿Qué?\u3000"]
)
def test_what_is_seen_and_what_joins_it_stays(text: str) -> None:
    assert visible(text) == text
    assert visible_json(json.dumps(text, ensure_ascii=False)) == json.dumps(
        text, ensure_ascii=False
    )


ANY = st.text(st.one_of(st.sampled_from(NAMES + "\x00\udcff\ud800\U000e0041'\\"), st.characters()))


@given(st.dictionaries(ANY, st.lists(ANY)))
def test_json_is_of_the_same_value(value: dict[str, Any]) -> None:
    text = visible_json(json.dumps(value, ensure_ascii=False, indent=2))
    assert json.loads(text) == value
    assert steering(text) == set()
    assert text.encode("utf-8")


@given(ANY.filter(lambda word: "\x00" not in word))
def test_a_word_that_is_typed_again_has_only_signs_that_are_seen(word: str) -> None:
    assert visible(typeable(word)) == typeable(word)


def test_a_shell_reads_the_word_that_was_meant() -> None:
    words = [
        NAMES,
        ODD,
        "it's",
        "a\\b'\x1b0'",
        "plain",
        "",
        "two words",
        "-x",
        "Zoë\u202e漢",
        "\udcff1",
    ]
    typed = " ".join(map(typeable, words))
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {typed}"], capture_output=True, check=True, env={}
    )
    expected = [word.encode("utf-8", "surrogateescape") for word in words]
    assert done.stdout.split(b"\x00")[:-1] == expected


def test_what_to_type_next_is_right_in_a_shell(run: Run, place: Path) -> None:
    text = run("search", place / "model", book_id(2)).ok
    (command,) = re.findall(r"^Next: readalike (.*)$", text, re.M)
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True
    )
    assert done.stdout.split(b"\x00")[:-1] == [
        b"similar", str(place / "model").encode(), book_id(2).encode(),
    ]  # fmt: skip


DOORS = {"__init__.py", "app.py", "output.py", "process.py"}
"""The modules that may write; app.py writes help and the version only."""


def test_text_reaches_the_terminal_by_the_doors_alone() -> None:
    folder = Path(cli.__file__).parent
    found = set()
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in ("rich.markup", "rich.text"):
                found.add((path.name, node.module))
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            writes = called.endswith((".print", ".write", ".writelines", "_print")) and node.args
            if called in ("print", "typer.echo", "typer.secho") or writes:
                found.add((path.name, "writes"))
    assert {name for name, _ in found} <= DOORS, found
    assert ("output.py", "rich.text") in found, "else this test would see nothing"
    assert ("output.py", "writes") in found
