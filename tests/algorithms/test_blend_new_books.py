"""Books that few have read, or nobody yet."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from algorithms.worlds import ratings_of
from readalike.algorithms.blend import Blend
from readalike.bibliography import features as aspects
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.models import ItemItem

DRAGONS, SPACE, NEW = range(4), range(4, 8), 8
"""Four books of each subject, and one more about dragons that nobody has read."""


def shop(authors: tuple[str, ...] = ("",) * 9, tags: bool = True) -> tuple[Ratings, Catalogue]:
    random = np.random.default_rng(0)
    rows = []
    for reader in range(80):
        items = random.choice(DRAGONS if reader % 2 else SPACE, 3, False)
        rows.append(dict.fromkeys(items.tolist(), 5.0))
    ratings = ratings_of(rows, 9)
    subjects = np.zeros((9, 20), np.float32)
    subjects[[*DRAGONS, NEW], 0] = 9
    subjects[[*SPACE], 1] = 9
    known = Tags(tuple(f"t{i}" for i in range(20)), sp.csr_array(subjects)) if tags else None
    return ratings, Catalogue.of(ratings.items, tags=known, authors=authors)


def given_to(model: ItemItem, *read: int) -> list[float]:
    return [float(score) for score in model.score(history_of(*read))[0]]


def history_of(*read: int) -> Histories:
    items = np.array(read, np.int32)
    return Histories(np.array([0, len(read)]), items, np.full(len(read), 5, np.float32), 9)


@pytest.fixture(autouse=True)
def _all_tags_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a shop of nine books every subject is on more than a tenth of them."""
    monkeypatch.setattr(aspects, "MOST", 0.9)


def test_a_book_that_nobody_has_read_goes_to_those_who_like_its_subject() -> None:
    model = Blend(star_slope=0.0).fit(*shop())
    of_dragons, of_space = given_to(model, 0, 1), given_to(model, 4, 5)
    assert of_dragons[NEW] > 0.2 * of_dragons[2]
    assert of_space[NEW] < 0.1 * of_dragons[NEW]


def test_without_taking_over_it_goes_to_nobody_to_speak_of() -> None:
    with_neighbours, alone = (Blend(few_readers=n).fit(*shop()) for n in (20, 0))
    assert given_to(alone, 0, 1)[NEW] < 0.2 * given_to(with_neighbours, 0, 1)[NEW]


def test_who_has_read_nothing_else_gets_more_of_the_subject() -> None:
    found = given_to(Blend().fit(*shop()), NEW)
    assert min(found[i] for i in DRAGONS) > max(found[i] for i in SPACE)
    assert not any(given_to(Blend(few_readers=0, content=0.0).fit(*shop()), NEW))


def test_without_tags_it_goes_to_readers_of_its_author() -> None:
    by = ("Ann",) * 4 + ("Bob",) * 4 + ("ann, Carl",)
    model = Blend().fit(*shop(by, tags=False))
    assert given_to(model, 0, 1)[NEW] > 0
    assert given_to(model, 4, 5)[NEW] == pytest.approx(0)


def test_with_neither_it_has_no_neighbours() -> None:
    model = Blend().fit(*shop(tags=False))
    assert given_to(model, 0, 1)[NEW] == 0


def test_the_reason_is_what_was_read_of_its_neighbours() -> None:
    model = Blend().fit(*shop())
    history = history_of(0, 4)
    shares = model.explain(history, np.array([NEW])).by_book[0]
    assert shares[0] > 5 * abs(shares[1])
    assert shares.sum() == pytest.approx(model.score(history)[0, NEW], rel=1e-5)


def test_well_read_books_are_as_before() -> None:
    with_neighbours, alone = (Blend(few_readers=n).fit(*shop()) for n in (20, 0))
    assert given_to(with_neighbours, 0, 1)[:NEW] == given_to(alone, 0, 1)[:NEW]
