"""Field cases of libraries (sections b and d): what a file says arrives in the list as it is."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import readalike
from cases.speaking import spoken
from cli.libraries_of import write_export
from cli.running import in_subprocess
from libraries import exports
from libraries.exports import goodreads, table, write
from libraries.worlds import CASES, DATA_CASES, goodbooks
from readalike.datasets.sample import read_sample
from readalike.recommend.recommender import Recommender
from readalike.recommend.rules import BOOK_SENSE

BOOKS = len(goodbooks())
SPACE = (13, 54, 126, 283, 295, 297, 349, 432, 599, 846, 1105, 1292, 2426, 8169)
"""Books that half of the readers like; the other half likes the others."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of 44 rows of goodbooks-10k and 720 made-up ratings of two tastes."""
    folder = tmp_path_factory.mktemp("mini")
    draw = np.random.default_rng(0)
    others = [int(book) for book in goodbooks().books if int(book) not in SPACE]
    rows = ["user_id,book_id,rating"]
    for reader in range(80):
        liked, not_liked = (SPACE, others) if reader % 2 else (others, SPACE)
        rows += [f"{reader},{book},{draw.integers(4, 6)}" for book in draw.choice(liked, 7, False)]
        rows += [f"{reader},{b},{draw.integers(1, 4)}" for b in draw.choice(not_liked, 2, False)]
    ratings = write(folder / "ratings.csv", "\n".join(rows) + "\n")
    readalike.train(
        ratings, folder / "model", books=DATA_CASES / "books_kaggle_mini.csv", predictor=None
    )
    return folder / "model"


