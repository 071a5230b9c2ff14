"""The tables of docs/questions.md on more layers, out of what `leaderboard.py` measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leaderboard_tables import lengths
from markdown import interval, table

Found = dict[str, Any]

LAYERS = {
    "readalike blend": "none: counts of who read what",
    "readalike ALS": "none: a product of vectors, read or not",
    "readalike neumf": "products beside dense layers, read or not",
    "readalike two-tower": "a network of the history and one of the book",
    "readalike notebook, biases": "none: a product of vectors and biases, by stars",
    "readalike mlp": "dense layers over both vectors, by stars",
    "readalike notebook": "none: the notebook's product, by stars",
}
"""What is put side by side for the question of layers, by its row of the leaderboard."""


def _layered(found: Found, split: str) -> list[tuple[Found, Found]]:
    """The rows that are compared and what each answered on a split, in order."""
    rows = {row["row"]: row for row in found["leaderboard"]["rows"]}
    chosen = [rows[name] for name in LAYERS if name in rows]
    return [(row, row["splits"][split]) for row in chosen if "2" in row["splits"].get(split, {})]


def layers_stars(found: Found) -> str:
    """Forecasts of stars with and without layers."""
    rows = [
        [
            f"`{row['row'].removeprefix('readalike ')}`",
            LAYERS[row["row"]],
            interval(here["stars"]["rmse_clipped"]),
            f"{here['2']['fit_seconds']:.1f} s",
        ]
        for row, here in _layered(found, "stars")
    ]
    return table(["", "layers", "RMSE", "fit"], rows)


def layers_lists(found: Found) -> str:
    """Lists with and without layers."""
    known = {row["row"]: here for row, here in _layered(found, "notebook")}
    rows = []
    for row, here in _layered(found, "new-readers"):
        sets = [interval(each["measures"]["ndcg@10"]) for each in here["sets"]]
        behind = [interval(e["behind"], "+") if "behind" in e else "" for e in here["sets"][1:2]]
        cells = [f"`{row['row'].removeprefix('readalike ')}`", LAYERS[row["row"]], *sets, *behind]
        split = known.get(row["row"])
        cells.append(interval(split["sets"][0]["measures"]["ndcg@10"]) if split else "")
        cells += [f"{here['2']['fit_seconds']:.1f} s", f"{row['installed_mb']:,.0f} MB"]
        rows.append(cells)
    given = [f"h = {h}" for h in lengths(found["leaderboard"])]
    ahead = f"default ahead, {given[1]}" if len(given) > 1 else "default ahead"
    return table(["", "layers", *given, ahead, "notebook's split", "fit", "installed"], rows)


TABLES: dict[str, Callable[[Found], str]] = {
    "question-layers-stars": layers_stars,
    "question-layers-lists": layers_lists,
}

NEEDS: dict[str, set[str]] = {name: {"leaderboard"} for name in TABLES}
"""The measurements that each table is made of."""
