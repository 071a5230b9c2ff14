"""Where a search looks, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from readalike.algorithms.settings import Search, Value

Direction = Literal["maximize", "minimize"]
"""Which way is better, in optuna's words."""


@dataclass(frozen=True)
class Space:
    """What is to be tried, and what for.

    Attributes:
        searched: Where to look, by name.
        defaults: The defaults of the same settings, whose type the values have.
        direction: Which values of a trial are better.
    """

    searched: Mapping[str, Search]
    defaults: Mapping[str, Value]
    direction: Direction