@pytest.fixture(scope="module")
def loaded(model: Path) -> Recommender:
    return readalike.load(model)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the books that the library ships, which have languages and many authors."""
    folder = tmp_path_factory.mktemp("sample") / "model"
    readalike.train(read_sample(readers=300), folder, predictor=None)
    return folder


def answer(model: Path, library: Path, *more: object, n: int = BOOKS) -> Any:
    words = ("recommend", model, "--library", library, "-n", n, *more, "--json")
    return json.loads(spoken(*words))


def listed(model: Path, library: Path, *more: object, n: int = BOOKS) -> list[str]:
    found = answer(model, library, *more, n=n)["recommendations"]
    return [book["book_id"] for book in found]


def stars_in(found: Any) -> dict[str, float | None]:
    """The stars of each book that is a reason for another."""
    reasons = (reason for book in found["recommendations"] for reason in book["reasons"])
    return {reason["book_id"]: reason["stars"] for reason in reasons}


def written(path: Path, *rows: dict[str, object]) -> Path:
    """An export of Goodreads."""
    return write(path, table(exports.GOODREADS, *rows))


class Arriving:
    """Holds the list from a file against that from a history told to the library in Python."""

    def __init__(self, model: Path, loaded: Recommender) -> None:
        self.model, self.loaded = model, loaded

    def __call__(
        self,
        library: Path,
        told: Mapping[str, float | None],
        *more: object,
        exclude: Sequence[str] = (),
    ) -> Any:
        found = answer(self.model, library, *more)
        right = self.loaded.recommend(told, BOOKS, exclude=exclude, rules=BOOK_SENSE).as_dict()
        assert found["recommendations"] == right["recommendations"]
        assert found["source"] == ("personal" if told else "popular")
        assert stars_in(found) == told
        assert found["library"]["read"] == len(told)
        return found


@pytest.fixture(scope="module")
def arrives(model: Path, loaded: Recommender) -> Arriving:
    return Arriving(model, loaded)


# --- section b: imports ---------------------------------------------------------------------------


def test_case_23_no_stars_are_no_opinion_and_not_the_worst(
    arrives: Arriving, tmp_path: Path
) -> None:
    """My Rating 0 was taken for a hated book; right: read, without stars."""
    found = []
    for stars in (0, 1):
        rows = [
            goodreads("Cat's Cradle", "Kurt Vonnegut Jr.", My_Rating=5),
            goodreads("Dune", "Frank Herbert", My_Rating=stars),
        ]
        library = written(tmp_path / f"{stars}.csv", *rows)
        found.append(arrives(library, {"297": 5.0, "126": stars or None}))
    assert found[0]["recommendations"] != found[1]["recommendations"]


@pytest.mark.parametrize(
    "isbn", ["0439023483", "9780439023481", "0-439-02348-3", '=""0439023483""']
)
def test_case_25_and_27_an_isbn_in_any_form_is_the_book(
    arrives: Arriving, tmp_path: Path, isbn: str
) -> None:
    """Lost zeros and check digits found nothing; right: The Hunger Games, however it is written."""
    library = write(tmp_path / "i.csv", f'title,author,isbn,rating\n,,"{isbn}",4\n')
    arrives(library, {"1": 4.0})


def test_case_30_stars_written_with_a_fraction(arrives: Arriving, tmp_path: Path) -> None:
    """5.0 stopped the import at the first row; right: 5, 4, and 0.0 is none."""
    arrives(CASES / "goodreads_decimal_rating.csv", {"599": 5.0, "54": 4.0})
    rows = [
        goodreads(title, author, My_Rating=stars)
        for title, author, stars in (
            ("Dune", "Frank Herbert", "5.0"), ("1984", "George Orwell", "4.0"),
            ("Cat's Cradle", "Kurt Vonnegut Jr.", "0.0"),
        )
    ]  # fmt: skip
    arrives(written(tmp_path / "g.csv", *rows), {"126": 5.0, "13": 4.0, "297": None})


@pytest.mark.parametrize("shelf", ["unfinished", "did-not-finish", "dropped", "dnf-2020"])
@pytest.mark.parametrize("stars", [0, 4])
def test_case_31_a_book_that_was_given_up_is_not_listed_and_never_a_like(
    arrives: Arriving, tmp_path: Path, shelf: str, stars: int
) -> None:
    """It landed among the books to read; right: not listed, and no reason for any other."""
    library = written(
        tmp_path / "g.csv",
        goodreads("Cat's Cradle", "Kurt Vonnegut Jr.", My_Rating=5),
        goodreads("Dune", "Frank Herbert", My_Rating=stars, Exclusive_Shelf=shelf),
    )
    found = arrives(library, {"297": 5.0}, exclude=["126"])
    assert "126" not in {book["book_id"] for book in found["recommendations"]}
    assert (found["library"]["given_up"], found["library"]["to_read"]) == (1, 0)


def test_case_31_a_low_rating_of_a_book_that_was_given_up_speaks(arrives: Arriving) -> None:
    found = arrives(CASES / "storygraph_new_header.csv", {"1": 4.25, "126": 1.0})
    assert (found["library"]["to_read"], found["library"]["given_up"]) == (1, 0)


def test_case_31_a_shelf_of_ones_own_is_read_by_its_stars_and_counts(
    arrives: Arriving, tmp_path: Path
) -> None:
    """Shelves of one's own halted the import; right: read where rated, or read at least once."""
    own = {"Exclusive_Shelf": "leseliste-2020"}
    library = written(
        tmp_path / "g.csv",
        goodreads("Dune", "Frank Herbert", My_Rating=3, **own),
        goodreads("Cat's Cradle", "Kurt Vonnegut Jr.", Read_Count=1, **own),
    )
    arrives(library, {"126": 3.0, "297": None})


def test_case_31_a_shelf_of_ones_own_without_stars_says_nothing(
    arrives: Arriving, tmp_path: Path
) -> None:
    """What is neither rated nor read even once may still be recommended."""
    library = written(
        tmp_path / "g.csv",
        goodreads("Dune", "Frank Herbert", My_Rating=5),
        goodreads("Cat's Cradle", "Kurt Vonnegut Jr.", Exclusive_Shelf="leseliste-2020"),
    )
    found = arrives(library, {"126": 5.0})
    assert "297" in {book["book_id"] for book in found["recommendations"]}
    assert (found["library"]["read"], found["library"]["to_read"]) == (1, 0)


