"""The tables of books without ratings, out of what `cold_books.py` measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markdown import interval, table

Found = dict[str, Any]

WARM = {
    "new-readers": "new readers after {given} books",
    "notebook-split": "the notebook's split",
}


def cold(found: Found) -> str:
    """Everybody on the first draw, and the default's lead there; the others' means in brackets."""
    rows, leads = found["cold_books"]["rows"], found["cold_books"]["leads"]
    ahead = {(lead["over"], lead["seed"]): lead for lead in leads}
    lines = []
    for row in (each for each in rows if each["seed"] == 0):
        name = row["algorithm"]
        others = [each for each in rows if each["algorithm"] == name and each["seed"] != 0]
        lines.append(
            [
                f"**{name}**" if name == "blend" else name,
                interval(row["ndcg@10"]),
                ", ".join(f"{each['ndcg@10']['mean']:.4f}" for each in others),
                f"{row['recall@100']['mean']:.4f}",
                f"{row['places']:.0%}",
                interval(ahead[name, 0], "+") if (name, 0) in ahead else "",
            ]
        )
    header = [
        "",
        "NDCG@10",
        "other draws",
        "recall@100",
        "places of lists",
        "blend less this one",
    ]
    return table(header, lines)


def warm(found: Found) -> str:
    """What taking over costs on books as they are."""
    rows = [
        [
            WARM[row["protocol"]].format(given=row["given"]),
            interval(row["ndcg@10"]),
            interval(row["difference"], "+"),
        ]
        for row in found["cold_books"]["warm"]
    ]
    return table(["", "blend, NDCG@10", "less every book on its own"], rows)


TABLES: dict[str, Callable[[Found], str]] = {"cold-books": cold, "cold-books-warm": warm}
NEEDS: dict[str, set[str]] = {name: {"cold_books"} for name in TABLES}
"""The measurements that each table is made of."""
