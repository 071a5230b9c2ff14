"""The tables of a folder, found by what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from readalike.data.formats import generic, recognise
from readalike.data.layout import Kind, Layout, key, positions, roles
from readalike.data.tables import Table, Workbench, files_of
from readalike.errors import InputError

ENDINGS = (".csv", ".tsv", ".dat", ".data", ".item", ".txt", ".parquet", ".gz")
OPTIONS = {"user": "--user-column", "item": "--book-column", "rating": "--rating-column"}
ROLES = {"book": "item", "reader": "user", "stars": "rating"}

Found = tuple[Table, Layout]


def of_folder(
    bench: Workbench, folder: Path, separator: str | None, columns: Mapping[str, str]
) -> tuple[dict[Kind, Found], list[str]]:
    """The tables of a folder by what they hold, and the files that are not used.

    Raises:
        InputError: No table of ratings is there, or two are.
    """
    found: dict[Kind, Found] = {}
    unused: list[str] = []
    files = files_of(folder)
    for path in files:
        if not path.name.lower().endswith(ENDINGS):
            continue
        try:
            table = bench.open(path, str(path), separator)
        except InputError as error:
            unused.append(str(error))
            continue
        layout = _with_columns(table, columns) or recognise(table.first, table.stem)
        nameless = layout and layout.format == generic.NAME and not layout.header
        starless = layout and layout.kind == "ratings" and "rating" not in layout.columns
        if layout is None or starless or (nameless and "rating" not in table.stem):
            unused.append(f"{path} (columns: {', '.join(table.first)[:80]})")
        elif layout.kind in found:
            other = found[layout.kind][0].label
            what = "books" if layout.kind == "books" else "ratings"
            raise InputError(
                f"must hold one table of {layout.kind}, got two: {Path(other).name} and "
                f"{path.name}; name the file of ratings instead of the folder"
                + (" and the one of books with --books" if what == "books" else ""),
                file=folder,
            )
        else:
            found[layout.kind] = table, layout
    if "ratings" not in found:
        names = ", ".join(path.name for path in files) or "nothing"
        raise InputError(f"must hold a table of ratings, got {names[:200]}", file=folder)
    return found, unused


def of_table(table: Table, kind: Kind, columns: Mapping[str, str]) -> Layout:
    """The layout of a table that was named as one of ratings or of books.

    Raises:
        InputError: It does not have the columns.
    """
    layout = (_with_columns(table, columns) if kind == "ratings" else None) or recognise(
        table.first, table.stem
    )
    if layout is None or (layout.kind != kind and not (kind == "ratings" and _pairs(layout))):
        raise InputError(_wanted(table, kind), file=table.label, line=1 if table.text else None)
    if layout.kind != kind:
        return Layout(kind, layout.format, layout.columns, layout.header, layout.item_id)
    return layout


def _pairs(layout: Layout) -> bool:
    return layout.kind == "to_read"


def _wanted(table: Table, kind: Kind) -> str:
    seen = ", ".join(repr(name) for name in table.first)[:200]
    if kind == "ratings":
        return (
            "must have columns for the reader, the book and the rating (user_id, book_id, rating),"
            f" got {seen}; name them with --user-column, --book-column and --rating-column"
        )
    return f"must have columns for the id and the title of a book (book_id, title), got {seen}"


def _with_columns(table: Table, columns: Mapping[str, str]) -> Layout | None:
    """The layout of a table of ratings whose columns were named by name or by number from 1."""
    named = {ROLES.get(role, role): str(name) for role, name in columns.items()}
    if not named:
        return None
    known = recognise(table.first, table.stem)
    if known is not None and known.kind not in ("ratings", "to_read"):
        return None
    # columns that were not named are those of the usual names
    found: dict[str, int] = dict(known.columns if known else roles(table.first, generic.RATINGS))
    have = positions(table.first)
    numbered = {str(at): at - 1 for at in range(1, len(table.first) + 1)}
    by_name = known.header if known else False
    for role, name in named.items():
        if key(name) in have:
            found[role], by_name = have[key(name)], True
        elif name in numbered:
            found[role] = numbered[name]
        else:
            raise InputError(
                f"must have the column {name!r} of {OPTIONS.get(role, role)}, got "
                f"{', '.join(repr(n) for n in table.first)[:200]}",
                file=table.label,
            )
    if not {"user", "item"} <= set(found):
        raise InputError(_wanted(table, "ratings"), file=table.label)
    extra: dict[str, Any] = {"item_id": known.item_id, "scale": known.scale} if known else {}
    header = table.named or by_name or not _looks_like_data(table, found)
    return Layout("ratings", known.format if known else generic.NAME, found, header, **extra)


def _looks_like_data(table: Table, found: Mapping[str, int]) -> bool:
    from readalike.data.cells import number

    at = found.get("rating", found["user"])
    return number(table.first[at]) is not None
