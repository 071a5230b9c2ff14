from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.datasets.sample import read_sample
from readalike.errors import InputError, SettingError, UnknownBook, UnknownReader
from readalike.models import ItemItem, ItemScores
from readalike.recommend.recommender import Recommender
from readalike.recommend.rules import Rules
from readalike.training import fit

IDS = ("dune", "emma", "ulysses", "middlemarch", "neuromancer", "solaris")
LINKS = np.array(
    [
        # dune emma ulys midd neur sol
        [0, 0, 0, 0, 0.6, 0.5],
        [0, 0, 0.1, 0.9, 0, 0],
        [0, 0.1, 0, 0.4, 0, 0],
        [0, 0.9, 0.4, 0, 0, 0],
        [0.6, 0, 0, 0, 0, 0.7],
        [0.5, 0, 0, 0, 0.7, 0],
    ],
    np.float32,
)


def recommender(**changes: object) -> Recommender:
    books = Vocabulary.of(IDS)
    catalogue = Catalogue.of(
        books,
        titles=tuple(i.title() for i in IDS),
        authors=("Frank Herbert", "Jane Austen", "James Joyce", "George Eliot", "W. Gibson", "Lem"),
    )
    readers = Ratings(
        Histories.of_rows([([0, 1], [5, 4]), ([5], [math.nan]), ([], []), (range(6), [3] * 6)], 6),
        Vocabulary.of(["ann", "7", "new", "all"]),
        books,
        RatingScale(1, 5, 1),
    )
    parts: dict[str, object] = {
        "model": ItemItem.of_layers([sp.csr_array(LINKS)]),
        "catalogue": catalogue,
        "scale": RatingScale(1, 5, 1),
        "popularity": ItemScores(np.array([10, 50, 20, 40, 30, 5], np.float32), "readers"),
        "readers": readers,
    }
    return Recommender(**(parts | changes))  # type: ignore[arg-type]


def of_one_work(one: str, other: str) -> Recommender:
    """Where these two books have the same work id."""
    plain = recommender()
    works = tuple("1" if book in (one, other) else "" for book in IDS)
    return replace(plain, catalogue=replace(plain.catalogue, work_ids=works))


def ids(answer: object) -> list[str]:
    return [item.book.book_id for item in answer]  # type: ignore[attr-defined]


def test_ids_order_scores_and_titles_belong_together() -> None:
    answer = recommender().recommend({"dune": 5, "emma": 5}, n=3)
    assert [(i.rank, i.book.book_id, i.book.title, i.book.authors) for i in answer] == [
        (1, "middlemarch", "Middlemarch", "George Eliot"),
        (2, "neuromancer", "Neuromancer", "W. Gibson"),
        (3, "solaris", "Solaris", "Lem"),
    ]
    assert [i.score for i in answer] == pytest.approx([0.9, 0.6, 0.5])
    assert answer.source == "personal"
    assert answer.note == ""


def test_reasons_are_exact_shares() -> None:
    answer = recommender().recommend(["dune", "neuromancer"], n=1)
    (solaris,) = answer.items
    assert [r.book.title for r in solaris.reasons] == ["Neuromancer", "Dune"]
    assert [r.amount for r in solaris.reasons] == pytest.approx([0.7, 0.5])
    assert [r.share for r in solaris.reasons] == pytest.approx([0.7 / 1.2, 0.5 / 1.2])
    assert sum(r.share for r in solaris.reasons) == pytest.approx(1)
    assert sum(r.amount for r in solaris.reasons) + solaris.base == pytest.approx(solaris.score)


def test_nothing_read_comes_back_not_even_a_hated_or_unrated_book() -> None:
    read = {"dune": 1, "emma": None, "solaris": math.nan}
    answer = recommender().recommend(read, n=3)
    assert not set(ids(answer)) & set(read)
    assert len(answer) == 3


def test_excluding_comes_before_cutting() -> None:
    answer = recommender().recommend({"dune": 5}, n=3, exclude=["neuromancer", "emma", "zzz"])
    assert ids(answer) == ["solaris", "middlemarch", "ulysses"]
    assert answer.ignored == ("zzz",)


def test_a_list_that_cannot_be_full_says_why() -> None:
    answer = recommender().recommend({"dune": 5, "emma": 3}, n=10)
    assert len(answer) == 4
    assert answer.note == "asked for 10 books, but only 4 are neither read nor excluded"


