"""Readalike: learns from a table of ratings and tells a reader what to read next, and why.

    import readalike

    trained = readalike.train("goodbooks-10k", "model")
    for item in trained.recommender.recommend({"7": 5, "19": 4}, n=10):
        print(item.rank, item.book.name, item.reasons[0].book.name)

Every command of the command line is a function or a method here.
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
    from readalike.demonstration import demo
    from readalike.dials import Dials
    from readalike.evaluation import (
        ByTime,
        ColdBooks,
        HeldOut,
        KFold,
        LeaveLast,
        NewReaders,
        NotebookSplit,
        SplitFiles,
        StrongGeneralisation,
        compare_reports,
        evaluate,
        read_report,
        read_split,
        write_report,
        write_split,
    )
    from readalike.keras_models import import_keras
    from readalike.lists import write_lists
    from readalike.newbooks import add_books
    from readalike.pages import write_page
    from readalike.recommendations import Recommendations
    from readalike.recommender import Recommender
    from readalike.rules import Rules
    from readalike.training import fit, train
    from readalike.tuning import tune

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
    "demo": "readalike.demonstration",
    "Dials": "readalike.dials",
    "import_keras": "readalike.keras_models",
    "write_lists": "readalike.lists",
    "add_books": "readalike.newbooks",
    "write_page": "readalike.pages",
    "Recommendations": "readalike.recommendations",
    "Recommender": "readalike.recommender",
    "Rules": "readalike.rules",
    "fit": "readalike.training",
    "train": "readalike.training",
    "tune": "readalike.tuning",
}
_MEASURING = (
    "ByTime", "ColdBooks", "HeldOut", "KFold", "LeaveLast", "NewReaders", "NotebookSplit",
    "SplitFiles", "StrongGeneralisation", "compare_reports", "evaluate", "read_report",
    "read_split", "write_report", "write_split",
)  # fmt: skip
_HOMES |= dict.fromkeys(_MEASURING, "readalike.evaluation")

__all__ = [
    "ALGORITHMS",
    "ByTime",
    "Catalogue",
    "ColdBooks",
    "Dataset",
    "Dials",
    "HeldOut",
    "KFold",
    "LeaveLast",
    "NewReaders",
    "NotebookSplit",
    "Ratings",
    "Recommendations",
    "Recommender",
    "Rules",
    "SplitFiles",
    "StrongGeneralisation",
    "__version__",
    "add_books",
    "algorithm_of",
    "compare_reports",
    "demo",
    "download",
    "evaluate",
    "examine",
    "find",
    "fit",
    "import_keras",
    "load",
    "read",
    "read_history",
    "read_report",
    "read_split",
    "save",
    "search",
    "train",
    "tune",
    "write_lists",
    "write_page",
    "write_report",
    "write_split",
]


def __getattr__(name: str) -> object:
    """Loads a public name where it is first used, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'readalike' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