def test_case_32_33_68_69_73_the_library_of_24_columns(arrives: Arriving) -> None:
    """No date, no ISBN, an unknown id: rows were skipped; right: five read, and one to be read."""
    told = {"599": 5.0, "54": 5.0, "297": 4.0, "75": 3.0, "126": 5.0}
    found = arrives(CASES / "goodreads_24col.csv", told)
    account = found["library"]
    assert (account["rows"], account["matched"], account["unmatched"]) == (9, 6, 3)
    assert (account["to_read"], account["given_up"], account["rejected"]) == (1, 0, 0)
    assert "94" in {book["book_id"] for book in found["recommendations"]}, "it may be, it is a pile"


def test_case_34_both_generations_of_columns_give_one_list(model: Path, tmp_path: Path) -> None:
    """The newer columns lost the ISBN silently; right: the same list from both."""
    for old, new, rows in (
        ("goodreads_31col.csv", "goodreads_24col.csv", 4),
        ("storygraph_old_header.csv", "storygraph_new_header.csv", 2),
    ):
        lines = (CASES / new).read_text(encoding="utf-8").splitlines()
        cut = write(tmp_path / new, "\n".join(lines[: rows + 1]) + "\n")
        found = answer(model, CASES / old)
        assert found["source"] == "personal"
        assert found["recommendations"] == answer(model, cut)["recommendations"]


def test_case_36_several_readings_are_one_book(arrives: Arriving) -> None:
    """A book read twice counted as two ratings; right: one book, one rating."""
    found = arrives(CASES / "storygraph_two_reads.csv", {"341": 5.0})
    assert (found["library"]["entries"], found["library"]["matched"]) == (2, 1)


def test_case_38_ten_points_become_five_stars(arrives: Arriving, tmp_path: Path) -> None:
    """9 and 10 were cut to 5, and 4 of 10 stayed a like; right: 4.5, 5 and 2."""
    arrives(CASES / "tenpoint_goodreads.csv", {"599": 4.5, "54": 5.0})
    rows = [
        goodreads(title, author, My_Rating=stars)
        for title, author, stars in (
            ("1984", "George Orwell", 9), ("Cat's Cradle", "Kurt Vonnegut Jr.", 10),
            ("Dune", "Frank Herbert", 4),
        )
    ]  # fmt: skip
    arrives(written(tmp_path / "g.csv", *rows), {"13": 4.5, "297": 5.0, "126": 2.0})


def test_case_39_a_library_of_librarything(arrives: Arriving, tmp_path: Path) -> None:
    """Latin-1 and brackets lost the ISBN; right: half stars, and a wish list is not read."""
    decided = write(
        tmp_path / "decided.csv",
        "title,author,source_id,book_id\n"
        'Cien años de soledad,"Gabriel García Márquez, Gregory Rabassa, Ana Nadie",'
        "9001,94\n",
    )
    library = CASES / "librarything_latin1.tsv"
    found = arrives(library, {"94": 4.5}, "--corrections", decided)
    assert found["library"]["matched"] == 2
    assert listed(arrives.model, library, "--from", "to-read") == ["297"]


def test_case_41_a_review_of_several_lines_is_one_book(arrives: Arriving) -> None:
    """One book became several broken rows; right: two books of five stars."""
    found = arrives(CASES / "goodreads_bom_crlf_multiline.csv", {"599": 5.0, "54": 5.0})
    assert (found["library"]["rows"], found["library"]["rejected"]) == (2, 0)


