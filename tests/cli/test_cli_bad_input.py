"""What people get wrong: one line with the remedy and exit code 2, or a stated behaviour."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.running import SIZE, Run, book_id, in_subprocess, read_json, write_world
from readalike.model_folder import card as modelcard
from readalike.model_folder import store

HEADER = "user_id,book_id,rating"


@pytest.fixture
def table(tmp_path: Path) -> Any:
    """Writes a file of lines or bytes."""

    def write(content: str | bytes, name: str = "ratings.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def train_words(path: Path, folder: Path, *more: object) -> tuple[object, ...]:
    words = ("--algorithm", "popularity", "--predictor", "none")
    return ("train", path, "--model", folder, *words, *more)


# --- what is read ---------------------------------------------------------------------------

UNUSABLE: dict[str, tuple[str | bytes, str]] = {
    "empty": (b"", "ratings.csv: .*empty"),
    "only blank lines": ("\n\n \n", "ratings.csv.*empty"),
    "header only": (f"{HEADER}\n", "ratings.csv: must hold ratings, got names of columns"),
    "wrong columns": ("colour,size\nred,4\n", "line 1: must have columns .*--user-column"),
    "one column": ("user_id\n1\n", "--separator"),
    "only bad rows": (f"{HEADER}\n1,2,x\n3,4,\n", "line 2: the column .rating. holds no rating"),
    "binary": (b"\x7fELF\0\1\2\3" * 50, "ratings.csv, line 1: .*binary"),
    "a zip": (b"PK\x03\x04" + b"\0" * 60, "whole zip file, and is damaged .* unpack it"),
    "JSON": ('{"1": 5}', "got JSON"),
    "damaged Parquet": (b"PAR1" + b"x" * 50, "ratings.csv: cannot be read"),
}


@pytest.mark.parametrize("command", ["train", "doctor", "evaluate"])
@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_cannot_be_used(
    run: Run, table: Any, tmp_path: Path, command: str, name: str
) -> None:
    content, words = UNUSABLE[name]
    path = table(content)
    model = ("--model", tmp_path / "m") if command == "train" else ()
    assert re.search(words, run(command, path, *model).refusal)
    assert [p.name for p in tmp_path.iterdir()] == ["ratings.csv"], "no model, not half of one"


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert (
        "no.csv: there is no such file"
        in run(*train_words(tmp_path / "no.csv", tmp_path / "m")).refusal
    )
    assert not (tmp_path / "m").exists()
    books = ("--books", tmp_path / "no.csv")
    write_world(tmp_path / "w", books=False)
    assert "no.csv" in run(*train_words(tmp_path / "w", tmp_path / "m", *books)).refusal


def test_a_folder_without_ratings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello\n")
    refusal = run(*train_words(tmp_path, tmp_path / "m")).refusal
    assert "must hold a table of ratings" in refusal
    assert "notes.txt" in refusal


def test_a_fault_of_the_kind_that_cannot_be_read_again(run: Run, tmp_path: Path) -> None:
    """The data vanishes between two trainings; the model that is there stays good."""
    world = write_world(tmp_path / "w")
    words = train_words(world, tmp_path / "m")
    assert run(*words).ok
    shutil.rmtree(world)
    assert str(world) in run(*words).refusal
    assert run("recommend", tmp_path / "m", "--reader", 3).ok


GOOD = "".join(f"{u},{b},{1 + (u + b) % 5}\n" for u in range(6) for b in range(5))

LEFT_OUT = {
    "letters": ("9,1,good", "the rating cannot be read"),
    "NaN": ("9,1,nan", "no (rating|number)"),
    "no rating": ("9,1,", "no rating"),
    "infinite": ("9,1,inf", "cannot be read"),
    "above the scale": ("9,1,99", "not on the scale 1 to 5"),
    "below the scale": ("9,1,-3", "not on the scale 1 to 5"),
    "no reader": (",1,3", "no reader id"),
    "no book": ("9,,3", "no book id"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_row_that_cannot_be_used_is_counted_and_told(
    run: Run, table: Any, tmp_path: Path, name: str
) -> None:
    row, reason = LEFT_OUT[name]
    path = table(f"{HEADER}\n{GOOD}{row}\n8,1,5\n")
    words = train_words(path, tmp_path / "m")
    text = run(*words).ok
    assert "31 of 32 rows used" in text
    assert re.search(f"left out 1 .*{reason}.*line 32", text)
    assert read_json(tmp_path / "m" / "card.json")["data"]["ratings"] == 31
    refusal = run(*words, "--strict").refusal
    assert re.search(f"ratings.csv, line 32: .*{reason}.*--strict", refusal)
    assert store.load(tmp_path / "m").readers is not None, "the older model is still whole"


@pytest.mark.parametrize("id_", ["-7", "99999999999999999999", "ann o'nym", "Zoë", "007", "1e5"])
def test_ids_are_opaque(run: Run, table: Any, tmp_path: Path, id_: str) -> None:
    path = table(f'{HEADER}\n{GOOD}"{id_}",1,5\n"{id_}","{id_}",4\n')
    assert run(*train_words(path, tmp_path / "m")).ok
    done = run("recommend", tmp_path / "m", f"--reader={id_}", "--json").json
    assert done["source"] == "popular", "as the algorithm has it"
    assert {book["book_id"] for book in done["recommendations"]} == {"0", "2", "3", "4"}
    assert run("search", tmp_path / "m", "--json", "--", id_).json["books"][0]["book_id"] == id_


def test_one_reader(run: Run, table: Any, tmp_path: Path) -> None:
    path = table(f"{HEADER}\n1,1,5\n1,2,4\n1,3,1\n")
    assert run("train", path, "--model", tmp_path / "m").ok
    done = run("recommend", tmp_path / "m", "--like", "1", "--json").json
    assert {book["book_id"] for book in done["recommendations"]} == {"2", "3"}
    assert "only 2" in done["note"]


def test_one_book(run: Run, table: Any, tmp_path: Path) -> None:
    path = table(f"{HEADER}\n1,1,5\n2,1,4\n3,1,1\n")
    assert run("train", path, "--model", tmp_path / "m").ok
    done = run("recommend", tmp_path / "m", "--like", "1", "--json").json
    assert done["recommendations"] == []
    assert "only 0" in done["note"]
    text = run("recommend", tmp_path / "m", "--like", "1").ok
    assert text == "Asked for 10 books, but only 0 are neither read nor excluded.\n"


def test_too_little_to_evaluate(run: Run, table: Any) -> None:
    assert "one" in run("evaluate", table(f"{HEADER}\n1,1,5\n"), "--algorithm", "cosine").refusal


# --- whom and what is asked for -------------------------------------------------------------

ASKED = {
    "nobody": (
        (),
        "give one of --reader ID, --history FILE, --like TITLE, --library FILE or --all",
    ),
    "two": (("--reader", "1", "--like", "Emma"), "give one of"),
    "unknown reader": (("--reader", "nobody"), "unknown reader 'nobody'.*--history FILE"),
    "empty reader": (("--reader", ""), "unknown reader ''"),
    "unknown title": (("--like", "Emmma"), "unknown book 'Emmma'; did you mean 'Emma' / Jane"),
    "nothing alike": (("--like", "Qqxzzw"), "unknown book.*readalike search DIR TEXT"),
    "ambiguous": (("--like", "faust"), "several books.*Goethe.*b04.*Turgenev.*b06"),
    "n is 0": (("--like", "Emma", "-n", "0"), "-n must be a whole number, at least 1, got '0'"),
    "n is negative": (("--like", "Emma", "-n", "-2"), "-n must be .*got '-2'"),
    "n is a word": (("--like", "Emma", "-n", "abc"), "-n must be .*got 'abc'"),
    "n is no whole number": (("--like", "Emma", "-n", "2.5"), "-n must be .*got '2.5'"),
    "all without out": (("--all",), "--all and --out FILE.parquet must be given together"),
    "out without all": (("--out", "x", "--reader", "1"), "--all and --out"),
    "all with exclude": (("--all", "--out", "x", "--exclude", "b01"), "--exclude"),
    "unknown option": (("--foo",), "no such option: --foo.*readalike recommend --help"),
    "no value": (("--like",), "option '--like' requires an argument"),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_recommended(run: Run, model: Path, name: str) -> None:
    words, refusal = ASKED[name]
    assert re.search(refusal, run("recommend", model, *words).refusal)


def test_an_ambiguous_title_can_be_told_apart_as_the_refusal_says(run: Run, model: Path) -> None:
    for like in ("faust / goethe", "b04"):
        done = run("recommend", model, "--like", like, "--json").json
        assert done["recommendations"][0]["reasons"][0]["book_id"] == "b04"


@pytest.mark.parametrize("command", ["similar", "search"])
def test_n_of_the_others(run: Run, model: Path, command: str) -> None:
    for n in ("0", "-1", "many"):
        assert (
            f"-n must be a whole number, at least 1, got '{n}'"
            in run(command, model, "Emma", "-n", n).refusal
        )


def test_unknown_books_to_search_and_compare(run: Run, model: Path) -> None:
    assert "did you mean 'Emma'" in run("similar", model, "Emmma").refusal
    assert run("search", model, "Qqxzzw", "--json").json == {"books": []}
    assert run("search", model, "Qqxzzw").ok == "No book is called anything like 'Qqxzzw'.\n"
    assert "missing argument 'TEXT'" in run("search", model).refusal
    assert "missing argument 'BOOK'" in run("similar", model).refusal


@pytest.mark.parametrize("n", [SIZE, 10**11, 10**30])
def test_more_books_than_there_are(run: Run, model: Path, tmp_path: Path, n: int) -> None:
    done = run("recommend", model, "--like", "Emma", "-n", n, "--json").json
    assert len(done["recommendations"]) == SIZE - 1
    assert done["note"].startswith(f"asked for {n} books, but only {SIZE - 1}")
    lists = run("recommend", model, "--all", "--out", tmp_path / "l", "-n", n, "--json").json
    assert lists["short"] == SIZE


def test_a_history_of_unknown_books_gets_the_popular_ones_and_is_told(
    run: Run, model: Path, table: Any
) -> None:
    path = table("book_id,rating\nzzz,5\nyyy,1\n", "h.csv")
    done = run("recommend", model, "--history", path, "--json").json
    assert done["source"] == "popular"
    assert done["ignored"] == ["zzz", "yyy"]
    assert len(done["recommendations"]) == 10
    text = run("recommend", model, "--history", path).ok
    assert "Not in the catalogue, so left aside: zzz, yyy" in text
    assert "None of the books given is in the catalogue, so these are the most popular" in text


def test_a_reader_of_everything(run: Run, table: Any, tmp_path: Path) -> None:
    everything = "".join(f"all,{b},3\n" for b in range(5))
    assert run(*train_words(table(f"{HEADER}\n{GOOD}{everything}"), tmp_path / "m")).ok
    done = run("recommend", tmp_path / "m", "--reader", "all", "--json").json
    assert done["recommendations"] == []
    assert "only 0 are neither read nor excluded" in done["note"]


HISTORIES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "h.csv: .*empty"),
    "binary": (b"\0\1\2", "h.csv, line 1: .*binary"),
    "broken JSON": ('{"b01": 5,', "h.csv, line 1: must be JSON"),
    "other columns": (
        "colour,shape\nred,round\n",
        "line 1: must be a CSV of book_id,rating",
    ),
    "letters": ("book_id,rating\nb01,5\nb02,good\n", "h.csv, line 3: a rating must be a number"),
    "outside the scale": ("book_id,rating\nb01,9\n", "h.csv: a rating must be from 1 to 5.*got 9"),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_that_cannot_be_used(run: Run, model: Path, table: Any, name: str) -> None:
    content, words = HISTORIES[name]
    path = table(content, "h.csv")
    assert re.search(words, run("recommend", model, "--history", path).refusal)


def test_a_history_that_is_not_there(run: Run, model: Path, tmp_path: Path) -> None:
    assert (
        "no.csv: there is no such file"
        in run("recommend", model, "--history", tmp_path / "no.csv").refusal
    )
    assert "got a folder" in run("recommend", model, "--history", tmp_path).refusal


def test_a_repeated_book_of_a_history_is_told(run: Run, model: Path, table: Any) -> None:
    path = table("book_id,rating\nb02,1\nb04,5\nb02,5\n", "h.csv")
    done = run("recommend", model, "--history", path, "--json")
    assert "b02" in done.err
    assert done.err.count("\n") == 1
    once = table("book_id,rating\nb04,5\nb02,5\n", "once.csv")
    assert run("recommend", model, "--history", once, "--json").json == done.json


# --- settings -------------------------------------------------------------------------------

SETTINGS = {
    "unknown algorithm": (("--algorithm", "svd"), "unknown algorithm 'svd': must be one of blend,"),
    "unknown setting": (("--set", "size=3"), "unknown setting 'size': must be one of neighbours"),
    "wrong type": (("--set", "neighbours=few"), "neighbours must be a whole number.*got 'few'"),
    "no whole number": (("--set", "neighbours=2.5"), "neighbours must be a whole number"),
    "out of range": (("--set", "neighbours=0"), "neighbours must be .*at least 1, got 0"),
    "not a number": (("--set", "star_slope=nan"), "star_slope must be"),
    "without =": (("--set", "neighbours"), "--set NAME=VALUE .*got 'neighbours'"),
    "without name": (("--set", "=3"), "--set NAME=VALUE"),
    "without value": (("--set", "neighbours="), "neighbours must be a whole number.*got ''"),
    "twice": (("--set", "neighbours=3", "--set", "neighbours=4"), "neighbours must be given once"),
    "scale": (("--scale", "ten"), "scale must be like 1..10.*got 'ten'"),
    "scale backwards": (("--scale", "5..1"), "scale must be like 1..10"),
    "repeats": (("--repeats", "best"), "repeats must be.*first, last.*mean.*got 'best'"),
    "column": (("--user-column", "nope"), "must have the column 'nope' of --user-column"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_cannot_be(run: Run, world: Path, tmp_path: Path, name: str) -> None:
    words, refusal = SETTINGS[name]
    chosen = () if "--algorithm" in words else ("--algorithm", "cosine")
    done = run("train", world, "--model", tmp_path / "m", *chosen, *words)
    assert re.search(refusal, done.refusal)
    assert not (tmp_path / "m").exists()


EVALUATE = {
    "protocol": (("--protocol", "random"), "must be one of notebook-split, new-readers"),
    "readers are missing": (("--protocol", "new-readers"), "needs --readers FILE"),
    "readers with the split": (
        ("--readers", "x.csv"),
        "--readers goes with --protocol new-readers",
    ),
    "given with the split": (("--given", "5"), "--given goes with --protocol new-readers"),
    "seed": (("--seed", "-1"), "--seed must be a whole number, at least 0, got '-1'"),
    "algorithm": (("--algorithm", "svd"), "unknown algorithm 'svd'"),
    "algorithm twice": (("--algorithm", "ease", "--algorithm", "ease"), "given once, got it twice"),
    "setting": (("--algorithm", "cosine:neighbours"), "--algorithm cosine:NAME=VALUE"),
    "no model": (("--model", "no such model"), "no such model does not exist"),
}


@pytest.mark.parametrize("name", EVALUATE)
def test_an_evaluation_that_cannot_be(run: Run, world: Path, name: str) -> None:
    words, refusal = EVALUATE[name]
    assert re.search(refusal, run("evaluate", world, *words).refusal)


@pytest.mark.parametrize("given", ["", "five", "5,5", "-1", "5,,20", "5.5"])
def test_given_nonsense(run: Run, world: Path, given: str) -> None:
    refusal = run(
        "evaluate", world, "--protocol", "new-readers", "--readers", world, f"--given={given}"
    ).refusal
    assert f"--given must be different whole numbers such as 5,20,50, got {given!r}" in refusal


def test_readers_that_cannot_be_asked(run: Run, world: Path, table: Any, tmp_path: Path) -> None:
    words = ("evaluate", world, "--algorithm", "popularity", "--protocol", "new-readers")
    assert "no.csv: there is no such file" in run(*words, "--readers", tmp_path / "no.csv").refusal
    tens = "".join(f"new,{book_id(b)},{1 + b % 10}\n" for b in range(SIZE))
    other = table(f"{HEADER}\n{tens}", "tens.csv")
    assert "must be on the scale of training, 1 to 5" in run(*words, "--readers", other).refusal
    strange = table(f"{HEADER}\nnew,x,5\nnew,y,4\n", "strange.csv")
    assert "no book in common" in run(*words, "--readers", strange).refusal
    short = table(f"{HEADER}\nnew,b01,5\nnew,b03,4\n", "short.csv")
    assert "no reader is left" in run(*words, "--readers", short, "--given", "5").refusal


def test_figures_of_something_else_are_refused_before_the_work(
    run: Run, world: Path, model: Path
) -> None:
    before = (model / "card.json").read_bytes()
    refusal = run("evaluate", world, "--algorithm", "ease", "--model", model).refusal
    assert "holds a model of another algorithm" in refusal
    assert (model / "card.json").read_bytes() == before


# --- model folders --------------------------------------------------------------------------


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(model, tmp_path / "copy")


def test_model_folders_that_cannot_be_used(run: Run, copy: Path, tmp_path: Path) -> None:
    def refusals() -> set[str]:
        words = (("recommend", copy, "--like", "Emma"), ("similar", copy, "Emma"))
        return {run(*each).refusal for each in (*words, ("search", copy, "Emma"))}

    card = copy / "card.json"
    whole = card.read_text()
    (newer,) = refusals_of(refusals, card, {**json.loads(whole), "format_version": 9})
    assert "model format 9" in newer
    assert "install a newer readalike" in newer
    (foreign,) = refusals_of(refusals, card, {"format": "something"})
    assert "must be the card of a Readalike model" in foreign
    card.write_text(whole[: len(whole) // 2])
    (damaged,) = refusals()
    assert "damaged model card" in damaged
    assert "train it again" in damaged
    card.write_text(whole)
    next(copy.glob("catalogue*")).write_bytes(b"PAR1")
    assert all("damaged model folder" in each for each in refusals())
    card.unlink()
    (none,) = refusals()
    assert "is no model folder (no card.json)" in none
    assert "readalike train PATH --model" in none
    shutil.rmtree(copy)
    (gone,) = refusals()
    assert "does not exist" in gone


def refusals_of(refusals: Any, card: Path, content: dict[str, Any]) -> set[str]:
    card.write_text(json.dumps(content))
    found: set[str] = refusals()
    return found


def test_a_file_or_folder_of_something_else_is_never_overwritten(
    run: Run, world: Path, tmp_path: Path
) -> None:
    file = tmp_path / "thesis.tex"
    file.write_text("years of work")
    assert "must be a folder for the model, but is a file" in run(*train_words(world, file)).refusal
    for deep in (file / "m", file / "deep" / "m"):
        assert "thesis.tex is a file" in run(*train_words(world, deep)).refusal
    refusal = run(*train_words(world, tmp_path)).refusal
    assert "holds other files (thesis.tex)" in refusal
    assert "choose an empty or new folder" in refusal
    other = tmp_path / "game"
    other.mkdir()
    (other / "card.json").write_text('{"suit": "hearts"}')
    assert "holds other files" in run(*train_words(world, other)).refusal
    assert (other / "card.json").read_text() == '{"suit": "hearts"}'
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["game", "thesis.tex"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(run: Run, world: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "may write to" in run(*train_words(world, tmp_path / "m")).refusal


def test_lists_that_cannot_be_written(run: Run, model: Path, tmp_path: Path) -> None:
    words = ("recommend", model, "--all", "--out")
    assert "must be in a folder that is there" in run(*words, tmp_path / "no" / "l.parquet").refusal
    assert "got a folder" in run(*words, tmp_path).refusal
    (tmp_path / "file").write_text("")
    assert "must be in a folder" in run(*words, tmp_path / "file" / "l.parquet").refusal
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"


@pytest.mark.parametrize("limit", [10, 1000])
def test_a_full_disk_while_saving(
    run: Run, world: Path, copy: Path, tmp_path: Path, limit: int
) -> None:
    pytest.importorskip("resource", reason="needs a limit on the size of files")
    before = {p.name: p.read_bytes() for p in copy.iterdir()}
    for folder in (copy, tmp_path / "new"):
        refusal = in_subprocess(*train_words(world, folder), before=LIMIT.format(limit)).refusal
        assert "could not be saved" in refusal
        assert "File too large" in refusal
        assert "train again" in refusal
    assert {p.name: p.read_bytes() for p in copy.iterdir()} == before
    assert not any((tmp_path / "new").glob("*"))
    assert run("recommend", copy, "--like", "Emma").ok
    out = tmp_path / "lists.parquet"
    full = in_subprocess("recommend", copy, "--all", "--out", out, before=LIMIT.format(limit))
    assert "lists.parquet: cannot be written" in full.refusal
    assert not list(tmp_path.glob("*lists*"))


KILLED = """
import os
whole = os.replace
def killed(self, target):
    if str(target).endswith({ending!r}):
        os.kill(os.getpid(), 9)
    return whole(self, target)
