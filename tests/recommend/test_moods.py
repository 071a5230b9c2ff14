from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.folding import fold_tag
from readalike.bibliography.search import find
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError
from readalike.recommend.dials import MOODS, mood_strengths
from readalike.tables.dataset import read
from readalike.tables.tag_table import MIN_BOOKS

NAMES = ("comedy", "funny", "history", "war")


def tagged(counts: list[list[int]], names: tuple[str, ...] = NAMES) -> Catalogue:
    rows = sp.csr_array(np.array(counts, np.float32).reshape(-1, len(names)))
    return Catalogue.of(Vocabulary.of(range(len(counts))), tags=Tags(names, rows))


@given(
    counts=st.lists(
        st.lists(st.sampled_from([0, 0, 1, 7, 300]), min_size=4, max_size=4),
        min_size=1, max_size=8,
    ).filter(lambda rows: any(map(any, rows)))
)  # fmt: skip
def test_strength_is_the_share_of_tags_held_back_by_the_median_number(
    counts: list[list[int]],
) -> None:
    middle = np.median([sum(row) for row in counts if sum(row)])
    wanted = [(row[0] + row[1]) / (sum(row) + middle) for row in counts]
    found = mood_strengths(tagged(counts), "funny")
    assert found == pytest.approx(wanted)
    assert ((found >= 0) & (found < 1)).all()


def test_many_who_say_so_are_believed_before_one() -> None:
    strengths = mood_strengths(tagged([[0, 1, 0, 0], [0, 90, 10, 0], [0, 0, 50, 50]]), "funny")
    assert strengths.argmax() == 1
    assert strengths[2] == 0


def test_any_tag_is_a_mood_however_it_is_written() -> None:
    catalogue = tagged([[0, 0, 5, 0], [1, 2, 0, 9]])
    assert mood_strengths(catalogue, "History").tolist() == pytest.approx([5 / 13.5, 0])
    assert np.array_equal(mood_strengths(catalogue, " FUNNY "), mood_strengths(catalogue, "funny"))


def test_an_unknown_mood_is_told_with_the_moods_and_near_tags() -> None:
    with pytest.raises(SettingError) as told:
        mood_strengths(tagged([[1, 1, 1, 1]]), "histry")
    assert str(told.value) == (
        f"a mood must be one of {', '.join(MOODS)}, or a tag of the books, got 'histry'; "
        "tags like it are history"
    )
    names = tuple(f"war{n}" for n in range(7))
    with pytest.raises(SettingError, match=r"tags like it are (war\d, ){4}war\d$"):
        mood_strengths(tagged([[1] * 7], names), "war")
    # of ten letters six are right: 60 of 100, and of eleven fewer
    with pytest.raises(SettingError, match=r"tags like it are abcdefghij$"):
        mood_strengths(tagged([[1]], ("abcdefghij",)), "abcdefxxxx")
    with pytest.raises(SettingError, match=r"got 'abcdefxxxxx'$"):
        mood_strengths(tagged([[1]], ("abcdefghij",)), "abcdefxxxxx")
    with pytest.raises(SettingError, match=r"got 'qqqq'$"):
        mood_strengths(tagged([[1, 1, 1, 1]]), "qqqq")


def test_books_without_tags_have_no_moods() -> None:
    bare = Catalogue.of(Vocabulary.of(range(2)))
    for catalogue in (bare, tagged([[0, 0, 0, 0]])):
        with pytest.raises(SettingError, match="no book here has a tag"):
            mood_strengths(catalogue, "funny")


def test_a_mood_whose_tags_no_book_has_says_which_they_are() -> None:
    with pytest.raises(SettingError, match=r"'strange' is made of the tags weird, .*no book here"):
        mood_strengths(tagged([[1, 1, 1, 1]]), "strange")


def test_moods_are_written_as_tags_are_and_no_tag_twice() -> None:
    assert list(MOODS) == sorted(MOODS)
    for name, tags in MOODS.items():
        assert [fold_tag(tag) for tag in (name, *tags)] == [name, *tags]
        assert len(set(tags)) == len(tags)


@pytest.fixture(scope="module")
def goodbooks(real_data: Path) -> Catalogue:
    return read(real_data / "goodbooks-10k").catalogue


@pytest.mark.real_data
def test_every_tag_of_a_mood_is_on_enough_real_books(goodbooks: Catalogue) -> None:
    assert goodbooks.tags is not None
    books = np.bincount(goodbooks.tags.counts.indices, minlength=len(goodbooks.tags.names))
    tagged = dict(zip(goodbooks.tags.names, books.tolist(), strict=True))
    few = {tag for tags in MOODS.values() for tag in tags if tagged.get(tag, 0) < MIN_BOOKS}
    assert few == set()


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("mood", "title"),
    [
        ("adventurous", "The Martian"),
        ("cosy", "Real Murders (Aurora Teagarden, #1)"),
        ("dark", "The Big Sleep (Philip Marlowe, #1)"),
        ("funny", "Me Talk Pretty One Day"),
        ("inspiring", "The Last Lecture"),
        ("magical", "Fairest"),
        ("romantic", "Something Borrowed (Darcy & Rachel, #1)"),
        ("sad", "Me Before You (Me Before You, #1)"),
        ("satirical", "Breakfast of Champions"),
        ("scary", "Carrie"),
        ("strange", "Annihilation (Southern Reach, #1)"),
        ("thoughtful", "The Goldfinch"),
        ("thrilling", "The Bourne Identity (Jason Bourne, #1)"),
        ("true", "The Glass Castle"),
    ],
)
def test_a_well_known_book_is_among_the_twenty_of_its_mood(
    goodbooks: Catalogue, mood: str, title: str
) -> None:
    strongest = np.argsort(-mood_strengths(goodbooks, mood), kind="stable")[:20]
    assert find(BookIndex(goodbooks), title) in strongest
