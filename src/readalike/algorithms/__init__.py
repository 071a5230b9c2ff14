"""Settings that fit models, one file each; this is the table of their names."""

from __future__ import annotations

from collections.abc import Mapping

from readalike.algorithms.als import Als
from readalike.algorithms.blend import Blend
from readalike.algorithms.content import Content
from readalike.algorithms.cosine import Cosine
from readalike.algorithms.ease import Ease
from readalike.algorithms.mlp import Mlp
from readalike.algorithms.neumf import Neumf
from readalike.algorithms.notebook import Notebook
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.ridge import Ridge
from readalike.algorithms.settings import Algorithm, named
from readalike.algorithms.two_tower import TwoTower

ALGORITHMS: dict[str, type[Algorithm]] = {
    algorithm.name: algorithm
    for algorithm in (
        Blend,
        Ridge,
        Cosine,
        Content,
        Popularity,
        Ease,
        Als,
        Notebook,
        Mlp,
        Neumf,
        TwoTower,
    )
}
"""Every algorithm by name. A new one is one file and one entry here."""

DEFAULT = Blend.name


def algorithm_of(name: str, settings: Mapping[str, object] | None = None) -> Algorithm:
    """An algorithm by its name, with settings by theirs.

    Raises:
        SettingError: No such algorithm or setting, or a value that cannot be.
    """
    return named(ALGORITHMS, "algorithm", name, settings)


__all__ = ["ALGORITHMS", "DEFAULT", "Algorithm", "algorithm_of"]
