"""At least 400 rows with their answers: no silent wrong match, and few that are missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from libraries.damage import FOUND, NOT_FOUND, Score, World, labelled, plain, score
from libraries.worlds import goodbooks, sample
from readalike.data.catalogue import Catalogue
from readalike.libraries.matches import Match
from readalike.tables.dataset import read

RECALL = 0.95


def explained(found: Score) -> str:
    """What went wrong, for whoever reads the failure."""
    lines = [
        f"{each.kind}: {each.entry.title!r} by {each.entry.authors} is {each.book}, "
        f"taken for {given.book_id} by {given.how}"
        for each, given in found.wrong[:20]
    ]
    missed = [f"{kind}: {no} of {of} not found" for kind, (no, of) in found.missed.items() if no]
    return "\n".join([*lines, *missed, f"recall {found.recall:.3f}"])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("books", [goodbooks, sample], ids=["goodbooks", "sample"])
def test_no_wrong_match_and_few_missed(books: Callable[[], Catalogue], seed: int) -> None:
    rows = labelled(books(), each=25, seed=seed)
    assert len(rows) >= 400
    found = score(rows, books())
    assert found.wrong == (), explained(found)
    assert found.recall >= RECALL, explained(found)


@pytest.mark.real_data
def test_the_same_on_the_real_catalogue(real_data: Path) -> None:
    books = read(real_data / "goodbooks-10k").catalogue
    rows = labelled(books, each=60)
    assert len(rows) >= 2_000
    found = score(rows, books)
    assert found.wrong == (), explained(found)
    assert found.recall >= RECALL, explained(found)


def test_every_kind_of_damage_is_among_the_rows() -> None:
    kinds = Counter(row.kind for row in labelled(goodbooks(), 3) + labelled(sample(), 3))
    assert set(kinds) == {damage.__name__ for damage in (*FOUND, *NOT_FOUND)}


def test_the_same_seed_makes_the_same_rows() -> None:
    assert labelled(goodbooks(), 5, seed=1) == labelled(goodbooks(), 5, seed=1)
    assert labelled(goodbooks(), 5, seed=1) != labelled(goodbooks(), 5, seed=2)


def test_what_must_not_be_found_has_a_title_that_is_not_there_or_another_author() -> None:
    world = World(sample(), 0)
    for row in labelled(sample(), 10):
        if row.matchable or plain(row.entry.title.split("(")[0]) not in world.names:
            continue
        assert row.kind in (
            "same_title_by_a_stranger", "title_of_another_author", "another_volume", "a_part_of_it",
        )  # fmt: skip


def test_a_wrong_match_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ruler itself: one book for everything is wrong, and nothing for everything misses."""
    from libraries import damage

    rows = labelled(goodbooks(), each=5)

    class Always:
        def __init__(self, match: Match) -> None:
            self.each = [match] * len(rows)

    first = goodbooks().books.ids[0]
    one = Always(Match("matched", first, "isbn", 1.0))
    monkeypatch.setattr(damage, "match", lambda *_: one)
    found = score(rows, goodbooks())
    assert len(found.wrong) + found.found == len(rows)
    assert found.recall < 0.2
    monkeypatch.setattr(damage, "match", lambda *_: Always(Match("unmatched", why="no")))
    found = score(rows, goodbooks())
    assert (found.wrong, found.found) == ((), 0)
    assert all(no == of for no, of in found.missed.values())
