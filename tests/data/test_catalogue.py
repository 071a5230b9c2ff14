from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags
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


def test_catalogues_that_share_a_book_are_no_two() -> None:
    with pytest.raises(InputError, match="ids must be unique, got '1'"):
        books(["1", "2"]).extended(books(["1"]))
