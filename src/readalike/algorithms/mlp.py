"""The notebook with more layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.algorithms.settings import Algorithm, Range, fold_in, setting
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models.network import NetworkModel
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class Mlp(Algorithm):
    """The notebook's vectors through dense layers, which forecast stars (extra neural).

    As the notebook proposes to go on: both vectors side by side in place of their product, dense
    layers with rectifiers, squared error. It can learn what is not linear; it is still true of
    it that books ranked by forecast stars are not the books that people read next. The rows
    that validation holds out are never learnt from.

    A reader or a book without a row to learn from has the mean vector of the others; a new
    reader is folded in by the stars.
    """

    name: ClassVar[str] = "mlp"

    factors: int = setting(16, "numbers in each vector", low=1, search=Range(4, 64, log=True))
    hidden: int = setting(
        64, "numbers in the first layer; each other has half as many", low=1,
        search=Range(16, 256, log=True),
    )  # fmt: skip
    layers: int = setting(2, "layers before the last", low=1, high=8, search=Range(1, 4))
    regularization: float = setting(
        0.03, "ridge penalty on both vectors of a pair, against its squared error", low=0.0,
        search=Range(0.0, 0.3),
    )  # fmt: skip
    learning_rate: float = setting(
        0.005, "size of a step", low=0.0, search=Range(5e-4, 0.05, log=True)
    )
    batch_size: int = setting(4096, "ratings a step", low=1, search=Range(512, 16384, log=True))
    epochs: int = setting(20, "most passes over the ratings", low=1, search=Range(5, 40))
    patience: int = setting(
        2, "epochs without a better validation after which it stops", low=1, search=Range(1, 5)
    )
    validation: float = setting(
        0.05, "share of the ratings held out to tell when to stop; 0 to judge by all", low=0.0,
        high=0.5, search=Range(0.0, 0.2),
    )  # fmt: skip
    fold_in_regularization: float = fold_in(1.0)
    seed: int = setting(0, "start of the random numbers", low=0)

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> NetworkModel:
        """Learns from the rows with stars; the catalogue is not looked at."""
        from readalike.neural.adam import AdamTrainer
        from readalike.neural.pair_networks import (
            PairNetwork,
            Pairs,
            Shuffled,
            mlp_plan,
            squared_errors,
        )

        sizes, histories = (len(ratings.users), len(ratings.items)), ratings.histories
        learnt, judged = Pairs.of(histories, histories.stars).divided(self.validation, self.seed)
        plan = mlp_plan(self.factors, self.hidden, self.layers)
        network = PairNetwork.of(plan, sizes, self.factors, ratings.mean, self.seed)
        AdamTrainer(self.learning_rate, self.epochs, self.patience).of(
            network.model.trainable_variables,
            network.loss(squared_errors, self.regularization),
            Shuffled(learnt, self.batch_size, self.seed),
            network.validation(squared_errors, judged, self.batch_size),
            progress,
        )
        users = np.bincount(learnt.users, minlength=sizes[0]) > 0
        items = np.bincount(learnt.items, minlength=sizes[1]) > 0
        return network.fitted(users, items, self.fold_in_regularization)
