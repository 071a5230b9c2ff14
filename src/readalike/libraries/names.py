"""Names of people out of a cell: every source has a way of its own to write several."""

from __future__ import annotations

import re
from collections.abc import Iterable

from readalike.data.cells import clean_text

_ROLE = re.compile(r"\s*\(([^()]*)\)\s*$")
_SUFFIX = re.compile(r"(jr|sr|ii|iii|iv|ph\.? ?d|m\.? ?d|esq)\.?", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*[;|&]\s*|\s+and\s+")
_AUTHOR = "author"


def divided_by_commas(cell: str) -> tuple[str, ...]:
    """`Neil Gaiman, Terry Pratchett`; who only translated or drew it is left aside.

    A suffix belongs to the name before it: `Martin Luther King, Jr.` is one person.
    """
    names: list[str] = []
    for part in cell.split(","):
        name = clean_text(part)
        if names and _SUFFIX.fullmatch(name):
            names[-1] += f" {name}"
        else:
            names.append(name)
    return authors_only(names)


def divided_by_ampersands(cell: str) -> tuple[str, ...]:
    """`Neil Gaiman & Terry Pratchett`; a comma inside a name is written |."""
    return authors_only(_turned(part.replace("|", ",")) for part in cell.split("&"))


def last_names_first(cell: str) -> tuple[str, ...]:
    """`Gaiman, Neil|Pratchett, Terry`, turned round."""
    return authors_only(_turned(part) for part in re.split(r"[|;]", cell))


def written_anyhow(cell: str) -> tuple[str, ...]:
    """Names as somebody types them: divided by ; & | or "and", else by commas.

    `Herbert, Frank` is one person: one comma behind one word.
    """
    parts = [part for part in _SEVERAL.split(cell) if part.strip()]
    if len(parts) > 1:
        return authors_only(map(_turned, parts))
    last, comma, first = cell.partition(",")
    if comma and "," not in first and " " not in last.strip():
        return authors_only([_turned(cell)])
    return divided_by_commas(cell)


def one_name(cell: str) -> tuple[str, ...]:
    """The whole cell is one name."""
    return authors_only([cell])


def authors_only(names: Iterable[str]) -> tuple[str, ...]:
    """Names without roles, each once; those in another role than the author's are left aside."""
    found: dict[str, None] = {}
    for text in names:
        name = clean_text(text)
        role = _ROLE.search(name)
        if role and _AUTHOR not in role[1].casefold():
            continue
        name = _ROLE.sub("", name).strip(" ,")
        if name:
            found[name] = None
    return tuple(found)


def _turned(name: str) -> str:
    """`King, Martin Luther, Jr.` as `Martin Luther King Jr.`."""
    last, *rest = (part.strip() for part in name.split(","))
    if not rest or not last:
        return name
    suffix = [part for part in rest[1:] if _SUFFIX.fullmatch(part)]
    if _SUFFIX.fullmatch(rest[0]):
        return f"{last} {rest[0]}"
    return " ".join([rest[0], last, *suffix])
