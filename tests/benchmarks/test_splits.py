"""The split files by number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.evaluation import HeldOut, StrongGeneralisation, read_split
from readalike.evaluation.questions import Task

N_BOOKS = 25


def ratings() -> Ratings:
    draw = np.random.default_rng(0)
    users, items = np.nonzero(draw.random((60, N_BOOKS)) < 0.4)
    stars = draw.integers(1, 6, len(users)).astype(np.float32)
    names = (Vocabulary.of(range(60)), Vocabulary.of(range(N_BOOKS)))
    return Ratings.of_rows(users, items, stars, *names, RatingScale(1, 5, 1))


def task() -> tuple[Task, StrongGeneralisation]:
    catalogue, strong = Catalogue.of(Vocabulary.of(range(N_BOOKS))), StrongGeneralisation(0.2)
    ranking = strong.prepare(ratings(), catalogue)
    stars = HeldOut().prepare(ranking.training, catalogue)
    both = Task(stars.training, catalogue, ranking.questions, stars.star_questions)
    return both, strong


def test_the_arrays_say_what_the_split_files_say(scripts: Any, tmp_path: Path) -> None:
    wanted, protocol = task()
    split = scripts.splits.written(tmp_path / "validation", wanted, protocol)
    there = read_split(split.folder)
    assert split.fingerprint == wanted.fingerprint() == there.fingerprint()
    with np.load(split.folder / "arrays.npz") as arrays:
        order = arrays["book_order"]
        learnt, queries = there.training.histories, there.questions[0]
        assert arrays["users"].tolist() == learnt.rows.tolist()
        assert order[arrays["items"]].tolist() == learnt.items.tolist()
        assert arrays["stars"].tolist() == learnt.stars.tolist()
        assert arrays["queries0_users"].tolist() == queries.users.tolist()
        assert order[arrays["queries0_items"]].tolist() == queries.histories.items.tolist()
        assert there.star_questions is not None
        assert order[arrays["star_items"]].tolist() == there.star_questions.items.tolist()
        rows = there.star_questions.users[there.star_questions.rows]
        assert arrays["star_users"].tolist() == rows.tolist()
        assert (order != np.arange(N_BOOKS)).any()


def test_a_split_of_other_data_is_written_anew(scripts: Any, tmp_path: Path) -> None:
    wanted, protocol = task()
    scripts.splits.written(tmp_path / "validation", wanted, protocol)
    other = StrongGeneralisation(0.2, seed=1)
    changed = other.prepare(ratings(), wanted.catalogue)
    split = scripts.splits.written(tmp_path / "validation", changed, other)
    assert split.fingerprint == changed.fingerprint() != wanted.fingerprint()


def test_the_library_itself_is_asked_by_the_same_numbers(scripts: Any, tmp_path: Path) -> None:
    wanted, protocol = task()
    split = scripts.splits.written(tmp_path / "validation", wanted, protocol)
    with np.load(split.folder / "arrays.npz") as stored:
        arrays = dict(stored)
    table = scripts.harness.table_of(arrays, split.folder, 1)
    rows, catalogue = scripts.readalike_models.prepared(table)
    numbers = arrays["book_order"]
    assert catalogue.books.ids == tuple(wanted.catalogue.books.ids[n] for n in numbers)
    before, after = (r.histories.matrix().toarray() for r in (split.task.training, rows))
    assert (after == before[:, numbers]).all()
