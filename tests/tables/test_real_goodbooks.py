from __future__ import annotations

from pathlib import Path

import pytest

from readalike.tables.dataset import Dataset, read
from readalike.tables.doctor import examine

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def kaggle(real_data: Path) -> Dataset:
    return read(real_data / "goodbooks-10k")


@pytest.fixture(scope="module")
def github(real_data: Path) -> Dataset:
    return read(real_data / "goodbooks-10k-github")


def test_kaggle_counts(kaggle: Dataset) -> None:
    merge = kaggle.intake.merge
    assert merge.rows == len(kaggle.rows) == 981_756
    assert merge.pairs == len(kaggle.ratings) == 979_478
    assert merge.exact_repeats == 1_644
    assert merge.repeated_pairs == 2_209
    assert merge.conflicting_pairs == 633
    assert len(kaggle.ratings.users) == 53_424
    assert len(kaggle.ratings.items) == 10_000
    assert kaggle.catalogue.books is kaggle.ratings.items
    assert kaggle.ratings.items.ids[:3] == ("1", "2", "3")
    assert not [left for left in kaggle.intake.left_out if "tags" not in left.file]


def test_rows_keep_the_order_of_the_file(kaggle: Dataset, real_data: Path) -> None:
    with (real_data / "goodbooks-10k" / "ratings.csv").open() as lines:
        next(lines)
        for row, line in zip(range(2000), lines, strict=False):
            book, user, stars = line.strip().split(",")
            assert kaggle.rows.item_ids.ids[kaggle.rows.items[row]] == book
            assert kaggle.rows.user_ids.ids[kaggle.rows.users[row]] == user
            assert kaggle.rows.stars[row] == float(stars)


def test_kaggle_books(kaggle: Dataset) -> None:
    catalogue = kaggle.catalogue
    assert sum(year is not None and year < 0 for year in catalogue.years) == 31
    assert catalogue.years.count(None) == 21
    assert catalogue.languages.count("") == 1_084
    assert catalogue.isbn13[0] == "9780439023481"
    assert catalogue.series.count("") < 6_000
    assert catalogue.tags is not None
    assert catalogue.tags.counts.shape[0] == 10_000
    assert {"fantasy", "classics", "young adult", "poetry"} <= set(catalogue.tags.names)
    assert not {"to read", "favorites", "owned", "books i own", "kindle"} & set(
        catalogue.tags.names
    )
    assert catalogue.tags.counts.data.min() >= 1


def test_github_layout_says_the_same_of_books(kaggle: Dataset, github: Dataset) -> None:
    assert len(github.ratings) == 147_245
    assert len(github.ratings.users) == 1_327
    assert github.catalogue.titles == kaggle.catalogue.titles
    assert github.catalogue.goodreads_ids == kaggle.catalogue.goodreads_ids
    assert github.ratings.items == kaggle.ratings.items


def test_doctor(kaggle: Dataset, github: Dataset) -> None:
    found = examine(kaggle)
    assert found.healthy
    assert any("at most 100 readers a book" in line for line in found.lines())
    assert found.figures["id_columns"]["id"] == 1.0
    assert found.figures["history_lengths"]["max"] == 200
    other = examine(github)
    assert "capped" not in {finding.name for finding in other.findings}
    assert other.figures["history_lengths"]["min"] == 24
    assert other.figures["history_lengths"]["median"] == 111


def test_strict_passes_a_clean_folder(kaggle: Dataset, real_data: Path) -> None:
    assert read(real_data / "goodbooks-10k", strict=True).ratings.fingerprint() == (
        kaggle.ratings.fingerprint()
    )
