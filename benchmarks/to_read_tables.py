"""The tables of piles, out of what `to_read.py` measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markdown import interval, table

Found = dict[str, Any]


def known(found: Found) -> str:
    """Known readers: others that are marked as often, and any."""
    figures = found["to_read"]
    by = {(row["ranker"], row["others"]): row for row in figures["rows"]}
    rows = []
    for (name, others), hard in by.items():
        if others != "marked as often":
            continue
        easy = by[name, "any"]
        rows.append(
            [
                _named(name),
                interval(hard["auc"]),
                _listed(hard),
                f"{hard['tied']:.0%}" if "tied" in hard else "",
                interval(hard["behind"], "+") if name != "blend" else "",
                interval(easy["auc"]),
                _listed(easy),
            ]
        )
    header = [
        "ranked by",
        "AUC, others marked as often",
        "as listed",
        "pairs of equal score",
        "blend less this one",
        "AUC, any others",
        "as listed",
    ]
    after = figures["read_after_all"]
    return (
        f"{table(header, rows)}\n\n{figures['marked']:,} marked books of "
        f"{figures['readers']:,} readers, half of whom tell {figures['median_history']:.0f} books "
        f"or fewer; {figures['read_since']:,} more they had read. Of {after['readers']:,} readers "
        f"the complete histories are known: they had read {after['others']:.1%} of the others "
        f"after all, and {after['marked']:.1%} of the marked."
    )


def new(found: Found) -> str:
    """New readers of whom more and more is told; others are marked as often."""
    figures = found["to_read"]["new_readers"]
    by = {(row["ranker"], row["given"]): row for row in figures["rows"]}
    given = list(dict.fromkeys(row["given"] for row in figures["rows"]))
    rows = []
    for name in dict.fromkeys(row["ranker"] for row in figures["rows"]):
        cells = [interval(by[name, h]["auc"]) for h in given]
        behind = interval(by[name, given[-1]]["behind"], "+") if name != "blend" else ""
        rows.append([_named(name), *cells, behind])
    heads = ["all they read" if h is None else f"h = {h}" for h in given]
    return (
        f"{table(['AUC', *heads, 'blend less this one, all they read'], rows)}\n\n"
        f"{figures['marked']:,} marked books of {figures['readers']:,} readers, half of whom read "
        f"{figures['median_history']:.0f} books or more."
    )


def _named(ranker: str) -> str:
    return f"**{ranker}**" if ranker == "blend" else ranker


def _listed(row: Found) -> str:
    return interval(row["listed"]) if "listed" in row else ""


TABLES: dict[str, Callable[[Found], str]] = {"to-read": known, "to-read-new": new}
NEEDS: dict[str, set[str]] = {name: {"to_read"} for name in TABLES}
"""The measurements that each table is made of."""
