"""The lists of all readers in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, SettingError, UnknownReader
from readalike.models import ItemItem, ItemScores
from readalike.recommend.batch import BATCH
from readalike.recommend.recommender import Recommender
from readalike.recommend.rules import Rules

BOOKS = ("dune", "emma", "7", "ü", "don't", "b5")


def recommender(readers: int = 5, *, histories: bool = True) -> Recommender:
    """The first reader has read nothing, the second nearly everything, the third everything."""
    books = Vocabulary.of(BOOKS)
    drawn = np.random.default_rng(3)
    n = len(BOOKS)
    rows: list[tuple[Any, Any]] = [([], []), (range(n - 1), [3] * (n - 1)), (range(n), [1] * n)]
    for _ in range(readers - len(rows)):
        items = drawn.choice(n, 2, replace=False)
        rows.append((items.tolist(), [5, np.nan]))
    return Recommender(
        model=ItemItem.of_layers([sp.csr_array(drawn.random((n, n)).astype(np.float32))]),
        catalogue=Catalogue.of(
            books,
            titles=("Dune", "Emma", 'He said "no"', "Ümlaut", "Don't", ""),
            authors=("Frank Herbert", "Jane Austen", "A, B", "", "", ""),
        ),
        scale=RatingScale(1, 5, 1),
        popularity=ItemScores(np.arange(n, dtype=np.float32), "readers"),
        readers=Ratings(
            Histories.of_rows(rows, n),
            Vocabulary.of(f"r'{i}" for i in range(readers)),
            books,
            RatingScale(1, 5, 1),
        )
        if histories
        else None,
    )


def selected(query: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = duckdb.execute(query).fetchall()
    return found


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    return selected(f"SELECT reader_id, rank, book_id, title, authors, score, source FROM '{path}'")


def test_everybody_gets_what_each_gets_alone(tmp_path: Path) -> None:
    answers = recommender()
    done = answers.recommend_many(n=3)
    assert done.to_parquet(tmp_path / "all.parquet") == tmp_path / "all.parquet"
    expected = []
    assert answers.readers is not None
    for reader in answers.readers.users:
        for item in answers.recommend(reader=reader, n=3):
            book = item.book
            row = (reader, item.rank, book.book_id, book.title, book.authors)
            source = "personal" if item.reasons else "popular"
            expected.append((*row, pytest.approx(item.score, rel=1e-5), source))
    assert rows_of(tmp_path / "all.parquet") == expected
    assert (done.rows, len(done)) == (len(expected), 5)
    frame = done.to_pandas()
    assert [tuple(row) for row in frame.itertuples(index=False)] == expected


def test_columns_have_the_stated_types(tmp_path: Path) -> None:
    recommender().recommend_many(n=3).to_parquet(tmp_path / "all.parquet")
    described = selected(f"DESCRIBE FROM '{tmp_path / 'all.parquet'}'")
    assert [(row[0], row[1]) for row in described] == [
        ("reader_id", "VARCHAR"),
        ("rank", "INTEGER"),
        ("book_id", "VARCHAR"),
        ("title", "VARCHAR"),
        ("authors", "VARCHAR"),
        ("score", "FLOAT"),
        ("source", "VARCHAR"),
    ]


def test_short_lists_are_counted_and_told(tmp_path: Path) -> None:
    done = recommender().recommend_many(n=3)
    file = done.to_parquet(tmp_path / "all.parquet")
    counted = selected(f"SELECT reader_id, count(*) FROM '{file}' GROUP BY ALL")
    assert dict(counted) == {"r'0": 3, "r'1": 1, "r'3": 3, "r'4": 3}, "one has read all"
    assert (len(done), done.rows, done.short) == (5, 10, 2)


def test_lists_of_some_readers_in_their_order() -> None:
    answers = recommender()
    some, every = answers.recommend_many(["r'4", "r'0"], 3), answers.recommend_many(n=3)
    assert some.readers == ("r'4", "r'0")
    assert some.items.tolist() == every.items[[4, 0]].tolist()
    with pytest.raises(UnknownReader, match="nobody"):
        answers.recommend_many(["r'0", "nobody"])


def test_nothing_read_is_listed_and_no_book_twice(tmp_path: Path) -> None:
    answers = recommender(400)
    answers.recommend_many(n=4).to_parquet(tmp_path / "all.parquet")
    assert answers.readers is not None
    listed: dict[str, list[str]] = {}
    for reader, rank, book, *_ in rows_of(tmp_path / "all.parquet"):
        listed.setdefault(reader, []).append(book)
        assert len(listed[reader]) == rank
    for user, reader in enumerate(answers.readers.users):
        read = {BOOKS[i] for i in answers.readers.histories.row(user)[0]}
        mine = listed.get(reader, [])
        assert not read & set(mine)
        assert len(set(mine)) == len(mine) == min(4, len(BOOKS) - len(read))


def test_more_books_than_there_are() -> None:
    done = recommender().recommend_many(n=10**12)
    assert done.short == 5
    assert done.rows == 6 + 1 + 0 + 4 + 4


def test_a_list_that_a_limit_by_author_cuts_short_ends_in_no_books() -> None:
    done = recommender().recommend_many(n=6, rules=Rules(by_author=1))
    assert done.items[2].tolist() == [-1] * 6
    assert done.scores[2].tolist() == [-np.inf] * 6
    assert done.items[1].tolist() == [5, *[-1] * 5]
    assert done.scores[1, 0] > 0
    assert done.scores[1, 1:].tolist() == [-np.inf] * 5
    assert (done.rows, done.short) == (6 + 1 + 0 + 4 + 4, 4)


def test_progress_ends_at_all_readers() -> None:
    steps: list[tuple[str, int, int]] = []
    readers = BATCH + 7
    recommender(readers).recommend_many(n=2, progress=lambda *step: steps.append(step))
    assert steps == [("ranking", BATCH, readers), ("ranking", readers, readers)]


def test_a_quote_in_the_path_is_no_harm(tmp_path: Path) -> None:
    out = tmp_path / "ann's; DROP.parquet"
    recommender().recommend_many(n=1).to_parquet(out)
    assert len(rows_of(tmp_path / "ann''s; DROP.parquet")) == 4
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("n", [0, -1])
def test_n_below_one_is_refused(n: int) -> None:
    with pytest.raises(SettingError, match="at least 1"):
        recommender().recommend_many(n=n)


def test_a_model_without_histories_has_nobody_to_list() -> None:
    with pytest.raises(UnknownReader, match="without histories"):
        recommender(histories=False).recommend_many()


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    lists = recommender().recommend_many()
    with pytest.raises(InputError, match="in a folder that is there"):
        lists.to_parquet(tmp_path / "no" / "l")
    with pytest.raises(InputError, match="a folder"):
        lists.to_parquet(tmp_path)


@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]
) -> None:
    out = tmp_path / "l.parquet"
    recommender().recommend_many(n=1).to_parquet(out)
    before = out.read_bytes()

    def fails(path: Path, *rest: object) -> None:
        path.write_bytes(b"half")
        raise kind(28, "No space left on device")

    monkeypatch.setattr("readalike.recommend.batch.write_parquet", fails)
    with pytest.raises((InputError, KeyboardInterrupt)) as caught:
        recommender().recommend_many(n=3).to_parquet(out)
    if kind is OSError:
        assert "l.parquet: cannot be written (No space left on device)" in str(caught.value)
    assert out.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["l.parquet"]
