"""Settings that fit forecasts of stars, one file each; this is the table of their names."""

from __future__ import annotations

from collections.abc import Mapping

from readalike.algorithms.settings import StarAlgorithm, named
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
    return named(RATERS, "rater", name, settings)


__all__ = ["DEFAULT", "RATERS", "StarAlgorithm", "rater_of"]
