"""Every command that takes a path, in files and folders of any name: that one and no other."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.running import Done, Run, read_json, write_books, write_world
from kaggle_stand_in import SMALL, TABLES, zipped
from keras_import.kerasfiles import dot_model, ratings_table, write_grouped
from keras_import.kerasfiles import tables as keras_tables
from libraries import exports
from libraries.exports import goodreads, table
from odd_names import FOLDERS
from readalike.datasets.goodbooks import DATA_SETS

NAMES = {
    "r[1][!b]a*q?": "r1aabqx", "~": "~~", "-dash": "dash", "http:": "http",
    " blank new\nline": "blank", "rating=5 {50%} $HOME & #1": "rating",
    "it's \"x\"; DROP TABLE x; --": "its", "Zoë 漢字 back\\slash": "Zoe backslash",
}  # fmt: skip
"""Each with the name of a file beside it; what signs do one by one is tested where data is read."""
DECOY = b"some,thing,else\n1,2,3\n"
"""What stands in every file beside a named one."""
LIBRARY = table(
    exports.GOODREADS,
    goodreads("Emma", "Jane Austen", My_Rating=5),
    goodreads("Dune", "Frank Herbert", My_Rating=4),
    goodreads("Faust", "", Exclusive_Shelf="read"),
)


class Place:
    """A folder of an odd name that one is in, and files of that name with endings of their own."""

    def __init__(self, folder: Path, name: str, alike: str) -> None:
        self.folder, self.name, self.alike = folder, name, alike
        self.known: dict[str, bytes | None] = {}

    def typed(self, ending: str) -> str:
        """The name as it is typed, with a decoy beside what has it or is to get it."""
        (self.folder / f"{self.alike}{ending}").write_bytes(DECOY)
        self.new()
        return f"./{self.name}{ending}"

    def given(self, ending: str, content: str | bytes | Path) -> str:
        """The typed name of a file or folder of this content."""
        path = self.folder / f"{self.name}{ending}"
        if isinstance(content, Path):
            (shutil.copytree if content.is_dir() else shutil.copy)(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.typed(ending)

    def new(self) -> list[str]:
        """The endings of what is there since the last time; what was there is as it was."""
        now = {
            path.name: path.read_bytes() if path.is_file() else None
            for path in self.folder.iterdir()
        }
        came = now.keys() - self.known.keys()
        assert {name: now.get(name) for name in self.known} == self.known
        assert all(name.startswith(self.name) for name in came - self._decoys())
        self.known = now
        return sorted(name.removeprefix(self.name) for name in came - self._decoys())

    def _decoys(self) -> set[str]:
        return {path.name for path in self.folder.iterdir() if _is_decoy(path)}


def _is_decoy(path: Path) -> bool:
    return path.is_file() and path.read_bytes() == DECOY


@pytest.fixture(params=NAMES)
def place(request: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    name = str(request.param)
    folder = tmp_path / name
    folder.mkdir()
    (tmp_path / NAMES[name]).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / NAMES[name]))
    monkeypatch.chdir(folder)
    return Place(folder, name, NAMES[name])


@pytest.fixture(scope="module")
def ratings(world: Path) -> bytes:
    return (world / "ratings.csv").read_bytes()


def test_doctor_and_train(run: Run, place: Place, ratings: bytes, model: Path) -> None:
    path, books = place.given(".csv", ratings), place.typed(" books")
    write_books(Path(books))
    place.new()
    figures = run("doctor", path, "--books", books, "--json").json["diagnosis"]["figures"]
    known = read_json(model / "card.json")["data"]
    assert (figures["ratings"], figures["books_without_row"]) == (known["ratings"], 0)
    to = place.typed(" model")
    words = ("--algorithm", "popularity", "--predictor", "none")
    assert run("train", path, "--books", books, "--model", to, *words).ok
    assert read_json(Path(to, "card.json"))["data"] == known
    assert place.new() == [" model"]


def answers(run: Run, model: object, *files: str) -> list[Any]:
    history, library, decided = files
    asked = (
        ("recommend", model, "--reader", "3"),
        ("recommend", model, "--history", history),
        ("recommend", model, "--library", library, "--corrections", decided),
        ("recommend", model, "--like", "Emma", "--from", library),
        ("forecast", model, "Dune", "Emma", "--reader", "3"),
        ("explain", model, "Dune", "--history", history),
        ("explain", model, "Dune", "--library", library),
        ("similar", model, "Dune"),
        ("search", model, "faust"),
    )
    return [without_files(run(*words, "--json").json) for words in asked]


def without_files(told: Any) -> Any:
    """What is told, without the names of files, which differ."""
    if isinstance(told, dict):
        return {name: without_files(each) for name, each in told.items() if name != "file"}
    return [without_files(each) for each in told] if isinstance(told, list) else told


def files_of_a_reader(at: Callable[[str, str], str]) -> tuple[str, str, str]:
    return (
        at(" history", "book_id,rating\nb02,5\nb04,4\n"),
        at(" library", LIBRARY),
        at(" decided", "title,author,source_id,book_id\nFaust,,,b06\n"),
    )


@pytest.fixture(scope="module")
def usual_answers(run: Run, model: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("usual")

    def at(ending: str, content: str) -> str:
        (folder / ending).write_text(content)
        return str(folder / ending)

    return answers(run, model, *files_of_a_reader(at))


def test_answers(run: Run, place: Place, model: Path, usual_answers: list[Any]) -> None:
    here = place.given(" model", model)
    assert answers(run, here, *files_of_a_reader(place.given)) == usual_answers
    out = place.typed(".parquet")
    assert run("recommend", here, "--all", "--out", out).ok
    assert place.new() == [".parquet"]


def test_a_model_in_folders_that_look_like_columns(
    run: Run, tmp_path: Path, model: Path, usual_answers: list[Any]
) -> None:
    deep = tmp_path.joinpath(*FOLDERS)
    shutil.copytree(model, deep)

    def at(ending: str, content: str) -> str:
        (deep.parent / ending).write_text(content)
        return str(deep.parent / ending)

    assert answers(run, deep, *files_of_a_reader(at)) == usual_answers


def test_import(run: Run, place: Place, model: Path) -> None:
    here, library = place.given(" model", model), place.given(".csv", LIBRARY)
    report, decided = place.typed(".json"), place.typed(" decided.csv")
    words = ("--report", report, "--corrections", decided)
    assert run("import", library, "--model", here, *words).ok
    assert place.new() == [" decided.csv", ".json"]
    entries = read_json(Path(report))["entries"]
    assert [each["match"]["book_id"] for each in entries] == ["b00", "b01", None]


def test_add_books(run: Run, place: Place, model: Path) -> None:
    here = place.given(" model", model)
    new = place.given(".csv", "book_id,title,authors\nnew,The New One,Jane Austen\n")
    added = run("add-books", here, new, "--json").json["added"]
    assert [each["book_id"] for each in added] == ["new"]
    assert "The New One" in run("search", here, "new one").ok
    assert place.new() == []


def test_evaluate_and_compare(run: Run, place: Place, ratings: bytes) -> None:
    path = place.given(".csv", ratings)
    out, html, split = place.typed(".json"), place.typed(".html"), place.typed(" split")
    place.typed(".parquet")
    words = ("evaluate", path, "--algorithm", "popularity", "--json")
    kept = ("--out", out, "--html", html, "--save-split", split)
    first = run(*words, "--protocol", "held-out", *kept).json
    assert place.new() == [" split", ".html", ".json", ".parquet"]
    again = run(*words, "--split", split).json
    assert [each["measures"] for each in again["results"]] == [
        each["measures"] for each in first["results"]
    ]
    assert [each["difference"]["mean"] for each in compared(run, out, out)] == [0]
    readers = place.given(" readers.csv", "user_id,book_id,rating\n" + "".join(
        f"x{reader},b{book:02},5\n" for reader in range(3) for book in range(6)
    ))  # fmt: skip
    new = run(*words, "--protocol", "new-readers", "--readers", readers, "--given", 2).json
    assert [each["readers"] for each in new["results"]] == [3]
    assert place.new() == []


def compared(run: Run, one: str, other: str) -> list[Any]:
    found: list[Any] = run("compare", one, other, "--json").json["comparisons"]
    return found


def test_tune_and_train_with_what_was_found(run: Run, place: Place, ratings: bytes) -> None:
    path, out = place.given(".csv", ratings), place.typed(".json")
    place.typed(".trials")
    assert run("tune", path, "--algorithm", "cosine", "--trials", 2, "--out", out).ok
    assert place.new() == [".json", ".trials"]
    to = place.typed(" model")
    assert run("train", path, "--settings", out, "--predictor", "none", "--model", to).ok
    assert read_json(Path(to, "card.json"))["algorithm"]["name"] == "cosine"
    assert place.new() == [" model"]


def test_import_keras(run: Run, place: Place, tmp_path: Path) -> None:
    saved = place.given(".h5", write_grouped(tmp_path / "m.h5", dot_model(), keras_tables()))
    columns = ratings_table()
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    path = place.given(".csv", "".join(",".join(map(str, row)) + "\n" for row in rows))
    to = place.typed(" model")
    assert run("import-keras", saved, "--ratings", path, "--model", to).ok
    assert place.new() == [" model"]


def test_download(run: Run, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DATA_SETS, SMALL.name, SMALL)
    archive, to = place.given(".zip", zipped()), place.typed(" books")
    assert run("download", "--from", archive, "--to", to).ok
    assert place.new() == [" books"]
    assert sorted(path.name for path in Path(to).iterdir()) == sorted(TABLES)


def test_a_folder_called_by_the_sign_of_home_is_that_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell expands it where it is meant so; here it has a name like any other."""
    monkeypatch.setitem(DATA_SETS, SMALL.name, SMALL)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write_world(tmp_path / "home")
    write_world(tmp_path / "here" / "~", books=False)
    (tmp_path / "here" / "~" / "a.zip").write_bytes(zipped())
    monkeypatch.chdir(tmp_path / "here")
    assert "There is no table of books" in run("doctor", "~").ok
    assert run("download", "--from", "~/a.zip", "--to", "~/books").ok
    assert sorted(path.name for path in Path("~").iterdir()) == ["a.zip", "books", "ratings.csv"]
    assert sorted(path.name for path in (tmp_path / "home").iterdir()) == [
        "books.csv",
        "ratings.csv",
    ]


