"""Field cases of tutorial models (section a) and of tables (section b): what is right in each."""

from __future__ import annotations

import inspect
import json
import math
import re
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

import readalike
from cases.speaking import ids, spoken
from cli.running import in_subprocess, write_world
from learning import Learnt, peak_megabytes
from readalike.bibliography.search import find, search
from readalike.data.catalogue import Catalogue, display_year
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.datasets.sample import read_sample
from readalike.errors import AmbiguousBook
from readalike.models import ItemItem, ItemScores
from readalike.models.embedding import EmbeddingModel
from readalike.recommend.recommender import Recommender

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "data" / "cases"
FIVE_STARS = RatingScale(1, 5, 1)
Floats = npt.NDArray[np.float32]


def tabled(user_factors: Floats, item_factors: Floats, catalogue: Catalogue) -> Recommender:
    """A notebook's two tables behind ids; reader r of ids from 1 has row r - 1, and read book 1."""
    n_users, n_items = len(user_factors), len(item_factors)
    readers = Ratings(
        Histories.of_rows([([0], [4.0])] * n_users, n_items),
        Vocabulary.of(range(1, n_users + 1)),
        catalogue.books,
        FIVE_STARS,
    )
    model = EmbeddingModel(user_factors, item_factors)
    popularity = ItemScores(np.zeros(n_items, np.float32), "readers")
    return Recommender(
        model=model, catalogue=catalogue, scale=FIVE_STARS, popularity=popularity, readers=readers
    )


@pytest.mark.parametrize("algorithm", ["blend", "notebook"])
def test_case_06_sparse_ids_are_counted_and_answered_as_they_are(
    algorithm: str, tmp_path: Path
) -> None:
    """Tables as long as the highest id, or ids beyond them; right: 3 books, 3 readers, own ids."""
    file, model = CASES / "ratings_sparse_ids.csv", tmp_path / "m"
    spoken("train", file, "--model", model, "--algorithm", algorithm)
    recommender = readalike.load(model)
    assert recommender.model.n_items == 3
    assert recommender.readers is not None
    assert recommender.readers.users.ids == ("12", "614998", "644108")
    for reader, unread in (("12", {"114530"}), ("614998", {"3", "9000001"}), ("644108", {"3"})):
        answer = json.loads(spoken("recommend", model, "--reader", reader, "--json"))
        assert {book["book_id"] for book in answer["recommendations"]} == unread


def test_case_07_the_id_of_a_position_is_looked_up_and_never_the_position() -> None:
    """Positions of sorted scores were printed as ids, each one off; right: the id at that place."""
    draw = np.random.default_rng(0)
    users, books = draw.random((4, 5), np.float32), draw.random((30, 5), np.float32)
    titles = tuple(f"The book with id {i}" for i in range(1, 31))
    recommender = tabled(users, books, Catalogue.of(Vocabulary.of(range(1, 31)), titles=titles))
    scores = books @ users[2]
    best = [int(at) for at in np.argsort(-scores) if at != 0][:10]
    answer = recommender.recommend(reader="3")
    assert ids(answer) == [str(at + 1) for at in best]
    assert [item.book.title for item in answer] == [f"The book with id {at + 1}" for at in best]
    assert [item.score for item in answer] == pytest.approx(scores[best])


def test_case_10_the_second_best_is_not_shifted_by_taking_the_best() -> None:
    """Deleting the best score but not its book gave B, C, C; right: B, D, E."""
    scores = np.array([0.1, 0.9, 0.2, 0.8, 0.7, 0.0], np.float32)
    links = np.zeros((6, 6), np.float32)
    links[5] = scores
    recommender = Recommender(
        model=ItemItem.of_layers([sp.csr_array(links)]),
        catalogue=Catalogue.of(Vocabulary.of("ABCDE?")),
        scale=FIVE_STARS,
        popularity=ItemScores(scores, "readers"),
    )
    assert ids(recommender.recommend({"?": 5}, n=3)) == ["B", "D", "E"]
    assert ids(recommender.recommend({}, n=3)) == ["B", "D", "E"]
    assert ids(recommender.similar("?", 3)) == ["B", "D", "E"]


