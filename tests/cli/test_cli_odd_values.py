"""One odd value does not spoil the rest: whatever stands in one book's row, answers are as without.

A value that cannot be right counts as none, or as what is right about it, and is only shown.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.running import SIZE, Run, book_id, read_json, write_world
from odd_values import LONG, MARKS, in_time

ODD = book_id(SIZE - 1)
COLUMNS = (
    "book_id", "title", "authors", "year", "language", "isbn", "isbn13", "series", "volume",
    "work_id", "goodreads_id", "ratings_count", "average_rating", "tags",
)  # fmt: skip


def usual(book: int) -> dict[str, str]:
    """A row of a book; every third book is a volume of one series, as the odd one is."""
    cells = (
        book_id(book), f"Tales of {'Hill' if book % 2 else 'Dale'} {book}",
        "Ann Onym" if book % 2 else "Bo Bee", str(1900 + book), "eng", "", "",
        "Hills" if book % 3 == 2 else "", str(book // 3 + 1) if book % 3 == 2 else "",
        f"w{book}", str(1000 + book), str(100 + book), "4.1", "hill; fun" if book % 2 else "dale",
    )  # fmt: skip
    return dict(zip(COLUMNS, cells, strict=True))


def odd_world(folder: Path, odd: Mapping[str, str]) -> Path:
    """The world of the other tests with every column, some cells of the odd book being others."""
    write_world(folder, books=False)
    rows = [usual(book) for book in range(SIZE)]
    rows[-1] |= odd
    with (folder / "books.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, quoting=csv.QUOTE_ALL)
        out.writeheader()
        out.writerows(rows)
    return folder


def training(world: Path, algorithm: str = "cosine") -> tuple[object, ...]:
    """The words that train a model with little trouble."""
    few = (("sweeps", 10), ("burn_in", 2), ("samples", 4))
    predictor = [word for name, value in few for word in ("--predictor-set", f"{name}={value}")]
    return ("train", world, "--model", model_of(world), "--algorithm", algorithm, *predictor)


def model_of(world: Path) -> Path:
    return world.with_name(f"model of {world.name}")


def answers(run: Run, model: Path) -> list[Any]:
    """All that a model says, but for the words of the odd book."""
    asked = [
        ("recommend", model, "--reader", 3, "-n", SIZE),
        ("recommend", model, "--like", "b02", "--series", "--sets", "-n", SIZE),
        ("recommend", model, "--like", "b26", "--since", 1900, "--language", "en"),
        ("similar", model, "b02", "-n", SIZE),
        ("search", model, "tales", "-n", SIZE - 1),
        ("search", model, ODD),
        ("explain", model, "b02", "--reader", 3),
        ("forecast", model, "b02", "b05", ODD, "--reader", 4),
    ]
    return [without_words(run(*words, "--json").json) for words in asked]


def without_words(value: Any) -> Any:
    if isinstance(value, dict):
        hidden = ("title", "authors", "year") if value.get("book_id") == ODD else ()
        return {key: without_words(each) for key, each in value.items() if key not in hidden}
    return [without_words(each) for each in value] if isinstance(value, list) else value


CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "numbers too large": (
        {
            "year": "-99999999999999", "isbn": "9" * LONG, "isbn13": "９" * 13,
            "volume": "9" * 400, "ratings_count": "1e308", "average_rating": "1e308",
            "language": "e" * 10**6, "work_id": "9" * LONG, "goodreads_id": "1e400",
        },
        dict.fromkeys(("year", "volume", "ratings_count", "average_rating", "language"), ""),
    ),
    "numbers of other kinds": (
        {
            "year": "1_900", "volume": "²", "ratings_count": "-5", "average_rating": "-1e400",
            "isbn": "123456789²", "isbn13": "9.78E+12", "title": "\u2028 \u3000",
        },
        dict.fromkeys(("year", "volume", "ratings_count", "average_rating", "title"), ""),
    ),
    "names without end": (
        {
            "title": "T" * 10**6, "series": "S" * 10**6, "volume": "10-999999999",
            "authors": ", ".join(f"Name {i}" for i in range(10_000)),
            "tags": "; ".join(f"tag{i}" for i in range(100_000)), "book_id": f"\u2028{ODD}\u3000",
        },
        {"title": "T", "series": "S", "volume": "10", "authors": "Name 0", "tags": "tag0"},
    ),
    "names of marks and blanks": (
        {"title": MARKS, "series": "(#" * 1000, "authors": "\x85", "tags": "|;" * 1000},
        {"title": "!", "series": "", "authors": "", "tags": ""},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_answers_are_as_if_the_value_were_not_there(run: Run, tmp_path: Path, case: str) -> None:
    odd, plain = CASES[case]
    with in_time(300):
        assert run(*training(odd_world(tmp_path / "odd", odd), "blend")).ok
        model = model_of(tmp_path / "odd")
        found = answers(run, model)
        assert run("recommend", model, "--reader", 4, "-n", SIZE).ok
        assert run("similar", model, ODD).ok
        assert run("search", model, ODD).ok
        assert run("explain", model, ODD, "--reader", 2).ok
        assert run("forecast", model, ODD).ok
    assert run(*training(odd_world(tmp_path / "plain", plain), "blend")).ok
    assert found == answers(run, model_of(tmp_path / "plain"))


def test_an_odd_volume_is_still_told(run: Run, tmp_path: Path) -> None:
    title = f"Hills (Hills, #{'9' * 400})"
    world = odd_world(tmp_path / "w", {"title": title, "series": ""})
    assert run(*training(world)).ok
    assert run("search", model_of(world), ODD, "--json").json["books"][0]["title"] == title


ROWS = {
    f"99,b02,{'9' * 400}\n98,b02,1e400\n": "left out 2 (the rating cannot be read",
    "99,b02,1e308\n98,b02,-1e308\n": "left out 2 (the rating is not on the scale 1 to 5",
    "\u3000,b02,5\n": "left out 1 (no reader id",
    "99,\x85,5\n": "left out 1 (no book id",
}


def test_rows_of_ratings_that_cannot_be_used(run: Run, tmp_path: Path) -> None:
    plain, odd = (odd_world(tmp_path / name, {}) for name in ("plain", "odd"))
    with (odd / "ratings.csv").open("a", encoding="utf-8") as file:
        file.writelines(ROWS)
    told = run(*training(odd)).ok
    assert [reason for reason in ROWS.values() if reason not in told] == []
    assert run(*training(plain)).ok
    assert answers(run, model_of(odd)) == answers(run, model_of(plain))


def test_a_reader_and_a_book_between_blanks_are_those_without(run: Run, tmp_path: Path) -> None:
    world = odd_world(tmp_path / "w", {})
    with (world / "ratings.csv").open("a", encoding="utf-8") as file:
        file.write("\x1c3\u2029,\u2028b02\x85,5\n77\x1f,b04,5\n77,b06,5\n")
    assert run(*training(world)).ok
    model = model_of(world)
    data = read_json(model / "card.json")["data"]
    assert (data["readers"], data["books"]) == (SIZE + 1, SIZE)
    assert run("recommend", model, "--reader", "77\u3000", "--exclude", "b08\x85").ok
    assert run("similar", model, "\u2028b02\x85").ok


def test_a_reader_of_all_books(run: Run, tmp_path: Path) -> None:
    world = odd_world(tmp_path / "w", {})
    with (world / "ratings.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"all,{book_id(book)},5\n" for book in range(SIZE))
    assert run(*training(world, "blend")).ok
    model = model_of(world)
    listed = run("recommend", model, "--reader", "all", "--json").json
    assert listed["recommendations"] == []
    assert "only 0 are neither read nor excluded" in listed["note"]
    assert run("recommend", model, "--reader", 3, "--json").json["recommendations"]
    assert "is not listed: you read it" in run("explain", model, ODD, "--reader", "all").ok
    assert run("forecast", model, ODD, "--reader", "all").ok


@pytest.mark.parametrize(
    "scale", ["0..1e308", "-1e308..1e308", "nan..5", "0..inf", "0..5_0", "1..²", "1..1e400"]
)
def test_a_scale_that_cannot_be(run: Run, world: Path, tmp_path: Path, scale: str) -> None:
    refusal = run("train", world, "--model", tmp_path / "m", f"--scale={scale}").refusal
    assert "scale must be like 1..10" in refusal
    assert f"got {scale!r}" in refusal


@pytest.mark.parametrize("id_", ["9" * LONG, '"\\ud800"', "1e999", "-Infinity"])
def test_a_book_of_a_history_that_cannot_be(
    run: Run, model: Path, tmp_path: Path, id_: str
) -> None:
    path = tmp_path / "h.json"
    path.write_text(f'["b02", {id_}]')
    assert run("recommend", model, "--history", path).ok
    found = run("recommend", model, "--history", path, "--json").json
    assert len(found["ignored"]) == 1
    path.write_text('["b02"]')
    alone = run("recommend", model, "--history", path, "--json").json
    assert found["recommendations"] == alone["recommendations"]
