"""Search of the declared ranges of an algorithm or a predictor, inside the training data only."""

from readalike.tuning.objective import PROTOCOLS, validation
from readalike.tuning.result import Tuned, TunedSettings, read_tuned, write_tuned
from readalike.tuning.search import tune
from readalike.tuning.study import Trial

__all__ = [
    "PROTOCOLS",
    "Trial",
    "Tuned",
    "TunedSettings",
    "read_tuned",
    "tune",
    "validation",
    "write_tuned",
]