def test_case_10_no_row_is_listed_that_stands_for_no_book() -> None:
    """Row 0 of tables for ids from 1 was never trained but ranked; right: ids of the data only."""
    rows = [(reader, book) for reader in range(1, 6) for book in range(1, 8) if reader != book]
    table = {
        "user_id": [reader for reader, _ in rows],
        "book_id": [book for _, book in rows],
        "rating": [5] * len(rows),
    }
    recommender = readalike.train(table, algorithm="notebook").recommender
    assert ids(recommender.recommend(reader=1, n=9)) == ["1"]
    assert sorted(ids(recommender.recommend({"7": 5}, n=9))) == list("123456")


def test_case_12_scores_beyond_the_scale_keep_their_order_and_are_not_called_stars() -> None:
    """7.009 was shown as stars, or 2,002 books tie at 5.0; right: raw order, and called a score."""
    books = np.linspace(0.5, 7.009, 10_000, dtype=np.float32)[:, None]
    catalogue = Catalogue.of(Vocabulary.of(range(1, 10_001)))
    answer = tabled(np.ones((1, 1), np.float32), books, catalogue).recommend(reader=1, n=2000)
    assert ids(answer) == [str(10_000 - place) for place in range(2000)]
    assert len({item.score for item in answer}) == 2000
    assert answer.items[0].score == pytest.approx(7.009)
    assert not {"rating", "stars"} & answer.as_dict()["recommendations"][0].keys()
    assert not re.search(r"\b(stars?|ratings?)\b", answer.score_means), (
        f"{answer.items[0].score:.3f} on a scale to 5 is called {answer.score_means!r}"
    )


@pytest.fixture(scope="module")
def sample() -> Recommender:
    """The default learnt from the 3,000 simulated readers of 540 books."""
    return readalike.train(read_sample(), predictor=None).recommender


FANTASY = ("The Hobbit", "The Fellowship of the Ring", "The Name of the Wind", "A Game of Thrones")
BUSINESS = {
    "sample": ("The 7 Habits of Highly Effective People", "Good to Great", "Shoe Dog"),
    "kaggle": ("The 7 Habits of Highly Effective People", "Rework", "Rich Dad, Poor Dad"),
}


def shared_by_disjoint_tastes(recommender: Recommender, business: tuple[str, ...]) -> int:
    lists = []
    for titles in (FANTASY, business):
        answer = recommender.recommend({book_of(recommender, title): 5 for title in titles})
        assert len(answer) == 10
        lists.append(set(ids(answer)))
    return len(lists[0] & lists[1])


def book_of(recommender: Recommender, title: str) -> str:
    """The id of the first book whose title begins so."""
    book = search(recommender.index, title, 1)[0]
    assert recommender.catalogue.titles[book].startswith(title)
    return recommender.catalogue.books.ids[book]


def test_case_13_fantasy_and_business_share_few_books(sample: Recommender) -> None:
    """Nearly the same list for every reader; right: readers of disjoint taste share few of 10."""
    assert shared_by_disjoint_tastes(sample, BUSINESS["sample"]) <= 2


@pytest.mark.parametrize("status", [5.0, 1.0, None, math.nan, 0])
def test_case_14_what_was_rated_read_begun_or_abandoned_is_not_recommended(
    status: float | None, sample: Recommender
) -> None:
    """Books read but unrated came back; right: no book of the history, and still N of them."""
    history: dict[str, float | None] = {"1984": 5.0, "2666": 3.0}
    first, second, *_ = ids(sample.recommend(history))
    read = history | {first: status, second: status}
    unread = set(sample.catalogue.books) - read.keys()
    assert len(ids(sample.recommend(read))) == 10
    assert sorted(ids(sample.recommend(read, n=len(unread)))) == sorted(unread)


def test_case_14_no_reader_is_given_back_what_was_read_without_stars(sample: Recommender) -> None:
    """Only rated books counted as read; right: those without stars too, and all lists are full."""
    assert sample.readers is not None
    assert np.isnan(sample.readers.histories.stars).sum() > 5000
    lists = first_lists(sample, 3000)
    assert lists.shape == (3000, 10)
    assert lists.min() >= 0
    assert listed_though_read(sample.readers, lists) == 0


def first_lists(recommender: Recommender, readers: int) -> npt.NDArray[np.int32]:
    assert recommender.readers is not None
    return recommender.recommend_many(recommender.readers.users.ids[:readers]).items


