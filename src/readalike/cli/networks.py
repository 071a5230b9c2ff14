"""The algorithms that are networks: what computes them aborts where it has too little room."""

from __future__ import annotations

from collections.abc import Iterable

from readalike.algorithms.mlp import Mlp
from readalike.algorithms.neumf import Neumf
from readalike.algorithms.two_tower import TwoTower
from readalike.cli.limits import NETWORK, refuse_little_space

NETWORKS = {Mlp.name, Neumf.name, TwoTower.name}


def refuse_networks_without_room(algorithms: Iterable[str]) -> None:
    """Refuses to learn a network where the shell allows too little for it.

    Args:
        algorithms: Names of what is to be learnt.

    Raises:
        TooLittle: One of them is a network, and there is.
    """
    if NETWORKS & set(algorithms):
        refuse_little_space(NETWORK)
