from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.titles import Title
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.histories import Histories
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError
from readalike.numerics.masks import marks
from readalike.recommend.rules import BOOK_SENSE, CARRIED, Rulebook, Rules
from readalike.tables.dataset import read

OFF = Rules(editions=False)
TITLES = (
    "Games (Games, #1)",
    "Fire (Games, #2)",
    "Jay (Games, #3)",
    "Games Boxset (Games, #1-3)",
    "Games Novella (Games, #1.5)",
    "Emma",
    "Emma",
    "Steel (Song, #3: Part 1 of 2)",
    "Swords (Song, #3)",
    "Iliad",
)
GAME, FIRE, JAY, BOX, NOVELLA, EMMA, EMMA_TOO, STEEL, SWORDS, ILIAD = range(len(TITLES))
TAGS = ("classics", "dystopia", "science fiction")
COUNTS = [
    [0, 100, 10], [0, 100, 9], [0, 5, 5], [0, 1, 0], [0, 0, 0],
    [7, 0, 0], [7, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0],
]  # fmt: skip


def books() -> Catalogue:
    parsed = [Title(title) for title in TITLES]
    return Catalogue.of(
        Vocabulary.of(range(len(TITLES))),
        titles=TITLES,
        authors=("Collins",) * 5 + ("Austen, Someone", "Austen", "Martin", "Martin", ""),
        series=tuple(title.series for title in parsed),
        volumes=tuple(title.volume for title in parsed),
        languages=("eng", "en-US", "", "en-GB", "fre", "eng", "ger", "", "eng", "eng"),
        years=(2008, 2009, None, 2010, 2011, 1815, 1990, 2000, 2000, -750),
        tags=Tags(TAGS, sp.csr_array(np.array(COUNTS, np.float32))),
    )


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return Rulebook(books())


def out(rulebook: Rulebook, rules: Rules, *history: int) -> dict[str, list[int]]:
    masks = masks_of(rulebook, rules, history)
    return {rule: np.flatnonzero(mask).tolist() for rule, mask in masks.items()}


def masks_of(
    rulebook: Rulebook, rules: Rules, history: Sequence[int] = ()
) -> dict[str, npt.NDArray[np.bool_]]:
    """What each rule leaves out for one reader, but for the books that were read."""
    row = Histories.of_rows([(history, [5.0] * len(history))], len(rulebook.catalogue))
    unread = ~marks(np.array(history, np.int64), len(rulebook.catalogue))
    return {left.reason: left.mask.dense(1)[0] & unread for left in rulebook.left_out(rules, row)}


def why(rulebook: Rulebook, rules: Rules, book: int, *history: int) -> str | None:
    masks = masks_of(rulebook, rules, history)
    reason = next((rule for rule, mask in masks.items() if mask[book]), None)
    read = np.array(history, np.int64)
    return None if reason is None else rulebook.in_words(reason, rules, read, book)


# --- each rule ------------------------------------------------------------------------------


def test_rules_that_are_off_leave_nothing_out(rulebook: Rulebook) -> None:
    assert out(rulebook, OFF, GAME) == {}
    assert Rules() == Rules(editions=True, by_author=0)
    assert list(out(rulebook, Rules())) == ["edition"]
    assert list(out(rulebook, BOOK_SENSE)) == ["edition", "set", "series"]
    every = replace(BOOK_SENSE, languages=("en",), since=1, tags=("classics",))
    assert list(out(rulebook, every)) == ["edition", "set", "series", "language", "year", "tag"]


def test_what_was_read_in_another_edition_or_in_a_set(rulebook: Rulebook) -> None:
    rules = replace(OFF, editions=True)
    assert out(rulebook, rules) == {"edition": []}
    assert out(rulebook, rules, EMMA) == {"edition": [EMMA_TOO]}
    assert out(rulebook, rules, BOX) == {"edition": [GAME, FIRE, JAY]}
    assert out(rulebook, rules, GAME, FIRE, JAY) == {"edition": [BOX]}
    assert out(rulebook, rules, SWORDS) == {"edition": [STEEL]}
    assert out(rulebook, rules, *range(len(TITLES))) == {"edition": []}


