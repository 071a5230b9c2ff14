"""Settings that fit forecasts of stars, one file each; this is the table of their names."""

from __future__ import annotations

from collections.abc import Mapping

from readalike.algorithms.settings import StarAlgorithm
from readalike.errors import SettingError
from readalike.raters.baseline import Baseline
from readalike.raters.bayes import Bayes
from readalike.raters.mf import Mf

RATERS: dict[str, type[StarAlgorithm]] = {rater.name: rater for rater in (Bayes, Mf, Baseline)}
"""Every rater by name. A new one is one file and one entry here."""

DEFAULT = Bayes.name


def rater_of(name: str, settings: Mapping[str, object] | None = None) -> StarAlgorithm:
    """A rater by its name, with settings by theirs.

    Raises:
        SettingError: No such rater or setting, or a value that cannot be.
    """
    if name not in RATERS:
        raise SettingError(f"unknown rater {name!r}: must be one of {', '.join(RATERS)}")
    return RATERS[name].of(settings or {})


__all__ = ["DEFAULT", "RATERS", "StarAlgorithm", "rater_of"]
