from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from learning import Learnt
from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.people import first_authors
from readalike.bibliography.search import find
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.histories import Histories
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError, UnknownBook
from readalike.model_folder.store import load
from readalike.models import Ranker
from readalike.numerics.topn import tie_order, top_n
from readalike.recommend import dials as module
from readalike.recommend.dials import Dials, Known, arranged, mood_strengths, pool, turned
from readalike.tables.dataset import Dataset, read
from strategies import same_bits

N = 24
POOL = 9
POOL_AS_IT_COMES = module.POOL
NAMES = ("comedy", "ghosts", "history", "scary", "war")
READ = np.array([0, 5])

Scores = npt.NDArray[np.float32]


@pytest.fixture(autouse=True, scope="module")
def _small_pool() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "POOL", POOL)
        yield


def a_catalogue(*, bare: bool = False) -> Catalogue:
    """Three books an author; each has one to four tags."""
    random = np.random.default_rng(1)
    counts = random.integers(0, 20, (N, len(NAMES))) * (random.random((N, len(NAMES))) < 0.4)
    counts[:, 0] += 1
    return Catalogue.of(
        Vocabulary.of(range(N)),
        titles=tuple(f"Title {book}" for book in range(N)),
        authors=("",) * N if bare else tuple(f"Author {book // 3}" for book in range(N)),
        tags=None if bare else Tags(NAMES, sp.csr_array(counts.astype(np.float32))),
    )


def by_distance(item: int) -> Scores:
    """A model to which near numbers are alike."""
    return np.asarray(5.0 - np.abs(np.arange(N) - item), np.float32)


def a_known(*, bare: bool = False) -> Known:
    readers = np.random.default_rng(2).integers(0, 15, N).astype(np.float64)
    return Known(BookIndex(a_catalogue(bare=bare)), readers, by_distance)


KNOWN = a_known()
TIES = tie_order(N, 0)
GROUPS = first_authors(KNOWN.catalogue.authors)

steps = st.sampled_from([-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0])
books = st.lists(st.sampled_from([str(book) for book in range(N)]), max_size=2, unique=True)
all_scores = st.lists(
    st.sampled_from([-math.inf, -2.0, 0.0, 0.0, 0.5, 1.0, 3.0, 8.0]), min_size=N, max_size=N
).map(lambda values: np.array(values, np.float32))


@st.composite
def some_dials(draw: st.DrawFn) -> Dials:
    more = draw(books)
    return Dials(
        draw(steps),
        draw(steps),
        tuple(more),
        tuple(book for book in draw(books) if book not in more),
        tuple(draw(st.lists(st.sampled_from(["scary", "war", "funny"]), max_size=2, unique=True))),
    )


# Its twin, in log places for a standard deviation

GEMS = FAMILIAR = MORE = MOOD = 1.0
ADVENTUROUS, EVEN, TRADE = 0.2, 0.25, 2.5


def in_deviations(values: list[float]) -> list[float]:
    mean = sum(values) / max(len(values), 1)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / max(len(values), 1))
    return [(v - mean) / spread if spread > 1e-9 else 0.0 for v in values]


def cosine(one: int, other: int) -> float:
    rows = KNOWN.content.toarray().astype(np.float64)
    return float(rows[one] @ rows[other])


def named_likeness(one: int, other: int) -> float:
    near = [max(float(v), 0.0) for v in by_distance(one)]
    most = max(v for at, v in enumerate(near) if at != one)
    return (cosine(one, other) + (1.0 if other == one else near[other] / most)) / 2


def slow_pool(scores: list[float], least: int) -> list[int]:
    place = {int(item): at for at, item in enumerate(TIES)}
    ranked = sorted(
        (i for i in range(N) if scores[i] > -math.inf), key=lambda i: (-scores[i], place[i])
    )
    size = max(POOL, least)
    if len(ranked) <= size:
        return ranked
    sure = [i for i in ranked if scores[i] > scores[ranked[size]]]
    return ranked[: max(len(sure), least)]


