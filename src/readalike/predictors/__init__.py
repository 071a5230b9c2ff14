"""Settings that fit forecasts of stars, one file each; this is the table of their names."""

from __future__ import annotations

from collections.abc import Mapping

from readalike.algorithms.settings import StarAlgorithm, named
from readalike.predictors.baseline import Baseline
from readalike.predictors.bayes import Bayes
from readalike.predictors.mf import Mf

PREDICTORS: dict[str, type[StarAlgorithm]] = {
    predictor.name: predictor for predictor in (Bayes, Mf, Baseline)
}
"""Every predictor by name. A new one is one file and one entry here."""

DEFAULT = Bayes.name


def predictor_of(name: str, settings: Mapping[str, object] | None = None) -> StarAlgorithm:
    """A predictor by its name, with settings by theirs.

    Raises:
        SettingError: No such predictor or setting, or a value that cannot be.
    """
    return named(PREDICTORS, "predictor", name, settings)


__all__ = ["DEFAULT", "PREDICTORS", "StarAlgorithm", "predictor_of"]
