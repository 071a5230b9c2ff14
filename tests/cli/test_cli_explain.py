"""`readalike explain`: why, why not, what if; one test an option."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cli.libraries_of import OF_LIBRARIES, bound_model, write_export, write_titles
from cli.running import Done, Run, options_of
from readalike import train
from readalike.cli.explain import ordinal, show_explanation
from readalike.cli.output import console
from readalike.datasets.sample import read_sample
from readalike.model_folder import store
from readalike.recommend.results import Reason

TESTED: set[str] = set()
Test = TypeVar("Test", bound=Callable[..., object])


def covers(*options: str) -> Callable[[Test], Test]:
    """Says which options a test is about."""
    TESTED.update(options)
    return lambda test: test


def test_every_option_of_explain_has_a_test() -> None:
    assert options_of("explain") == TESTED | OF_LIBRARIES


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the books that the library ships."""
    folder = tmp_path_factory.mktemp("models") / "sample"
    train(read_sample(readers=300), folder, algorithm="cosine", predictor=None)
    return folder


class Explaining:
    """`explain` for the library of one reader."""

    def __init__(self, run: Run, model: Path, folder: Path) -> None:
        self.run, self.model = run, model
        self.file = write_export(folder / "my books.csv")

    def __call__(self, book: str, *more: object) -> Done:
        return self.run("explain", self.model, book, "--library", self.file, *more)

    def standing(self, book: str, *more: object) -> Any:
        return self(book, *more, "--json").json

    def listed(self, *more: object) -> list[Any]:
        words = ("recommend", self.model, "--library", self.file, *more, "--json")
        found: list[Any] = self.run(*words).json["recommendations"]
        return found


@pytest.fixture
def explaining(run: Run, sample: Path, tmp_path: Path) -> Explaining:
    return Explaining(run, sample, tmp_path)


@covers("--library", "--json")
def test_a_listed_book_has_its_place_its_shares_and_what_if(explaining: Explaining) -> None:
    third = explaining.listed()[2]
    found = explaining.standing(third["book_id"])
    assert (found["place"], found["rank"], found["left_out"]) == (3, 3, "")
    assert found["reasons"] == third["reasons"]
    assert found["score"] == third["score"]
    assert found.keys() == {
        "book_id", "title", "authors", "rank", "among", "place", "left_out", "why", "score",
        "base", "reasons", "without", "library",
    }  # fmt: skip
    text = explaining(third["book_id"]).ok
    assert " is 3rd in the list." in text
    strongest = third["reasons"][0]
    assert f"{strongest['title']} " in text
    assert f"({strongest['share']:.0%})" in text
    without = found["without"][0]
    assert f"Without {without['title']} it would be {ordinal(without['rank'])}." in text


def test_stars_are_told_as_given(explaining: Explaining) -> None:
    text = "".join(explaining(book["book_id"]).ok for book in explaining.listed())
    assert "you gave A Game of Thrones 5 stars" in text
    assert "you read Catching Fire (" in text


@covers("-n")
def test_a_book_behind_the_list_has_its_rank(explaining: Explaining) -> None:
    tenth = explaining.listed()[9]["book_id"]
    assert " is 10th in the list." in explaining(tenth).ok
    text = explaining(tenth, "-n", 5).ok
    assert re.search(r"is not among the first 5: it is 10th of \d+\.", text)


@pytest.mark.parametrize(
    ("book", "left_out", "said"),
    [
        ("The Hobbit", "read", "is not listed: you read it."),
        ("Breaking Dawn", "excluded", "is not listed: you gave it up, or do not want it."),
        (
            "A Storm of Swords",
            "series",
            "volume 3 of the series *A Song of Ice and Fire*: volume 2, *A Clash of Kings*",
        ),
    ],
)
def test_what_is_not_listed_has_the_reason(
    explaining: Explaining, book: str, left_out: str, said: str
) -> None:
    assert said in explaining(book).ok
    found = explaining.standing(book)
    assert (found["left_out"], found["rank"], found["without"]) == (left_out, None, [])


@covers("--series", "--sets", "--editions")
def test_rules_that_are_off_leave_nothing_out(
    explaining: Explaining, run: Run, tmp_path: Path
) -> None:
    found = explaining.standing("A Storm of Swords", "--no-series")
    assert (found["left_out"], found["rank"] is None) == ("", False)
    like = ("explain", explaining.model, "A Storm of Swords", "--like", "A Game of Thrones")
    assert run(*like, "--json").json["left_out"] == ""
    assert run(*like, "--series", "--json").json["left_out"] == "series"
    bound = bound_model(tmp_path / "bound")
    file = write_titles(tmp_path / "b.csv", ("Tale 11", "Ann Onym"), ("Games", "Ann Onym"))
    for book, off, rule, said in (
        ("b05", "--no-sets", "set", "is not listed: a set of several books of the series"),
        ("b07", "--no-editions", "edition", "is not listed: another edition of"),
    ):
        words = ("explain", bound, book, "--library", file, "--no-series")
        assert said in run(*words).ok
        assert run(*words, "--json").json["left_out"] == rule
        assert run(*words, off, "--json").json["left_out"] == ""


