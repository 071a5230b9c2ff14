"""Search of the declared ranges of an algorithm or a rater, inside the training data only."""

from readalike.tuning.found import Found, read_found, write_found
from readalike.tuning.search import tune
from readalike.tuning.trials import Trial, Tuned
from readalike.tuning.validation import PROTOCOLS, validation

__all__ = [
    "PROTOCOLS",
    "Found",
    "Trial",
    "Tuned",
    "read_found",
    "tune",
    "validation",
    "write_found",
]
