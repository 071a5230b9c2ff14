"""A column of authors: names out of each cell, however the whole column writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from readalike.bibliography.people import (
    authors_only,
    divided_by_commas,
    last_names_first,
)
from readalike.data.cells import unescaped

SHARE = 0.8
"""So much of a column must write last names first for all of it to be read so."""

_BY = re.compile(r"\s*(?:(?:written )?by|author:)\s+", re.IGNORECASE)
_DIVIDED = re.compile(r"\s*[|;\n]\s*|\s+&\s+")
_STROKES = re.compile(r"\s*[|;\n]\s*")
_ONE_LAST_NAME = re.compile(r"[^\s,]+,\s*[^,]+")
_LAST_FIRST = re.compile(r"[^,]+,\s*[^,]+(?:,\s*(?:jr|sr|i{2,3}|iv)\.?)?", re.IGNORECASE)


def names_in(
    cell: str, people: Callable[[str], tuple[str, ...]] = divided_by_commas
) -> tuple[str, ...]:
    """The authors of one cell, `people` dividing text that says nothing of how it is divided.

    Entities are decoded before it is divided, and "by" in front is no name.
    """
    return people(_BY.sub("", unescaped(cell), count=1) if _BY.match(cell) else unescaped(cell))


def authors_of_column(
    cells: Sequence[str], listed: Callable[[str], Iterable[str] | None]
) -> tuple[str, ...]:
    """The authors of each cell as a catalogue has them: with ", " between, without roles.

    Last names first are turned round where nearly the whole column writes them so, since "Homer,
    Robert Fagles" is two people where other cells are names in order.

    Args:
        cells: The cells of the column.
        listed: The items of a cell that is a list as Python or JSON writes it, else None.
    """
    filled = {text for cell in cells if (text := cell.strip())}
    turned = sum(all(map(_ONE_LAST_NAME.fullmatch, _pieces(unescaped(cell)))) for cell in filled)
    last_first = bool(filled) and turned >= SHARE * len(filled)

    def people(text: str) -> tuple[str, ...]:
        pieces = _pieces(text)
        if last_first or (len(pieces) > 1 and all(map(_LAST_FIRST.fullmatch, pieces))):
            return last_names_first("|".join(pieces))
        divided = [name for piece in _DIVIDED.split(text) for name in divided_by_commas(piece)]
        return tuple(dict.fromkeys(divided))

    def names(cell: str) -> str:
        items = listed(cell)
        found = names_in(cell, people) if items is None else authors_only(items)
        return ", ".join(found)

    each = {cell: names(cell) for cell in set(cells)}
    return tuple(each[cell] for cell in cells)


def _pieces(text: str) -> list[str]:
    return [piece for piece in _STROKES.split(text.strip()) if piece]