def listed_though_read(readers: Ratings, lists: npt.NDArray[np.int32]) -> int:
    rows = readers.histories.slice(0, len(lists))
    width = rows.n_items
    listed = np.arange(len(lists))[:, None] * width + lists
    return int(np.isin(listed, rows.rows * width + rows.items).sum())


def test_case_14_books_to_read_appear_only_where_the_documentation_says_so(
    tmp_path: Path,
) -> None:
    """Shelved books came up unannounced; right: to-read books may appear if that is documented."""
    world = write_world(tmp_path / "world")
    (world / "to_read.csv").write_text("user_id,book_id\n0,b00\n")
    trained = readalike.train(world, algorithm="cosine")
    listed = ids(trained.recommender.recommend(reader=0))
    told = (ROOT / "README.md").read_text("utf-8") + str(inspect.getdoc(Recommender.recommend))
    documented = re.search(r"to-read|mean to read", told) is not None
    assert documented or "b00" not in listed


def test_case_16_a_model_folder_alone_answers_with_ids_and_titles(tmp_path: Path) -> None:
    """A copied model asked for its data and id maps; right: it answers with ids and titles."""
    world = write_world(tmp_path / "data")
    readalike.train(world, tmp_path / "model", algorithm="cosine")
    before = readalike.load(tmp_path / "model").recommend(reader=7).as_dict()
    shutil.move(tmp_path / "model", tmp_path / "elsewhere")
    shutil.rmtree(world)
    after = in_subprocess("recommend", tmp_path / "elsewhere", "--reader", 7, "--json").json
    assert after == before
    titles = {book["book_id"]: book["title"] for book in after["recommendations"]}
    assert titles["b07"] == "Tales of Hill 7"
    assert all(titles.values())


def test_case_16_without_a_table_of_books_ids_stand_for_titles_and_one_warning_says_so(
    tmp_path: Path,
) -> None:
    """A model without titles failed in mid-answer; right: ids for titles, with one warning."""
    world = write_world(tmp_path / "data", books=False)
    told = spoken("train", world, "--model", tmp_path / "model", "--algorithm", "cosine")
    told += spoken("recommend", tmp_path / "model", "--reader", 7, "-n", 1)
    assert len(re.findall("no table of books", told)) == 1
    answer = readalike.load(tmp_path / "model").recommend(reader=7)
    assert [item.book.name for item in answer] == ids(answer)
    assert f"{answer.items[0].book.book_id} " in told


def test_case_24_impossible_ages_and_years_are_missing_and_the_row_stays(tmp_path: Path) -> None:
    """Ages of 0, 244 and NULL stopped the load or were invented; right: missing, the rows stay."""
    for name in ("bx_ratings", "bx_books", "bx_users"):
        shutil.copy(CASES / f"{name}.csv", tmp_path)
    dataset = readalike.read(tmp_path)
    assert len(dataset.rows) == 8
    assert [name for name in dataset.intake.unused if "bx_users.csv" in name]
    catalogue = dataset.catalogue
    years = {t: y for t, y in zip(catalogue.titles, catalogue.years, strict=True) if t}
    assert len(years) == 6
    assert years["Cien años de soledad"] is None
    assert years["From the future"] is None
    assert display_year(years["From the future"]) == ""


def test_case_44_years_before_christ_are_plain_numbers_shown_as_such(tmp_path: Path) -> None:
    """Year -750 was out of a date's range, a missing one became 0; right: -750, shown as 750 BC."""
    model, ratings = tmp_path / "m", CASES / "ratings_dups_kaggle.csv"
    books = CASES / "books_kaggle_mini.csv"
    spoken("train", ratings, "--books", books, "--model", model, "--algorithm", "popularity")
    found = json.loads(spoken("search", model, "homer", "--json"))["books"]
    assert {book["book_id"]: book["year"] for book in found} == {"79": -720, "341": -750}
    told = spoken("search", model, "homer")
    assert "750 BC" in told
    assert "720 BC" in told
    assert not re.search(r"\s-7[25]0\b", told)


