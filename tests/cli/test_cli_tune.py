"""`readalike tune`, and `train` with what it found: one test an option, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from cli.running import (
    SIZE,
    Done,
    Run,
    in_subprocess,
    options_of,
    read_json,
    write_books,
    write_world,
)
from readalike.algorithms.cosine import Cosine
from readalike.model_folder import card as modelcard
from tuning.searching import sample

TESTED: set[str] = set()
Test = TypeVar("Test", bound=Callable[..., object])


def covers(*options: str) -> Callable[[Test], Test]:
    """Says which options of `tune` a test is about."""
    TESTED.update(options)
    return lambda test: test


def test_every_option_of_tune_has_a_test() -> None:
    assert options_of("tune") == TESTED


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Tune:
    """The command on the small world, three trials of the cosine unless it is told otherwise."""

    def __init__(self, run: Run, world: Path) -> None:
        self.run, self.world = run, world

    def __call__(self, *more: object, path: Path | None = None) -> Done:
        words = [] if {"--algorithm", "--predictor"} & set(more) else ["--algorithm", "cosine"]
        words += [] if {"--trials", "--minutes"} & set(more) else ["--trials", "3"]
        return self.run("tune", path or self.world, *words, *more)

    def json(self, *more: object, path: Path | None = None) -> Any:
        return self(*more, "--json", path=path).json


@pytest.fixture
def tune(run: Run, world: Path) -> Tune:
    return Tune(run, world)


COSINE, BASELINE = Path("tuned-cosine.json"), Path("tuned-baseline.json")


@pytest.fixture(scope="module")
def searched(run: Run, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a search of the cosine and one of the baseline, to be copied."""
    folder = tmp_path_factory.mktemp("searched")
    for words in (
        ("--algorithm", "cosine", "--trials", 5),
        ("--predictor", "baseline", "--trials", 4),
    ):
        done = run("tune", world, *words, "--out", folder / f"tuned-{words[1]}.json", "--json")
        (folder / f"{words[1]}.out").write_text(done.out)
    return folder


@pytest.fixture
def five(searched: Path) -> Any:
    """What the search of the cosine printed, five trials; its files are in this test's folder."""
    for file in searched.iterdir():
        shutil.copy(file, file.name)
    return read_json(Path("cosine.out"))


@pytest.fixture
def four(five: Any) -> Any:
    """The same of the baseline, four trials."""
    return read_json(Path("baseline.out"))


def tried(done: Any) -> list[Any]:
    return sorted((t["trial"], t["tried"], t["value"]) for t in done["best_trials"])


# Options


@covers("--algorithm", "--predictor")
@pytest.mark.parametrize(
    ("option", "name", "judged"),
    [("--algorithm", "ridge", ["ndcg@10", "strong"]), ("--predictor", "mf", ["rmse", "held-out"])],
)
def test_algorithm_or_predictor(tune: Tune, option: str, name: str, judged: list[str]) -> None:
    done = tune.json(option, name, "--trials", 2)
    kinds = {"algorithm", "predictor"} & done.keys()
    assert {kind: done[kind] for kind in kinds} == {option.removeprefix("--"): name}
    assert done["file"] == f"tuned-{name}.json"
    assert Path(f"tuned-{name}.json").is_file()
    assert [done["found"]["measure"], done["found"]["protocol"]] == judged
    better = max if option == "--algorithm" else min
    best = better(done["best_trials"], key=lambda trial: trial["value"]["mean"])
    assert done["found"]["trial"] == best["trial"] == done["best_trials"][0]["trial"]


def test_predictor_and_algorithm_do_not_go_together(tune: Tune) -> None:
    refusal = tune("--predictor", "mf", "--algorithm", "cosine").refusal
    assert "--algorithm and --predictor do not go together" in refusal
    assert (
        "unknown predictor 'svd': must be one of bayes, mf, baseline"
        in tune("--predictor", "svd").refusal
    )


def test_the_default_algorithm_is_that_of_train(run: Run, world: Path) -> None:
    assert run("tune", world, "--trials", 1, "--json").json["algorithm"] == "blend"


@covers("--trials")
def test_trials(tune: Tune, five: Any) -> None:
    assert (five["found"]["trials"], five["stopped"]) == (5, "trials")
    done = tune.json("--trials", 1, "--out", "one.json")
    assert (done["found"]["trials"], done["stopped"]) == (1, "trials")
    assert "--trials must be a whole number, at least 1, got '0'" in tune("--trials", 0).refusal


