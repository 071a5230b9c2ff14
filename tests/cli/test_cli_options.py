"""One test an option that fails if the option does nothing; a new option without one fails too."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pytest
import typer

from cli import test_cli_recommend
from cli.libraries_of import OF_LIBRARIES
from cli.running import SIZE, Run, book_id, options_of, read_json, write_books, write_world
from kaggle_stand_in import SMALL, zipped
from readalike.cli.app import COMMANDS, app
from readalike.datasets.goodbooks import DATA_SETS
from readalike.model_folder import card as modelcard
from readalike.model_folder import store

READERS_OF = ("train", "doctor", "evaluate")
"""The commands that read ratings, and take the same options for it."""

OWN = ("tune", "import", "import-keras", "add-books", "explain")

TESTED: set[tuple[str, str]] = set()
Test = TypeVar("Test", bound=Callable[..., object])


def covers(option: str, *commands: str) -> Callable[[Test], Test]:
    """Says which option of which commands a test is about."""
    TESTED.update((command, option) for command in commands)
    return lambda test: test


def reading(option: str) -> Callable[[Test], Test]:
    """A test of an option of reading, run with each command that has it."""
    TESTED.update((command, option) for command in READERS_OF)
    return pytest.mark.parametrize("command", READERS_OF)


def options() -> set[tuple[str, str]]:
    group: Any = typer.main.get_command(app)
    found = {("", option) for p in group.params for option in p.opts}
    return found | {(name, option) for name in COMMANDS for option in options_of(name)}


def test_every_option_has_a_test() -> None:
    assert len(options()) > 50
    found = {(command, option) for command, option in options() if command not in OWN}
    of_libraries = {("recommend", option) for option in test_cli_recommend.TESTED | OF_LIBRARIES}
    assert found == TESTED | of_libraries, "these have a file of their own, with such a test"
    assert not TESTED & of_libraries


class Reading:
    """A command that reads ratings, whichever it is."""

    def __init__(self, run: Run, tmp_path: Path) -> None:
        self.run, self.tmp_path = run, tmp_path

    def words(self, command: str) -> list[object]:
        more: dict[str, list[object]] = {
            "train": ["--algorithm", "popularity", "--model", self.tmp_path / "model"],
            "evaluate": ["--algorithm", "popularity"],
        }
        return more.get(command, [])

    def refused(self, command: str, path: Path, *more: object) -> str:
        return self.run(command, path, *self.words(command), *more).refusal

    def intake(self, command: str, path: Path, *more: object) -> Any:
        found = self.run(command, path, *self.words(command), *more, "--json").json["intake"]
        return found[0] if command == "evaluate" else found


@pytest.fixture
def a(run: Run, tmp_path: Path) -> Reading:
    return Reading(run, tmp_path)


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


PAIRS = [(u, b) for u in range(8) for b in range(8) if (u + b) % 3]
ROWS = len(PAIRS)


def ratings(path: Path, header: str = "user_id,book_id,rating", separator: str = ",") -> Path:
    rows = [f"{u},{b},{1 + (u * b) % 5}" for u, b in PAIRS]
    return table(path, *(row.replace(",", separator) for row in (header, *rows)))


@reading("--books")
def test_books(a: Reading, command: str, tmp_path: Path) -> None:
    file = write_world(tmp_path / "apart", books=False) / "ratings.csv"
    assert [f["holds"] for f in a.intake(command, file)["files"]] == ["ratings"]
    books = write_books(tmp_path / "catalogue.csv")
    taken = a.intake(command, file, "--books", books)["files"]
    assert [(f["holds"], f["taken"]) for f in taken] == [
        ("ratings", taken[0]["rows"]),
        ("books", SIZE),
    ]


@reading("--user-column")
def test_user_column(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv", "who,book_id,rating")
    assert "--user-column" in a.refused(command, file)
    assert a.intake(command, file, "--user-column", "who")["files"][0]["taken"] == ROWS


@reading("--book-column")
def test_book_column(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv", "user_id,what,rating")
    assert "--book-column" in a.refused(command, file)
    assert a.intake(command, file, "--book-column", "what")["files"][0]["taken"] == ROWS


@reading("--rating-column")
def test_rating_column(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv", "user_id,book_id,verdict")
    if command != "evaluate":  # without stars nothing is right
        assert a.intake(command, file)["without_stars"] == ROWS
    assert a.intake(command, file, "--rating-column", "verdict")["without_stars"] == 0


@reading("--books-id-column")
def test_books_id_column(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv")
    rows = [f"{9 - b},{b},Tale {b}" for b in range(8)]
    books = table(tmp_path / "b.csv", "book_id,other,title", *rows)
    refused = a.refused(command, file, "--books", books, "--books-id-column", "odd")
    assert "must have the column 'odd' of --books-id-column" in refused
    taken = a.intake(command, file, "--books", books, "--books-id-column", "other")
    assert [found["holds"] for found in taken["files"]] == ["ratings", "books"]
    assert not any("not in the table of books" in note for note in taken["notes"])


@reading("--encoding")
def test_encoding(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv")
    file.write_bytes(file.read_text().replace("1,1,2", "Ż,1,2").encode("cp1250"))
    notes = a.intake(command, file, "--encoding", "cp1250")["files"][0]["notes"]
    assert "read as cp1250, as was said" in notes
    assert "encoding must be one such as" in a.refused(command, file, "--encoding", "odd")


@reading("--separator")
def test_separator(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv", separator="~")
    assert "--separator" in a.refused(command, file)
    assert a.intake(command, file, "--separator", "~")["files"][0]["taken"] == ROWS


@reading("--scale")
def test_scale(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv")
    assert a.intake(command, file)["left_out"] == []
    (left,) = a.intake(command, file, "--scale", "1..3")["left_out"]
    assert "1 to 3" in left["reason"]
    assert left["count"] == sum(1 + (u * b) % 5 > 3 for u, b in PAIRS)


@reading("--repeats")
def test_repeats(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv")
    with file.open("a") as more:
        more.write("1,1,5\n1,1,1\n")
    assert a.intake(command, file)["merge"]["rule"] == "first"
    means = {}
    for rule in ("first", "last", "mean"):
        assert a.intake(command, file, "--repeats", rule)["merge"]["rule"] == rule
        done = a.run(command, file, *a.words(command), "--repeats", rule, "--json").json
        means[rule] = done["data"]["mean"] if command == "train" else rule
    assert len(set(means.values())) == 3


@reading("--strict")
def test_strict(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv")
    with file.open("a") as more:
        more.write("1,1,good\n2,2,5\n")
    (left,) = a.intake(command, file)["left_out"]
    assert (left["count"], left["first_line"]) == (1, ROWS + 2)
    refusal = a.refused(command, file, "--strict")
    assert f"{file}, line {ROWS + 2}: the rating cannot be read: " in refusal
    assert "good" in refusal


@covers("--json", *READERS_OF)
@pytest.mark.parametrize("command", READERS_OF)
def test_json_of_what_reads(a: Reading, command: str, tmp_path: Path) -> None:
    file = ratings(tmp_path / "t.csv")
    assert f"{ROWS} of {ROWS} rows" in a.run(command, file, *a.words(command)).ok
    done = a.run(command, file, *a.words(command), "--json")
    assert done.json.keys() >= {"intake"}
    assert done.err == ""


@covers("--model", "train")
def test_the_model_goes_where_it_is_told(run: Run, world: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("train", world, "--algorithm", "popularity", "--model", tmp_path / name).ok  # noqa: B018
    assert {p.name for p in tmp_path.iterdir()} == {"one", "two"}
    assert "missing option '--model'" in run("train", world).refusal


@covers("--algorithm", "train")
@pytest.mark.parametrize("name", ["popularity", "cosine", "als"])
def test_algorithm_of_train(run: Run, world: Path, tmp_path: Path, name: str) -> None:
    assert name in run("train", world, "--model", tmp_path / "m", "--algorithm", name).ok
    assert read_json(tmp_path / "m" / "card.json")["algorithm"]["name"] == name


@covers("--set", "train")
def test_settings(run: Run, world: Path, tmp_path: Path) -> None:
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "cosine", "--json")
    plain = run(*words).json["settings"]
    changed = run(*words, "--set", "neighbours=3", "--set", " star_slope = 0.25 ").json
    assert changed["settings"] == plain | {"neighbours": 3, "star_slope": 0.25}
    assert not changed["loaded"]
    links = store.load(tmp_path / "m").model.arrays()
    assert len(links["data"]) <= 3 * SIZE


@covers("--retrain", "train")
def test_retrain(run: Run, world: Path, tmp_path: Path) -> None:
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "popularity", "--json")
    assert [run(*words, *more).json["loaded"] for more in ((), (), ("--retrain",), ())] == [
        False,
        True,
        False,
        True,
    ]


@covers("--without-histories", "train")
def test_without_histories(run: Run, world: Path, tmp_path: Path) -> None:
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "popularity")
    run(*words).ok  # noqa: B018
    assert run("recommend", tmp_path / "m", "--reader", "3").ok
    done = run(*words, "--without-histories").ok
    assert "It is not private all the same" in done
    assert "fewer than 5 readers" not in done, "every book of this world has more"
    assert not list((tmp_path / "m").glob("histories*"))
    refusal = run("recommend", tmp_path / "m", "--reader", "3").refusal
    assert "saved without histories" in refusal
    assert "--history FILE" in refusal


def test_without_histories_it_is_told_of_how_many_books_a_model_gives_readers_away(
    run: Run, tmp_path: Path
) -> None:
    rows = [f"{reader},popular,5" for reader in range(6)]
    rows += ["0,rare,5", "0,other,4", *(f"{reader},other,3" for reader in range(1, 4))]
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(["user_id,book_id,rating", *rows]) + "\n")
    words = ("train", path, "--model", tmp_path / "m", "--algorithm", "ease", "--predictor", "none")
    done = run(*words, "--without-histories").ok
    assert "what it says of 2 books with fewer than 5 readers can tell what else" in done
    told = run(*words, "--without-histories", "--json").json
    assert (told["books_of_few_readers"], told["histories"], told["loaded"]) == (2, False, True)
    assert run(*words, "--json").json["histories"] is True
    assert "private" not in run(*words).ok


@covers("--predictor", "train")
@covers("--predictor-set", "train")
def test_the_predictor_of_train(run: Run, world: Path, tmp_path: Path) -> None:
    model = tmp_path / "m"
    words = ("train", world, "--model", model, "--algorithm", "popularity", "--json")
    assert run(*words).json["predictor"]["name"] == "bayes"
    plain = run(*words, "--predictor", "mf").json["predictor"]
    changed = run(*words, "--predictor", "mf", "--predictor-set", "factors=3").json["predictor"]
    assert changed == {"name": "mf", "settings": plain["settings"] | {"factors": 3}}
    assert store.load(model).forecaster.model.drawn.shape[2] == 4  # type: ignore[union-attr]
    assert run(*words, "--predictor", "none").json["predictor"] is None
    assert store.load(model).forecaster is None
    assert "unknown predictor 'svd'" in run(*words, "--predictor", "svd").refusal
    assert (
        "not with --predictor none"
        in run(*words, "--predictor", "none", "--predictor-set", "a=1").refusal
    )


@covers("--reader", "forecast")
@covers("--history", "forecast")
@covers("--json", "forecast")
def test_forecasts_of_a_reader(run: Run, model: Path, tmp_path: Path) -> None:
    """Who likes even books likes them, whoever it is."""

    def stars(*words: object) -> list[float]:
        done = run("forecast", model, "b10", "b11", *words, "--json").json["forecasts"]
        assert [each["book_id"] for each in done] == ["b10", "b11"]
        return [each["stars"] for each in done]

    even = table(tmp_path / "h.csv", "book_id,rating", *(f"{book_id(b)},5" for b in (2, 4, 6)))
    for words in (("--reader", 8), ("--history", even)):
        liked, not_liked = stars(*words)
        assert liked > not_liked + 0.5
    assert stars("--reader", 8) != stars("--reader", 9)
    anybody = stars()
    assert anybody != stars("--reader", 8)
    text = run("forecast", model, "b10", "Dune", "--reader", 8).ok
    assert "by Frank Herbert" in text
    assert re.search(r"\d\.\d ± \d\.\d", text)
    assert "from anybody" in " ".join(text.split())
    assert "Nothing is known of this reader" in run("forecast", model, "b10").ok
    both = run("forecast", model, "b10", "--reader", 8, "--history", even)
    assert "one of --reader ID and --history FILE" in both.refusal
    assert "unknown book" in run("forecast", model, "qqqqqq").refusal


@covers("--at-least", "recommend")
@covers("--sure", "recommend")
def test_only_books_that_would_get_so_many_stars(run: Run, model: Path) -> None:
    words = ("recommend", model, "--reader", 8, "-n", SIZE, "--json")

    def chances(*more: object) -> list[float]:
        return [
            sum(chance for level, chance in book["forecast"]["chances"].items() if int(level) >= 4)
            for book in run(*words, *more).json["recommendations"]
        ]

    every = chances()
    assert chances("--at-least", 4) == [c for c in every if c >= 0.8]
    assert chances("--at-least", 4, "--sure", 0.1) == [c for c in every if c >= 0.1]
    assert len(chances("--at-least", 4)) < len(every)
    assert chances("--at-least", 4, "--sure", 0) == every
    assert "--at-least STARS" in run(*words, "--sure", 0.5).refusal
    assert "from 1 to 5" in run(*words, "--at-least", 7).refusal


@covers("--avoid", "recommend")
def test_books_to_avoid(run: Run, model: Path, tmp_path: Path) -> None:
    words = ("recommend", model, "--reader", 8, "--avoid", "-n", 4)
    found = run(*words, "--json").json["avoid"]
    stars = [each["stars"] for each in found]
    assert len(found) == 4
    assert stars == pytest.approx(sorted(stars))
    assert {int(each["book_id"][1:]) % 2 for each in found} == {1}, "who likes even books"
    assert "would likely disappoint" in run(*words).ok
    assert "--at-least goes without --avoid" in run(*words, "--at-least", 4).refusal
    everybody = run("recommend", model, "--all", "--out", tmp_path / "l.parquet", "--avoid")
    assert "--avoid goes with one reader, not with --all" in everybody.refusal


def listed(done: Any) -> list[str]:
    return [book["book_id"] for book in done["recommendations"]]


@covers("--reader", "recommend")
def test_reader(run: Run, model: Path) -> None:
    """The withheld book of a reader comes first."""
    for reader in (3, 12):
        assert listed(run("recommend", model, "--reader", reader, "--json").json)[0] == book_id(
            reader
        )


@covers("--history", "recommend")
def test_history(run: Run, model: Path, tmp_path: Path) -> None:
    even = table(tmp_path / "h.csv", "book_id,rating", *(f"{book_id(b)},5" for b in (2, 4, 6)))
    odd = table(tmp_path / "h.json", '{"b03": 5, "b05": null}')
    for file, parity in ((even, 0), (odd, 1)):
        found = listed(run("recommend", model, "--history", file, "-n", 5, "--json").json)
        assert {int(book[1:]) % 2 for book in found} == {parity}


@covers("--like", "recommend")
def test_like(run: Run, model: Path) -> None:
    one = run("recommend", model, "--like", "Emma", "--json").json
    both = run("recommend", model, "--like", "emma", "--like", "b02", "--json").json
    assert {r["book_id"] for r in one["recommendations"][0]["reasons"]} == {"b00"}
    assert {r["book_id"] for r in both["recommendations"][0]["reasons"]} == {"b00", "b02"}


@covers("--exclude", "recommend")
def test_exclude(run: Run, model: Path) -> None:
    first, second, third = listed(run("recommend", model, "--like", "Emma", "-n", 3, "--json").json)
    done = run(
        "recommend", model, "--like", "Emma", "-n", 3, "--json",
        "--exclude", first, "--exclude", third, "--exclude", "zzz",
    ).json  # fmt: skip
    found = listed(done)
    assert len(found) == 3
    assert found[0] == second
    assert not {first, third} & set(found)
    assert done["ignored"] == ["zzz"]


@covers("--all", "recommend")
@covers("--out", "recommend")
def test_all_readers_into_a_file(run: Run, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "lists.parquet"
    assert (
        f"{4 * SIZE} rows for {SIZE} readers"
        in run("recommend", model, "--all", "--out", out, "-n", 4).ok
    )
    query = f"SELECT book_id FROM '{out}' WHERE reader_id = '7' ORDER BY rank"
    with duckdb.connect() as connection:
        rows = connection.execute(query).fetchall()
    alone = run("recommend", model, "--reader", 7, "-n", 4, "--json").json
    assert [book for (book,) in rows] == listed(alone)
    other = tmp_path / "other.parquet"
    done = run("recommend", model, "--all", "--out", other, "-n", 4, "--json").json
    assert done == {
        "file": str(other),
        "readers": SIZE,
        "rows": 4 * SIZE,
        "short": 0,
        "not_personal": 0,
    }
    assert other.read_bytes() == out.read_bytes()
    assert {p.name for p in tmp_path.iterdir()} == {"lists.parquet", "other.parquet"}


@covers("-n", "recommend", "similar", "search")
@pytest.mark.parametrize(
    "words", [("recommend", "--like", "Emma"), ("similar", "Emma"), ("search", "tales")]
)
def test_n(run: Run, model: Path, words: tuple[str, ...]) -> None:
    command, *more = words
    for n in (1, 4):
        done = run(command, model, *more, "-n", n, "--json").json
        assert len(done["books" if command == "search" else "recommendations"]) == n


@covers("--json", "recommend", "similar", "search", "algorithms")
@pytest.mark.parametrize(
    "words",
    [("recommend", "M", "--like", "Emma"), ("similar", "M", "Emma"), ("search", "M", "emma")],
)
def test_json_of_what_answers(run: Run, model: Path, words: tuple[str, ...]) -> None:
    spoken = [model if word == "M" else word for word in words]
    assert not run(*spoken).ok.startswith("{")
    done = run(*spoken, "--json")
    assert done.json
    assert done.err == ""


def test_json_of_algorithms(run: Run) -> None:
    done = run("algorithms", "--json").json
    text = run("algorithms").ok
    assert [a["algorithm"] for a in done["algorithms"] if a["default"]] == ["blend"]
    assert [a["predictor"] for a in done["predictors"] if a["default"]] == ["bayes"]
    assert len(done["algorithms"]) >= 8
    tries = {s["name"]: s["tune_tries"] for s in done["algorithms"][0]["settings"]}
    assert tries["neighbours"] == "20 to 200"
    assert tries["correction"] == "", "it would be judged by the capped table that it corrects"
    (bayes,) = (predictor for predictor in done["predictors"] if predictor["predictor"] == "bayes")
    tries = {s["name"]: s["tune_tries"] for s in bayes["settings"]}
    assert tries["spread_weight"] == "0 to 1"
    assert tries["sweeps"] == ""
    for algorithm in [*done["algorithms"], *done["predictors"]]:
        name = algorithm.get("algorithm") or algorithm["predictor"]
        assert f"\n{name}" in f"\n{text}"
        for setting in algorithm["settings"]:
            assert f"\n {setting['name']} " in text
            assert setting.keys() == {"name", "must_be", "default", "tune_tries", "help"}


def test_predictors_are_evaluated_beside_the_baseline(run: Run, world: Path) -> None:
    words = ("evaluate", world, "--protocol", "held-out", "--algorithm", "mf:factors=2")
    done = run(*words, "--json").json
    assert [result["algorithm"] for result in done["results"]] == ["mf:factors=2", "baseline"]
    for result in done["results"]:
        names = {"rmse", "mae", "negative_log_likelihood", "interval_coverage_80"}
        assert names <= result["measures"].keys()
    first, second = re.findall(r".*likelihood|.*negative_log_.*", run(*words).ok)
    assert first.split() == ["negative_log_", "interval_"], "long names stand in two lines"
    assert second.split()[-3:] == ["rmse", "mae", "likelihood"]
    both = run(*words, "--algorithm", "cosine", "--json").json
    names = {result["algorithm"] for result in both["results"]}
    assert names == {"mf:factors=2", "cosine", "popularity", "baseline"}


def measured(done: Any) -> list[tuple[str, int | None]]:
    return [(result["algorithm"], result["given"]) for result in done["results"]]


@covers("--algorithm", "evaluate")
def test_algorithms_of_evaluate(run: Run, world: Path) -> None:
    done = run(
        "evaluate", world, "--json",
        "--algorithm", "popularity:counts=training",
        "--algorithm", "cosine:neighbours=5,star_slope=0",
    ).json  # fmt: skip
    assert measured(done) == [
        ("popularity:counts=training", None),
        ("cosine:neighbours=5,star_slope=0", None),
    ]
    assert done["results"][0]["settings"] == {"counts": "training"}
    assert done["results"][1]["settings"]["neighbours"] == 5


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Path:
    """The complete histories of a few readers of the world."""
    lines = (world / "ratings.csv").read_text().splitlines()
    chosen = [line for line in lines[1:] if line.split(",")[0] in {"1", "2", "3", "4"}]
    mixed = (lines[0], *chosen[1::2], *chosen[::2])  # rows sorted by book are no reading order
    return table(tmp_path_factory.mktemp("new") / "strangers.csv", *mixed)


@covers("--protocol", "evaluate")
@covers("--readers", "evaluate")
@covers("--given", "evaluate")
def test_protocol_readers_and_given(run: Run, world: Path, strangers: Path) -> None:
    words = ("evaluate", world, "--algorithm", "popularity", "--json")
    split = run(*words).json
    assert split["protocol"] == "notebook-split"
    assert split == run(*words, "--protocol", "notebook-split").json | {"results": split["results"]}
    new = run(*words, "--protocol", "new-readers", "--readers", strangers, "--given", "0,2,7").json
    assert new["protocol"] == "new-readers"
    assert measured(new) == [("popularity", 0), ("popularity", 2), ("popularity", 7)]
    assert [result["readers"] for result in new["results"]] == [4, 4, 4]
    assert [i["files"][0]["file"] for i in new["intake"]] == [
        str(world / "ratings.csv"),
        str(strangers),
    ]


def test_given_is_5_20_50_by_itself(run: Run, world: Path, strangers: Path) -> None:
    """These readers have more than 5 books and fewer than 20, and are asked for 20 too."""
    refusal = run(
        "evaluate", world, "--algorithm", "popularity",
        "--protocol", "new-readers", "--readers", strangers,
    ).refusal  # fmt: skip
    assert "no more than 20 books" in refusal


def test_a_protocol_takes_settings(run: Run, world: Path, strangers: Path) -> None:
    words = ("evaluate", world, "--algorithm", "popularity", "--json")
    wide = run(*words, "--protocol", "held-out:test_share=0.5,seed=3").json
    assert wide["protocol"] == "held-out"
    assert "50%" in wide["description"]
    assert "seed 3" in wide["description"]
    folds = run(*words, "--protocol", "k-fold:folds=3").json
    assert folds["results"][0]["readers"] == SIZE
    assert "3 folds" in folds["description"]
    new = ("--protocol", "new-readers:seed=1", "--readers", strangers, "--given", "2")
    assert "drawn at random (seed 1)" in run(*words, *new).json["description"]


@pytest.mark.parametrize(
    ("protocol", "why"),
    [
        ("held-out:share=0.5", "share is no setting: must be one of test_share, seed"),
        ("held-out:test_share=half", "must be a number, got 'half'"),
        ("held-out:seed=0.5", "must be a whole number, got '0.5'"),
        ("held-out:test_share=2", "test_share must be between 0 and 1, got 2"),
        ("held-out:test_share", "must name a setting and its value"),
        ("k-folds", "must be one of notebook-split, new-readers, held-out, k-fold, leave-last"),
        ("by-time", "must have a time for every row"),
    ],
)
def test_a_protocol_that_cannot_be_is_refused(
    run: Run, world: Path, protocol: str, why: str
) -> None:
    assert why in run("evaluate", world, "--protocol", protocol).refusal


@covers("--split", "evaluate")
@covers("--save-split", "evaluate")
def test_a_split_that_was_saved_asks_the_same(run: Run, world: Path, tmp_path: Path) -> None:
    words = ("evaluate", world, "--algorithm", "cosine", "--json")
    split = tmp_path / "split"
    first = run(*words, "--protocol", "strong:reader_share=0.3", "--save-split", split).json
    again = run(*words, "--split", split).json
    assert again["data"]["task"] == first["data"]["task"]
    for one, other in zip(first["results"], again["results"], strict=True):
        assert one["measures"] == other["measures"]
    assert "--protocol does not go with --split" in (
        run(*words, "--split", split, "--protocol", "strong").refusal
    )
    assert "new or empty folder" in run(*words, "--save-split", split).refusal
    folds = ("--protocol", "k-fold", "--save-split", tmp_path / "folds")
    assert "k-fold has 5" in run(*words, *folds).refusal


@covers("--measure", "evaluate")
def test_measures_are_those_asked_for(run: Run, world: Path) -> None:
    words = ("evaluate", world, "--algorithm", "popularity")
    done = run(*words, "--measure", "ndcg@3", "--measure", "coverage@5", "--json").json
    (result,) = done["results"]
    assert list(result["measures"]) == ["ndcg@3"]
    assert list(result["catalogue"]) == ["coverage@5"]
    names = ("mrr@10", "p@10", "Novelty@3", "coverage@5")
    shown = run(*words, *(word for name in names for word in ("--measure", name))).ok
    assert [name for name in names if name.lower() not in shown] == []
    assert "gini" not in shown
    assert "must be one of ndcg" in run(*words, "--measure", "auc@3").refusal


@covers("--out", "evaluate")
@covers("--algorithm", "compare")
@covers("--against", "compare")
@covers("--measure", "compare")
@covers("--json", "compare")
def test_reports_are_written_and_compared(run: Run, world: Path, tmp_path: Path) -> None:
    a, b, other = (tmp_path / f"{name}.json" for name in ("a", "b", "other"))
    words = ("evaluate", world, "--algorithm")
    assert f"Next: readalike compare {a} ANOTHER.json" in run(*words, "cosine", "--out", a).out
    run(*words, "ridge", "--out", b).ok  # noqa: B018
    run(*words, "ridge", "--out", other, "--protocol", "strong").ok  # noqa: B018
    assert a.with_suffix(".parquet").is_file()

    (first,) = run("compare", a, b, "--json").json["comparisons"]
    assert (first["algorithm"], first["against"]) == ("cosine", "ridge"), "popularity says nothing"
    (turned,) = run("compare", b, a, "--json").json["comparisons"]
    assert turned["difference"]["mean"] == pytest.approx(-first["difference"]["mean"])
    assert (turned["wins"], turned["losses"]) == (first["losses"], first["wins"])
    (hits,) = run("compare", a, b, "--measure", "hit@10", "--json").json["comparisons"]
    assert hits["measure"] == "hit@10"
    mine = ("--algorithm", "popularity", "--against", "ridge")
    (worse,) = run("compare", a, b, *mine, "--json").json["comparisons"]
    assert worse["difference"]["high"] < 0
    assert worse["certain"]
    assert "B is better" in run("compare", a, b, *mine).ok
    (same,) = run("compare", a, b, "--algorithm", "popularity", "--json").json["comparisons"]
    assert same["difference"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert "no telling" in run("compare", a, b, "--algorithm", "popularity").ok
    assert "same task fingerprint" in run("compare", a, other).refusal
    assert "--against needs --algorithm" in run("compare", a, b, "--against", "ridge").refusal
    assert "no such file" in run("compare", a, tmp_path / "none.json").refusal
    assert ".json" in run(*words, "cosine", "--out", tmp_path / "a.txt").refusal


@covers("--html", "evaluate")
def test_the_page_is_written(run: Run, world: Path, tmp_path: Path) -> None:
    words = ("evaluate", world, "--algorithm", "cosine", "--html")
    run(*words, tmp_path / "page.html").ok  # noqa: B018
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "cosine" in page
    assert "in a folder that is there" in run(*words, tmp_path / "no" / "page.html").refusal


def test_a_page_that_cannot_be_drawn_is_refused_before_the_long_work(
    run: Run, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*sys.modules]:
        if name.startswith("readalike.report."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr("readalike.cli.evaluate.evaluate_all", lambda *a, **k: pytest.fail("ran"))
    assert "readalike[plots]" in run("evaluate", world, "--html", tmp_path / "page.html").refusal


@covers("--seed", "evaluate")
def test_seed_of_evaluate(run: Run, world: Path) -> None:
    def lows(*more: object) -> list[float]:
        done = run("evaluate", world, "--algorithm", "cosine", "--json", *more).json
        result = done["results"][0]
        return [measure["low"] for measure in result["measures"].values()]

    assert lows() == lows("--seed", 0)
    assert lows("--seed", 1) == lows("--seed", 1)
    assert lows("--seed", 1) != lows()


@covers("--model", "evaluate")
def test_figures_go_into_the_card(run: Run, world: Path, tmp_path: Path) -> None:
    model = tmp_path / "m"
    run("train", world, "--model", model, "--algorithm", "popularity").ok  # noqa: B018
    words = ("evaluate", world, "--algorithm", "popularity", "--algorithm", "cosine")
    assert run(*words).err == ""
    assert modelcard.read_card(model).measured is None
    assert str(model) in run(*words, "--model", model).err
    kept = modelcard.read_card(model).measured
    assert kept is not None
    assert kept["protocol"] == "notebook-split"
    assert [result["algorithm"] for result in kept["results"]] == ["popularity"]
    assert run("recommend", model, "--like", "Emma").ok, "the model is as good as before"


@pytest.fixture
def small_goodbooks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A goodbooks-10k of a few lines, and a zip of it."""
    monkeypatch.setitem(DATA_SETS, SMALL.name, SMALL)
    monkeypatch.chdir(tmp_path)
    archive = tmp_path / "fetched.zip"
    archive.write_bytes(zipped())
    return archive