def slowly_turned(dials: Dials, scores: list[float], least: int) -> dict[int, float]:
    named = [int(book) for book in (*dials.more, *dials.less)]
    scores = [-math.inf if i in named else score for i, score in enumerate(scores)]
    items = slow_pool(scores, least)
    known = KNOWN.popularity.tolist()
    fame = in_deviations([-math.log(1 + sum(k > known[i] for k in known)) for i in items])
    worth = [-math.log(1 + sum(score > scores[i] for score in scores)) for i in items]

    def add(amount: float, values: list[float]) -> None:
        for at, value in enumerate(values):
            worth[at] += amount * value

    add(-GEMS * dials.gems, fame)
    near = in_deviations([max(cosine(book, i) for book in READ.tolist()) for i in items])
    slope = sum(a * b for a, b in zip(near, fame, strict=True)) / max(len(items), 1)
    near = in_deviations([a - slope * b for a, b in zip(near, fame, strict=True)])
    if dials.adventure < 0:
        add(-FAMILIAR * dials.adventure, near)
    else:
        add(-ADVENTUROUS * dials.adventure, near)
        add(-EVEN * dials.adventure, fame)
    for side, sign in ((dials.more, 1), (dials.less, -1)):
        if side:
            roots = [[math.sqrt(named_likeness(int(book), i)) for book in side] for i in items]
            add(sign * MORE, in_deviations([sum(row) / len(row) for row in roots]))
    if dials.moods:
        each = []
        for mood in dials.moods:
            strengths = mood_strengths(KNOWN.catalogue, mood).tolist()
            each.append(in_deviations([math.sqrt(strengths[i]) for i in items]))
        add(MOOD, in_deviations([sum(of) / len(of) for of in zip(*each, strict=True)]))
    return dict(zip(items, worth, strict=True))


@given(dials=some_dials(), scores=all_scores, least=st.integers(1, N))
def test_utilities_are_as_the_twin_has_them(dials: Dials, scores: Scores, least: int) -> None:
    found = turned(dials.placed(KNOWN.index), KNOWN, scores, read=READ, ties=TIES, least=least)
    if dials.neutral:
        assert same_bits(found, scores)
        return
    wanted = slowly_turned(dials, scores.tolist(), least)
    assert np.flatnonzero(found > -np.inf).tolist() == sorted(wanted)
    assert [found[item] for item in wanted] == pytest.approx(list(wanted.values()), abs=1e-4)
    assert found.dtype == np.float32


@given(scores=all_scores, least=st.integers(1, N))
def test_the_pool_is_as_the_twin_has_it(scores: Scores, least: int) -> None:
    items, before = pool(scores, TIES, least)
    assert items.tolist() == slow_pool(scores.tolist(), least)
    assert before.tolist() == [int((scores > scores[item]).sum()) for item in items]


@given(scores=all_scores, n=st.integers(1, POOL), adventure=st.sampled_from([-1.0, 0.25, 0.5, 1.0]))
def test_an_adventurous_list_pays_for_likeness_to_what_it_has(
    scores: Scores, n: int, adventure: float
) -> None:
    dials = Dials(adventure=adventure)
    left = slowly_turned(dials, scores.tolist(), n)
    placed = dials.placed(KNOWN.index)
    listed = arranged(placed, KNOWN, scores, n=n, read=READ, ties=TIES).tolist()
    assert len(listed) == min(n, len(left))
    for at, item in enumerate(listed):
        worth = {
            each: value
            - TRADE
            * max(adventure, 0)
            * max((cosine(each, other) for other in listed[:at]), default=0)
            for each, value in left.items()
        }
        assert worth[item] >= max(worth.values()) - 1e-3
        del left[item]


# What every dial keeps to


