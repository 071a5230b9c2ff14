"""What a search tried, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from readalike.algorithms.settings import Range, Search, Value
from readalike.numerics.intervals import Interval, Paired
from readalike.tuning.aim import Aim

Kind = Literal["algorithm", "rater"]
"""What a search is of, as options and files call it."""

Stopped = Literal["trials", "minutes", "interrupted"]
"""What ended a search: its number of trials, its time, or somebody at the keyboard."""

SHOWN = 10
"""Trials that the plain JSON has."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One set of settings, fitted and measured.

    Attributes:
        number: Place in the search; 0 is the trial of the defaults.
        tried: The searched settings by name.
        value: The figure over all readers; NaN where it failed.
        values: What it is made of, one row a reader; empty where it failed.
        seconds: Time of fitting and measuring.
        failure: Why there are no values, where there are none.
    """

    number: int
    tried: Mapping[str, Value]
    value: float
    values: npt.NDArray[np.float64]
    seconds: float
    failure: str = ""


@dataclass(frozen=True, eq=False)
class Tuned:
    """A search, so far as it went.

    Attributes:
        kind: What was searched, an algorithm or a rater.
        name: Its name.
        kept: Settings that were not searched, by name.
        searched: Where values were looked for, by name.
        aim: What was to be as high, or as low, as it can.
        protocol: Name of the protocol by which something was held out.
        description: What was done, in one paragraph.
        data: SHA-256 of the data set (`ratings`) and of what was learnt and asked (`task`).
        seed: Drew what was held out, the settings and the intervals.
        trials: Every trial, in order; the first is of the defaults.
        stopped: What ended it.
        importance: Share of each setting in being among the better trials, adding up to 1; empty
            where there are too few trials to tell.
    """

    kind: Kind
    name: str
    kept: Mapping[str, Value]
    searched: Mapping[str, Search]
    aim: Aim
    protocol: str
    description: str
    data: Mapping[str, str]
    seed: int
    trials: tuple[Trial, ...]
    stopped: Stopped
    importance: Mapping[str, float] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """The name of the measure."""
        return str(self.aim)

    @property
    def defaults(self) -> Trial:
        """The trial of the defaults."""
        return self.trials[0]

    @cached_property
    def best(self) -> Trial:
        """The trial with the best value, the first of equals: the defaults win a tie."""
        return self.ranked(1)[0]

    @property
    def better(self) -> bool:
        """Whether anything was better than the defaults."""
        return self.best.number > 0

    @property
    def settings(self) -> dict[str, Value]:
        """All settings of the best trial."""
        return {**self.kept, **self.best.tried}

    @property
    def changed(self) -> dict[str, Value]:
        """The settings of the best trial that are not the defaults."""
        return {n: v for n, v in self.best.tried.items() if v != self.defaults.tried[n]}

    @cached_property
    def gain(self) -> Paired:
        """The best trial less the defaults, reader by reader; of errors it is below 0.

        The best of many trials is a little flattered: it was chosen by these very answers.
        """
        return self.aim.difference(self.best.values, self.defaults.values, self.seed)

    @property
    def failed(self) -> int:
        """Trials whose settings could not be fitted or gave no answers."""
        return sum(bool(trial.failure) for trial in self.trials)

    @property
    def seconds(self) -> float:
        """Time of all trials."""
        return sum(trial.seconds for trial in self.trials)

    def ranked(self, n: int) -> tuple[Trial, ...]:
        """The n best trials that did not fail, best first; equal ones in their order."""
        done = (trial for trial in self.trials if not trial.failure)
        return tuple(sorted(done, key=lambda trial: self.aim.loss(trial.value))[:n])

    def interval(self, trial: Trial) -> Interval:
        """The value of a trial with its 95 % interval."""
        return self.aim.interval(trial.values, self.seed)

    def how(self) -> dict[str, Any]:
        """How the settings were found, plain JSON: what goes into the card of a model."""
        gain = self.gain
        return {
            "measure": self.measure,
            "value": self.interval(self.best)._asdict(),
            "defaults": self.interval(self.defaults)._asdict(),
            "gain": {**gain.difference._asdict(), "wins": gain.wins, "losses": gain.losses},
            "better": self.better,
            "readers": len(self.best.values),
            "protocol": self.protocol,
            "description": self.description,
            "data": dict(self.data),
            "seed": self.seed,
            "trials": len(self.trials),
            "failed": self.failed,
            "trial": self.best.number,
            "seconds": round(self.seconds, 3),
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            self.kind: self.name,
            "settings": self.settings,
            "changed": self.changed,
            "found": self.how(),
            "stopped": self.stopped,
            "searched": {name: plain(search) for name, search in self.searched.items()},
            "importance": dict(self.importance),
            "best_trials": [
                {
                    "trial": trial.number,
                    "tried": dict(trial.tried),
                    "value": self.interval(trial)._asdict(),
                    "seconds": round(trial.seconds, 3),
                }
                for trial in self.ranked(SHOWN)
            ],
            "failures": [
                {"trial": trial.number, "tried": dict(trial.tried), "why": trial.failure}
                for trial in self.trials
                if trial.failure
            ],
        }


def plain(search: Search) -> dict[str, Any] | list[Value]:
    """Where values are looked for, as plain JSON."""
    return dict(vars(search)) if isinstance(search, Range) else list(search)