def test_case_45_shelves_of_owners_make_no_two_books_alike(tmp_path: Path) -> None:
    """Books were alike for being "to-read"; right: only subjects count, joined by Goodreads id."""
    (tmp_path / "ratings.csv").write_text("book_id,user_id,rating\n1,1,5\n2,1,4\n")
    books = range(1, 11)
    goodreads = {book: 3 * book % 11 for book in books}
    rows = "".join(f"{book},{goodreads[book]},{goodreads[book]},Book {book}\n" for book in books)
    (tmp_path / "books.csv").write_text("id,book_id,best_book_id,title\n" + rows)
    names = [
        "to-read", "currently-reading", "favorites", "books-i-own", "owned", "--1-",
        "\uff46\uff41\uff4e\uff54\uff41\uff53\uff59", "history",
    ]  # fmt: skip
    tags = "".join(f"{number},{name}\n" for number, name in enumerate(names))
    (tmp_path / "tags.csv").write_text("tag_id,tag_name\n" + tags, "utf-8")
    lines = ["goodreads_book_id,tag_id,count"]
    for book in books:
        subject = 6 if book <= 5 else 7
        lines += [f"{goodreads[book]},{subject},10", f"{goodreads[book]},{13 - subject},-1"]
        lines += [f"{goodreads[book]},{shelf},99999" for shelf in range(6) if book in (1, 6)]
    (tmp_path / "book_tags.csv").write_text("\n".join(lines) + "\n")

    settings = {"most_books": 0.6}
    trained = readalike.train(tmp_path, algorithm="content", settings=settings)

    kept = trained.dataset.catalogue.tags
    assert kept is not None
    assert kept.names == ("fantasy", "history")
    assert kept.counts.toarray().tolist() == [[10, 0]] * 5 + [[0, 10]] * 5
    assert set(ids(trained.recommender.similar("1", 4))) == {"2", "3", "4", "5"}
    assert set(ids(trained.recommender.similar("6", 4))) == {"7", "8", "9", "10"}


@pytest.fixture(scope="module")
def mini() -> Recommender:
    """The 44 books of the mini table, ranked by what the world read."""
    books = CASES / "books_kaggle_mini.csv"
    ratings = CASES / "ratings_dups_kaggle.csv"
    return readalike.train(ratings, books=books, algorithm="popularity").recommender


def test_case_47_an_ambiguous_title_lists_its_candidates(mini: Recommender) -> None:
    """A join on titles mixed two Arcadias; right: the author tells them apart, else candidates."""
    with pytest.raises(AmbiguousBook) as caught:
        mini.similar("Arcadia")
    assert caught.value.candidates == (
        "'Arcadia' / Lauren Groff (id 6105)",
        "'Arcadia' / Tom Stoppard (id 6481)",
    )
    for title, book in (("Arcadia / Groff", "6105"), ("arcadia / tom stoppard", "6481")):
        assert find(mini.index, title) == mini.catalogue.books.index(book)
    listed = ids(mini.recommend({"6105": 5}, n=44))
    assert "6481" in listed, "another author's book of the same title is another book"


def test_case_47_the_same_title_by_the_same_author_is_read_with_it(mini: Recommender) -> None:
    """'Salem's Lot stands twice, 349 and 1292; right: whoever read one is not given the other."""
    assert "1292" not in ids(mini.recommend({"349": 5}, n=44))
    assert "349" not in ids(mini.recommend({"1292": 5}, n=44))


BOOK_CROSSING = """
import numpy as np
from readalike.algorithms import algorithm_of
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary

draw = np.random.default_rng(0)
rows, readers, books = 1_150_000, 105_000, 340_000

def drawn(n, slope):
    chances = np.arange(1, n + 1.0) ** -slope
    found = draw.choice(n, rows, p=chances / chances.sum())
    found[:n] = draw.permutation(n)
    return found

# the heaviest reader has over 10,000 books, the favourite book about 2,000 readers
who = drawn(readers, 0.5)
who[draw.choice(rows, 13_602, replace=False)] = 0
pairs = np.unique(who * books + drawn(books, 0.59))
ratings = Ratings.of_rows(
    pairs // books, pairs % books, draw.integers(1, 11, len(pairs)).astype(np.float32),
    Vocabulary.of(range(readers)), Vocabulary.of(range(books)), RatingScale(1, 10, 1),
)
model = algorithm_of("blend").fit(ratings, Catalogue.of(ratings.items))
assert model.n_items == books
"""