def test_sets_and_parts(rulebook: Rulebook) -> None:
    rules = replace(OFF, sets=True)
    assert out(rulebook, rules) == {"set": [BOX, STEEL]}
    assert out(rulebook, rules, BOX) == {"set": [STEEL]}


def test_one_book_of_a_series(rulebook: Rulebook) -> None:
    rules = replace(OFF, series=True)
    assert out(rulebook, rules) == {"series": [FIRE, JAY, NOVELLA]}
    assert out(rulebook, rules, GAME) == {"series": [JAY, BOX, NOVELLA]}
    assert out(rulebook, rules, JAY) == {"series": [FIRE, NOVELLA]}
    assert out(rulebook, rules, BOX) == {"series": [GAME, FIRE, JAY]}
    assert out(rulebook, rules, *range(len(TITLES))) == {"series": []}


def test_a_language_is_one_in_all_countries_and_an_unknown_one_stays(rulebook: Rulebook) -> None:
    for code in ("en", "eng", "en-US", "EN"):
        assert out(rulebook, replace(OFF, languages=(code,))) == {"language": [NOVELLA, EMMA_TOO]}
    german = replace(OFF, languages=("de",))
    assert JAY not in out(rulebook, german)["language"]
    assert EMMA_TOO not in out(rulebook, german)["language"]
    assert out(rulebook, replace(OFF, languages=("en", "fr"))) == {"language": [EMMA_TOO]}


def test_years_and_those_before_christ(rulebook: Rulebook) -> None:
    assert out(rulebook, replace(OFF, since=1900)) == {"year": [EMMA, ILIAD]}
    assert out(rulebook, replace(OFF, since=-800, until=1815)) == {
        "year": [GAME, FIRE, BOX, NOVELLA, EMMA_TOO, STEEL, SWORDS]
    }
    assert out(rulebook, replace(OFF, until=-751))["year"].count(ILIAD) == 1
    assert out(rulebook, replace(OFF, until=2009)) == {"year": [BOX, NOVELLA]}
    assert out(rulebook, replace(OFF, since=2010, until=2010)) == {
        "year": [GAME, FIRE, NOVELLA, EMMA, EMMA_TOO, STEEL, SWORDS, ILIAD]
    }
    assert out(rulebook, replace(OFF, since=-9999, until=9999)) == {"year": []}


def test_a_tag_is_carried_from_a_tenth_of_the_commonest_on(rulebook: Rulebook) -> None:
    assert CARRIED == 0.1
    without = out(rulebook, replace(OFF, without_tags=("Science-Fiction",)))
    assert without == {"tag": [GAME, JAY]}
    both = out(rulebook, replace(OFF, tags=("dystopia", "science fiction")))
    assert both == {"tag": [b for b in range(len(TITLES)) if b not in (GAME, JAY)]}
    assert out(rulebook, replace(OFF, tags=("classics",), without_tags=("dystopia",))) == {
        "tag": [b for b in range(len(TITLES)) if b not in (EMMA, EMMA_TOO, ILIAD)]
    }


def test_masks_of_one_reader_do_not_change_those_of_the_next(rulebook: Rulebook) -> None:
    rules = replace(OFF, since=1900)
    masks_of(rulebook, rules)["year"][:] = True
    assert out(rulebook, rules, EMMA) == {"year": [ILIAD]}
    assert out(rulebook, rules) == {"year": [EMMA, ILIAD]}


def test_first_authors(rulebook: Rulebook) -> None:
    found = rulebook.first_authors
    assert found[EMMA] == found[EMMA_TOO] != found[GAME]
    assert found[ILIAD] == -1


