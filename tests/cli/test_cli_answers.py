"""What commands answer: the forms of the JSON, the text, and the same bytes each time."""

from __future__ import annotations

import json
import math
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import readalike
from cli.running import SIZE, Run, book_id, in_subprocess, write_world
from readalike.cli.app import COMMANDS as KNOWN
from readalike.cli.app import command_of
from readalike.cli.output import program

COMMANDS = (
    "add-books", "algorithms", "compare", "demo", "doctor", "download", "evaluate", "explain",
    "forecast", "import", "import-keras", "recommend", "search", "similar", "train", "tune",
)  # fmt: skip


def test_the_commands_are_these(run: Run) -> None:
    assert sorted(KNOWN) == sorted(COMMANDS)
    text = run("--help").ok
    for name in COMMANDS:
        (line,) = re.findall(rf"^  {name} +(.*)$", text, re.M)
        assert line.endswith("."), "the short help is cut off"
        assert not line.endswith("...")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_names_every_option_with_a_text(run: Run, name: str) -> None:
    text = run(name, "--help").ok
    assert run(name, "-h").out == text
    assert text.startswith(f"Usage: readalike {name} ")
    command = command_of(name)
    assert command.get_short_help_str(100) == KNOWN[name], "what is shown before it is loaded"
    for parameter in command.params:
        assert parameter.help, parameter.name
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            assert re.search(rf"^  {option}\b", text, re.M)
    assert "<" not in text.partition("Arguments:")[0].partition("Options:")[2]


def test_without_a_command_the_help_is_shown_and_nothing_is_done(run: Run) -> None:
    done = run()
    assert done.code == 2
    assert done.out == ""
    assert done.err == run("--help").out


def test_a_command_that_is_not_there(run: Run) -> None:
    assert "no such command 'recomend'" in run("recomend").refusal
    assert "readalike --help" in run("recomend").refusal


# --- JSON -----------------------------------------------------------------------------------


def test_the_form_of_a_recommendation(run: Run, model: Path) -> None:
    done = run("recommend", model, "--like", "Emma", "--like", "b02", "-n", 5, "--json").json
    assert list(done)[:3] == ["recommendations", "ignored", "source"]
    keys = {"recommendations", "ignored", "source", "score_means", "note", "left_out"}
    assert done.keys() == keys
    assert done["source"] == "personal"
    assert done["ignored"] == []
    assert [book["rank"] for book in done["recommendations"]] == [1, 2, 3, 4, 5]
    for book in done["recommendations"]:
        stated = {"rank", "book_id", "title", "authors", "score", "reasons"}
        assert book.keys() == stated | {"year", "base", "forecast", "content_neighbours"}
        assert book["content_neighbours"] == []
        assert book["forecast"]["book_id"] == book["book_id"]
        assert isinstance(book["book_id"], str)
        assert type(book["score"]) is float
        assert book["reasons"]
        for reason in book["reasons"]:
            assert reason.keys() == {"book_id", "title", "share", "amount", "stars"}
            assert reason["book_id"] in {"b00", "b02"}
        amounts = sum(reason["amount"] for reason in book["reasons"])
        assert amounts + book["base"] == pytest.approx(book["score"], rel=1e-5)
        assert sum(r["share"] for r in book["reasons"]) == pytest.approx(1, abs=1e-5)
    scores = [book["score"] for book in done["recommendations"]]
    assert scores == sorted(scores, reverse=True)


def test_the_form_of_an_evaluation(run: Run, world: Path) -> None:
    done = run(
        "evaluate", world, "--json", "--algorithm", "popularity", "--algorithm", "cosine"
    ).json
    assert next(iter(done)) == "protocol"
    assert done.keys() == {"protocol", "description", "data", "seed", "results", "intake"}
    assert [result["algorithm"] for result in done["results"]] == ["popularity", "cosine"]
    for result in done["results"]:
        assert result.keys() >= {"algorithm", "given", "readers", "measures", "fit_seconds"}
        assert result["given"] is None
        assert result["readers"] + sum(result["left_out"].values()) == SIZE
        assert result["fit_seconds"] >= 0
        assert result["measures"].keys() >= {"ndcg@10", "p@10", "recall@20"}
        for measure in result["measures"].values():
            assert measure.keys() == {"mean", "low", "high"}
            assert measure["low"] <= measure["mean"] <= measure["high"]
    popularity, cosine = (result["measures"]["ndcg@10"]["mean"] for result in done["results"])
    assert cosine > popularity + 0.1, "two tastes are there to be found"


