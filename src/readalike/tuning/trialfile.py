"""The file that trials are kept in, so that a search that was broken off can go on.

It is a storage of optuna in SQLite, which optuna's own tools can open. A trial is written when it
is finished, in one step: whoever is interrupted, and whenever, leaves finished trials only.
"""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from readalike.errors import InputError, SettingError
from readalike.files import open_file
from readalike.tuning.sampler import distributions, frozen
from readalike.tuning.space import Space
from readalike.tuning.trials import Trial

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

NAME = "readalike tune"
SEARCH = "search"
PATIENCE = 30.0
"""Seconds to wait for somebody else's write."""


@dataclass(frozen=True, eq=False)
class TrialFile:
    """An open file of trials of one search.

    Attributes:
        study: Where optuna keeps them.
        space: Where is looked.
    """

    study: Study
    space: Space

    def trials(self) -> list[Trial]:
        """The finished trials, in order."""
        return [_trial(kept, self.space) for kept in self.study.trials]

    def add(self, trial: Trial) -> None:
        """Keeps a finished trial."""
        told = {
            "values": trial.values.tolist(),
            "seconds": trial.seconds,
            "failure": trial.failure,
        }
        self.study.add_trial(frozen(trial, distributions(self.space), told))


@contextlib.contextmanager
def opened(path: Path, search: Mapping[str, Any], space: Space, again: bool) -> Iterator[TrialFile]:
    """Opens the file of a search, made where it is missing.

    Args:
        path: The file.
        search: What makes it this search and no other, plain JSON.
        space: Where is looked.
        again: Whether to forget the trials that are there, of whatever search.

    Raises:
        SettingError: It is something else, holds another search, or cannot be written.
    """
    from optuna import create_study
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    refuse_foreign(path)
    if again:
        path.unlink(missing_ok=True)
    wanted = json.loads(json.dumps(search))
    try:
        storage = RDBStorage(
            "sqlite://",  # the path goes past the URL, whose marks a file's name may hold
            {"creator": lambda: sqlite3.connect(path, PATIENCE), "poolclass": NullPool},
        )
        study = create_study(
            study_name=NAME, storage=storage, direction=space.direction, load_if_exists=True
        )
        there = study.user_attrs.get(SEARCH)
        if there is None:
            study.set_user_attr(SEARCH, wanted)
    except SQLAlchemyError as error:
        raise SettingError(
            f"{path}: the trials cannot be kept there ({error.__cause__ or error}); "
            "name another --out FILE.json"
        ) from error
    if there not in (None, wanted):
        raise SettingError(
            f"{path}: holds the trials of another search ({_difference(there, wanted)}); name "
            "another --out FILE.json, or begin anew with --again"
        )
    try:
        yield TrialFile(study, space)
    finally:
        storage.engine.dispose()


def refuse_foreign(path: Path) -> None:
    """Refuses a file that is there and holds no trials.

    Raises:
        SettingError: It is something else, or its folder is missing.
    """
    if not path.parent.is_dir():
        raise SettingError(f"{path.parent}: must be a folder that is there; make it first")
    if not path.exists():
        return
    try:
        with open_file(path) as file:  # SQLite would wait at a pipe
            if not file.read(1):
                return
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as there:
            there.execute("SELECT * FROM version_info")
            names = {name for (name,) in there.execute("SELECT study_name FROM studies")}
    except (InputError, sqlite3.Error):
        names = {""}
    if not names <= {NAME}:  # none yet where the very first write was broken off
        raise SettingError(
            f"{path}: must hold the trials of readalike tune, but is something else; "
            "name another --out FILE.json"
        )


def _trial(kept: FrozenTrial, space: Space) -> Trial:
    told = kept.user_attrs
    return Trial(
        kept.number,
        {name: kept.params[name] for name in space.searched},
        math.nan if kept.value is None else kept.value,
        np.array(told["values"], dtype=np.float64),
        told["seconds"],
        told["failure"],
    )


def _difference(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """What is said in a word by its words, and only where there is none of it the rest by name."""
    names = [name for name in {**wanted, **there} if there.get(name) != wanted.get(name)]
    words = [name for name in names if not isinstance(wanted.get(name), dict)]
    told = [f"{name} {there.get(name, 'none')}, now {wanted.get(name, 'none')}" for name in words]
    return "; ".join(told or [f"other {name}" for name in names])
