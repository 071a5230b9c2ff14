"""Cells that hold a list: genres, tags, names, other titles."""

from __future__ import annotations

import ast
import json
import re

from readalike.data.cells import unescaped

LONGEST = 100_000
"""Longer text is not looked at as a list of Python or JSON."""

_STROKES = re.compile(r"[|;\n]")
_COMMAS = re.compile(r"[,]")
_SPECIAL = re.compile(r"[\[{(].*[\]})]", re.DOTALL)
_ITEM = re.compile(r"""\s*(?:'((?:[^'\\]|\\.|'(?!\s*(?:,|$)))*)'|"([^"]*)"|([^,'"]+))\s*(?:,|$)""")
NAMES = ("name", "genre", "tag", "title", "author")
"""Keys of a JSON object that say what it is called."""


def items_of(cell: str, *, commas: bool = False) -> tuple[str, ...]:
    """The things in a cell, each once, entities decoded.

    A list as Python or JSON writes it; else text divided by | or ; or, where `commas` says so and
    neither is there, by commas.
    """
    text = unescaped(cell).strip()
    listed = _of_list(text)
    if listed is None:
        divider = _COMMAS if commas and not _STROKES.search(text) else _STROKES
        listed = divider.split(text)
    return tuple(dict.fromkeys(each for item in listed if (each := " ".join(item.split()))))


def is_list(cell: str) -> bool:
    """Whether a cell is a list as Python or JSON writes it."""
    return _of_list(cell.strip()) is not None


def _of_list(text: str) -> list[str] | None:
    if len(text) > LONGEST or not _SPECIAL.fullmatch(text):
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(text)
            return _names(value) if isinstance(value, list | tuple | set | dict) else None
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
    if text[0] == "(":  # a remark in brackets, not a list
        return None
    # a list with an apostrophe that nobody escaped, or without quotes
    inside = text[1:-1]
    return [next((part for part in found if part), "") for found in _ITEM.findall(inside)]


def _names(value: object) -> list[str]:
    if isinstance(value, dict):
        named = next((value[key] for key in NAMES if isinstance(value.get(key), str)), None)
        return [named] if named is not None else [str(key) for key in value]
    if isinstance(value, list | tuple | set):
        return [name for each in value for name in _names(each)]
    return [] if value is None else [str(value)]
