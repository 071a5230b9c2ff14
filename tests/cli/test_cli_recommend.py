"""`readalike recommend` with a library, a pile, rules and dials: one test an option."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pytest

from cli.libraries_of import OF_LIBRARIES, PILE, READ, bound_model, write_export, write_titles
from cli.running import Done, Run, options_of
from readalike import train
from readalike.datasets.sample import read_sample

TESTED: set[str] = set()
Test = TypeVar("Test", bound=Callable[..., object])
ELSEWHERE = {
    "--reader", "--history", "--like", "--all", "--out", "-n", "--exclude", "--at-least", "--sure",
    "--avoid", "--json",
}  # fmt: skip
"""Options that test_cli_options.py is about."""


def covers(*options: str) -> Callable[[Test], Test]:
    """Says which options a test is about."""
    TESTED.update(options)
    return lambda test: test


def test_every_option_has_a_test() -> None:
    assert options_of("recommend") == TESTED | ELSEWHERE | OF_LIBRARIES


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the books that the library ships."""
    folder = tmp_path_factory.mktemp("models") / "sample"
    train(read_sample(readers=300), folder, algorithm="cosine", predictor="baseline")
    return folder


class Asking:
    """`recommend` for the library of one reader."""

    def __init__(self, run: Run, model: Path, folder: Path) -> None:
        self.run, self.model = run, model
        self.file = write_export(folder / "my books.csv")

    def __call__(self, *more: object) -> Done:
        return self.run("recommend", self.model, "--library", self.file, *more)

    def books(self, *more: object) -> list[Any]:
        found: list[Any] = self(*more, "--json").json["recommendations"]
        return found

    def ids(self, *more: object) -> set[str]:
        return {book["book_id"] for book in self.books("-n", 500, *more)}

    def titles(self, *more: object) -> list[str]:
        return [book["title"] for book in self.books(*more)]


@pytest.fixture
def asking(run: Run, sample: Path, tmp_path: Path) -> Asking:
    return Asking(run, sample, tmp_path)


# --- a library --------------------------------------------------------------------------------


@covers("--library")
def test_what_the_library_says_is_the_history(asking: Asking, run: Run, tmp_path: Path) -> None:
    history = tmp_path / "h.csv"
    history.write_text(
        "book_id,rating\na-game-of-thrones,5\nthe-hobbit,4\ncatching-fire,\n", encoding="utf-8"
    )
    plain = run(
        "recommend", asking.model, "--history", history, "--series", "--sets",
        "--exclude", "breaking-dawn", "--json",
    ).json["recommendations"]  # fmt: skip
    assert asking.books() == plain
    stars = {r["title"]: r["stars"] for book in plain for r in book["reasons"]}
    assert stars == {"A Game of Thrones": 5.0, "The Hobbit": 4.0, "Catching Fire": None}


def test_nothing_read_or_given_up_is_listed_and_a_pile_may_be(asking: Asking) -> None:
    titles = asking.titles("-n", 500, "--no-series")
    assert len(titles) > 400
    assert not {*READ, "Breaking Dawn"} & {*titles}
    assert {*PILE} <= {*titles}


def test_the_account_is_in_the_json_and_on_the_error_stream(asking: Asking) -> None:
    done = asking("--json")
    account = done.json["library"]
    assert account.pop("columns")["status"] == "Exclusive Shelf"
    assert account.pop("scale") == "stars are from 1 to 5 in steps of 1 (as Goodreads has them)"
    assert account.pop("notes") == []
    assert account == {
        "file": str(asking.file), "format": "Goodreads", "rows": 8, "entries": 8,
        "matched": 7, "ambiguous": 0, "unmatched": 1,
        "read": 3, "to_read": 3, "given_up": 1, "unknown": 0, "rejected": 0,
    }  # fmt: skip
    told = "8 books: matched 7, ambiguous 0, unmatched 1; 3 read, 3 to be read, 1 given up"
    assert told in done.err
    assert told not in done.out


def test_what_to_type_next_works(asking: Asking) -> None:
    last = asking().ok.splitlines()[-1]
    first = asking.books()[0]["book_id"]
    assert last == f"Next: readalike explain {asking.model} {first} --library '{asking.file}'"
    again = asking.run("explain", asking.model, first, "--library", asking.file)
    assert "is 1st in the list" in again.ok


