"""What a search came to, and the file of settings that `train --settings` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from readalike.algorithms.settings import Range, Search, Value
from readalike.errors import InputError, SettingError
from readalike.files import read_file, reason, replace_file
from readalike.numerics.intervals import Interval, Paired
from readalike.tuning.objective import Kind, Objective
from readalike.tuning.study import Trial, ranked
from readalike.version import __version__, other_format

Stopped = Literal["trials", "minutes", "interrupted"]
"""What ended a search: its number of trials, its time, or somebody at the keyboard."""

SHOWN = 10
"""Trials that the plain JSON has."""

FORMAT = "readalike-tuning"
FORMAT_VERSION = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Tuned:
    """A search, so far as it went.

    Attributes:
        name: The algorithm or predictor that was searched.
        kept: Settings that were not searched, by name.
        searched: Where values were looked for, by name.
        objective: What was to be as high, or as low, as it can.
        protocol: Name of the protocol by which something was held out.
        description: What was done, in one paragraph.
        data: SHA-256 of the data set (`ratings`) and of what was learnt and asked (`task`).
        seed: Drew what was held out, the settings and the intervals.
        trials: Every trial, in order; the first is of the defaults.
        stopped: What ended it.
        importance: Share of each setting in being among the better trials, adding up to 1; empty
            where there are too few trials to tell.
    """

    name: str
    kept: Mapping[str, Value]
    searched: Mapping[str, Search]
    objective: Objective
    protocol: str
    description: str
    data: Mapping[str, str]
    seed: int
    trials: tuple[Trial, ...]
    stopped: Stopped
    importance: Mapping[str, float] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What was searched, an algorithm or a predictor."""
        return self.objective.kind

    @property
    def measure(self) -> str:
        """The name of the measure."""
        return str(self.objective)

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
        return self.objective.difference(self.best.values, self.defaults.values, self.seed)

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
        return tuple(ranked(self.trials, self.objective.direction)[:n])

    def interval(self, trial: Trial) -> Interval:
        """The value of a trial with its 95 % interval."""
        return self.objective.interval(trial.values, self.seed)

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


@dataclass(frozen=True)
class TunedSettings:
    """Settings, and how they were found, as a file holds them."""

    kind: Kind
    name: str
    settings: Mapping[str, Any]
    how: Mapping[str, Any]


def write_tuned(tuned: Tuned, path: Path | str) -> None:
    """Writes what was found, replacing an older file of that kind in one step."""
    path = Path(path)
    refuse_foreign(path)
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "library_version": __version__}
    text = json.dumps(head | tuned.as_dict(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    try:
        replace_file(path, lambda part: part.write_text(text, encoding="utf-8"))
    except OSError as error:
        raise SettingError(
            f"{path}: cannot be written ({reason(error)}); name another --out FILE.json"
        ) from error


def read_tuned(path: Path | str) -> TunedSettings:
    """Reads settings that were found."""
    path = Path(path)
    try:
        text = json.loads(read_file(path, wanted="must be a file of found settings"))
    except InputError as error:
        raise SettingError(
            f"{error}; 'readalike tune PATH --out FILE.json' writes such a file"
        ) from error
    except (ValueError, RecursionError):
        text = None
    if not isinstance(text, dict) or text.get("format") != FORMAT:
        raise SettingError(
            f"{path}: must be a file of found settings, as 'readalike tune PATH --out FILE.json' "
            "writes it, but is something else"
        )
    version = text.get("format_version")
    if version != FORMAT_VERSION:
        again = "tune again with another --out FILE.json"
        found = other_format(version, text.get("library_version"), FORMAT_VERSION, again)
        raise SettingError(f"{path}: has {found}")
    names = [(kind, text[kind]) for kind in get_args(Kind) if isinstance(text.get(kind), str)]
    settings, how = text.get("settings"), text.get("found")
    if len(names) != 1 or not isinstance(settings, dict) or not isinstance(how, dict):
        raise SettingError(f"{path}: damaged file of found settings; tune again")
    kind, name = names[0]
    return TunedSettings(kind, name, settings, how)


def refuse_foreign(path: Path) -> None:
    """Refuses a file that is there and holds no found settings."""
    if not path.parent.is_dir():
        raise SettingError(f"{path.parent}: must be a folder that is there; make it first")
    if path.exists():
        read_tuned(path)