@covers("--from", "download")
@covers("--to", "download")
def test_download_from_a_zip_to_a_folder(run: Run, small_goodbooks: Path) -> None:
    here = small_goodbooks.parent
    text = run("download", "--from", small_goodbooks).ok
    assert "Next: readalike train goodbooks-10k --model model" in text
    assert (here / "goodbooks-10k" / "ratings.csv").is_file()
    run("download", "goodbooks-10k", "--from", small_goodbooks, "--to", here / "x" / "y").ok  # noqa: B018
    assert (here / "x" / "y" / "ratings.csv").is_file()


@covers("--again", "download")
@covers("--json", "download")
def test_download_again(run: Run, small_goodbooks: Path) -> None:
    words = ("download", "--from", small_goodbooks, "--json")
    assert [run(*words, *more).json["already_there"] for more in ((), (), ("--again",))] == [
        False,
        True,
        False,
    ]
    assert "--again" in run("download", "--from", small_goodbooks).ok


@covers("--model", "demo")
@covers("--json", "demo")
def test_demo(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = run("demo").ok
    assert [p.name for p in tmp_path.iterdir()] == ["readalike-demo"]
    assert "simulated" in text
    assert "readalike download goodbooks-10k" in text
    done = run("demo", "--model", "other one", "--json")
    assert done.err == ""
    assert done.json["recommended"]["source"] == "personal"
    assert not done.json["trained"]["loaded"]
    again = run("demo", "--model", "other one")
    assert "other one holds the model already" in again.ok
    assert "readalike similar 'other one' 'The Hobbit'" in again.ok


@covers("--settings", "train")
def test_settings_of_train(run: Run, world: Path, tmp_path: Path) -> None:
    found, model = tmp_path / "found.json", tmp_path / "m"
    run("tune", world, "--algorithm", "cosine", "--trials", 2, "--out", found).ok  # noqa: B018
    words = ("train", world, "--model", model, "--settings", found)
    assert run(*words, "--json").json["settings"] == read_json(found)["settings"]
    assert "--set" in run(*words, "--set", "neighbours=3").refusal


@covers("--predictor-settings", "train")
def test_predictor_settings_of_train(run: Run, world: Path, tmp_path: Path) -> None:
    found, model = tmp_path / "found.json", tmp_path / "m"
    run("tune", world, "--predictor", "baseline", "--trials", 2, "--out", found).ok  # noqa: B018
    words = ("train", world, "--model", model, "--predictor-settings", found)
    predictor = {"name": "baseline", "settings": read_json(found)["settings"]}
    assert run(*words, "--json").json["predictor"] == predictor
    assert "--predictor-set" in run(*words, "--predictor-set", "seed=3").refusal


@covers("--version", "")
def test_version(run: Run) -> None:
    import readalike

    assert run("--version").ok == f"readalike {readalike.__version__}\n"


@covers("--show-completion", "")
@covers("--install-completion", "")
def test_completion(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert (
        "complete -o default -F _readalike_completion readalike"
        in run("--show-completion", "bash").ok
    )
    run("--install-completion", "bash").ok  # noqa: B018
    assert (tmp_path / ".bash_completions" / "readalike.sh").is_file()


def test_words_are_completed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_READALIKE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "readalike rec")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run().out.split() == ["recommend"]