def test_case_43_what_was_not_read_is_told(model: Path, tmp_path: Path) -> None:
    """An import of one row called itself a success; right: counts, and no export is refused."""
    dump = CASES / "goodreads_privacy_dump.json"
    refusal = in_subprocess("recommend", model, "--library", dump).refusal
    assert f"{dump}, line 1: must be an export of BookWyrm, Calibre, Goodreads" in refusal
    row = goodreads("Dune", "Frank Herbert", My_Rating=5)
    library = written(tmp_path / "g.csv", row, goodreads("", ""), goodreads("Unheard Of", "Nobody"))
    done = in_subprocess("recommend", model, "--library", library, "--json")
    account = done.json["library"]
    assert (account["rows"], account["entries"], account["rejected"]) == (3, 2, 1)
    assert "2 books: matched 1, ambiguous 0, unmatched 1, 1 row cannot be read" in done.err


def test_case_44_years_before_christ_are_years(model: Path) -> None:
    """Year -750 crashed; right: they are before 1900, and can be asked for."""
    library = CASES / "goodreads_bom_crlf_multiline.csv"
    assert set(listed(model, library, "--until", -700)) == {"79", "341"}
    since = listed(model, library, "--since", 1900)
    assert len(since) > 10
    assert not {"79", "341"} & {*since}


def test_case_47_one_title_of_two_authors(arrives: Arriving, model: Path, tmp_path: Path) -> None:
    """Joins on titles mixed two Arcadias; right: the author tells, and a title alone is asked."""
    library = written(tmp_path / "g.csv", goodreads("Arcadia", "Tom Stoppard", My_Rating=5))
    found = arrives(library, {"6481": 5.0})
    assert "6105" in {book["book_id"] for book in found["recommendations"]}
    alone = written(tmp_path / "a.csv", goodreads("Arcadia", "", My_Rating=5))
    found = arrives(alone, {})
    assert found["library"]["ambiguous"] == 1
    assert {"6105", "6481"} <= {*listed(model, alone)}


@pytest.mark.parametrize("isbn", ["", "0385516487"])
def test_case_47_and_69_one_work_of_two_rows_is_read_as_one(
    arrives: Arriving, tmp_path: Path, isbn: str
) -> None:
    """'Salem's Lot stands twice; right: the edition that was read if it is said, and no other."""
    row = goodreads("’Salem’s Lot", "Stephen King", My_Rating=5, ISBN=f'="{isbn}"')
    library = written(tmp_path / "g.csv", row)
    found = arrives(library, {"1292" if isbn else "349": 5.0})
    assert not {"349", "1292"} & {book["book_id"] for book in found["recommendations"]}
    other = "349" if isbn else "1292"
    told = spoken("explain", arrives.model, other, "--library", library)
    assert "is not listed: another edition of *'Salem's Lot*, which you read." in told


# --- section c, through the door of a library -----------------------------------------------------


def test_case_14_and_56_nothing_that_was_read_is_listed(model: Path) -> None:
    """What was read but not rated came back; right: no book that a file says was read, or begun."""
    every = {*goodbooks().books}
    off = ("--no-series", "--no-sets", "--no-editions")
    read = {"599", "54", "297", "75", "126"}
    assert {*listed(model, CASES / "goodreads_24col.csv", *off)} == every - read


def test_case_58_the_list_is_n_long_whatever_the_rules(sample: Path, tmp_path: Path) -> None:
    """Filtering after the cut gave N - k books; right: rules first, and N while books last."""
    library = write_export(tmp_path / "g.csv")
    every = read_sample(readers=300).catalogue
    known = {book: every.book(at) for at, book in enumerate(every.books)}
    whole = listed(sample, library, n=len(every))
    unwanted = whole[0]
    rules = ("--by-author", 2, "--language", "en", "--exclude", unwanted)
    taken, right = Counter[str](), list[str]()
    language = dict(zip(every.books, every.languages, strict=True))
    for book in whole:
        author = known[book].authors.partition(", ")[0]
        foreign = language[book] not in ("", "en", "eng")
        if book != unwanted and not foreign and (not author or taken[author] < 2):
            taken[author] += 1
            right.append(book)
    assert len(whole) > len(right) + 50
    for n in (1, 10, len(right), len(right) + 5):
        found = answer(sample, library, *rules, n=n)
        assert [book["book_id"] for book in found["recommendations"]] == right[:n]
        assert ("only" in found["note"]) == (n > len(right))