@covers("--minutes")
def test_minutes(tune: Tune) -> None:
    done = tune.json("--minutes", 1e-7)
    assert (done["found"]["trials"], done["stopped"]) == (1, "minutes")
    longer = tune.json("--minutes", 0.02)
    assert longer["found"]["trials"] > 1
    assert longer["stopped"] == "minutes"
    for wrong in ("0", "-1", "soon", "inf", "nan"):
        refusal = tune("--minutes", wrong).refusal
        assert f"--minutes must be a number above 0, got {wrong!r}" in refusal


@covers("--out")
def test_out(tune: Tune, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    done = tune.json("--out", tmp_path / "deep" / "mine.json")
    assert {p.name for p in (tmp_path / "deep").iterdir()} == {"mine.json", "mine.trials"}
    assert not Path("tuned-cosine.json").exists()
    written = read_json(tmp_path / "deep" / "mine.json")
    assert written["settings"] == done["settings"]
    assert written.items() >= {k: v for k, v in done.items() if k not in ("file", "intake")}.items()


def test_out_never_replaces_a_file_of_something_else(tune: Tune, tmp_path: Path) -> None:
    precious = tmp_path / "ratings.csv"
    precious.write_text("user_id,book_id\n1,2\n")
    assert "must be a file of found settings" in tune("--out", precious).refusal
    (tmp_path / "x.trials").write_text("my own notes")
    assert "must hold the trials of readalike tune" in tune("--out", tmp_path / "x.json").refusal
    assert "must be a folder that is there" in tune("--out", tmp_path / "no" / "x.json").refusal
    assert precious.read_text() == "user_id,book_id\n1,2\n"
    assert (tmp_path / "x.trials").read_text() == "my own notes"


@covers("--again")
@pytest.mark.parametrize("name", ["cosine", "baseline"])
def test_the_same_command_goes_on_from_its_trials_or_begins_anew(
    tune: Tune, five: Any, four: Any, name: str
) -> None:
    before, option = (five, "--algorithm") if name == "cosine" else (four, "--predictor")
    more = tune.json(option, name, "--trials", 7)
    assert len(tried(before)) < len(tried(more)) == 7
    assert tried(more)[: len(tried(before))] == tried(before)
    assert tune.json(option, name, "--trials", 1)["found"]["trials"] == 7
    assert tried(tune.json(option, name, "--trials", 2, "--again")) == tried(more)[:2]


@covers("--measure")
def test_measure(tune: Tune, five: Any, four: Any) -> None:
    other = tune.json("--trials", 1, "--out", "b.json", "--measure", "Recall@5")["found"]
    assert (five["found"]["measure"], other["measure"]) == ("ndcg@10", "recall@5")
    assert five["found"]["defaults"] != other["defaults"]
    assert "measure ndcg@10, now p@3" in tune("--measure", "p@3").refusal
    assert "must be one of ndcg, recall" in tune("--measure", "novelty@10").refusal
    assert "such as ndcg@10, got 'rmse'" in tune("--measure", "rmse").refusal
    found = [four["found"]] + [
        tune.json(
            "--predictor", "baseline", "--trials", 1, "--out", f"{name}.json", "--measure", name
        )["found"]
        for name in ("MAE", "negative_log_likelihood")
    ]
    assert [each["measure"] for each in found] == ["rmse", "mae", "negative_log_likelihood"]
    assert len({each["defaults"]["mean"] for each in found}) == 3
    assert (
        "one of rmse, mae, negative_log_likelihood, got 'p@5'"
        in tune("--predictor", "mf", "--measure", "p@5").refusal
    )


def test_ratings_are_held_out_for_a_predictor(tune: Tune, four: Any) -> None:
    named = tune.json("--predictor", "baseline", "--protocol", "held-out", "--trials", 4)["found"]
    assert named == four["found"], "the default"
    assert named["protocol"] == "held-out"
    assert named["description"].startswith("Every trial is asked for the same stars. Held out: ")
    assert (
        "must be one of held-out, got" in tune("--predictor", "mf", "--protocol", "strong").refusal
    )
    refusal = tune("--out", BASELINE).refusal
    assert "another search (algorithm none, now cosine" in refusal


@covers("--protocol")
def test_protocol(tune: Tune) -> None:
    rows = sample().rows
    lines = [
        f"{rows.user_ids.ids[u]},{rows.item_ids.ids[i]},{s:g}"
        for u, i, s in zip(rows.users, rows.items, rows.stars, strict=True)
        if not np.isnan(s)
    ]
    Path("t.csv").write_text("\n".join(["user_id,book_id,rating", *lines]) + "\n")
    strong = tune.json("--out", "a.json", "--trials", 1, path=Path("t.csv"))["found"]
    asked = ("--out", "b.json", "--protocol", "new-readers", "--trials", 1)
    new = tune.json(*asked, path=Path("t.csv"))
    assert (strong["protocol"], new["found"]["protocol"]) == ("strong", "new-readers")
    assert "Strong generalisation" in strong["description"]
    assert "first 5, 20 books" in new["found"]["description"]
    assert new["found"]["defaults"] != strong["defaults"]
    assert "must be one of strong, new-readers, got 'x'" in tune("--protocol", "x").refusal
    short = tune("--protocol", "new-readers", "--out", "c.json").refusal
    assert "got at most " in short
    assert "--protocol strong" in short


@covers("--seed")
def test_seed(tune: Tune, five: Any) -> None:
    assert tried(tune.json("--out", "b.json", "--seed", 0)) == tried(five)[:3]
    one = tune.json("--out", "c.json", "--seed", 1)
    assert one["found"]["seed"] == 1
    assert one["found"]["data"]["task"] != five["found"]["data"]["task"]
    assert [t[1] for t in tried(one)] != [t[1] for t in tried(five)][:3]


@covers("--json")
def test_json(tune: Tune, five: Any) -> None:
    done = tune("--json")
    assert done.err == ""
    assert done.json == five | {"file": str(COSINE)}, "the trials are there already"
    assert done.json.keys() == {
        "file", "algorithm", "settings", "changed", "found", "stopped", "searched",
        "importance", "best_trials", "failures", "intake",
    }  # fmt: skip
    assert not tune().ok.startswith("{")


# Options of reading


@covers("--books")
def test_books(tune: Tune, tmp_path: Path) -> None:
    file = write_world(tmp_path / "apart", books=False) / "ratings.csv"
    books = write_books(tmp_path / "catalogue.csv")
    alone = tune.json("--trials", 1, path=file)["intake"]["files"]
    both = tune.json("--trials", 1, "--books", books, path=file)["intake"]["files"]
    assert [f["holds"] for f in alone] == ["ratings"]
    assert [(f["holds"], f["taken"]) for f in both][1] == ("books", SIZE)


def renamed(world: Path, path: Path, header: str, separator: str = ",") -> Path:
    lines = (world / "ratings.csv").read_text().splitlines()
    text = "\n".join([header, *lines[1:]]) + "\n"
    path.write_text(text.replace(",", separator))
    return path


@covers("--encoding")
def test_encoding(tune: Tune) -> None:
    assert "encoding must be one such as" in tune("--trials", 1, "--encoding", "odd").refusal
    assert tune.json("--trials", 1, "--out", "odd.json", "--encoding", "latin-1")


@covers("--books-id-column")
def test_books_id_column(tune: Tune) -> None:
    refused = tune("--trials", 1, "--books-id-column", "odd").refusal
    assert "must have the column 'odd' of --books-id-column" in refused
    assert tune.json("--trials", 1, "--out", "odd.json", "--books-id-column", "book_id")


@covers("--user-column", "--book-column", "--rating-column")
@pytest.mark.parametrize(
    ("option", "header"),
    [
        ("--user-column", "odd,book_id,rating"),
        ("--book-column", "user_id,odd,rating"),
        ("--rating-column", "user_id,book_id,odd"),
    ],
)
def test_columns(
    tune: Tune, world: Path, tmp_path: Path, five: Any, option: str, header: str
) -> None:
    file = renamed(world, tmp_path / "t.csv", header)
    words = ("--trials", 1, "--out", "odd.json")
    assert tune(*words, path=file).code == 2
    named = tune.json(*words, option, "odd", path=file)
    assert named["found"]["defaults"] == five["found"]["defaults"]


@covers("--separator")
def test_separator(tune: Tune, world: Path, tmp_path: Path) -> None:
    file = renamed(world, tmp_path / "t.csv", "user_id,book_id,rating", "~")
    assert "--separator" in tune("--trials", 1, path=file).refusal
    assert tune.json("--trials", 1, "--separator", "~", path=file)["found"]["trials"] == 1


@covers("--scale")
def test_scale(tune: Tune, five: Any) -> None:
    assert five["intake"]["left_out"] == []
    (left,) = tune.json("--trials", 1, "--scale", "1..4", "--out", "b.json")["intake"]["left_out"]
    assert "1 to 4" in left["reason"]


@covers("--repeats")
def test_repeats(tune: Tune, world: Path, tmp_path: Path) -> None:
    file = renamed(world, tmp_path / "t.csv", "user_id,book_id,rating")
    with file.open("a") as more:
        more.write("1,b03,1\n")
    prints = set()
    for rule in ("first", "last", "mean"):
        done = tune.json("--trials", 1, "--repeats", rule, "--out", f"{rule}.json", path=file)
        assert done["intake"]["merge"]["rule"] == rule
        prints.add(done["found"]["data"]["ratings"])
    assert len(prints) == 3


@covers("--strict")
def test_strict(tune: Tune, world: Path, tmp_path: Path) -> None:
    file = renamed(world, tmp_path / "t.csv", "user_id,book_id,rating")
    with file.open("a") as more:
        more.write("1,b01,good\n")
    assert tune.json("--trials", 1, path=file)["intake"]["left_out"][0]["count"] == 1
    assert "the rating cannot be read" in tune("--trials", 1, "--strict", path=file).refusal


# What people read


def test_the_line_to_type_next_trains_the_best_trial(
    tune: Tune, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = Cosine.fit

    def poor(self: Cosine, ratings: Any, catalogue: Any, progress: Any) -> Any:
        worse = Cosine(least_common=500) if self == Cosine() else self
        return fit(worse, ratings, catalogue, progress)

    with monkeypatch.context() as patch:
        patch.setattr(Cosine, "fit", poor)
        text = tune("--trials", 6).ok
    (line,) = (line for line in text.splitlines() if line.startswith("Next: "))
    _, *words = shlex.split(line.removeprefix("Next: "))
    found = read_json(Path("tuned-cosine.json"))
    assert found["found"]["better"]
    assert "--set" in words
    done = run(*words, "--predictor", "none", "--json").json
    assert done["settings"] == found["settings"]
    assert done["algorithm"] == "cosine"


def test_the_line_to_type_next_names_the_predictor(tune: Tune, run: Run, four: Any) -> None:
    text = tune("--predictor", "baseline", "--trials", 4).ok
    found = read_json(BASELINE)
    (line,) = (line for line in text.splitlines() if line.startswith("Next: "))
    _, *words = shlex.split(line.removeprefix("Next: "))
    assert "--predictor" in words
    assert ("--predictor-set" in words) is found["found"]["better"]
    done = run(*words, "--algorithm", "popularity", "--json").json
    assert done["predictor"] == {"name": "baseline", "settings": found["settings"]}
    assert "--predictor-settings tuned-baseline.json" in text


def test_the_table_shows_the_defaults_beside_the_best_and_the_verdict_the_gain(
    tune: Tune, five: Any
) -> None:
    text = tune("--trials", 22).ok
    found = read_json(COSINE)
    head = next(line for line in text.splitlines() if line.startswith(" setting"))
    assert head.split()[:4] == ["setting", "searched", "importance", "defaults"]
    assert head.count("trial ") == 3
    for name, value in found["best_trials"][0]["tried"].items():
        (row,) = (line for line in text.splitlines() if line.startswith(f" {name} "))
        assert f"{value:g}" in row
        assert f"{found['importance'][name]:.0%}" in row
    assert "22 trials in " in text
    assert found["found"]["description"] in text
    better = found["found"]["better"]
    assert ("Nothing better than the defaults was found" in text) is not better
    assert ("The best has ndcg@10" in text) is better


def test_where_nothing_is_better_it_says_so(tune: Tune) -> None:
    text = tune("--trials", 1).ok
    assert "Done: 1 trial in " in text
    assert "Nothing better than the defaults was found (ndcg@10 " in text
    assert "--set" not in next(x for x in text.splitlines() if x.startswith("Next: "))
    assert "importance" not in text, "trials are too few to tell"


def test_failed_trials_are_told_with_a_reason(tune: Tune, monkeypatch: pytest.MonkeyPatch) -> None:
    from readalike.errors import ModelError

    fit = Cosine.fit

    def fails(self: Cosine, *given: Any) -> Any:
        if self != Cosine():
            raise ModelError("no luck today")
        return fit(self, *given)

    monkeypatch.setattr(Cosine, "fit", fails)
    assert "2 trials failed, the first because: no luck today" in tune().ok


def test_an_algorithm_without_ranges_is_refused(run: Run, world: Path) -> None:
    refusal = run("tune", world, "--algorithm", "popularity").refusal
    assert "popularity has no setting to search" in refusal
    assert "--algorithm" in refusal


# train --settings


def test_found_settings_go_into_the_card_with_how_they_were_found(
    five: Any, four: Any, run: Run, world: Path
) -> None:
    words = ["train", world, "--model", "m", "--settings", COSINE, "--predictor-settings", BASELINE]
    done = run(*words, "--json").json
    assert (done["algorithm"], done["settings"]) == ("cosine", five["settings"])
    assert done["predictor"] == {"name": "baseline", "settings": four["settings"]}
    card = modelcard.read_card(Path("m"))
    assert (card.tuned, card.predictor_tuned) == (five["found"], four["found"])
    assert {"measure", "value", "trials", "protocol"} <= five["found"].keys()
    assert read_json(Path("m") / "card.json")["tuned"] == five["found"]
    assert run(*words, "--json").json["loaded"], "nothing changed"
    assert run("recommend", "m", "--like", "Emma").ok
    assert run("forecast", "m", "Emma", "--reader", 3).ok


def test_a_file_of_a_predictor_is_not_taken_for_one_of_an_algorithm(
    four: Any, run: Run, world: Path
) -> None:
    words = ["train", world, "--model", "m"]
    refusal = run(*words, "--settings", BASELINE).refusal
    assert (
        "tuned-baseline.json is of the predictor baseline; give it with --predictor-settings"
        in refusal
    )
    refusal = run(*words, "--predictor-settings", COSINE).refusal
    assert "tuned-cosine.json is of the algorithm cosine; give it with --settings" in refusal
    words += ["--predictor-settings", BASELINE]
    assert "--predictor must be baseline" in run(*words, "--predictor", "bayes").refusal
    assert "not with --predictor none" in run(*words, "--predictor", "none").refusal
    refusal = run(*words, "--predictor-set", "iterations=3").refusal
    assert "--predictor-set and --predictor-settings do not go together" in refusal
    assert run(*words, "--predictor", "baseline", "--algorithm", "popularity").ok


def test_a_model_of_the_same_settings_is_told_how_they_were_found_and_keeps_it(
    tune: Tune, run: Run, world: Path, four: Any
) -> None:
    """The defaults were tried, and nothing was better: a plain model has these settings too."""
    one = tune.json("--trials", 1, "--out", "one.json")["found"]
    words = ["train", world, "--model", "m", "--algorithm", "cosine", "--json"]
    words += ["--predictor-settings", BASELINE]
    assert not run(*words).json["loaded"]
    assert modelcard.read_card(Path("m")).tuned is None
    assert not run(*words, "--settings", "one.json").json["loaded"]
    assert modelcard.read_card(Path("m")).tuned == one
    assert run(*words).json["loaded"]
    assert modelcard.read_card(Path("m")).tuned == one
    run("evaluate", world, "--algorithm", "cosine", "--model", "m").ok  # noqa: B018
    card = modelcard.read_card(Path("m"))
    assert card.measured is not None
    assert (card.tuned, card.predictor_tuned) == (one, four["found"])


def test_a_card_of_before_there_was_tuning_is_read(run: Run, world: Path) -> None:
    run("train", world, "--model", "m", "--algorithm", "popularity", "--predictor", "none").ok  # noqa: B018
    text = read_json(Path("m") / "card.json")
    del text["tuned"], text["predictor_tuned"], text["sha256"]
    Path("card.json").write_text(json.dumps(text))
    assert modelcard.read_card(Path()).tuned is None


def test_settings_of_a_file_and_of_the_line_do_not_go_together(
    five: Any, run: Run, world: Path
) -> None:
    words = ("train", world, "--model", "m", "--settings", COSINE, "--predictor", "none")
    assert "--set and --settings do not go" in run(*words, "--set", "neighbours=3").refusal
    refusal = run(*words, "--algorithm", "ridge").refusal
    assert "--algorithm must be cosine" in refusal
    assert run(*words, "--algorithm", "cosine").ok


@pytest.mark.parametrize("text", [None, "", "{}", "neighbours=3", '{"format": "readalike-model"}'])
def test_a_file_without_found_settings_is_refused(
    run: Run, world: Path, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "f.json").write_text(text)
    refusal = run("train", world, "--model", tmp_path / "m", "--settings", "f.json").refusal
    assert "f.json" in refusal
    assert "readalike tune PATH --out FILE.json" in refusal
    assert not (tmp_path / "m").exists()


def test_found_settings_that_cannot_be_are_refused(five: Any, run: Run, world: Path) -> None:
    text = read_json(COSINE)
    text["settings"]["neighbours"] = 0
    COSINE.write_text(json.dumps(text))
    refusal = run("train", world, "--model", "m", "--settings", COSINE).refusal
    assert "neighbours must be a whole number, at least 1, got 0" in refusal


# Without the extra, without a terminal, and interrupted

BLOCKED = """
import contextlib, io, os
import readalike.cli.tune
assert not {"optuna", "sqlalchemy"} & set(sys.modules), "tune --help must not load them"
sys.modules["optuna"] = None
words = sys.argv
sys.argv = ["readalike", "train", words[2], "--model", "m", "--settings", "tuned-cosine.json"]
sys.argv += ["--predictor", "none"]
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as said:
    readalike.cli.main()
assert "Learnt cosine in" in said.getvalue()
sys.argv = words
"""


def test_only_the_search_needs_optuna_and_one_line_says_how_to_get_it(
    five: Any, world: Path
) -> None:
    before = {path.name for path in Path().iterdir()}
    env = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = in_subprocess("tune", world, before=BLOCKED, env=env)
    assert "pip install 'readalike[tune]'" in done.refusal
    assert {path.name for path in Path().iterdir()} == before | {"m"}


def on_a_terminal(*words: object, interrupt_at: str | None = None) -> tuple[int, str]:
    """Exit code and screen of a command; Ctrl-C is typed where the screen shows the text."""
    pid, screen = pty.fork()
    if pid == 0:  # the child, which becomes the command
        os.environ["COLUMNS"] = "150"
        code = "from readalike.cli import main; main()"
        os.execv(sys.executable, [sys.executable, "-c", code, *map(str, words)])
    seen = b""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if not select.select([screen], [], [], 1)[0]:
            continue
        try:
            seen += os.read(screen, 65536)
        except OSError:  # the command has gone
            break
        if interrupt_at and interrupt_at.encode() in seen:
            os.kill(pid, signal.SIGINT)
            interrupt_at = None
    else:
        os.kill(pid, signal.SIGKILL)  # so that the test fails and does not wait for ever
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", seen.decode())


def test_a_progress_bar_shows_the_best_value_so_far_and_nothing_of_optuna(
    world: Path, tmp_path: Path
) -> None:
    out = tmp_path / "f.json"
    code, seen = on_a_terminal("tune", world, "--algorithm", "cosine", "--trials", 12, "--out", out)
    assert code == 0
    assert re.search(r"trial \d+, best ndcg@10 0\.\d{4} \(defaults 0\.\d{4}\): ", seen)
    assert "━" in seen
    assert "12 trials in " in seen
    assert "[I " not in seen
    assert "study" not in seen


def test_ctrl_c_keeps_what_was_found(run: Run, world: Path, tmp_path: Path) -> None:
    words = ("tune", world, "--predictor", "baseline", "--out", tmp_path / "f.json")
    code, seen = on_a_terminal(*words, "--minutes", 5, interrupt_at=", best rmse ")
    assert code == 130
    assert "Traceback" not in seen
    assert re.search(r"Interrupted: \d+ trials? in ", seen)
    kept = read_json(tmp_path / "f.json")
    assert kept["stopped"] == "interrupted"
    assert kept["found"]["trials"] >= 1
    more = kept["found"]["trials"] + 2
    done = run(*words, "--trials", more, "--json")
    assert done.json["found"]["trials"] == more
    assert tried(done.json)[: len(tried(kept))]
