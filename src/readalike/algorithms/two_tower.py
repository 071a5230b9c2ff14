"""Two towers: a network of what was read meets vectors of books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.algorithms.settings import Algorithm, Range, setting
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import TwoTowerModel as Towered
from readalike.models.weights import StarWeights
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class TwoTower(Algorithm):
    """Networks of a history and of a book, which meet in a product (extra neural).

    A book is its id and what the catalogue says of it: tags, first author, words of the title,
    decade, language. For some books of each step the id is left out, so that the content learns
    to stand alone: as it must of a book that nobody has read. A reader is the weighted mean of
    the books that were read, so that whoever arrives is answered by the same call.

    Learnt from parts of histories and one liked book that is missing from each, which is told
    apart from the missing books of the other readers of the step: a softmax corrected for how
    often each is drawn [Yi et al. 2019]. Readers of a single book, or of none that they liked,
    have nothing to be learnt from. Books that the training rows hold more rarely than the world
    does are lifted by g log r_j, as in `blend`.
    """

    name: ClassVar[str] = "two-tower"

    factors: int = setting(64, "numbers in each vector", low=1, search=Range(16, 256, log=True))
    hidden: int = setting(
        128, "numbers in the inner layer of a tower", low=1, search=Range(32, 512, log=True)
    )
    subjects: int = setting(
        96, "numbers that a book's tags are made into", low=0, search=Range(0, 200)
    )
    words: int = setting(
        32, "numbers that the words of its title are made into", low=0, search=Range(0, 100)
    )
    id_dropout: float = setting(
        0.4, "share of books that a step knows by their content alone", low=0.0, high=0.9,
        search=Range(0.0, 0.6),
    )  # fmt: skip
    history: int = setting(
        30, "most books of a reader that a step is told", low=1, search=Range(5, 60)
    )
    temperature: float = setting(
        0.1, "what scores are divided by: smaller is surer", low=1e-3,
        search=Range(0.02, 1.0, log=True),
    )  # fmt: skip
    learning_rate: float = setting(
        0.001, "size of a step", low=0.0, search=Range(3e-4, 0.03, log=True)
    )
    batch_size: int = setting(
        1024, "readers a step, each with the missing books of all", low=1,
        search=Range(256, 4096, log=True),
    )  # fmt: skip
    epochs: int = setting(
        12, "most passes, in each of which a reader stands four times", low=1, search=Range(3, 30)
    )
    patience: int = setting(
        2, "epochs without a better validation after which it stops", low=1, search=Range(1, 5)
    )
    validation: float = setting(
        0.03, "share of the readers held out to tell when to stop; 0 to judge by all", low=0.0,
        high=0.5, search=Range(0.0, 0.2),
    )  # fmt: skip
    star_slope: float = setting(
        0.6, "change of a book's weight a star (of five) above the mean", low=0.0,
        search=Range(0.0, 1.5),
    )  # fmt: skip
    # not searched: held-out training rows are the very sample that this corrects
    target_correction: float = setting(
        1.25, "g: how much a book that the training rows hold too rarely is lifted", low=0.0,
        high=2.0,
    )  # fmt: skip
    seed: int = setting(0, "start of the random numbers", low=0)

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> Towered:
        """Describes the books, then learns both towers together."""
        from readalike.neural.adam import AdamTrainer
        from readalike.neural.book_vectors import book_content
        from readalike.neural.two_tower import (
            HistoryBatches,
            Towers,
            divided,
            negative_log_likelihood,
        )
        from readalike.numerics.sampling import sampling_ratio

        progress("describing the books", 0, 1)
        content = book_content(catalogue, self.subjects, self.words)
        weights = StarWeights.around_mean(ratings, self.star_slope)
        learnt, judged = divided(ratings.histories, weights, self.validation, self.seed)
        shelves = HistoryBatches(
            learnt,
            weights,
            content,
            most=self.history,
            batch_size=self.batch_size,
            id_dropout=self.id_dropout,
            seed=self.seed,
        )
        towers = Towers.of(content, self.factors, self.hidden, self.temperature, self.seed)
        trained = np.bincount(learnt.items, minlength=len(catalogue)) > 0
        nothing = np.zeros(len(catalogue), np.float32)
        AdamTrainer(self.learning_rate, self.epochs, self.patience).of(
            towers.variables,
            towers.loss,
            shelves,
            lambda: negative_log_likelihood(towers.fitted(trained, nothing, weights), *judged),
            progress,
        )
        rarity = sampling_ratio(catalogue.counts, ratings.item_counts.astype(np.float64))
        bias = np.asarray(self.target_correction * np.log(rarity), np.float32)
        return towers.fitted(trained, bias, weights)