def test_the_form_of_training_search_and_doctor(run: Run, world: Path, tmp_path: Path) -> None:
    done = run(
        "train", world, "--model", tmp_path / "m", "--algorithm", "popularity", "--json"
    ).json
    assert done.keys() == {
        "loaded", "histories", "books_of_few_readers", "seconds", "algorithm", "settings",
        "predictor", "data", "scale", "intake",
    }  # fmt: skip
    assert done["scale"] == {"lowest": 1, "highest": 5, "step": 1}
    assert done["data"].keys() == {
        "fingerprint", "readers", "books", "ratings", "mean", "scale",
    }  # fmt: skip
    found = run("search", tmp_path / "m", "emma", "--json").json
    assert found == {
        "books": [{"book_id": "b00", "title": "Emma", "authors": "Jane Austen", "year": 1900}]
    }
    looked = run("doctor", world, "--json").json
    assert looked.keys() == {"intake", "diagnosis"}
    assert looked["diagnosis"]["healthy"] is True
    assert looked["diagnosis"]["figures"]["readers"] == SIZE


def test_numbers_that_json_lacks_become_null(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    from readalike.cli.output import print_json

    print_json({"a": [math.nan, (math.inf, 1.5)], "é": {"b": -math.inf}})
    assert capsys.readouterr().out.split() == [
        "{", '"a":', "[", "null,", "[", "null,", "1.5", "]", "],", '"é":', "{", '"b":', "null",
        "}", "}",
    ]  # fmt: skip


# --- text -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_off(
    run: Run, model: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Every word of the wide answer stands in the narrow one."""
    like = ("--like", "Emma", "--like", "b02", "--like", "b04")
    for words in (
        ("recommend", model, *like), ("similar", model, "Emma"), ("search", model, "tales"),
        ("algorithms",),
    ):  # fmt: skip
        monkeypatch.setenv("COLUMNS", "400")
        wide = run(*words).ok
        monkeypatch.setenv("COLUMNS", str(width))
        narrow = run(*words).ok
        assert "…" not in narrow
        assert sorted(narrow.split()) == sorted(wide.split())
        tables = [line for line in narrow.splitlines() if line[:1] == " "]
        assert max(map(len, tables)) <= width
        assert not [line for line in narrow.splitlines() if line != line.rstrip()]


def test_the_text_of_a_list(run: Run, model: Path) -> None:
    text = run("recommend", model, "--like", "Émile, or on education", "-n", 2).ok
    heading, columns, first, second, meaning, stars = text.splitlines()
    assert heading == "What to read next after Émile, or On Education by Ann Onym (1902)"
    assert columns.split() == ["book", "id", "score", "stars", "because", "of"]
    assert re.match(r"^  ?1  Tales of Dale \d+ by Ann Onym \(19\d\d\)", first)
    assert first.endswith("Émile, or On Education (100%)")
    assert len(re.findall(r" \d\.\d{3} ", first + second)) == 2, "as many decimals"
    assert len(re.findall(r" \d\.\d ± \d\.\d ", first + second)) == 2
    assert meaning.startswith("score: ")
    assert stars.startswith("stars: ")


def test_popular_scores_are_whole_numbers(run: Run, world: Path, tmp_path: Path) -> None:
    words = ("--algorithm", "popularity", "--predictor", "none")
    run("train", world, "--model", tmp_path / "m", *words).ok  # noqa: B018
    text = run("recommend", tmp_path / "m", "--like", "Emma").ok
    assert re.search(r" b\d\d +\d+$", text.splitlines()[2])


def test_every_command_says_what_to_type_next(run: Run, world: Path, tmp_path: Path) -> None:
    """And what it says works as it stands."""
    assert f"Next: readalike train {world} --model model" in run("doctor", world).ok
    model = tmp_path / "my model"
    text = run("train", world, "--model", model, "--algorithm", "cosine").ok
    assert f"Next: readalike recommend '{model}' --like 'a title you liked'\n" in text
    text = run("search", model, "tale").ok
    (book,) = re.findall(rf"^Next: readalike similar '{model}' (b\d\d)$", text, re.M)
    assert run("similar", model, book).ok
    assert "--set SETTING=VALUE" in run("algorithms").ok


def test_what_to_type_next_can_be_typed_where_the_shell_does_not_find_the_name(
    run: Run, model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", [str(tmp_path / ".venv" / "bin" / "readalike")])
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert program() == str(Path(".venv", "bin", "readalike"))
    monkeypatch.setattr(sys, "argv", ["/elsewhere/pytest"])
    assert program() == "readalike"


def test_python_m_is_the_command_line_too(model: Path) -> None:
    words = [sys.executable, "-m", "readalike", "similar", str(model), "Emma", "--json"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout)["source"] == "similar"


def test_no_table_of_books_is_said_once(run: Run, tmp_path: Path) -> None:
    bare = write_world(tmp_path / "bare", books=False)
    words = ("train", bare, "--model", tmp_path / "m", "--algorithm", "popularity")
    for _ in range(2):
        assert run(*words).ok.count("There is no table of books") == 1
    assert run("doctor", bare).ok.count("no table of books") == 1
    assert "table of books" not in run("recommend", tmp_path / "m", "--like", "b01").ok
    text = run(*words, "--books", write_world(tmp_path / "w") / "books.csv").ok
    assert "no table of books" not in text


def test_evaluation_tells_what_was_left_out(run: Run, tmp_path: Path) -> None:
    world = write_world(tmp_path / "w")
    with (world / "ratings.csv").open("a") as more:
        more.write("1,b00,good\n")
    text = run("evaluate", world, "--algorithm", "popularity").ok
    assert "ratings.csv: left out 1 (the rating cannot be read" in text
    assert str(world) not in text, "the folder was typed a moment ago"


def test_doctor_tells_each_thing_once(run: Run, tmp_path: Path) -> None:
    world = write_world(tmp_path / "w")
    with (world / "ratings.csv").open("a") as more:
        more.write("0,b02,good\n0,b04,5\n0,b04,4\n")
    text = run("doctor", world).ok
    assert text.count("the rating cannot be read") == 1
    assert text.count("stand more than once") == 1
    assert text.startswith("ratings.csv: ratings,")


def test_doctor_says_whether_a_model_is_whole(run: Run, model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model, tmp_path / "m")
    text = run("doctor", folder).ok
    assert re.match(rf"{folder} is whole: 4 files of [\d,]+ bytes are what readalike", text)
    found = run("doctor", folder, "--json").json
    assert (found["whole"], found["model"]) == (True, str(folder))
    assert set(found["files"]) == {"arrays", "catalogue", "histories", "predictor"}
    arrays = folder / found["files"]["arrays"]["name"]
    content = bytearray(arrays.read_bytes())
    content[-1] ^= 1
    arrays.write_bytes(content)
    assert f"{arrays.name} is not what was saved" in run("doctor", folder).refusal
    (folder / "card.json").write_text('{"suit": "hearts"}')
    assert "520 ratings" in run("doctor", folder).ok, "somebody else's card is no model"


def test_markup_in_titles_is_shown_as_it_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "user_id,book_id,rating\n"
        + "".join(f"{reader},[red]a,5\n{reader},[/b],4\n{reader + 9},c,3\n" for reader in range(9))
    )
    words = ("--model", tmp_path / "m", "--algorithm", "cosine")
    run("train", tmp_path / "r.csv", *words).ok  # noqa: B018
    assert "[red]a" in run("recommend", tmp_path / "m", "--like", "[/b]").ok
    assert "[/b]" in run("similar", tmp_path / "m", "[red]a").ok
    assert "[red]a" in run("search", tmp_path / "m", "[red]a").ok


# --- processes ------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("--reader", "4"), ("--like", "Emma", "--like", "Dune")])
def test_the_same_bytes_whatever_the_hash_seed(model: Path, words: tuple[str, ...]) -> None:
    """Case 86: sets and dicts of texts have another order in each process."""
    outs = [
        in_subprocess("recommend", model, *words, "--json", env={"PYTHONHASHSEED": seed}).ok
        for seed in ("1", "2")
    ]
    assert outs[0] == outs[1]


def test_training_gives_the_same_files_whatever_the_hash_seed(world: Path, tmp_path: Path) -> None:
    found = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        words = ("train", world, "--model", folder, "--algorithm", "cosine")
        in_subprocess(*words, env={"PYTHONHASHSEED": seed}).ok  # noqa: B018
        found.append({p.name: p.read_bytes() for p in folder.iterdir() if p.suffix != ".json"})
    assert found[0] == found[1]
    assert len(found[0]) == 4


def test_output_is_utf_8_on_any_console(model: Path) -> None:
    env = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = in_subprocess("similar", model, "Zoe's tale", "-n", 20, env=env)
    assert "Émile, or On Education" in done.ok
    done = in_subprocess("recommend", model, "--like", "Zoë", env=env)
    assert done.code == 2
    assert "did you mean 'Zoë's Tale'" in done.err.replace('"', "'")


def test_a_reader_of_the_output_may_go(model: Path) -> None:
    """As in `readalike search ... | head -1`: no traceback, no complaint."""
    code = "from readalike.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "search", str(model), "tales", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(20) == 1
    process.stderr.close()


INTERRUPTED = """
import os, signal
import readalike.training
def interrupted(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGINT)
    while True:
        pass
readalike.training._fitted = interrupted
"""


def test_ctrl_c(world: Path, tmp_path: Path) -> None:
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "popularity")
    done = in_subprocess(*words, before=INTERRUPTED)
    assert (done.code, done.out, done.err) == (130, "", "readalike: interrupted\n")
    assert not (tmp_path / "m").exists()


INTERRUPTED_CHAIN = """
import os, signal
from readalike.numerics.gibbs import Sampler
usual, sweeps = Sampler.sweep, iter(range(1, 1000))
def interrupted(self):
    usual(self)
    if next(sweeps) == 90:  # after the burn-in, with draws that are kept
        os.kill(os.getpid(), signal.SIGINT)
Sampler.sweep = interrupted
"""


def test_ctrl_c_while_stars_are_learnt_saves_nothing(world: Path, tmp_path: Path) -> None:
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "popularity")
    done = in_subprocess(*words, before=INTERRUPTED_CHAIN)
    assert (done.code, done.err) == (130, "readalike: interrupted\n")
    assert not (tmp_path / "m").exists()


def test_ctrl_c_while_the_program_loads() -> None:
    trap = (
        "import os, signal\n"
        "import builtins\nkeep = builtins.__import__\n"
        "def trap(name, *rest):\n"
        "    if name == 'rich.console': os.kill(os.getpid(), signal.SIGINT)\n"
        "    return keep(name, *rest)\n"
        "builtins.__import__ = trap\n"
    )
    done = in_subprocess("algorithms", before=trap)
    assert (done.code, done.out, done.err) == (130, "", "readalike: interrupted\n")


def _on_terminal(*words: object) -> str:
    """What a command writes to a terminal, control characters included."""
    master, slave = pty.openpty()
    code = "from readalike.cli import main; main()"
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdin=slave, stdout=slave, stderr=slave, env=env,
    )  # fmt: skip
    os.close(slave)
    written = b"".join(_read(master))
    os.close(master)
    assert process.wait(60) == 0
    return written.decode()


def _read(terminal: int) -> Iterator[bytes]:
    until = time.monotonic() + 60
    while time.monotonic() < until and select.select([terminal], [], [], 60)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return
        if not piece:
            return
        yield piece


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a pseudo-terminal")
def test_the_progress_bar_comes_and_goes_on_a_terminal(world: Path, tmp_path: Path) -> None:
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "notebook")
    text = _on_terminal(*words, "--set", "epochs=3", "--predictor", "none")
    bar, _, after = text.rpartition("\x1b[2K")
    assert "reading" in bar
    assert "mean squared error" in bar
    assert "━" in bar
    assert "━" not in after
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h"), "the cursor comes back"
    assert "Learnt notebook" in after
    quiet = in_subprocess(*words, "--retrain")
    assert quiet.err == ""
    assert "\x1b" not in quiet.ok
    assert _on_terminal(*words, "--json").lstrip().startswith("{")


def test_the_installed_command_is_this_one() -> None:
    command = shutil.which("readalike", path=str(Path(sys.executable).parent))
    assert command, "the project is installed beside its Python"
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"readalike {readalike.__version__}\n"
    assert done.stderr == ""


def test_withheld_books_are_found_for_all(run: Run, model: Path, tmp_path: Path) -> None:
    """The main job, end to end: each reader's one unread book of their taste comes first."""
    for reader in range(0, SIZE, 7):
        done = run("recommend", model, "--reader", reader, "-n", 1, "--json").json
        assert done["recommendations"][0]["book_id"] == book_id(reader)
