"""Fitted, frozen models: numpy and scipy only, loaded without a compiler."""

from readalike.models.embedding import EmbeddingModel
from readalike.models.interface import Ranker
from readalike.models.itemfactors import ItemFactors
from readalike.models.itemitem import ItemItem
from readalike.models.itemscores import ItemScores
from readalike.models.network import NetworkModel
from readalike.models.starfactors import StarFactors
from readalike.models.towers import TwoTowerModel

MODEL_KINDS: dict[str, type[Ranker]] = {
    model.kind: model
    for model in (ItemItem, ItemScores, ItemFactors, EmbeddingModel, NetworkModel, TwoTowerModel)
}
"""Every kind of ranker that a model folder can hold, by the name in its card."""
PREDICTOR_KINDS: dict[str, type[StarFactors]] = {StarFactors.kind: StarFactors}
"""Every kind of rating predictor."""

__all__ = [
    "MODEL_KINDS",
    "PREDICTOR_KINDS",
    "EmbeddingModel",
    "ItemFactors",
    "ItemItem",
    "ItemScores",
    "NetworkModel",
    "Ranker",
    "StarFactors",
    "TwoTowerModel",
]
