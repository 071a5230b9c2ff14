"""How long a search may go on."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from readalike.errors import SettingError
from readalike.tuning.trials import Stopped

MINUTES = 10.0
"""Where neither minutes nor trials are given."""


@dataclass(frozen=True)
class Budget:
    """Minutes from now on, trials in all, or both; what is spent first ends the search.

    Without either it is ten minutes. A trial that was begun is finished, and the trial of the
    defaults is always made.

    Attributes:
        minutes: Time from now on; None sets no limit beside a number of trials.
        trials: Trials in all, those of an earlier run included; None sets no limit.
        begun: When it began, by the monotonic clock.
    """

    minutes: float | None = None
    trials: int | None = None
    begun: float = field(default_factory=lambda: time.monotonic())

    def __post_init__(self) -> None:
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise SettingError(f"minutes must be a number above 0, got {self.minutes:g}")
        if self.trials is not None and self.trials < 1:
            raise SettingError(f"trials must be at least 1, got {self.trials}")
        if self.minutes is None and self.trials is None:
            object.__setattr__(self, "minutes", MINUTES)

    def spent(self, done: int) -> Stopped | None:
        """What ends the search after so many trials; None while it goes on."""
        if self.trials is not None and done >= self.trials:
            return "trials"
        if self.minutes is not None and done and self._seconds >= 60 * self.minutes:
            return "minutes"
        return None

    def progress(self, done: int) -> tuple[int, int]:
        """How much is spent, of how much: of what comes to its end first."""
        parts: list[tuple[int, int]] = []
        if self.minutes is not None:
            total = max(1, round(60 * self.minutes))
            parts.append((min(int(self._seconds), total), total))
        if self.trials is not None:
            parts.append((min(done, self.trials), self.trials))
        return max(parts, key=lambda part: part[0] / part[1])

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self.begun
