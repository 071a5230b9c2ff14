"""The tables of docs/your-library.md, out of what the scripts on libraries and lists measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markdown import interval, table

Found = dict[str, Any]


def matching(found: Found) -> str:
    """Wrong matches, of which there must be none, and the recall; then a large library."""
    figures = found["library_matching"]
    rows = [
        [
            name,
            f"{of['books']:,}",
            f"{of['rows']:,}",
            str(of["wrong"]),
            f"{of['recall']:.1%} of {of['matchable']:,}",
        ]
        for name, of in figures.items()
        if name != "library"
    ]
    lines = table(["books of", "books", "rows", "wrong matches", "found of those there"], rows)
    large = figures.get("library")
    if large is None:
        return lines
    parts = ", ".join(
        f"{large[f'seconds_{part}']:.2f} s {part}" for part in ("reading", "matching", "ranking")
    )
    return (
        f"{lines}\n\nA library of {large['rows']:,} rows, {large['matched']:,} of them matched, "
        f"takes {large['seconds']:.2f} s to its list ({parts}) in a process with the default "
        f"loaded; its memory goes from {large['mb_before']:.0f} to {large['mb']:.0f} MB at most, "
        "the pages of the model's file that are looked at among them."
    )


def book_sense(found: Found) -> str:
    """What each rule costs, and what it mends."""
    rows = [
        [
            f"{row['given']}",
            row["rules"],
            interval(row["ndcg@10"]),
            interval(row["difference"], "+") if row["rules"] != "none" else "",
            *(f"{row[rule]:.0%}" for rule in ("edition", "set", "series")),
            f"{row['authors']:.1f}",
        ]
        for row in found["book_sense"]["rows"]
    ]
    header = ["h", "rules", "NDCG@10", "less none", "known", "sets", "not next", "authors"]
    return table(header, rows)


def volumes(found: Found) -> str:
    """Precision and recall of series, volumes, sets and parts."""
    figures = found["volumes"]
    names = {"all": "all 200", "any": "the 100 drawn from all"}
    rows = [
        [
            what,
            *(
                f"{_share(of['right'], of['found'])} / {_share(of['right'], of['true'])}"
                for sample in names
                for of in [figures[sample][what]]
            ),
        ]
        for what in ("series", "series of this name", "volume", "set", "part")
    ]
    header = ["", *(f"{name}, right of those found / of those true" for name in names.values())]
    return table(header, rows)


def _share(right: int, of: int) -> str:
    return f"{right} of {of}"


def dials(found: Found) -> str:
    """What each turn does."""
    rows = []
    for name in ("gems", "adventure"):
        for row in found["dials"][name]:
            turned = bool(row[name])
            if not turned and name != "gems":
                continue
            rows.append(
                [
                    f"{name} {row[name]:+g}" if turned else "none turned",
                    interval(row["ndcg@10"]),
                    interval(row["difference"], "+") if turned else "",
                    f"{row['median_popularity_rank']:,.0f}",
                    f"{row['books_listed']:,}",
                    f"{row['likeness']:.3f}",
                    f"{row['authors']:.1f}",
                ]
            )
    header = ["", "NDCG@10", "less none turned", "median place by fame", "different books listed"]
    return table([*header, "likeness in a list", "authors of ten"], rows)


def moods(found: Found) -> str:
    """What each mood does."""
    rows = [
        [
            row["mood"],
            f"{row['before']:.0%}",
            f"{row['after']:.0%}",
            ", ".join(row["strongest"][:3]),
        ]
        for row in found["dials"]["moods"]
    ]
    return table(["mood", "before", "after", "strongest in"], rows)


TABLES: dict[str, Callable[[Found], str]] = {
    "library-matching": matching,
    "book-sense": book_sense,
    "volumes": volumes,
    "dials": dials,
    "moods": moods,
}

NEEDS: dict[str, set[str]] = {
    "library-matching": {"library_matching"},
    "book-sense": {"book_sense"},
    "volumes": {"volumes"},
    "dials": {"dials"},
    "moods": {"dials"},
}
"""The measurements that each table is made of."""
