"""A small data set that is always there: real books, simulated readers.

The books are real and their facts are written for this project (`books.csv`); the readers are
drawn from the model stated in `simulation`. It is for learning, demonstrations and tests: a
figure measured on it says how well a method finds the tastes that were put in, nothing about
real people.
"""

from readalike.data.sample.books import SampleBooks, read_books
from readalike.data.sample.simulation import SimulatedRatings, simulate_ratings
from readalike.data.sample.subjects import SHELVES, SUBJECTS
from readalike.data.sample.tables import SampleTables, sample_tables

__all__ = [
    "SHELVES",
    "SUBJECTS",
    "SampleBooks",
    "SampleTables",
    "SimulatedRatings",
    "read_books",
    "sample_tables",
    "simulate_ratings",
]