def test_case_60_a_hated_book_in_a_library_lifts_nothing(sample: Path, tmp_path: Path) -> None:
    """One star counted as a like and pulled alike books in; right: no book gains by it."""
    read = [goodreads("The Hobbit", "J. R. R. Tolkien", My_Rating=4)]
    read.append(goodreads("Emma", "Jane Austen", My_Rating=5))
    hated = goodreads("A Game of Thrones", "George R. R. Martin", My_Rating=1)
    scores = []
    for name, rows in (("without", read), ("with", [*read, hated])):
        found = answer(
            sample, written(tmp_path / f"{name}.csv", *rows), "--no-series", "--no-sets", n=600
        )
        scores.append({book["book_id"]: book["score"] for book in found["recommendations"]})
    without, with_it = scores
    assert without.keys() - with_it.keys() == {"a-game-of-thrones"}
    assert all(score <= without[book] for book, score in with_it.items())
    near = json.loads(spoken("similar", sample, "A Game of Thrones", "-n", 10, "--json"))
    alike = [book["book_id"] for book in near["recommendations"]]
    lowered = [book for book in alike if book in with_it and with_it[book] < without[book]]
    assert len(lowered) >= 5


# --- section d: what a reader meets ---------------------------------------------------------------


def test_case_68_unknown_short_titles_are_none_of_the_books(model: Path, tmp_path: Path) -> None:
    """The nearest book was shelved as read; right: unmatched, and the list is as without them."""
    read = goodreads("Dune", "Frank Herbert", My_Rating=5)
    others = [goodreads(title, "Nobody Known", My_Rating=5) for title in ("Ice World", "1985")]
    found = answer(model, written(tmp_path / "more.csv", read, *others))
    plain = answer(model, written(tmp_path / "one.csv", read))
    assert found["recommendations"] == plain["recommendations"]
    assert (found["library"]["matched"], found["library"]["unmatched"]) == (1, 2)


def test_case_69_the_isbn_of_another_edition(arrives: Arriving, tmp_path: Path) -> None:
    """Another edition's ISBN failed; right: found by title and author, and that is said."""
    row = goodreads("The Hunger Games", "Suzanne Collins", My_Rating=4, ISBN13='="9780545310581"')
    library = written(tmp_path / "g.csv", row)
    arrives(library, {"1": 4.0})
    told = json.loads(spoken("import", library, "--model", arrives.model, "--json"))
    assert told["entries"][0]["match"]["how"] == "title and author"


def test_case_72_a_subtitle_on_one_side(arrives: Arriving, tmp_path: Path) -> None:
    """Alike by 87 % was below the bar; right: Good Omens is read, a play of it is not."""
    rows = goodreads("Good Omens", "Neil Gaiman", My_Rating=5)
    arrives(written(tmp_path / "g.csv", rows), {"283": 5.0})
    play = goodreads("Good Omens: A Radio Play", "Neil Gaiman", My_Rating=5)
    arrives(written(tmp_path / "p.csv", play), {})


def test_case_73_another_edition_of_a_read_book(model: Path) -> None:
    """Cat's Cradle was read by an id that is not there, and listed; right: it is read."""
    library = CASES / "goodreads_24col.csv"
    assert "297" not in listed(model, library, "--no-series", "--no-sets", "--no-editions")
    words = ("explain", model, "cat's cradle", "--library", library)
    assert "Cat's Cradle by Kurt Vonnegut Jr. (1963) is not listed: you read it." in spoken(*words)
    assert listed(model, library, "--from", library) == ["94"], "of its own books the pile is left"