@pytest.mark.parametrize(
    "words",
    [
        ("--gems", 1, "-n", 3),
        ("--adventure", "-0.5", "--mood", "funny", "--more", "A Study in Scarlet"),
        ("--by-author", 1, "--no-series", "--no-editions", "--sets", "--since", "-800"),
        ("--from", "to-read", "--exclude", "emma", "--exclude", "dracula"),
        ("--at-least", 1, "--sure", 0.1, "--language", "en", "--tag", "fantasy"),
    ],
)
def test_what_to_type_next_has_the_options_of_the_list(
    asking: Asking, tmp_path: Path, words: tuple[object, ...]
) -> None:
    decided = write_titles(tmp_path / "d.csv", ("Unheard Of", "Nobody Known"))
    decided.write_text("title,author,source_id,book_id\nUnheard Of,Nobody Known,,emma\n")
    words = (*words, "--corrections", decided)
    first = asking.books(*words)[0]
    next_ = shlex.split(asking(*words).ok.splitlines()[-1])
    assert next_[:2] == ["Next:", "readalike"]
    found = asking.run(*next_[2:], "--json").json
    assert (found["book_id"], found["place"], found["score"]) == (
        first["book_id"], 1, first["score"],
    )  # fmt: skip
    assert found["reasons"] == first["reasons"]


