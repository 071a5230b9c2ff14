from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def test_a_made_up_table_has_the_size_asked_for(scripts: Any) -> None:
    table = scripts.star_memory.made_up(3_000, 500, 400)
    assert (len(table), len(table.users), len(table.items)) == (3_000, 500, 400)
    pairs = table.histories.rows * 400 + table.histories.items
    assert len(np.unique(pairs)) == 3_000
    assert set(np.unique(table.histories.stars)) == {1, 2, 3, 4, 5}


def test_memory_grows_with_the_ratings(scripts: Any) -> None:
    scripts.star_memory.compiled()
    sizes = {"readers": 2_000, "books": 500, "factors": 4}
    few, many = (scripts.star_memory.measured(ratings=n, **sizes) for n in (20_000, 400_000))
    assert many > few + 10


def test_the_usual_size_is_among_those_of_each(scripts: Any) -> None:
    for name, usual in scripts.star_memory.USUAL.items():
        assert usual in scripts.star_memory.SIZES[name]
        assert len(scripts.star_memory.SIZES[name]) == 3


def test_growth_is_told_for_each_more(scripts: Any) -> None:
    sizes = [{"size": size, "peak_mb": 100 + size / 2**20 * 50} for size in (0, 1000, 2000)]
    wide = [{"size": size, "peak_mb": 100.0 + size} for size in (10, 20, 40)]
    found = scripts.star_tables.memory({"stars": {"memory": {"ratings": sizes, "factors": wide}}})
    ratings, factors = found.splitlines()[-2:]
    assert ratings.endswith("| 50 B |")
    assert factors == "| factors | 10: 110 MB | 20: 120 MB | 40: 140 MB | 1,024 KB |"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "**`bayes`**, the default"),
        ({"embedding": 0}, "`bayes` without the embedding of what was read"),
    ],
)
def test_what_is_other_than_the_defaults_is_told_in_words(
    scripts: Any, settings: dict[str, object], words: str
) -> None:
    assert scripts.star_tables.name_of({"predictor": "bayes", "settings": settings}) == words


def test_words_are_of_settings_that_there_are(scripts: Any) -> None:
    defaults = scripts.stars.predictor_of("bayes").as_dict()
    assert set(scripts.star_tables.OTHERWISE) <= set(defaults)


def test_new_readers_are_told_as_the_mean_of_the_draws(scripts: Any) -> None:
    rows = [
        {
            "predictor": predictor,
            "seed": seed,
            "given": told,
            "rmse": {"mean": 0.8 + seed / 100 + told / 10},
        }
        for predictor in ("baseline", "mf", "bayes")
        for seed in range(3)
        for told in (0, 1)
    ]
    found = scripts.star_tables.strangers({"stars": {"strangers": rows}}).splitlines()
    assert found[0] == "| RMSE after | 0 ratings | 1 ratings |"
    assert found[2].endswith("| 0.8100 (0.800 to 0.820) | 0.9100 (0.900 to 0.920) |")
    assert len(found) == 5
