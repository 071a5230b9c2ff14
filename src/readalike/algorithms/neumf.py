"""Neural matrix factorization."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from readalike.algorithms.settings import Algorithm, Range, fold_in, setting, star_slope
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models.network import NetworkModel, Reading
from readalike.models.weights import StarWeights
from readalike.progress import Progress, silent

MOST_LOOKED_AT = 50_000
"""Pairs that tell what the network gives on average to what was read."""


@dataclass(frozen=True)
class Neumf(Algorithm):
    """Products of vectors beside dense layers: read or not (extra neural) [He et al. 2017].

    Each pair that was read stands against books that its reader has not read, drawn anew in
    each epoch, and what is made small is the cross entropy of telling them apart. Both branches
    have vectors of their own and are learnt together from the start, not one after the other.

    There are no negatives to fold a new reader in by, since drawn ones would make the answer a
    matter of luck. The reader's vector is the one near the mean reader's that gives the books
    of the history the score that read books have on average (`readalike.models.network.Reading`);
    stars weigh it. A book that nobody read has been an unread one for everybody, and comes last.
    """

    name: ClassVar[str] = "neumf"

    factors: int = setting(
        32, "numbers in each vector of either branch", low=1, search=Range(4, 64, log=True)
    )
    hidden: int = setting(
        64, "numbers in the first layer; each other has half as many", low=1,
        search=Range(16, 256, log=True),
    )  # fmt: skip
    layers: int = setting(2, "layers beside the products", low=1, high=8, search=Range(1, 4))
    negatives: int = setting(
        4, "unread books drawn for each that was read", low=1, search=Range(1, 10)
    )
    regularization: float = setting(
        1e-3, "ridge penalty on both vectors of a pair, against its cross entropy", low=0.0,
        search=Range(0.0, 0.01),
    )  # fmt: skip
    learning_rate: float = setting(
        0.003, "size of a step", low=0.0, search=Range(5e-4, 0.05, log=True)
    )
    batch_size: int = setting(
        8192, "pairs a step, unread ones among them", low=1, search=Range(1024, 32768, log=True)
    )
    epochs: int = setting(12, "most passes over what was read", low=1, search=Range(3, 30))
    patience: int = setting(
        1, "epochs without a better validation after which it stops", low=1, search=Range(1, 5)
    )
    validation: float = setting(
        0.02, "share of the pairs held out to tell when to stop; 0 to judge by all", low=0.0,
        high=0.5, search=Range(0.0, 0.2),
    )  # fmt: skip
    star_slope: float = star_slope(0.6)
    fold_in_regularization: float = fold_in(1.0)
    seed: int = setting(0, "start of the random numbers", low=0)

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> NetworkModel:
        """Learns from who read what; stars only weigh the books of a new reader."""
        from readalike.neural.adam import AdamTrainer
        from readalike.neural.pair_networks import (
            PairNetwork,
            Pairs,
            Shuffled,
            Unread,
            cross_entropies,
            held_out_negatives,
            neumf_plan,
        )

        sizes = len(ratings.users), len(ratings.items)
        unread = Unread(ratings.histories)
        read = Pairs.of(ratings.histories, np.ones(len(ratings), np.float32))
        learnt, held_out = read.divided(self.validation, self.seed)
        judged = held_out_negatives(held_out, unread, self.negatives, self.seed)
        plan = neumf_plan(self.factors, self.hidden, self.layers)
        rarely = -float(np.log(self.negatives))
        network = PairNetwork.of(plan, sizes, 2 * self.factors, rarely, self.seed)
        AdamTrainer(self.learning_rate, self.epochs, self.patience).of(
            network.model.trainable_variables,
            network.loss(cross_entropies, self.regularization),
            Shuffled(learnt, self.batch_size, self.seed, unread, self.negatives),
            network.validation(cross_entropies, judged, self.batch_size),
            progress,
        )
        users = np.bincount(learnt.users, minlength=sizes[0]) > 0
        everything = np.ones(sizes[1], np.bool_)
        fitted = network.fitted(users, everything, self.fold_in_regularization)
        some = np.linspace(0, len(learnt) - 1, min(len(learnt), MOST_LOOKED_AT)).astype(np.int64)
        scores = fitted.predict(learnt.users[some], learnt.items[some])
        weights = StarWeights.around_mean(ratings, self.star_slope)
        return replace(fitted, reading=Reading(float(scores.mean()) if len(some) else 0.0, weights))
