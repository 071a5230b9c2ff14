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
    from readalike.bibliography.book_index import BookIndex
    from readalike.bibliography.search import find, search
    from readalike.data.catalogue import Catalogue
    from readalike.data.download import download
    from readalike.data.ratings import Ratings
    from readalike.demonstration import demo
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
    from readalike.keras_import import import_keras
    from readalike.model_folder.new_books import add_books
    from readalike.model_folder.store import load, save
    from readalike.pages import write_page
    from readalike.recommend.dials import Dials
    from readalike.recommend.lists import write_lists
    from readalike.recommend.recommender import Recommender
    from readalike.recommend.results import Recommendations
    from readalike.recommend.rules import Rules
    from readalike.tables.dataset import Dataset, read
    from readalike.tables.doctor import examine
    from readalike.tables.history_file import read_history
    from readalike.training import fit, train
    from readalike.tuning import tune

_HOMES = {
    "ALGORITHMS": "readalike.algorithms",
    "algorithm_of": "readalike.algorithms",
    "load": "readalike.model_folder.store",
    "save": "readalike.model_folder.store",
    "Catalogue": "readalike.data.catalogue",
    "examine": "readalike.tables.doctor",
    "download": "readalike.data.download",
    "read_history": "readalike.tables.history_file",
    "Dataset": "readalike.tables.dataset",
    "read": "readalike.tables.dataset",
    "Ratings": "readalike.data.ratings",
    "BookIndex": "readalike.bibliography.book_index",
    "find": "readalike.bibliography.search",
    "search": "readalike.bibliography.search",
    "demo": "readalike.demonstration",
    "Dials": "readalike.recommend.dials",
    "import_keras": "readalike.keras_import",
    "write_lists": "readalike.recommend.lists",
    "add_books": "readalike.model_folder.new_books",
    "write_page": "readalike.pages",
    "Recommendations": "readalike.recommend.results",
    "Recommender": "readalike.recommend.recommender",
    "Rules": "readalike.recommend.rules",
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
    "BookIndex",
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
