"""The measures of ranked lists, by the names they are asked for and printed with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from readalike.errors import SettingError
from readalike.numerics.metrics import (
    Judged,
    Values,
    hit_rate,
    mean_precision,
    mrr,
    ndcg,
    precision,
    recall,
)

KINDS: dict[str, Callable[[Judged, int], Values]] = {
    "ndcg": ndcg,
    "recall": recall,
    "p": precision,
    "hit": hit_rate,
    "mrr": mrr,
    "map": mean_precision,
}
"""Every measure by name; the formulas are in `readalike.numerics.metrics`."""


@dataclass(frozen=True)
class Measure:
    """A measure of the first n places of a list; `str` gives the name that `of` takes.

    Attributes:
        kind: One of `KINDS`.
        n: The cut.
    """

    kind: str
    n: int

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.n < 1:
            raise SettingError(
                f"a measure must be one of {', '.join(KINDS)} with the length of the list, "
                f"such as ndcg@10, got {f'{self.kind}@{self.n}'!r}"
            )

    @classmethod
    def of(cls, text: str) -> Self:
        """The measure of a name such as `ndcg@10`.

        Raises:
            SettingError: No such measure.
        """
        parts = re.fullmatch(r"([a-z]+)@(\d{1,6})", text.strip().lower())
        if parts is None:
            raise SettingError(
                f"a measure must be one of {', '.join(KINDS)} with the length of the list, "
                f"such as ndcg@10, got {text!r}"
            )
        return cls(parts[1], int(parts[2]))

    def values(self, judged: Judged) -> Values:
        """One value a reader; shape (rows,)."""
        return KINDS[self.kind](judged, self.n)

    def __str__(self) -> str:
        return f"{self.kind}@{self.n}"


DEFAULT = tuple(
    Measure.of(name) for name in ("ndcg@10", "p@10", "recall@20", "hit@10", "mrr@10", "map@10")
)
"""What is measured where nothing else is asked for."""


def measures_of(names: Iterable[str | Measure]) -> tuple[Measure, ...]:
    """Measures by name, each once, in the order given; the default where there are none."""
    chosen = (name if isinstance(name, Measure) else Measure.of(name) for name in names)
    return tuple(dict.fromkeys(chosen)) or DEFAULT
