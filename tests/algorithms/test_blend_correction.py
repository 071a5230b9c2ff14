"""The correction for uneven sampling: nothing where sampling is fair, the formula where not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from algorithms.worlds import F64, layers, world
from readalike.algorithms.blend import Blend
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemItem
from strategies import same_bits

SEEDS = [0, 1, 2]
SHRINKAGE = 5.0
"""Imagined readers that draw a book's ratio towards that of all."""


@cache
def books_and_readers(seed: int) -> tuple[Ratings, Catalogue]:
    return world(seed, n_users=60, n_items=40)


def read_counts(seed: int) -> F64:
    return books_and_readers(seed)[0].item_counts.astype(np.float64)


def fitted(seed: int, counts: F64, **changes: float) -> ItemItem:
    """The model where the catalogue has these counts, and every book stands on its own."""
    ratings, catalogue = books_and_readers(seed)
    blend = Blend(few_readers=0, **changes)  # type: ignore[arg-type]
    return blend.fit(ratings, replace(catalogue, counts=counts))


@cache
def uncorrected(seed: int) -> ItemItem:
    return fitted(seed, uneven(seed), correction=False)


def uneven(seed: int) -> F64:
    """Counts that have nothing to do with how often the rows hold a book; some are unknown."""
    counts = books_and_readers(seed)[1].counts
    assert np.isnan(counts).any()
    assert len(np.unique(counts[~np.isnan(counts)])) > 20
    return counts


def alike_to_the_bit(one: ItemItem, other: ItemItem) -> bool:
    before, after = one.arrays(), other.arrays()
    return (
        before.keys() == after.keys()
        and all(same_bits(before[name], after[name]) for name in before)
        and dict(one.settings()) == dict(other.settings())
    )


def assert_alike(one: ItemItem, other: ItemItem) -> None:
    """The same entries, and values that differ by no more than rounding."""
    before, after = one.arrays(), other.arrays()
    assert same_bits(before["indptr"], after["indptr"])
    assert same_bits(before["indices"], after["indices"])
    assert before["data"].size > 0
    assert after["data"] == pytest.approx(before["data"], rel=1e-6, abs=0)
    assert dict(one.settings()) == dict(other.settings())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("factor", [0.25, 1.0, 1024.0])
def test_a_fair_sample_gives_the_same_bits_with_the_correction_and_without(
    seed: int, factor: float
) -> None:
    """These factors do not round."""
    fair = read_counts(seed) * factor
    assert alike_to_the_bit(fitted(seed, fair), fitted(seed, fair, correction=False))


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(SEEDS), st.floats(0.5, 1e5), st.floats(0, 1), st.floats(0, 1))
def test_a_fair_sample_of_any_share_of_the_world_is_left_as_it_is(
    seed: int, factor: float, target: float, source: float
) -> None:
    fair = read_counts(seed) * factor
    corrected = fitted(seed, fair, target_correction=target, source_correction=source)
    assert_alike(corrected, uncorrected(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fair_sample_is_fair_where_some_counts_are_unknown(seed: int) -> None:
    fair = read_counts(seed) * 37.0
    fair[::3] = np.nan
    assert_alike(fitted(seed, fair), uncorrected(seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("nothing", [np.nan, 0.0])
def test_without_counts_of_the_world_there_is_nothing_to_correct(seed: int, nothing: float) -> None:
    unknown = np.full(len(read_counts(seed)), nothing)
    assert alike_to_the_bit(fitted(seed, unknown), uncorrected(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_switched_off_it_does_not_look_at_the_counts(seed: int) -> None:
    for counts in (read_counts(seed) ** 2, np.full(len(read_counts(seed)), np.nan)):
        assert alike_to_the_bit(fitted(seed, counts, correction=False), uncorrected(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_with_exponents_of_zero_it_is_switched_off(seed: int) -> None:
    corrected = fitted(seed, uneven(seed), target_correction=0.0, source_correction=0.0)
    assert alike_to_the_bit(corrected, uncorrected(seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("target", "source"), [(0.25, 0.4), (1.0, 0.0), (0.0, 1.0)])
def test_an_uneven_sample_is_corrected_by_the_formula(
    seed: int, target: float, source: float
) -> None:
    """Each entry times r_j^g r_i^-q, j the answer and i the evidence, in both layers."""
    counts = uneven(seed)
    corrected = fitted(seed, counts, target_correction=target, source_correction=source)
    r = reference.sampling_ratio(counts.tolist(), read_counts(seed).tolist(), SHRINKAGE)
    assert max(r) / min(r) > 5, "or there would be next to nothing to see"
    for after, before in zip(layers(corrected), layers(uncorrected(seed)), strict=True):
        expected = np.zeros_like(before)
        for i in range(len(r)):
            for j in range(len(r)):
                expected[i, j] = before[i, j] * r[j] ** target * r[i] ** -source
        assert after == pytest.approx(expected, rel=1e-5, abs=0)
        assert not np.allclose(after, before, rtol=0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_book_that_the_rows_hold_too_rarely_gains_as_an_answer_and_loses_as_evidence(
    seed: int,
) -> None:
    cut = int(np.argmax(read_counts(seed)))
    counts = read_counts(seed) * 10
    counts[cut] *= 30
    corrected, plain = fitted(seed, counts), uncorrected(seed)
    share = [
        [(layer[:, cut].sum() / layer.sum(), layer[cut].sum() / layer.sum()) for layer in each]
        for each in (layers(corrected), layers(plain))
    ]
    for (answer, evidence), (answer_before, evidence_before) in zip(*share, strict=True):
        assert answer > answer_before > 0
        assert 0 < evidence < evidence_before
