"""The yardstick of a redesign: what it hashes, leaves out, and calls a difference."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import save_file


@pytest.fixture
def script(scripts: Any) -> Any:
    return scripts.same_behaviour


def test_an_array_is_hashed_by_its_type_shape_and_bytes(script: Any, tmp_path: Path) -> None:
    array: npt.NDArray[Any] = np.arange(6, dtype=np.float32)
    others = (array.astype(np.float64), array.reshape(2, 3), array + np.float32(1e-6))
    for place, each in enumerate((array, array.copy(), *others)):
        save_file({"a": each}, tmp_path / f"{place}.safetensors")
    first, same, *other = (
        script.arrays(tmp_path / f"{place}.safetensors")["a"] for place in range(5)
    )
    assert first == same
    assert first.startswith("float32 6 ")
    assert len({first, *other}) == 4


def test_a_parquet_file_is_hashed_column_by_column_in_its_order(
    script: Any, tmp_path: Path
) -> None:
    def hashed(*texts: str) -> Any:
        rows = ", ".join(f"({text}, {stars})" for stars, text in enumerate(texts))
        file = tmp_path / "a.parquet"
        table = f"SELECT * FROM (VALUES {rows}) AS t(book_id, stars)"
        duckdb.execute(f"COPY ({table}) TO '{file}' (FORMAT parquet)")
        return script.columns(file)

    first = hashed("'a'", "'b'", "NULL")
    assert first == hashed("'a'", "'b'", "NULL")
    assert first["book_id"].startswith("VARCHAR 3 ")
    for other in (hashed("'b'", "'a'", "NULL"), hashed("'a'", "'b'", "''")):
        assert other["book_id"] != first["book_id"]
        assert other["stars"] == first["stars"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Learnt ridge in 12.5 s from 1,200 ratings", "Learnt ridge in N s from 1,200 ratings"),
        ("ridge   1,327  0.25  412 ms", "ridge  1,327  0.25  N s"),
        ("<td>&lt; 1 ms</td>", "<td>N s</td>"),
        ("ridge  1,327  0.25  3 min 07 s", "ridge  1,327  0.25  N s"),
        ("ridge   1,327  0.25", "ridge   1,327  0.25"),
        ('"fit_seconds": 0.25, "mean": 3.5', '"fit_seconds": 0, "mean": 3.5'),
        ("made 2026-01-31T10:20:30+00:00", "made TIME"),
        ("readalike 0.1.0", "readalike VERSION"),
        ("arrays-0123456789ab.safetensors", "arrays.safetensors"),
        ("/tmp/x/model does not exist", "model does not exist"),
        ("1984 stars 4.5 of 5, 0.731", "1984 stars 4.5 of 5, 0.731"),
    ],
)
def test_only_what_differs_by_nature_is_left_out(script: Any, text: str, left: str) -> None:
    assert script.normal(text, Path("/tmp/x")) == left


def test_a_long_text_is_kept_as_its_beginning_and_hash(script: Any) -> None:
    text = "a" * (script.KEPT + 1)
    assert script.kept("short") == "short"
    assert script.kept(text) != script.kept(f"{text}a")
    assert len(json.dumps(script.kept(text))) < script.KEPT / 10


def test_files_are_read_by_their_kind(script: Any, tmp_path: Path) -> None:
    card = {"created": "today", "files": {"arrays": {"bytes": 3, "name": "a"}}, "mean": 3.5}
    (tmp_path / "card.json").write_text(json.dumps(card))
    found = json.loads(script.content(tmp_path / "card.json", tmp_path))
    assert found == {"files": {"arrays": {"name": "a"}}, "mean": 3.5}
    page = "<p>blend<svg><g id='report-1-time-m4'/>{}</svg><svg>{}</svg>"
    pages = [page.format(1, 1), page.format(2, 1), page.format(1, 2)]
    for place, text in enumerate(pages):
        (tmp_path / f"{place}.html").write_text(text)
    first, again, other = (script.content(tmp_path / f"{i}.html", tmp_path) for i in range(3))
    assert first == again != other
    (tmp_path / "trials").write_bytes(b"\xff\x00")
    assert script.content(tmp_path / "trials", tmp_path) == "binary"


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_command_is_run_apart_and_what_it_said_and_wrote_is_kept(
    script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def command(words: list[str]) -> Any:
        def work() -> int:
            sys.stdout.write(f"{words} in {Path.cwd()}/here\n")
            sys.stderr.write("why\n")
            Path("new.csv").write_text("a,b\n")
            Path("old.csv").read_text()
            return 2

        return work

    monkeypatch.setattr(script, "command", command)
    room, aside = tmp_path / "room", tmp_path / "aside"
    room.mkdir()
    aside.mkdir()
    (room / "old.csv").write_text("there before\n")
    assert script.done(["a"], room, aside) == {
        "code": 2,
        "out": "['a'] in here\n",
        "err": "why\n",
        "files": {"new.csv": "a,b\n"},
    }


OLD: dict[str, Any] = {
    "learnt": {"train": {"code": 0, "files": {"model/rater.safetensors": {"told": "f4 2 ab"}}}},
    "answers": {
        "recommend --rater mf": {
            "code": 0,
            "out": json.dumps({"items": [{"score": 0.5, "told": 3}, {"score": 0.25, "told": 2}]}),
            "err": "Nothing of it\nis known.\n",
        }
    },
}


def compared(script: Any, folder: Path, new: Any, *options: str) -> int:
    for name, runs in (("old", OLD), ("new", new)):
        record = {"made_of": {"numpy": name}, "runs": runs}
        (folder / f"{name}.json").write_text(json.dumps(record))
    words = ["compare", str(folder / "old.json"), str(folder / "new.json"), *options]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["same_behaviour.py", *words])
        code: int = script.main()
    return code


def test_what_is_the_same_is_no_difference(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(script, tmp_path, OLD) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        'Made of something else: numpy: was "old", is "new"',
        "0 of 2 commands differ.",
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("0.25", "0.26"), "recommend --rater mf / out / items / 1 / score: was 0.25, is 0.26"),
        (("f4 2 ab", "f4 2 ac"), 'told: was "f4 2 ab", is "f4 2 ac"'),
        (("is known", "is sure"), "-is known.\n    +is sure."),
        (('"err"', '"hint"'), 'recommend --rater mf / err: is gone, was "Nothing of it'),
        (('"code": 0', '"code": 1'), "recommend --rater mf / code: was 0, is 1"),
        (('\\": 0.5', '\\":  0.5'), "out: the same values in another order or spacing"),
        (("known.\\n", "known."), "err:\n    another end of its lines"),
        (("train", "learn"), "learnt / learn: is new"),
    ],
)
def test_a_difference_is_told_by_its_name(
    script: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, str],
    told: str,
) -> None:
    new = json.loads(json.dumps(OLD).replace(*change))
    assert compared(script, tmp_path, new) == 1
    assert told in capsys.readouterr().out


def test_a_part_that_one_record_lacks_is_said_and_is_no_difference(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(script, tmp_path, {"answers": OLD["answers"], "more": {}}) == 0
    said = capsys.readouterr().out
    assert f"learnt: is only in {tmp_path / 'old.json'}" in said
    assert f"more: is only in {tmp_path / 'new.json'}" in said


def test_a_long_difference_is_cut(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = json.loads(json.dumps(OLD).replace("is known", "\\n".join(map(str, range(50)))))
    assert compared(script, tmp_path, new, "--lines", "4") == 1
    assert len(capsys.readouterr().out.splitlines()) == 7


def test_accepted_renames_are_no_differences(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = json.dumps(OLD).replace("told", "notes").replace("--rater", "--predictor")
    new = new.replace("rater.safe", "predictor.safe").replace("Nothing of it", "No row of it")
    names = tmp_path / "renames.txt"
    names.write_text(
        "# words\ntold -> notes\nrater -> predictor\n\n--rater -> --predictor\n"
        "Nothing of it -> No row of it\n"
    )
    assert compared(script, tmp_path, json.loads(new)) == 1
    assert compared(script, tmp_path, json.loads(new), "--renamed", str(names)) == 0


def test_another_name_may_move_blanks_line_breaks_borders_and_order(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = tmp_path / "renames.txt"
    names.write_text("Nothing of it is -> Not a row of it is\n")
    moved = json.dumps(OLD).replace(
        "Nothing of it\\nis known.", "\u2502 Not a row of it is\\n known."
    )
    assert compared(script, tmp_path, json.loads(moved), "--renamed", str(names)) == 0
    assert compared(script, tmp_path, json.loads(moved)) == 1
    ordered = json.loads(moved)
    answer = ordered["answers"]["recommend --rater mf"]
    answer["out"] = json.dumps({"items": [{"told": 3, "score": 0.5}, {"told": 2, "score": 0.25}]})
    assert compared(script, tmp_path, ordered, "--renamed", str(names)) == 0
    other = json.loads(moved.replace("known", "known now"))
    assert compared(script, tmp_path, other, "--renamed", str(names)) == 1
    assert "-is known." in capsys.readouterr().out


def test_the_declared_renames_are_read_and_leave_no_old_name(script: Any) -> None:
    file = Path(script.__file__).with_name("renames.txt")
    renames = script.renames_of(file.read_text(encoding="utf-8"))
    assert renames["nll"] == "negative_log_likelihood"
    assert script.renamed(list(renames), renames) == list(renames.values())


def test_renames_are_of_whole_words_and_at_once(script: Any) -> None:
    renames = script.renames_of("a -> b\nb -> a\na c -> d\n")
    assert script.renamed({"a": ["b, ab", "a c, a-c"]}, renames) == {"b": ["a, ab", "d, a-c"]}
    with pytest.raises(SystemExit, match="line 2 must be 'old -> new', got 'a b'"):
        script.renames_of("a -> b\na b\n")


def test_the_commands_of_a_page_are_those_in_its_blocks(scripts: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "readalike is\n```\nreadalike train t --model m  # learns\nreadalike download\n```\n"
        "```python\nimport readalike\n```\n"
    )
    assert list(scripts.same_behaviour_cases.documented(page)) == ["train t --model m  # learns"]


def test_the_world_is_the_same_each_time(scripts: Any, tmp_path: Path) -> None:
    world = scripts.same_behaviour_world
    source = Path(__file__).resolve().parents[2] / "src"
    books = world.all_books(source)
    assert len(books) > 500
    assert len({book["id"] for book in books}) == len(books)
    for name in ("a", "b"):
        world.write_export(tmp_path / name, books)
        world.write_books(tmp_path / f"{name}-books", books)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a-books" / "books.csv").read_bytes() == (
        tmp_path / "b-books" / "books.csv"
    ).read_bytes()
    with pytest.raises(SystemExit, match="no table of sample books"):
        world.all_books(tmp_path)