# What is no path


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/r.csv", "s3://b/r.csv", "hf://d/r.csv"])
def test_an_address_is_refused_in_words(
    run: Run, world: Path, model: Path, tmp_path: Path, address: str
) -> None:
    words = "must be .* on this machine, got an address; download it first"
    reading: list[tuple[object, ...]] = [
        ("train", address, "--model", tmp_path / "m"),
        ("train", world, "--books", address, "--model", tmp_path / "m"),
        ("train", world, "--settings", address, "--model", tmp_path / "m"),
        ("doctor", address),
        ("evaluate", address),
        ("evaluate", world, "--protocol", "new-readers", "--readers", address),
        ("compare", address, address),
        ("tune", address),
        ("recommend", model, "--history", address),
        ("recommend", model, "--library", address),
        ("recommend", model, "--like", "Emma", "--from", address),
        ("import", address, "--model", model),
        ("add-books", model, address),
        ("import-keras", address, "--ratings", world, "--model", tmp_path / "m"),
        ("download", "--from", address, "--to", tmp_path / "d"),
    ]
    for each in reading:
        refuses(run(*each), words)
    writing: list[tuple[object, ...]] = [
        ("recommend", model, "--all", "--out", address),
        ("evaluate", world, "--out", f"{address}.json"),
        ("evaluate", world, "--html", address),
        ("tune", world, "--trials", 1, "--out", address),
        ("import", write(tmp_path / "l.csv"), "--model", model, "--report", address),
    ]
    for each in writing:
        refuses(run(*each), "must be .*folder that is there; make it first")
    assert [path.name for path in tmp_path.iterdir()] == ["l.csv"]


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder with a pipe and a device of every ending that is written."""
    for ending in ("json", "html", "csv", "parquet", "trials", "h5"):
        os.mkfifo(tmp_path / f"pipe.{ending}")
        (tmp_path / f"device.{ending}").symlink_to("/dev/zero")
    return tmp_path


@pytest.mark.parametrize("what", ["pipe", "device"])
def test_a_pipe_and_a_device_are_neither_read_nor_waited_for(
    run: Run, world: Path, model: Path, odd: Path, what: str
) -> None:
    table, text = odd / f"{what}.csv", odd / f"{what}.json"
    reading: list[tuple[object, ...]] = [
        ("train", table, "--model", odd / "m"),
        ("train", world, "--books", table, "--model", odd / "m"),
        ("train", world, "--settings", text, "--model", odd / "m"),
        ("doctor", table),
        ("evaluate", world, "--protocol", "new-readers", "--readers", table),
        ("compare", text, text),
        ("recommend", model, "--history", table),
        ("recommend", model, "--library", table),
        ("recommend", model, "--library", write(odd / "l.csv"), "--corrections", table),
        ("explain", model, "Dune", "--history", text),
        ("import", table, "--model", model),
        ("import", odd / "l.csv", "--model", model, "--corrections", table),
        ("add-books", model, table),
        ("import-keras", odd / f"{what}.h5", "--ratings", world, "--model", odd / "m"),
        ("download", "--from", table, "--to", odd / "d"),
    ]
    for each in reading:
        refuses(run(*each), rf"{what}\.\w+: must be .*, got a {what}")


@pytest.mark.parametrize("what", ["pipe", "device"])
def test_a_pipe_and_a_device_are_not_replaced(
    run: Run, world: Path, model: Path, odd: Path, what: str
) -> None:
    before = {path: path.lstat().st_ino for path in odd.iterdir()}
    library, given = write(odd / "l.csv"), ("--algorithm", "popularity")
    writing: list[tuple[object, ...]] = [
        ("recommend", model, "--all", "--out", odd / f"{what}.parquet"),
        ("evaluate", world, *given, "--out", odd / f"{what}.json"),
        ("evaluate", world, *given, "--html", odd / f"{what}.html"),
        ("evaluate", world, *given, "--save-split", odd / f"{what}.csv"),
        ("tune", world, "--algorithm", "cosine", "--trials", 1, "--out", odd / f"{what}.json"),
        ("import", library, "--model", model, "--report", odd / f"{what}.html"),
    ]
    for each in writing:
        refuses(run(*each), rf"{what}\.\w+: must be ")
    (odd / "new.trials").symlink_to(f"{what}.trials")
    words = ("--algorithm", "cosine", "--trials", 1, "--out", odd / "new.json")
    refuses(run("tune", world, *words), r"new\.trials: must hold the trials")
    assert {path: path.lstat().st_ino for path in before} == before


def test_what_tells_who_has_read_what_is_for_the_owner_alone(
    run: Run, model: Path, tmp_path: Path
) -> None:
    lists, report, decided = tmp_path / "l.parquet", tmp_path / "r.html", tmp_path / "c.csv"
    assert run("recommend", model, "--all", "--out", lists).ok
    files = ("--report", report, "--corrections", decided)
    words = ("import", write(tmp_path / "l.csv"), "--model", model, *files)
    assert run(*words).ok
    for path in (lists, report, decided):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    report.chmod(0o644)
    assert run(*words).ok
    assert stat.S_IMODE(report.stat().st_mode) == 0o644


def write(path: Path) -> Path:
    path.write_text(LIBRARY)
    return path


def refuses(done: Done, words: str) -> None:
    assert re.search(words, done.refusal), done.refusal