@covers("--by-author")
def test_a_limit_by_author(explaining: Explaining) -> None:
    plain = [book["book_id"] for book in explaining.listed("-n", 60)]
    one = [book["book_id"] for book in explaining.listed("-n", 60, "--by-author", 1)]
    gone = next(book for book in plain if book not in one)
    found = explaining.standing(gone, "-n", 60, "--by-author", 1)
    assert (found["place"], found["rank"]) == (None, plain.index(gone) + 1)
    text = explaining(gone, "-n", 60, "--by-author", 1).ok
    assert "by score, but not listed: dials, or a limit of books by one author" in text


@covers("--gems", "--adventure", "--more", "--less", "--mood")
@pytest.mark.parametrize(
    "dial",
    [
        ("--gems", 1), ("--adventure", 1), ("--more", "A Study in Scarlet"),
        ("--less", "A Wizard of Earthsea"), ("--mood", "funny"),
    ],
)  # fmt: skip
def test_dials_move_the_place_and_not_the_rank(
    explaining: Explaining, dial: tuple[str, object]
) -> None:
    plain = [book["book_id"] for book in explaining.listed("-n", 40)]
    turned = [book["book_id"] for book in explaining.listed("-n", 40, *dial)]
    moved = next(book for book, before in zip(turned, plain, strict=True) if book != before)
    found = explaining.standing(moved, "-n", 40, *dial)
    assert found["place"] == turned.index(moved) + 1
    assert found["rank"] == explaining.standing(moved)["rank"]


@covers("--language", "--since", "--until", "--tag", "--without-tag")
@pytest.mark.parametrize(
    ("rule", "left_out", "said"),
    [
        (("--language", "fr"), "language", "in English"),
        (("--since", 1900), "year", "of 1815, before 1900"),
        (("--until", 1800), "year", "of 1815, after 1800"),
        (("--tag", "horror"), "tag", "not tagged 'horror'"),
        (("--without-tag", "romance"), "tag", "tagged 'romance'"),
    ],
)
def test_rules_that_are_asked_for(
    explaining: Explaining, rule: tuple[str, object], left_out: str, said: str
) -> None:
    assert explaining.standing("Emma", *rule)["left_out"] == left_out
    assert said in explaining("Emma", *rule).ok


@covers("--exclude", "--from")
def test_what_is_excluded_and_what_is_not_in_the_pile(explaining: Explaining) -> None:
    assert explaining.standing("Emma", "--exclude", "emma")["left_out"] == "excluded"
    found = explaining.standing("Emma", "--from", "to-read")
    assert (found["left_out"], found["among"]) == ("elsewhere", 2)
    assert "not among the books to choose from" in explaining("Emma", "--from", "to-read").ok
    assert explaining.standing("A Study in Scarlet", "--from", "to-read")["place"] in (1, 2)


@covers("--reader", "--history", "--like")
def test_other_readers(explaining: Explaining, tmp_path: Path) -> None:
    history = tmp_path / "h.csv"
    history.write_text("book_id,rating\nemma,5\n", encoding="utf-8")
    like = explaining.run("recommend", explaining.model, "--like", "Emma", "--json").json
    words = ("explain", explaining.model, like["recommendations"][0]["book_id"])
    by_history = explaining.run(*words, "--history", history, "--json").json
    by_like = explaining.run(*words, "--like", "Emma", "--json").json
    assert by_history == by_like
    assert [reason["title"] for reason in by_like["reasons"]] == ["Emma"]
    reader = read_sample(readers=300).ratings.users.ids[0]
    assert "rank" in explaining.run(*words, "--reader", reader, "--json").json


@covers("--corrections")
def test_corrections(explaining: Explaining, tmp_path: Path) -> None:
    decided = tmp_path / "decided.csv"
    decided.write_text(
        "title,author,source_id,book_id\nUnheard Of,Nobody Known,,emma\n", encoding="utf-8"
    )
    assert explaining.standing("Emma")["left_out"] == ""
    assert explaining.standing("Emma", "--corrections", decided)["left_out"] == "read"
    words = ("explain", explaining.model, "Emma", "--like", "Persuasion")
    assert "goes with --library" in explaining.run(*words, "--corrections", decided).refusal


def test_an_unknown_book_is_one_line(explaining: Explaining) -> None:
    assert "unknown book 'Zzyzx Quux'" in explaining("Zzyzx Quux").refusal


def test_one_reader_and_no_more(explaining: Explaining, tmp_path: Path) -> None:
    words = ("explain", explaining.model, "Emma")
    assert "give one of --reader ID" in explaining.run(*words).refusal
    other = write_titles(tmp_path / "o.csv", ("Persuasion", "Jane Austen"))
    assert "explain is for one reader" in explaining("Emma", "--library", other).refusal


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
        (21, "21st"), (101, "101st"), (111, "111th"), (112, "112th"), (1214, "1,214th"),
    ],
)  # fmt: skip
def test_ordinals(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_what_speaks_against_a_book_by_nothing_worth_naming_is_left_out(
    explaining: Explaining, capsys: pytest.CaptureFixture[str]
) -> None:
    found = store.load(explaining.model).explain("The Hobbit", {"1": 5})

    def shown(*shares: float) -> str:
        reasons = tuple(Reason(found.book, share, share, 1) for share in shares)
        show_explanation(console(), replace(found, reasons=reasons), 10)
        return capsys.readouterr().out

    (against,) = [line for line in shown(0.9, -0.004, -0.006).splitlines() if "Against" in line]
    assert re.findall(r"\(.*?%\)", against) == ["(-1%)"]
    assert "Against" not in shown(0.9, -0.004)