# --- in words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "book", "history", "words"),
    [
        (Rules(), EMMA_TOO, [EMMA], "another edition of *Emma*, which you read"),
        (Rules(), GAME, [BOX], "bound in *Games Boxset*, which you read"),
        (Rules(), BOX, [GAME, FIRE, JAY], "a set, all of which you read"),
        (Rules(), SWORDS, [STEEL], "you read a part of it, *Steel*"),
        (Rules(), STEEL, [EMMA, SWORDS], "a part of *Swords*, which you read"),
        (BOOK_SENSE, BOX, [], "a set of several books of the series *Games*"),
        (BOOK_SENSE, STEEL, [], "a part of a volume that was divided"),
        (BOOK_SENSE, JAY, [], "volume 3 of the series *Games*: volume 1, *Games*, comes first"),
        (BOOK_SENSE, JAY, [GAME], "volume 3 of the series *Games*: volume 2, *Fire*, comes first"),
        (
            BOOK_SENSE,
            NOVELLA,
            [],
            "volume 1.5 of the series *Games*: volume 1, *Games*, comes first",
        ),
        (Rules(languages=("en",)), EMMA_TOO, [], "in German"),
        (Rules(since=1900), ILIAD, [], "of 750 BC, before 1900"),
        (Rules(since=1900, until=1950), EMMA_TOO, [], "of 1990, after 1950"),
        (Rules(tags=("dystopia", "classics")), EMMA, [], "not tagged 'dystopia'"),
        (Rules(without_tags=("classics",)), EMMA, [], "tagged 'classics'"),
        (Rules(), GAME, [], None),
        (Rules(), GAME, [GAME], None),
        (OFF, EMMA_TOO, [EMMA], None),
    ],
)
def test_why_a_book_is_not_listed(
    rulebook: Rulebook, rules: Rules, book: int, history: list[int], words: str | None
) -> None:
    assert why(rulebook, rules, book, *history) == words


def test_why_where_editions_differ_in_what_is_known_of_them() -> None:
    """An edition without its series is known by one with it, which was read in a set."""
    rulebook = Rulebook(
        Catalogue.of(
            Vocabulary.of(range(4)), titles=("Emma", "A (S, #1)", "A", "Box (S, #1-2)"),
            authors=("Me",) * 4, series=("", "S", "", "S"), volumes=("", "1", "", "1-2"),
            work_ids=("", "w", "w", ""),
        )
    )  # fmt: skip
    assert why(rulebook, Rules(), 2, 0, 3) == "bound in *Box*, which you read"
    graphic = Rulebook(
        Catalogue.of(Vocabulary.of([1, 2]), titles=("A", "A: The Graphic Novel"),
                     series=("S", "S"), volumes=("1", "1"))
    )  # fmt: skip
    assert why(graphic, Rules(), 1, 0) == "the same volume as *A*, which you read"


@given(
    st.builds(
        Rules,
        editions=st.booleans(),
        series=st.booleans(),
        sets=st.booleans(),
        languages=st.sampled_from([(), ("en",), ("de", "fr")]),
        since=st.sampled_from([None, -800, 1900]),
        until=st.sampled_from([None, 2009]),
        tags=st.sampled_from([(), ("dystopia",)]),
        without_tags=st.sampled_from([(), ("classics",)]),
    ),
    st.lists(st.integers(0, len(TITLES) - 1), max_size=10),
)
def test_there_is_a_reason_exactly_where_a_mask_leaves_a_book_out(
    rules: Rules, history: list[int]
) -> None:
    rulebook = Rulebook(books())
    masks = masks_of(rulebook, rules, history)
    for book in range(len(TITLES)):
        left = [rule for rule, mask in masks.items() if mask[book]]
        assert (why(rulebook, rules, book, *history) is None) == (not left)
        assert book not in history or not left