@given(scores=all_scores, n=st.integers(1, N), zero=st.sampled_from([0.0, -0.0]))
def test_where_nothing_is_turned_the_list_is_the_models(
    scores: Scores, n: int, zero: float
) -> None:
    dials = Dials(gems=zero, adventure=zero)
    found = arranged(dials.placed(KNOWN.index), KNOWN, scores, n=n, read=READ, ties=TIES)
    wanted = top_n(scores[None, :], n, TIES)[0][0]
    assert found.tolist() == wanted[wanted >= 0].tolist()


@given(dials=some_dials(), scores=all_scores, n=st.integers(1, POOL))
def test_all_that_is_listed_is_among_the_best_of_the_reader(
    dials: Dials, scores: Scores, n: int
) -> None:
    named = [int(book) for book in (*dials.more, *dials.less)]
    left = scores.copy()
    left[named] = -np.inf
    listed = arranged(dials.placed(KNOWN.index), KNOWN, scores, n=n, read=READ, ties=TIES)
    best = top_n((scores if dials.neutral else left)[None, :], POOL, TIES)[0][0]
    assert set(listed.tolist()) <= set(best.tolist())
    assert len(listed) == min(n, int((left > -np.inf).sum()))
    assert len(set(listed.tolist())) == len(listed)


@given(dials=some_dials(), scores=all_scores, n=st.integers(1, N), most=st.integers(1, 3))
def test_a_limit_for_each_author_leaves_no_place_empty_that_can_be_filled(
    dials: Dials, scores: Scores, n: int, most: int
) -> None:
    listed = arranged(
        dials.placed(KNOWN.index),
        KNOWN,
        scores,
        n=n,
        read=READ,
        ties=TIES,
        groups=GROUPS,
        most=most,
    )
    named = [int(book) for book in (*dials.more, *dials.less)]
    able = np.setdiff1d(np.flatnonzero(scores > -np.inf), named)
    room = int(np.minimum(np.bincount(GROUPS[able], minlength=N), most).sum())
    assert len(listed) == min(n, room)
    assert np.bincount(GROUPS[listed], minlength=1).max(initial=0) <= most


@given(scores=all_scores, n=st.integers(1, POOL), ends=st.tuples(steps, steps))
def test_turning_gems_up_never_makes_a_list_better_known(
    scores: Scores, n: int, ends: tuple[float, float]
) -> None:
    low, high = sorted(ends)
    less, more = (
        arranged(Dials(gems=g).placed(KNOWN.index), KNOWN, scores, n=n, read=READ, ties=TIES)
        for g in (low, high)
    )
    assert KNOWN.fame[more].sum() <= KNOWN.fame[less].sum() + 1e-3


@given(dials=some_dials(), scores=all_scores, seed=st.integers(0, 9))
def test_only_the_order_of_scores_counts(dials: Dials, scores: Scores, seed: int) -> None:
    stretched = np.asarray(scores * np.abs(scores) * 1000 - 5, np.float32)
    one = arranged(
        dials.placed(KNOWN.index), KNOWN, scores, n=6, read=READ, ties=tie_order(N, seed)
    )
    other = arranged(
        dials.placed(KNOWN.index), KNOWN, stretched, n=6, read=READ, ties=tie_order(N, seed)
    )
    assert one.tolist() == other.tolist()


def test_scores_are_left_as_they_were_and_the_same_question_has_the_same_answer() -> None:
    scores = np.random.default_rng(3).random(N, np.float32)
    scores.setflags(write=False)
    dials = Dials(0.5, 0.5, ("1",), ("2",), ("scary",))
    one = turned(dials.placed(KNOWN.index), KNOWN, scores, read=READ, ties=TIES)
    assert same_bits(
        one, turned(dials.placed(KNOWN.index), a_known(), scores, read=READ, ties=TIES)
    )


# What each dial does


FLAT = np.linspace(1, 0, N, dtype=np.float32)
"""Book 0 is the best, the last the worst."""


def listed(dials: Dials, known: Known = KNOWN, n: int = 4, scores: Scores = FLAT) -> list[int]:
    left = scores.copy()
    left[READ] = -np.inf
    return [
        int(item)
        for item in arranged(dials.placed(known.index), known, left, n=n, read=READ, ties=TIES)
    ]


