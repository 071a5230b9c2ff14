"""Readalike: learns from a table of ratings and tells a reader what to read next, and why.

    import readalike

    trained = readalike.train("goodbooks-10k", "model")
    for item in trained.recommender.recommend({"7": 5, "19": 4}, n=10):
        print(item.rank, item.book.name, item.reasons[0].book.name)

Every command of the command line is a function of the same name here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from readalike.version import __version__

if TYPE_CHECKING:
    from readalike.algorithms import ALGORITHMS, algorithm_of
    from readalike.bundle import load, save
    from readalike.data.catalogue import Catalogue
    from readalike.data.doctor import examine
    from readalike.data.download import download
    from readalike.data.history_file import read_history
    from readalike.data.load import Dataset, read
    from readalike.data.ratings import Ratings
    from readalike.data.search import find, search
    from readalike.demo import demo
    from readalike.evaluation import NewReaders, NotebookSplit, evaluate
    from readalike.lists import write_lists
    from readalike.recommendations import Recommendations
    from readalike.recommender import Recommender
    from readalike.training import fit, train

_HOMES = {
    "ALGORITHMS": "readalike.algorithms",
    "algorithm_of": "readalike.algorithms",
    "load": "readalike.bundle",
    "save": "readalike.bundle",
    "Catalogue": "readalike.data.catalogue",
    "examine": "readalike.data.doctor",
    "download": "readalike.data.download",
    "read_history": "readalike.data.history_file",
    "Dataset": "readalike.data.load",
    "read": "readalike.data.load",
    "Ratings": "readalike.data.ratings",
    "find": "readalike.data.search",
    "search": "readalike.data.search",
    "demo": "readalike.demo",
    "NewReaders": "readalike.evaluation",
    "NotebookSplit": "readalike.evaluation",
    "evaluate": "readalike.evaluation",
    "write_lists": "readalike.lists",
    "Recommendations": "readalike.recommendations",
    "Recommender": "readalike.recommender",
    "fit": "readalike.training",
    "train": "readalike.training",
}

__all__ = [
    "ALGORITHMS",
    "Catalogue",
    "Dataset",
    "NewReaders",
    "NotebookSplit",
    "Ratings",
    "Recommendations",
    "Recommender",
    "__version__",
    "algorithm_of",
    "demo",
    "download",
    "evaluate",
    "examine",
    "find",
    "fit",
    "load",
    "read",
    "read_history",
    "save",
    "search",
    "train",
    "write_lists",
]


def __getattr__(name: str) -> object:
    """Loads a public name where it is first used, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'readalike' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