import pathlib
pathlib.Path.replace = killed
"""


@pytest.mark.parametrize("ending", [".safetensors", ".parquet", "card.json"])
def test_an_interrupted_save_leaves_the_old_model(
    run: Run, world: Path, copy: Path, ending: str
) -> None:
    answer = run("recommend", copy, "--reader", 3, "--json").out
    done = in_subprocess(*train_words(world, copy), before=KILLED.format(ending=ending))
    assert done.code == -9
    assert run("recommend", copy, "--reader", 3, "--json").out == answer
    assert run(*train_words(world, copy)).ok
    assert len(list(copy.iterdir())) == 4, "what the killed save left is gone"
    assert modelcard.read_card(copy).algorithm == "popularity"


def test_stars_outside_the_scale_are_the_files_and_those_wished_for_are_not(
    run: Run, model: Path, tmp_path: Path
) -> None:
    file = tmp_path / "h.csv"
    file.write_text("book_id,rating\nb02,9\n")
    for words in (("forecast", model, "b04"), ("recommend", model)):
        refusal = run(*words, "--history", file).refusal
        assert "h.csv" in refusal
        assert "from 1 to 5" in refusal
    file.write_text("book_id,rating\nb02,4\nnowhere,9\n")
    assert run("recommend", model, "--history", file).ok
    wish = run("recommend", model, "--history", file, "--at-least", 9).refusal
    assert "h.csv" not in wish
    assert "from 1 to 5" in wish


def test_a_download_that_cannot_be(run: Run, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_API_TOKEN", "KAGGLE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("READALIKE_KAGGLE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    assert (
        "unknown data set 'books': must be one of goodbooks-10k" in run("download", "books").refusal
    )
    assert "no.zip" in run("download", "--from", tmp_path / "no.zip").refusal
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    assert "bad.zip" in run("download", "--from", tmp_path / "bad.zip").refusal
    assert "--from" in run("download").refusal
    assert not (tmp_path / "goodbooks-10k").exists()


def test_numbers_of_an_evaluation_are_finite_or_null(run: Run, world: Path) -> None:
    done = run("evaluate", world, "--algorithm", "cosine", "--json").json
    for result in done["results"]:
        for measure in result["measures"].values():
            assert all(np.isfinite(value) for value in measure.values())