def test_books_that_are_named_are_not_listed() -> None:
    for dials in (Dials(more=("1", "Title 2")), Dials(less=("1", "Title 2"))):
        assert not {1, 2} & set(listed(dials, n=N))


def test_more_lists_books_like_one_that_is_named_and_less_books_unlike_it() -> None:
    def like(dials: Dials) -> float:
        return float(np.mean([named_likeness(6, book) for book in listed(dials)]))

    assert like(Dials(more=("6",))) > like(Dials()) > like(Dials(less=("6",)))


def test_a_book_of_unknown_popularity_is_the_least_known() -> None:
    some = np.array([5.0, np.nan, 9.0, 5.0])
    fame = Known(BookIndex(a_catalogue()), some, by_distance).fame
    assert fame == pytest.approx([-math.log(2), -math.log(4), 0, -math.log(2)])


def test_five_hundred_of_the_best_books_are_chosen_among() -> None:
    assert POOL_AS_IT_COMES == 500
    many = np.arange(900, 0, -1).astype(np.float32)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "POOL", POOL_AS_IT_COMES)
        assert pool(many, np.arange(900), 10)[0].tolist() == list(range(500))


def test_a_mood_makes_a_list_stronger_in_it() -> None:
    strengths = mood_strengths(KNOWN.catalogue, "scary")
    assert strengths[listed(Dials(moods=("scary",)))].mean() > strengths[listed(Dials())].mean()


@pytest.mark.parametrize("bare", [False, True])
def test_adventure_leads_away_from_what_was_read_and_books_from_each_other(bare: bool) -> None:
    known = a_known(bare=bare)

    def nearest(books: list[int]) -> float:
        return float(np.mean([known.likeness(int(b), np.array(books)) for b in READ]))

    def alike(books: list[int]) -> float:
        pairs = [known.likeness(one, np.array([b for b in books if b != one])) for one in books]
        return float(np.mean(pairs))

    familiar, adventurous = (listed(Dials(adventure=end), known) for end in (-1.0, 1.0))
    assert nearest(familiar) > nearest(adventurous)
    assert alike(familiar) > alike(adventurous)


def test_a_model_that_knows_no_likeness_is_moved_by_none() -> None:
    known = replace(a_known(bare=True), similar=lambda item: np.ones(N, np.float32))
    assert listed(Dials(more=("9",))) != listed(Dials())
    assert listed(Dials(more=("9",)), known) == listed(Dials())


def test_books_of_which_a_model_says_nothing_are_not_chosen_by_the_dial_alone() -> None:
    scores = np.zeros(N, np.float32)
    scores[[3, 7, 11, 15]] = 4, 3, 2, 1
    for gems in (-1.0, 1.0):
        assert sorted(listed(Dials(gems=gems), n=4, scores=scores)) == [3, 7, 11, 15]
        assert len(listed(Dials(gems=gems), n=6, scores=scores)) == 6


def test_with_nothing_to_list_the_list_is_empty() -> None:
    nothing = np.full(N, -np.inf, np.float32)
    dials = Dials(1, 1, ("1",), ("2",), ("scary",))
    assert (
        arranged(dials.placed(KNOWN.index), KNOWN, nothing, n=3, read=READ, ties=TIES).tolist()
        == []
    )


def test_a_reader_of_nothing_can_be_adventurous() -> None:
    nobody = np.zeros(0, np.int64)
    assert (
        len(
            arranged(
                Dials(adventure=1.0).placed(KNOWN.index), KNOWN, FLAT, n=4, read=nobody, ties=TIES
            )
        )
        == 4
    )


