"""Tables that are only mapped: what is wrong in them is refused where it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

from models.starmodels import N as N_STARS
from models.starmodels import model as star_model
from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.models import itemitem
from shapes import model_of, stored_again

N, USERS = 12, 5
BAD = 3
"""The row in which something is wrong; no answer to others looks at it."""


def read(*items: int, n_items: int = N) -> Histories:
    return Histories.of_rows([(items, [5.0] * len(items))], n_items)


def forecasts(made: Any, items: list[int], histories: Histories, rows: int = 1) -> Any:
    """Of one history, or of so many that all are compiled."""
    table = histories.take([0] * rows)
    each = np.repeat(np.arange(rows), len(items))
    return made.forecast(table, each, np.tile(items, rows))


@dataclass(frozen=True)
class Mapped:
    """A table of a model.

    Attributes:
        model: The model.
        name: Of the table.
        at: Where something is made wrong, in the flat table.
        with_it: An answer that looks there.
        without_it: One that does not.
    """

    model: Any
    name: str
    at: int
    with_it: Callable[[Any], Any]
    without_it: Callable[[Any], Any]


def cases() -> dict[str, Mapped]:
    links = model_of("item-item", N, USERS)
    entry = int(links.arrays()["indptr"][BAD])
    found = {}
    for name in ("data", "indices"):
        found[f"item-item {name}, scored"] = Mapped(
            links, name, entry, lambda m: m.score(read(1, BAD)), lambda m: m.score(read(1, 2))
        )
        found[f"item-item {name}, explained"] = Mapped(
            links,
            name,
            entry,
            lambda m: m.explain(read(BAD), np.arange(N)),
            lambda m: m.explain(read(4), np.arange(N)),
        )
        found[f"item-item {name}, alike"] = Mapped(
            links, name, entry, lambda m: m.similar(BAD), lambda m: m.similar(2)
        )
    for kind, name in (("embedding", "user_factors"), ("network", "user_vectors")):
        made = model_of(kind, N, USERS)
        at = BAD * made.arrays()[name].shape[1]
        found[kind] = Mapped(
            made,
            name,
            at,
            lambda m: m.score_users(np.array([1, BAD])),
            lambda m: m.score_users(np.array([1, 2])),
        )
    stars = star_model(1)
    histories, one, other = read(1, 2, n_items=N_STARS), [BAD, 4], [4, 5]
    width = stars.drawn.shape[2]
    for rows in (1, 20):
        found[f"star-factors expected, {rows}"] = Mapped(
            stars,
            "expected",
            BAD * width,
            partial(forecasts, items=one, histories=histories, rows=rows),
            lambda m: forecasts(m, other, histories),
        )
        found[f"star-factors drawn, {rows}"] = Mapped(
            stars,
            "drawn",
            1 * width,
            partial(forecasts, items=other, histories=histories, rows=rows),
            lambda m: forecasts(m, other, read(2, n_items=N_STARS)),
        )
    found["star-factors, explained"] = Mapped(
        stars,
        "expected",
        BAD * width,
        lambda m: m.explain(histories, np.array([BAD]), np.array([3.0])),
        lambda m: m.explain(histories, np.array([4]), np.array([3.0])),
    )
    return found


CASES = cases()
WRONG = (np.nan, np.inf, -1e30)


def damaged(case: Mapped, wrong: float) -> dict[str, Any]:
    arrays = dict(case.model.arrays())
    table = arrays[case.name].copy()
    table.ravel()[case.at] = wrong
    return arrays | {case.name: table}


def wrongs(case: Mapped) -> tuple[float, ...]:
    if case.name != "indices":
        return WRONG
    twice = int(case.model.arrays()["indices"][case.at + 1])
    return (-1, N, 2**31 - 1, -(2**31), twice)


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_refused_where_it_is_used(name: str) -> None:
    case = CASES[name]
    for wrong in wrongs(case):
        again = stored_again(case.model, damaged(case, wrong))
        case.without_it(again)
        for _ in range(2):  # and whoever comes second is told the same
            with pytest.raises(ModelError, match=f"array '{case.name}' must be"):
                case.with_it(again)
        case.without_it(again)


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_refused_at_once_where_everything_is_looked_at(name: str) -> None:
    case = CASES[name]
    for wrong in wrongs(case):
        with pytest.raises(ModelError, match=f"array '{case.name}' must be"):
            stored_again(case.model, damaged(case, wrong), verify=True)


def test_of_many_new_rows_the_whole_matrix_is_looked_at() -> None:
    case = CASES["item-item indices, scored"]
    again = stored_again(case.model, damaged(case, 2**31 - 1))
    again.score(read(1))
    with pytest.raises(ModelError, match="array 'indices' must be indices from 0 to 11"):
        again.score(read(*range(N - 1)))
    whole = stored_again(case.model)
    assert whole.score(read(*range(N - 1))).shape == (1, N)
    assert not whole._unseen.any()


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_rows_are_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(itemitem, "AT_ONCE", at_once)
    whole = stored_again(CASES["item-item indices, scored"].model)
    before = len(whole._unseen)
    assert whole.score(read(1, 2, 4)).shape == (1, N)
    assert 0 < before - whole._unseen.sum() < before, "these rows and no others"