def test_a_reader_of_everything_gets_an_empty_list_and_the_reason() -> None:
    answer = recommender().recommend(reader="all")
    assert ids(answer) == []
    assert "only 0 are neither read nor excluded" in answer.note


def test_unknown_books_are_returned_as_ignored() -> None:
    answer = recommender().recommend({"dune": 5, "zzz": 4, " x ": None}, n=2)
    assert answer.ignored == ("zzz", "x")
    assert answer.source == "personal"


@pytest.mark.parametrize(
    ("history", "why"),
    [({}, "nothing is known"), ([], "nothing is known"), ({"zzz": 5}, "none of the books given")],
)
def test_without_a_known_book_the_answer_is_the_most_popular(history: object, why: str) -> None:
    answer = recommender().recommend(history, n=3)  # type: ignore[arg-type]
    assert ids(answer) == ["emma", "middlemarch", "neuromancer"]
    assert answer.source == "popular"
    assert answer.note.startswith(why)
    assert answer.score_means == "readers"
    assert all(item.reasons == () for item in answer)


def test_a_known_reader_is_answered_from_the_stored_history() -> None:
    assert ids(recommender().recommend(reader="ann", n=3)) == ids(
        recommender().recommend({"dune": 5, "emma": 4}, n=3)
    )
    assert ids(recommender().recommend(reader=7, n=2)) == ["neuromancer", "dune"]
    assert recommender().recommend(reader="new", n=2).source == "popular"


def test_an_unknown_reader_is_said_to_be_unknown() -> None:
    with pytest.raises(UnknownReader, match="unknown reader 'bob'"):
        recommender().recommend(reader="bob")
    with pytest.raises(UnknownReader, match="saved without histories"):
        recommender(readers=None).recommend(reader="ann")


@pytest.mark.parametrize("n", [0, -3])
def test_n_below_one_is_refused(n: int) -> None:
    with pytest.raises(SettingError, match="at least 1"):
        recommender().recommend({"dune": 5}, n=n)
    with pytest.raises(SettingError, match="at least 1"):
        recommender().recommend_many(n=n)


def test_history_and_reader_exclude_each_other() -> None:
    with pytest.raises(SettingError, match="either"):
        recommender().recommend()
    with pytest.raises(SettingError, match="either"):
        recommender().recommend({"dune": 5}, reader="ann")


def test_stars_outside_the_scale_are_refused_and_zero_means_no_stars() -> None:
    with pytest.raises(InputError, match="from 1 to 5"):
        recommender().recommend({"dune": 9})
    assert recommender().recommend({"dune": 0}).as_dict() == (
        recommender().recommend({"dune": None}).as_dict()
    )


def test_a_history_can_be_ids_or_pairs_or_a_mapping() -> None:
    expected = recommender().recommend({"dune": None, "emma": None}).as_dict()
    assert recommender().recommend(["dune", "emma"]).as_dict() == expected
    assert recommender().recommend([("dune", None), ("emma", None)]).as_dict() == expected


def test_similar_leaves_the_book_and_its_editions_out() -> None:
    assert ids(recommender().similar("dune", 2)) == ["neuromancer", "solaris"]
    answer = of_one_work("emma", "middlemarch").similar("Emma", 5)
    assert "emma" not in ids(answer)
    assert "middlemarch" not in ids(answer), "it shares the work id"
    with pytest.raises(UnknownBook):
        recommender().similar("no such book")


class SameForAll(ItemItem):
    """A user's own ranker, which knows no likeness of books."""

    compares_items = False


def test_a_ranker_of_any_class_that_compares_no_books_says_so() -> None:
    own = SameForAll.of_layers([sp.csr_array(LINKS)])
    answer = recommender(model=own).similar("dune", 2)
    assert ids(answer) == ["neuromancer", "solaris"]
    assert (answer.source, answer.score_means) == ("popular", own.score_means)
    assert "no likeness" in answer.note


def test_a_model_without_likeness_says_so_instead_of_calling_bestsellers_alike() -> None:
    popular = recommender(model=ItemScores(np.arange(6, dtype=np.float32), "number of readers"))
    answer = popular.similar(IDS[0], n=2)
    assert answer.source == "popular"
    assert answer.score_means == "number of readers"
    assert "no likeness" in answer.note
    assert recommender().similar(IDS[0], n=2).note == ""