# --- what cannot be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"by_author": -1}, "by_author must be a whole number, at least 0, got -1"),
        ({"by_author": True}, "by_author must be a whole number, at least 0, got True"),
        ({"since": 1.5}, r"since must be a year, a whole number from -9999 to 9999, got 1\.5"),
        ({"until": "1990"}, "until must be a year, a whole number .* got '1990'"),
        ({"since": 10**400}, "since must be a year, a whole number from -9999 to 9999, got 1000"),
        ({"until": -(10**400)}, "until must be a year, a whole number .* got -1000"),
        (
            {"since": 2000, "until": 1990},
            "since must not be later than until, got 2000 and 1990",
        ),
        ({"languages": "en"}, "languages must be a tuple of words, got 'en'"),
        ({"tags": ("",)}, r"tags must be a tuple of words, got \(''"),
        (
            {"tags": ("Horror",), "without_tags": ("horror",)},
            "a tag must not be in both tags and without_tags, got 'horror'",
        ),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=f"^{message}"):
        Rules(**settings)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (
            Rules(tags=("dystopias",)),
            "tags must be of the catalogue, got 'dystopias'; did you mean 'dystopia'\\?",
        ),
        (Rules(without_tags=("zzz",)), "tags must be of the catalogue, got 'zzz'$"),
        (
            Rules(languages=("xx",)),
            "languages must be of the catalogue: eng, fre, ger; got 'xx'",
        ),
    ],
)
def test_what_no_book_has_is_an_error(rulebook: Rulebook, rules: Rules, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        masks_of(rulebook, rules)


def test_a_catalogue_of_which_nothing_is_known() -> None:
    bare = Rulebook(Catalogue.of(Vocabulary.of(range(2))))
    assert out(bare, replace(BOOK_SENSE, since=1900), 0) == {
        "edition": [],
        "set": [],
        "series": [],
        "year": [],
    }
    with pytest.raises(SettingError, match="the catalogue, which has none, got 'x'"):
        masks_of(bare, Rules(tags=("x",)))
    with pytest.raises(SettingError, match="the catalogue: it knows none; got 'en'"):
        masks_of(bare, Rules(languages=("en",)))


def test_every_setting_is_described() -> None:
    assert all(f" {field.name}: " in (Rules.__doc__ or "") for field in fields(Rules))


# --- the real catalogue: field cases 44, 47, 73, 76 --------------------------------------------


@pytest.fixture(scope="module")
def real(real_data: Path) -> Rulebook:
    return Rulebook(read(real_data / "goodbooks-10k").catalogue)


def told(real: Rulebook, rules: Rules, book: str, history: Iterable[str] = ()) -> str | None:
    indices = real.catalogue.books.indices
    return why(real, rules, int(indices([book])[0]), *indices(list(history)).tolist())


@pytest.mark.real_data
def test_another_edition_of_a_real_book(real: Rulebook) -> None:
    assert (
        told(real, Rules(), "1292", ["349"]) == "another edition of *'Salem's Lot*, which you read"
    )
    assert (
        told(real, Rules(), "349", ["1292"]) == "another edition of *'Salem's Lot*, which you read"
    )
    assert told(real, Rules(), "6481", ["6105"]) is None  # Arcadia by Stoppard, and by Groff


@pytest.mark.real_data
def test_real_years_before_christ(real: Rulebook) -> None:
    old = [b for b, year in enumerate(real.catalogue.years) if year is not None and year < 0]
    assert len(old) == 31
    left = masks_of(real, replace(OFF, since=1900))["year"]
    assert left[old].all()
    unknown = [b for b, year in enumerate(real.catalogue.years) if year is None]
    assert len(unknown) == 21
    assert not left[unknown].any()


@pytest.mark.real_data
def test_real_books_of_no_known_language_are_not_foreign(real: Rulebook) -> None:
    left = masks_of(real, replace(OFF, languages=("en",)))["language"]
    assert 150 < left.sum() < 250
    unknown = [b for b, language in enumerate(real.catalogue.languages) if not language]
    assert len(unknown) == 1_084
    assert not left[unknown].any()


@pytest.mark.real_data
def test_real_tags_tell_what_a_book_is(real: Rulebook) -> None:
    catalogue = real.catalogue
    for tag, is_so, is_not in (
        ("horror", "Jurassic Park (Jurassic Park, #1)", "Twilight (Twilight, #1)"),
        ("science fiction", "1984", "Emma"),
        ("fantasy", "A Game of Thrones (A Song of Ice and Fire, #1)", "1984"),
    ):
        left = masks_of(real, replace(OFF, tags=(tag,)))["tag"]
        assert not left[catalogue.titles.index(is_so)]
        assert left[catalogue.titles.index(is_not)]
