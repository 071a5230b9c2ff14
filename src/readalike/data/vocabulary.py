"""Outside ids on one side, row and column numbers on the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from readalike.data.cells import trimmed_id
from readalike.errors import InputError
from readalike.numerics.arrays import I32


def as_id(value: object) -> str:
    """Returns the text by which a reader or book is known.

    Blanks around it do not count, and 1, 1.0, "1" and "1.0" are one id: tables lose the difference
    between whole numbers and text too easily to build on it.
    """
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return trimmed_id(str(value))


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Ordered unique ids, opaque text; position is the index. Never reordered after creation."""

    ids: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self._index) != len(self.ids):
            seen: set[str] = set()
            twice = next(i for i in self.ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]
            raise InputError(f"ids must be unique, got {twice!r} more than once")

    @classmethod
    def of(cls, ids: Iterable[object]) -> Vocabulary:
        """Makes a vocabulary of ids in the given order."""
        return cls(tuple(as_id(i) for i in ids))

    @cached_property
    def _index(self) -> dict[str, int]:
        return {outside: index for index, outside in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, outside: object) -> bool:
        return as_id(outside) in self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.ids == other.ids

    def __hash__(self) -> int:
        return hash(self.ids)

    def index(self, outside: object) -> int | None:
        """Index of an id, or None where it is not known."""
        return self._index.get(as_id(outside))

    def indices(self, outside: Sequence[object]) -> I32:
        """Indices of several ids, -1 where one is not known; shape (len(outside),)."""
        return np.array([self._index.get(as_id(o), -1) for o in outside], dtype=np.int32)