# What cannot be asked


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Dials(gems=1.5), "gems must be between -1 and 1, got 1.5"),
        (lambda: Dials(adventure=-2), "adventure must be between -1 and 1, got -2"),
        (lambda: Dials(adventure=1.01), "adventure must be between -1 and 1, got 1.01"),
        (lambda: Dials(gems=math.nan), "gems must be between -1 and 1, got nan"),
        (lambda: Dials(more="12"), r"more must be several texts, such as \('12',\), got one"),  # type: ignore[arg-type]
        (lambda: Dials(more=("1",), less=("1",)), "in more or in less, got '1' in both"),
    ],
)
def test_dials_that_cannot_be(make: Callable[[], Dials], told: str) -> None:
    with pytest.raises(SettingError, match=told):
        make()


def test_books_and_moods_that_are_not_there() -> None:
    with pytest.raises(UnknownBook, match="unknown book 'Nowhere'"):
        listed(Dials(less=("Nowhere",)))
    with pytest.raises(SettingError, match="a mood must be one of"):
        listed(Dials(moods=("xyzzy",)))
    with pytest.raises(SettingError, match="no book here has a tag"):
        listed(Dials(moods=("funny",)), a_known(bare=True))


# On real books

REAL_POOL = 500


@pytest.fixture(scope="module")
def goodbooks(real_data: Path) -> Dataset:
    return read(real_data / "goodbooks-10k")


@pytest.fixture(scope="module")
def model(learnt: Learnt) -> Ranker:
    return load(learnt.folder).model


def real_lists(
    dials: Dials, goodbooks: Dataset, model: Ranker, histories: Histories
) -> npt.NDArray[np.int32]:
    known = Known(BookIndex(goodbooks.catalogue), goodbooks.catalogue.counts, model.similar)
    ties = np.argsort(-goodbooks.catalogue.counts, kind="stable")
    scores = model.score(histories)
    scores[histories.rows, histories.items] = -np.inf
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "POOL", REAL_POOL)
        rows = [
            arranged(
                dials.placed(known.index),
                known,
                scores[row],
                n=10,
                read=histories.row(row)[0],
                ties=ties,
            )
            for row in range(len(histories))
        ]
    return np.array(rows)


@pytest.mark.real_data
def test_gems_make_no_readers_list_better_known_and_lead_far(
    goodbooks: Dataset, model: Ranker
) -> None:
    histories = goodbooks.ratings.histories.take(np.arange(0, 40_000, 1000))
    fame = Known(BookIndex(goodbooks.catalogue), goodbooks.catalogue.counts, model.similar).fame
    turns = (-1.0, -0.5, 0.0, 0.5, 1.0)
    lists = [real_lists(Dials(gems=gems), goodbooks, model, histories) for gems in turns]
    of_readers = np.array([fame[each].mean(axis=1) for each in lists])
    assert (np.diff(of_readers, axis=0) <= 1e-6).all()
    counts = np.array([goodbooks.catalogue.counts[each].mean() for each in lists])
    assert (np.diff(counts) < 0).all()
    medians = [float(np.median(goodbooks.catalogue.counts[each])) for each in lists]
    assert medians[0] > 3 * medians[2] > 3 * medians[4]


MODERN = (
    "Slaughterhouse-Five", "Cat's Cradle", "Breakfast of Champions", "Catch-22",
    "The Catcher in the Rye", "Franny and Zooey", "Nine Stories",
    "Rosencrantz and Guildenstern Are Dead",
)  # fmt: skip


@pytest.mark.real_data
def test_a_reader_of_modern_classics_can_turn_bestsellers_down(
    goodbooks: Dataset, model: Ranker
) -> None:
    """Case 77: one who loves Vonnegut, Heller, Salinger and Stoppard."""
    catalogue = goodbooks.catalogue
    books = [find(BookIndex(catalogue), title) for title in MODERN]
    history = Histories.of_rows([(books, [5.0] * len(books))], len(catalogue))

    modern = np.maximum(
        mood_strengths(catalogue, "modern classics"), mood_strengths(catalogue, "satirical")
    )

    def of_their_kind(gems: float) -> int:
        (items,) = real_lists(Dials(gems=gems), goodbooks, model, history)
        return int((modern[items] > 0).sum())

    assert of_their_kind(0.5) >= 6
    assert of_their_kind(1.0) >= 8