def test_equal_scores_are_listed_by_popularity_then_by_seed_never_by_id() -> None:
    n = 200
    flat = Recommender(
        model=ItemItem.of_layers([sp.csr_array((n, n), dtype=np.float32)]),
        catalogue=Catalogue.of(Vocabulary.of(range(n))),
        scale=RatingScale(1, 5, 1),
        popularity=ItemScores(np.where(np.arange(n) < n // 2, 1, 2).astype(np.float32), "readers"),
    )
    listed = [int(i) for i in ids(flat.recommend(["0"], n=n - 1))]
    popular, rest = listed[: n // 2], listed[n // 2 :]
    assert set(popular) == set(range(n // 2, n))
    for part in (popular, rest):
        assert abs(np.corrcoef(part, np.arange(len(part)))[0, 1]) < 0.3


def test_all_readers_get_what_each_gets_alone() -> None:
    answers = recommender()
    many = answers.recommend_many(n=3)
    found, scores = many.items, many.scores
    for row, reader in enumerate(("ann", "7")):
        alone = answers.recommend(reader=reader, n=3)
        assert [IDS[i] for i in found[row]] == ids(alone)
        assert scores[row] == pytest.approx([item.score for item in alone])
    assert found[3].tolist() == [-1, -1, -1]


@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        Rules(series=False),
        Rules(editions=False, sets=False),
        Rules(by_author=1),
        Rules(by_author=2, languages=("en",), since=1900),
    ],
)
def test_the_rules_are_the_same_for_all_and_for_one(rules: Rules) -> None:
    answers = read_sample(readers=120)
    fitted = fit(answers, algorithm="cosine", predictor=None)
    found = fitted.recommend_many(n=8, rules=rules).items
    for row, reader in enumerate(answers.ratings.users.ids):
        alone = fitted.recommend(reader=reader, n=8, rules=rules)
        assert [fitted.catalogue.books.ids[i] for i in found[row] if i >= 0] == ids(alone)


def test_another_edition_of_what_was_read_comes_through_no_door() -> None:
    asked = of_one_work("emma", "middlemarch")
    assert "middlemarch" not in ids(asked.recommend({"emma": 5}, n=6))
    assert "middlemarch" not in ids(asked.recommend({"dune": 5}, n=6, exclude=["emma"]))
    either = asked.recommend({"dune": 5}, n=6, exclude=["emma"], rules=Rules(editions=False))
    assert "middlemarch" in ids(either)
    assert "middlemarch" not in ids(asked.recommend(reader="ann", n=6))
    many = asked.recommend_many(n=6)
    assert IDS.index("middlemarch") not in many.items[0].tolist()
    assert np.isneginf(many.scores[0]).sum() == 3


def test_of_two_editions_of_an_unread_work_the_better_one_is_listed() -> None:
    asked = of_one_work("emma", "middlemarch")
    plain = ids(recommender().recommend({"ulysses": 5}, n=6))
    assert plain.index("middlemarch") < plain.index("emma")
    assert ids(asked.recommend({"ulysses": 5}, n=6)) == [b for b in plain if b != "emma"]
    assert "emma" in ids(asked.recommend({"ulysses": 5}, n=6, among=["emma", "dune"]))
    off = asked.recommend({"ulysses": 5}, n=6, rules=Rules(editions=False))
    assert ids(off) == plain
    why = asked.explain("emma", {"ulysses": 5})
    assert (why.left_out, why.why) == ("edition", "another edition of it stands higher")
    assert len({"emma", "middlemarch"} & {*ids(asked.similar("ulysses", 6))}) == 1
    lists = asked.recommend_many(n=6).items
    for row in lists.tolist():
        assert len({IDS.index("emma"), IDS.index("middlemarch")} & {*row}) <= 1


def test_a_reader_of_nothing_gets_the_popular_list_in_the_batch_too() -> None:
    found = recommender().recommend_many(n=3).items
    assert [IDS[i] for i in found[2]] == ids(recommender().recommend(reader="new", n=3))


def test_the_answer_is_plain_json_of_the_stated_form() -> None:
    answer = json.loads(json.dumps(recommender().recommend({"dune": 5, "q": 1}, n=1).as_dict()))
    assert answer["source"] == "personal"
    assert answer["ignored"] == ["q"]
    (book,) = answer["recommendations"]
    assert book["rank"] == 1
    assert book["book_id"] == "neuromancer"
    assert book["reasons"][0].keys() >= {"book_id", "title", "share"}


def test_a_text_lists_rank_title_and_authors() -> None:
    text = str(recommender().recommend({"dune": 5}, n=2))
    assert text.splitlines() == ["  1. Neuromancer, W. Gibson", "  2. Solaris, Lem"]