def test_case_51_a_table_as_large_as_book_crossing_is_learnt_in_6_gb() -> None:
    """A pivot of 105,000 x 340,000 needs hundreds of GB; right: sparse, well below 8 GB."""
    peak = peak_megabytes(BOOK_CROSSING)
    if peak < 0:
        pytest.skip("the peak of memory is read from /proc")
    assert peak < 6_000


@pytest.fixture(scope="module")
def kaggle(learnt: Learnt) -> Recommender:
    return readalike.load(learnt.folder)


@pytest.mark.real_data
def test_case_51_the_real_table_is_learnt_in_1_gb(learnt: Learnt, kaggle: Recommender) -> None:
    """A pivot of 53,424 x 10,000 is 4 GB; right: all 979,478 ratings are learnt from in 1 GB."""
    assert kaggle.readers is not None
    assert len(kaggle.readers) == 979_478
    if learnt.megabytes < 0:
        pytest.skip("the peak of memory is read from /proc")
    assert learnt.megabytes < 1_000


@pytest.fixture(scope="module")
def published(real_data: Path, kaggle: Recommender) -> Recommender:
    """The notebook's published model: row i of its tables is id i, row 0 and id 10000 nothing."""
    file = real_data / "notebook-models" / "keras-2.2.2-dot.h5"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    # the two tables lie in the file as plain little-endian numbers, at these places
    books = np.fromfile(file, "<f4", 10_000 * 5, offset=11_080).reshape(-1, 5)
    users = np.fromfile(file, "<f4", 53_424 * 5, offset=213_560).reshape(-1, 5)
    catalogue = kaggle.catalogue.reindexed(Vocabulary.of(range(1, 10_000)))
    return tabled(users[1:], books[1:], catalogue)


@pytest.mark.real_data
def test_case_07_and_12_the_published_list_with_the_right_titles(published: Recommender) -> None:
    """5.342 was printed as stars of Wise Blood, 4942; right: a score of 4943, unclipped."""
    answer = published.recommend(reader="1", n=9_998)
    five = answer.items[:5]
    assert [item.book.book_id for item in five] == ["4943", "7639", "8854", "9080", "9842"]
    assert five[0].book.title == "Kürk Mantolu Madonna"
    assert five[2].book.title == "Mark of the Lion Trilogy"
    assert five[3].book.title == "Friends and Lovers"
    assert five[4].book.title == "Humans of New York: Stories"
    assert [round(item.score, 3) for item in five] == [5.342, 5.160, 4.997, 4.972, 4.904]
    assert sum(item.score > 5 for item in answer) == 2


@pytest.mark.real_data
def test_case_13_over_2000_readers_no_book_is_in_more_than_a_twentieth_of_the_lists(
    kaggle: Recommender,
) -> None:
    """One essay was listed to 1,766 of 2,000 readers; right: no book to a twentieth of them."""
    lists = first_lists(kaggle, readers=2048)[:2000]
    _, times = np.unique(lists, return_counts=True)
    assert times.max() <= 100
    assert len(times) > 1000
    assert shared_by_disjoint_tastes(kaggle, BUSINESS["kaggle"]) <= 2


@pytest.mark.real_data
def test_case_14_none_of_2000_readers_is_given_a_book_that_was_rated(kaggle: Recommender) -> None:
    """130 of 2,000 real readers got a book they had rated; right: none, and 10 books each."""
    lists = first_lists(kaggle, readers=2048)[:2000]
    assert kaggle.readers is not None
    assert lists.min() >= 0
    assert listed_though_read(kaggle.readers, lists) == 0


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("title", "books"),
    [("Leviathan", ["3552", "7462"]), ("Selected Poems", ["6455", "8221", "8899", "9784"])],
)
def test_case_47_real_books_of_one_title_are_all_candidates(
    kaggle: Recommender, title: str, books: list[str]
) -> None:
    """33 titles of goodbooks belong to 69 books; right: a shared title lists all that bear it."""
    with pytest.raises(AmbiguousBook) as caught:
        find(kaggle.index, title)
    assert [re.findall(r"\(id (\d+)\)", told)[0] for told in caught.value.candidates] == books