@pytest.mark.parametrize("book", ["349", "1292"])
def test_case_76_a_book_and_its_editions_are_not_like_it(
    model: Path, loaded: Recommender, book: str
) -> None:
    """X itself and its other edition stood on top; right: neither of them is listed."""
    found = json.loads(spoken("similar", model, book, "-n", BOOKS, "--json"))["recommendations"]
    ids = {each["book_id"] for each in found}
    works = [loaded.rulebook.works[loaded.catalogue.books.index(each)] for each in ids]
    assert len(ids) == len({*works}) > 10, "one book of each other work that is like it"
    assert not {"349", "1292"} & ids


def test_case_76_a_book_whose_language_nobody_knows_is_not_foreign(model: Path) -> None:
    """1,084 books without a code fell out of English lists; right: they stay."""
    library, off = CASES / "storygraph_two_reads.csv", ("--no-series", "--no-sets")
    plain = listed(model, library, *off)
    assert {"2532", "6141"} <= {*plain}, "these have no code"
    assert listed(model, library, "--language", "en", *off) == plain


def test_case_77_bestsellers_can_be_turned_down(model: Path, loaded: Recommender) -> None:
    """Popularity swamped taste; right: a dial lists books that fewer have read, the more so."""
    library = CASES / "goodreads_24col.csv"
    order = {item.book.book_id: item.rank for item in loaded.recommend({}, BOOKS)}
    places = [
        [order[book] for book in listed(model, library, "--gems", gems, n=10)]
        for gems in (-1, 0, 1)
    ]
    means = [np.mean(each) for each in places]
    assert means == sorted(means)
    assert means[2] > means[0] + 5


def test_case_78_titles_as_people_type_them(model: Path) -> None:
    """Another case or a blank crashed the page; right: found, and else suggestions in one line."""
    library = ("--library", CASES / "storygraph_two_reads.csv")
    right = spoken("explain", model, "297", *library)
    for typed in ("cat's cradle", "  CAT’S   Cradle ", "Cats Cradle"):
        assert spoken("explain", model, typed, *library) == right
    for words in (("explain", model, "Cats Cradel"), ("recommend", model, "--more", "Cats Cradel")):
        refusal = in_subprocess(*words, *library).refusal
        assert "unknown book 'Cats Cradel'; did you mean" in refusal
        assert "Cat's Cradle" in refusal


def test_case_82_accents_and_apostrophes(arrives: Arriving, tmp_path: Path) -> None:
    """Garcia Marquez and straight apostrophes found nothing; right: the same books."""
    rows = [
        ("One Hundred Years of Solitude", "Gabriel Garcia Marquez"),
        ("Miss Peregrine's Home for Peculiar Children", "Ransom Riggs"),
    ]
    decomposed = unicodedata.normalize("NFD", "Gabriel García Márquez")
    for author in (rows[0][1], decomposed, "MÁRQUEZ, GABRIEL GARCÍA"):
        shelf = [goodreads(rows[0][0], author, My_Rating=5), goodreads(*rows[1], My_Rating=3)]
        arrives(written(tmp_path / "g.csv", *shelf), {"94": 5.0, "139": 3.0})


def test_case_86_the_same_bytes_in_two_processes(model: Path) -> None:
    """Lists went through sets; right: byte for byte the same, whatever the hash seed."""
    one = ("--library", CASES / "goodreads_24col.csv")
    both = (*one, "--library", CASES / "storygraph_new_header.csv")
    book = ("1984", *one)
    for words in (
        ("recommend", model, *one, "--by-author", 1, "--adventure", 1, "--more", "Dune Messiah"),
        ("recommend", model, *both, "--from", "to-read"),
        ("explain", model, *book),
    ):  # fmt: skip
        outs = [
            in_subprocess(*words, "--json", env={"PYTHONHASHSEED": seed}).ok for seed in ("1", "2")
        ]
        assert outs[0] == outs[1]