def left(*folders: Path) -> Iterator[tuple[str, int]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            yield str(path), path.stat().st_mtime_ns


def test_nothing_is_left_behind(
    asking: Asking, partner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(here))
    before = list(left(tmp_path, asking.model))
    assert asking("--from", "to-read").ok
    assert asking("--library", partner, "--from", partner, "--json").ok
    assert asking("--avoid").ok
    assert asking.run("explain", asking.model, "Emma", "--library", asking.file).ok
    assert list(left(tmp_path, asking.model)) == before


@covers("--corrections")
def test_corrections_are_applied_and_not_written(asking: Asking, tmp_path: Path) -> None:
    decided = tmp_path / "decided.csv"
    decided.write_text(
        "title,author,source_id,book_id\nUnheard Of,Nobody Known,,emma\n", encoding="utf-8"
    )
    before = decided.read_bytes()
    found = asking("--corrections", decided, "--json").json
    assert found["library"]["matched"] == 8
    assert "Emma" not in [book["title"] for book in found["recommendations"]]
    reasons = {r["title"] for book in found["recommendations"] for r in book["reasons"]}
    assert "Emma" in reasons
    assert decided.read_bytes() == before
    plain = asking.run("recommend", asking.model, "--like", "Emma", "--corrections", decided)
    assert "--corrections FILE goes with one --library FILE" in plain.refusal
    both = asking("--library", asking.file, "--corrections", decided)
    assert "--corrections FILE goes with one --library FILE" in both.refusal
    assert "none.csv: there is no such" in asking("--corrections", tmp_path / "none.csv").refusal


def test_a_library_that_cannot_be_read_is_one_line(asking: Asking, tmp_path: Path) -> None:
    nothing = tmp_path / "none.csv"
    assert "none.csv" in asking.run("recommend", asking.model, "--library", nothing).refusal
    foreign = tmp_path / "foreign.csv"
    foreign.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "foreign.csv" in asking.run("recommend", asking.model, "--library", foreign).refusal


def test_of_a_library_of_nothing_known_the_popular_books_are_told(
    asking: Asking, tmp_path: Path
) -> None:
    nobody = write_titles(tmp_path / "n.csv", ("Unheard Of", "Nobody Known"))
    found = asking.run("recommend", asking.model, "--library", nobody, "--json").json
    assert found["source"] == "popular"
    assert "nothing is known of this reader" in found["note"]


# --- a pile -----------------------------------------------------------------------------------


@covers("--from")
def test_from_the_pile_and_from_a_list(asking: Asking, tmp_path: Path) -> None:
    assert set(asking.titles("--from", "to-read", "--no-series")) == {*PILE}
    found = asking("--from", "to-read", "--json").json
    assert {book["title"] for book in found["recommendations"]} == {*PILE} - {"A Storm of Swords"}
    assert found["left_out"] == {"series": 1}
    assert found["from"]["books"] == 3
    assert found["note"] == (
        "of 3 books to choose from 2 can be listed; left out: 1 a later volume of a series"
    )
    stock = write_titles(
        tmp_path / "stock.csv",
        ("Emma", "Jane Austen"), ("The Hobbit", "J. R. R. Tolkien"), ("Unheard Of", "Nobody"),
        ("Breaking Dawn", "Stephenie Meyer"),
    )  # fmt: skip
    found = asking("--from", stock, "--json").json
    assert [book["title"] for book in found["recommendations"]] == ["Emma"]
    assert found["left_out"] == {"read": 1, "excluded": 1}
    assert (found["from"]["matched"], found["from"]["unmatched"]) == (3, 1)
    assert f"{stock}: table, 4 books: matched 3, ambiguous 0" in asking("--from", stock).err
    like = ("recommend", asking.model, "--like", "Dracula", "--json", "--from")
    found = asking.run(*like, stock).json["recommendations"]
    assert {book["title"] for book in found} == {"Emma", "The Hobbit", "Breaking Dawn"}
    assert "--from to-read goes with --library FILE" in asking.run(*like, "to-read").refusal
    assert "none.csv: there is no such file" in asking("--from", tmp_path / "none.csv").refusal


def test_a_pile_of_nothing_is_an_empty_list(asking: Asking, tmp_path: Path) -> None:
    file = write_titles(tmp_path / "b.csv", ("Emma", "Jane Austen"))
    words = ("recommend", asking.model, "--library", file, "--from", "to-read")
    assert asking.run(*words).ok == "Of 0 books to choose from 0 can be listed.\n"
    found = asking.run(*words, "--json").json
    assert (found["recommendations"], found["from"]["books"]) == ([], 0)


def test_the_order_in_a_pile_is_that_of_the_whole_list(asking: Asking) -> None:
    whole = asking.titles("-n", 500, "--no-series")
    pile = asking.titles("--from", "to-read", "--no-series")
    assert pile == [title for title in whole if title in PILE]


# --- rules --------------------------------------------------------------------------------------


@covers("--series")
def test_of_a_series_only_the_next_volume(asking: Asking, run: Run) -> None:
    titles = asking.titles("-n", 500)
    assert "A Clash of Kings" in titles
    assert "A Storm of Swords" not in titles
    assert "The Hunger Games" in titles, "volume 2 was read, volume 1 was not"
    assert "A Storm of Swords" in asking.titles("-n", 500, "--no-series")
    like = ("recommend", asking.model, "--like", "A Game of Thrones", "-n", 500, "--json")
    plain, ruled = (
        {b["title"] for b in run(*like, *more).json["recommendations"]}
        for more in ((), ["--series"])
    )
    assert plain - ruled >= {"A Storm of Swords"}


@pytest.fixture(scope="session")
def bound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with volumes, a set of them, and another edition."""
    return bound_model(tmp_path_factory.mktemp("bound"))


@covers("--sets", "--editions")
def test_sets_and_other_editions(run: Run, bound: Path, tmp_path: Path) -> None:
    file = write_titles(tmp_path / "b.csv", ("Tale 11", "Ann Onym"), ("Tale 13", "Ann Onym"))
    words = ("recommend", bound, "--library", file, "-n", 30, "--json", "--no-series")

    def ids(*more: object) -> set[str]:
        return {book["book_id"] for book in run(*words, *more).json["recommendations"]}

    assert ids("--no-sets") - ids() == {"b05"}
    both = ("recommend", bound, "--like", "b01", "-n", 30, "--json")
    plain, off = (
        {book["book_id"] for book in run(*both, *more).json["recommendations"]}
        for more in ((), ["--no-editions"])
    )
    assert off - plain == {"b07"}


@covers("--by-author")
def test_at_most_so_many_by_an_author_and_still_as_long_a_list(asking: Asking) -> None:
    plain, one = asking.books("-n", 40), asking.books("-n", 40, "--by-author", 1)
    firsts = [book["authors"].split(", ")[0] for book in one]
    assert len(plain) == len(one) == len(set(firsts)) == 40
    assert len({book["authors"].split(", ")[0] for book in plain}) < 40
    assert "by_author must be a whole number, at least 0" in asking("--by-author", -1).refusal


@covers("--language")
def test_language(asking: Asking) -> None:
    french = asking.titles("--language", "fr", "-n", 5)
    assert "Asterix the Gaul" in asking.titles("--language", "fr", "-n", 60)
    assert len(french) == 5
    assert not {*french} & {*asking.titles("--language", "en", "-n", 500)}
    assert "languages must be of the catalogue" in asking("--language", "tlh").refusal


@covers("--since", "--until")
def test_years(asking: Asking) -> None:
    years = [book["year"] for book in asking.books("--since", 1950, "--until", 1959)]
    assert len(years) == 10
    assert all(1950 <= year <= 1959 for year in years)
    assert any(book["year"] < 0 for book in asking.books("--until", 0, "-n", 500))
    refused = asking("--since", 2000, "--until", 1990).refusal
    assert "since must not be later than until" in refused


@covers("--tag", "--without-tag")
def test_tags(asking: Asking) -> None:
    fantasy, without = asking.ids("--tag", "fantasy"), asking.ids("--without-tag", "fantasy")
    assert len(fantasy) > 10
    assert len(without) > 10
    assert not fantasy & without
    assert fantasy | without == asking.ids()
    assert "did you mean 'fantasy'?" in asking("--tag", "fantasi").refusal


# --- dials --------------------------------------------------------------------------------------


@covers("--gems")
def test_gems(asking: Asking, sample: Path) -> None:
    """Whoever turns it up gets less known books, and the scores stay those of the model."""
    popular = asking.run("recommend", sample, "--library", empty_of(asking), "-n", 540, "--json")
    place = {b["book_id"]: b["rank"] for b in popular.json["recommendations"]}
    known, plain, gems = (
        [place.get(book["book_id"], 540) for book in asking.books("--gems", x)] for x in (-1, 0, 1)
    )
    assert sum(known) < sum(plain) < sum(gems)
    scores = {b["book_id"]: b["score"] for b in asking.books("-n", 500)}
    for book in asking.books("--gems", 1):
        assert book["score"] == scores[book["book_id"]]
    assert "gems must be between -1 and 1, got 2" in asking("--gems", 2).refusal


def empty_of(asking: Asking) -> Path:
    """A library of which nothing is known."""
    return write_titles(asking.file.with_name("none of them.csv"), ("Unheard Of", "Nobody"))


@covers("--adventure")
def test_adventure(asking: Asking) -> None:
    plain = asking.books()
    near, far = asking.books("--adventure", -1), asking.books("--adventure", 1)
    assert [b["book_id"] for b in far] != [b["book_id"] for b in plain]
    assert [b["book_id"] for b in near] != [b["book_id"] for b in plain]
    authors = [len({book["authors"] for book in books}) for books in (near, far)]
    assert authors[0] <= authors[1]
    assert "adventure must be between -1 and 1" in asking("--adventure", "-1.5").refusal


@covers("--more", "--less")
def test_more_and_less(asking: Asking) -> None:
    plain = asking.titles("-n", 30)
    more = asking.titles("-n", 30, "--more", "A Study in Scarlet")
    less = asking.titles("-n", 30, "--less", "A Wizard of Earthsea")
    assert more != plain
    assert less != plain
    assert "A Study in Scarlet" not in more, "whoever names a book knows it"
    detective = set(asking.titles("--tag", "detective", "-n", 500))
    assert len(detective & {*more}) > len(detective & {*plain})
    assert "unknown book" in asking("--more", "Zzyzx Quux").refusal


@covers("--mood")
def test_mood(asking: Asking) -> None:
    funny = set(asking.titles("--tag", "humour", "-n", 500))
    plain, turned = (len(funny & {*asking.titles(*more)}) for more in ((), ("--mood", "funny")))
    assert turned > plain
    assert asking.titles("--mood", "satire") != asking.titles()
    assert "mood" in asking("--mood", "xyzzy").refusal


# --- several readers ------------------------------------------------------------------------------


@pytest.fixture
def partner(tmp_path: Path) -> Path:
    return write_titles(
        tmp_path / "partner.csv", ("Emma", "Jane Austen"), ("Persuasion", "Jane Austen")
    )


def test_two_libraries_are_a_list_for_both(asking: Asking, partner: Path) -> None:
    found = asking("--library", partner, "-n", 5, "--json").json
    assert set(found) == {"recommendations", "shares", "ignored", "rule", "note", "libraries"}
    assert list(found["libraries"]) == ["my books", "partner"]
    assert found["libraries"]["partner"]["read"] == 2
    for book in found["recommendations"]:
        assert [place["reader"] for place in book["places"]] == ["my books", "partner"]
        assert book["title"] not in {*READ, "Emma", "Persuasion", "Breaking Dawn"}
    worst = [max(p["rank"] for p in b["places"]) for b in found["recommendations"]]
    assert worst == sorted(worst)
    text = asking("--library", partner, "-n", 5).ok
    assert "What to read next together" in text
    assert re.search(r"Whose list it is: my books \d+%, partner \d+%\.", text)
    assert "wants it least" in text


def test_ids_that_no_book_has_are_told_to_several(asking: Asking, partner: Path) -> None:
    words = ("--library", partner, "--exclude", "zzz")
    assert asking(*words, "--json").json["ignored"] == {"my books": ["zzz"], "partner": ["zzz"]}
    assert "Not in the catalogue, so left aside: zzz\n" in asking(*words).ok


def test_nothing_of_a_list_for_several_is_cut_off(
    asking: Asking, partner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    for width in ("400", "80"):
        monkeypatch.setenv("COLUMNS", width)
        texts.append(asking("--library", partner).ok)
    wide, narrow = texts
    assert "…" not in narrow
    assert sorted(narrow.split()) == sorted(wide.split())


def test_two_files_of_one_name_are_told_apart(asking: Asking, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    again = write_titles(other / "my books.csv", ("Emma", "Jane Austen"))
    found = asking("--library", again, "--json").json
    assert list(found["shares"]) == ["1. my books.csv", "2. my books.csv"]


def test_piles_of_all_are_put_together(asking: Asking, partner: Path) -> None:
    found = asking("--library", partner, "--from", "to-read", "--no-series", "--json").json
    assert {book["title"] for book in found["recommendations"]} == {*PILE}
    stock = write_titles(partner.with_name("stock.csv"), ("Dracula", "Bram Stoker"))
    done = asking("--library", partner, "--from", stock, "--json")
    assert [book["title"] for book in done.json["recommendations"]] == ["Dracula"]
    files = [str(asking.file), str(partner), str(stock)]
    said = [line.partition(": ")[0] for line in done.err.splitlines()]
    assert [name for name in said if name in files] == files


def test_rules_count_for_all_of_them(asking: Asking, partner: Path) -> None:
    words = ("--library", partner, "--exclude", "dracula", "-n", 500, "--json")
    titles = {book["title"] for book in asking(*words).json["recommendations"]}
    assert not {"Dracula", "A Storm of Swords"} & titles
    off = asking(*words, "--no-series").json["recommendations"]
    assert "A Storm of Swords" in {book["title"] for book in off}


@pytest.mark.parametrize(
    "more",
    [("--at-least", 4), ("--avoid",), ("--gems", 0.5), ("--mood", "dark")],
)
def test_what_is_for_one_reader_is_refused_of_several(
    asking: Asking, partner: Path, more: tuple[object, ...]
) -> None:
    refused = asking("--library", partner, *more).refusal
    assert "goes with one reader, not with several" in refused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--reader", "1"), "give one of --reader ID, --history FILE, --like TITLE, --library"),
        (("--all", "--out", "x.parquet"), "give one of"),
        (("--avoid", "--gems", 1), "a dial goes without --avoid"),
        (("--avoid", "--tag", "horror"), "a rule goes without --avoid"),
        (("--avoid", "--from", "to-read"), "--from goes without --avoid"),
    ],
)
def test_options_that_do_not_go_together(
    asking: Asking, words: tuple[object, ...], said: str
) -> None:
    assert said in asking(*words).refusal


def test_rules_of_all_readers(run: Run, sample: Path, tmp_path: Path) -> None:
    def books(*more: object) -> set[str]:
        out = tmp_path / "lists.parquet"
        assert run("recommend", sample, "--all", "--out", out, "-n", 30, *more).ok
        with duckdb.connect() as connection:
            rows = connection.execute(f"SELECT DISTINCT title FROM '{out}'").fetchall()
        return {title for (title,) in rows}

    assert "A Memory of Light" in books()
    assert "Asterix the Gaul" not in books("--language", "en")
    refused = run(
        "recommend", sample, "--all", "--out", tmp_path / "l.parquet", "--gems", "0.5"
    ).refusal
    assert "a dial goes with one reader, not with --all" in refused


def test_the_text_says_what_to_know(asking: Asking) -> None:
    text = asking("--from", "to-read").ok
    assert "Of 3 books to choose from 2 can be listed" in text
    assert "because of" in text
