from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags, display_year
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError


def tags_of(names: str, *rows: list[float]) -> Tags:
    return Tags(tuple(names), sp.csr_array(np.array(rows, np.float32).reshape(-1, len(names))))


def books(ids: list[str], **columns: Any) -> Catalogue:
    return Catalogue.of(Vocabulary.of(ids), titles=tuple(f"Title {i}" for i in ids), **columns)


def test_a_tag_is_the_rarer_the_fewer_books_have_it() -> None:
    tags = tags_of("xyz", [1, 9, 0], [1, 0, 0], [1, 0, 0], [1, 4, 0])
    assert tags.rarity.tolist() == pytest.approx([0, math.log(2), math.log(4)])


def test_tags_under_other_names_keep_their_counts_and_lose_the_others() -> None:
    tags = tags_of("xyz", [1, 2, 3], [0, 5, 0])
    found = tags.among(("z", "new", "x"))
    assert found.names == ("z", "new", "x")
    assert found.counts.toarray().tolist() == [[3, 0, 1], [0, 0, 0]]
    assert tags.among(()).counts.shape == (2, 0)


def test_two_catalogues_are_one_in_the_order_of_ids() -> None:
    one = books(
        ["2", "10", "x"],
        years=(1990, None, 2001),
        means=np.array([4.0, np.nan, 3.0]),
        tags=tags_of("uv", [1, 0], [0, 2], [0, 0]),
    )
    other = books(["a", "7"], years=(None, 1800), tags=tags_of("uv", [5, 0], [0, 6]))
    found = one.extended(other)
    assert found.books.ids == ("2", "7", "10", "a", "x")
    assert found.titles == ("Title 2", "Title 7", "Title 10", "Title a", "Title x")
    assert found.years == (1990, 1800, None, None, 2001)
    assert found.means.tolist() == pytest.approx([4, math.nan, math.nan, math.nan, 3], nan_ok=True)
    assert found.tags is not None
    assert found.tags.counts.toarray().tolist() == [[1, 0], [0, 6], [0, 2], [5, 0], [0, 0]]


def test_books_without_tags_beside_books_with_tags_have_none() -> None:
    found = books(["1"], tags=tags_of("u", [3])).extended(books(["2"]))
    assert found.tags is not None
    assert found.tags.counts.toarray().tolist() == [[3], [0]]
    assert books(["1"]).extended(books(["2"], tags=tags_of("u", [3]))).tags is None


def test_of_ids_that_it_does_not_know_a_catalogue_says_nothing() -> None:
    whole = books(
        ["a", "b"],
        years=(1990, -750),
        counts=np.array([5.0, 7.0]),
        tags=tags_of("uv", [1, 0], [0, 2]),
    )
    found = whole.reindexed(Vocabulary.of(["b", "new", "a"]))
    assert found.titles == ("Title b", "", "Title a")
    assert found.years == (-750, None, 1990)
    assert found.counts.tolist() == pytest.approx([7, math.nan, 5], nan_ok=True)
    assert found.tags is not None
    assert found.tags.counts.toarray().tolist() == [[0, 2], [0, 0], [1, 0]]


def test_a_column_of_another_length_is_refused() -> None:
    for columns, name in (
        ({"authors": ("A", "B", "C")}, "authors"),
        ({"tags": tags_of("uv", [1, 0], [1, 0], [0, 1])}, "tags"),
    ):
        with pytest.raises(InputError, match=f"of 2 books must have as many {name}, got 3"):
            books(["1", "2"], **columns)
    assert len(books(["1", "2"], tags=tags_of("uvw", [1, 0, 0], [0, 1, 1]))) == 2


def test_a_book_is_called_by_its_title_or_else_by_its_id() -> None:
    titled, bare = books(["1"]), Catalogue.of(Vocabulary.of(["1"]))
    assert (titled.book(0).name, bare.book(0).name) == ("Title 1", "1")
    assert titled.book(0) is titled.book(0)


@pytest.mark.parametrize(
    ("year", "shown"),
    [(1965, "1965"), (1, "1"), (0, "0"), (-1, "1 BC"), (-750, "750 BC"), (None, "")],
)
def test_a_year_before_christ_is_written_as_one(year: int | None, shown: str) -> None:
    assert display_year(year) == shown


@pytest.mark.parametrize(
    "changed",
    [
        {"titles": ("A", "C")},
        {"titles": ("AB", "")},
        {"years": (1, 3)},
        {"counts": np.array([1.0, 3.0])},
        {"tags": None},
        {"tags": tags_of("uw", [1, 0], [0, 2])},
        {"tags": tags_of("uv", [1, 0], [0, 3])},
        {"tags": tags_of("uv", [1, 0], [2, 0])},
    ],
)
def test_the_fingerprint_sees_every_change(changed: dict[str, Any]) -> None:
    columns: dict[str, Any] = {
        "titles": ("A", "B"),
        "years": (1, 2),
        "counts": np.array([1.0, 2.0]),
        "tags": tags_of("uv", [1, 0], [0, 2]),
    }
    ids = Vocabulary.of(["1", "2"])
    before = Catalogue.of(ids, **columns).fingerprint()
    assert Catalogue.of(ids, **columns).fingerprint() == before
    assert Catalogue.of(ids, **(columns | changed)).fingerprint() != before


def test_catalogues_that_share_a_book_are_no_two() -> None:
    with pytest.raises(InputError, match="ids must be unique, got '1'"):
        books(["1", "2"]).extended(books(["1"]))
