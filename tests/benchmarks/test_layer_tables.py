"""What more layers are worth, out of the rows of the leaderboard."""

from __future__ import annotations

from typing import Any


def figure(mean: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}


def asked(*means: float, behind: float | None = None) -> dict[str, Any]:
    given = (5, 20, 50)[: len(means)]
    more = {} if behind is None else {"behind": figure(behind)}
    sets = [
        {"given": h, "measures": {"ndcg@10": figure(mean)}, **more}
        for h, mean in zip(given, means, strict=True)
    ]
    return {"2": {"fit_seconds": 2.0}, "sets": sets}


def board() -> dict[str, Any]:
    stars = {"2": {"fit_seconds": 3.0}, "stars": {"rmse_clipped": figure(0.83)}}
    lists = {"new-readers": asked(0.3, 0.2, 0.1, behind=0.05), "notebook": asked(0.25)}
    rows = [
        {"row": "readalike neumf", "splits": lists, "installed_mb": 900.0},
        {"row": "readalike mlp", "splits": {"stars": stars}, "installed_mb": 900.0},
        {"row": "a peer", "splits": {**lists, "stars": stars}, "installed_mb": 1.0},
        {"row": "readalike two-tower", "splits": {"new-readers": {"failed": "over the limit"}}},
    ]
    return {"leaderboard": {"rows": rows}}


def test_lists_have_accuracy_the_lead_of_the_default_time_and_size(scripts: Any) -> None:
    lines = scripts.layer_tables.layers_lists(board()).splitlines()
    assert len(lines) == 3, "one that failed is told of on the leaderboard"
    assert lines[2].startswith("| `neumf` | ")
    assert "| 0.3000 (0.290 to 0.310) | 0.2000 (" in lines[2]
    assert "| +0.0500 (+0.040 to +0.060) | 0.2500 (" in lines[2]
    assert lines[2].endswith("| 2.0 s | 900 MB |")


def test_forecasts_have_their_error_and_the_time_to_fit(scripts: Any) -> None:
    lines = scripts.layer_tables.layers_stars(board()).splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("| `mlp` | ")
    assert lines[2].endswith("| 0.8300 (0.820 to 0.840) | 3.0 s |")


def test_every_row_that_is_compared_is_on_the_leaderboard(scripts: Any) -> None:
    assert set(scripts.layer_tables.LAYERS) <= {entry.peer for entry in scripts.roster.ROSTER}
