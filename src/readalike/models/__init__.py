"""Fitted, frozen models: numpy and scipy only, loaded without a compiler."""

from readalike.models.embedding import EmbeddingModel
from readalike.models.itemfactors import ItemFactors
from readalike.models.itemitem import ItemItem
from readalike.models.itemscores import ItemScores
from readalike.models.protocols import Ranker

SHAPES: dict[str, type[Ranker]] = {
    shape.shape: shape for shape in (ItemItem, ItemScores, ItemFactors, EmbeddingModel)
}
"""Every shape of model that a model folder can hold, by the name in its card."""

__all__ = ["SHAPES", "EmbeddingModel", "ItemFactors", "ItemItem", "ItemScores", "Ranker"]
