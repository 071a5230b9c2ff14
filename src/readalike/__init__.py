"""Readalike: learns from a table of ratings and tells a reader what to read next, and why.

    import readalike

    recommender = readalike.fit("goodbooks-10k")
    for item in recommender.recommend({"7": 5, "19": 4}, n=10):
        print(item.rank, item.book.name, item.reasons[0].book.name)
    recommender.save("model")

Every command of the command line is a function here or a method of `Recommender`, and what they
take and return can be imported from here.
"""

from __future__ import annotations

from readalike.version import __version__

TYPE_CHECKING = False
"""What type checkers take for true; to import it from `typing` takes as long as all else here."""

if TYPE_CHECKING:
    from readalike.algorithms import ALGORITHMS, algorithm_of
    from readalike.bibliography.book_index import BookIndex
    from readalike.data.catalogue import Book, Catalogue
    from readalike.data.ratings import Ratings
    from readalike.data.scale import RatingScale
    from readalike.datasets.download import Downloaded, download
    from readalike.datasets.sample import read_sample
    from readalike.demonstration import Demo, demo
    from readalike.errors import (
        AmbiguousBook,
        DownloadError,
        InputError,
        MissingExtra,
        ModelError,
        ReadalikeError,
        SettingError,
        UnknownBook,
        UnknownReader,
    )
    from readalike.evaluation import (
        ByTime,
        ColdBooks,
        HeldOut,
        KFold,
        LeaveLast,
        Measure,
        NewReaders,
        NotebookSplit,
        Protocol,
        Report,
        Result,
        SplitFiles,
        StrongGeneralisation,
        compare_reports,
        evaluate,
        read_report,
        read_split,
        write_report,
        write_split,
    )
    from readalike.keras_import import Imported, import_keras
    from readalike.libraries.corrections import Correction, read_corrections, write_corrections
    from readalike.libraries.entry import Library
    from readalike.libraries.matches import Match, Matches
    from readalike.libraries.reading import read_library
    from readalike.model_folder.new_books import Added, add_books
    from readalike.model_folder.store import load, save
    from readalike.predictors import PREDICTORS, predictor_of
    from readalike.recommend.batch import ManyRecommendations
    from readalike.recommend.card import Card
    from readalike.recommend.dials import Dials
    from readalike.recommend.explanation import Explanation
    from readalike.recommend.group import GroupRecommendations
    from readalike.recommend.recommender import Recommender
    from readalike.recommend.results import Forecast, Reason, Recommendation, Recommendations
    from readalike.recommend.rules import BOOK_SENSE, Rules
    from readalike.report import write_page
    from readalike.tables.dataset import Dataset, read
    from readalike.tables.doctor import Diagnosis, examine
    from readalike.tables.history_file import HistoryFile, read_history
    from readalike.training import Trained, fit, train
    from readalike.tuning import Tuned, tune

_NAMES = {
    "readalike.algorithms": "ALGORITHMS algorithm_of",
    "readalike.bibliography.book_index": "BookIndex",
    "readalike.data.catalogue": "Book Catalogue",
    "readalike.data.ratings": "Ratings",
    "readalike.data.scale": "RatingScale",
    "readalike.datasets.download": "Downloaded download",
    "readalike.datasets.sample": "read_sample",
    "readalike.demonstration": "Demo demo",
    "readalike.errors": (
        "AmbiguousBook DownloadError InputError MissingExtra ModelError "
        "ReadalikeError SettingError UnknownBook UnknownReader"
    ),
    "readalike.evaluation": (
        "ByTime ColdBooks HeldOut KFold LeaveLast Measure NewReaders NotebookSplit Protocol "
        "Report Result SplitFiles StrongGeneralisation compare_reports evaluate read_report "
        "read_split write_report write_split"
    ),
    "readalike.keras_import": "Imported import_keras",
    "readalike.libraries.corrections": "Correction read_corrections write_corrections",
    "readalike.libraries.entry": "Library",
    "readalike.libraries.matches": "Match Matches",
    "readalike.libraries.reading": "read_library",
    "readalike.model_folder.new_books": "Added add_books",
    "readalike.model_folder.store": "load save",
    "readalike.predictors": "PREDICTORS predictor_of",
    "readalike.recommend.batch": "ManyRecommendations",
    "readalike.recommend.card": "Card",
    "readalike.recommend.dials": "Dials",
    "readalike.recommend.explanation": "Explanation",
    "readalike.recommend.group": "GroupRecommendations",
    "readalike.recommend.recommender": "Recommender",
    "readalike.recommend.results": "Forecast Reason Recommendation Recommendations",
    "readalike.recommend.rules": "BOOK_SENSE Rules",
    "readalike.report": "write_page",
    "readalike.tables.dataset": "Dataset read",
    "readalike.tables.doctor": "Diagnosis examine",
    "readalike.tables.history_file": "HistoryFile read_history",
    "readalike.training": "Trained fit train",
    "readalike.tuning": "Tuned tune",
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}

__all__ = [
    "ALGORITHMS",
    "BOOK_SENSE",
    "PREDICTORS",
    "Added",
    "AmbiguousBook",
    "Book",
    "BookIndex",
    "ByTime",
    "Card",
    "Catalogue",
    "ColdBooks",
    "Correction",
    "Dataset",
    "Demo",
    "Diagnosis",
    "Dials",
    "DownloadError",
    "Downloaded",
    "Explanation",
    "Forecast",
    "GroupRecommendations",
    "HeldOut",
    "HistoryFile",
    "Imported",
    "InputError",
    "KFold",
    "LeaveLast",
    "Library",
    "ManyRecommendations",
    "Match",
    "Matches",
    "Measure",
    "MissingExtra",
    "ModelError",
    "NewReaders",
    "NotebookSplit",
    "Protocol",
    "RatingScale",
    "Ratings",
    "ReadalikeError",
    "Reason",
    "Recommendation",
    "Recommendations",
    "Recommender",
    "Report",
    "Result",
    "Rules",
    "SettingError",
    "SplitFiles",
    "StrongGeneralisation",
    "Trained",
    "Tuned",
    "UnknownBook",
    "UnknownReader",
    "__version__",
    "add_books",
    "algorithm_of",
    "compare_reports",
    "demo",
    "download",
    "evaluate",
    "examine",
    "fit",
    "import_keras",
    "load",
    "predictor_of",
    "read",
    "read_corrections",
    "read_history",
    "read_library",
    "read_report",
    "read_sample",
    "read_split",
    "save",
    "train",
    "tune",
    "write_corrections",
    "write_page",
    "write_report",
    "write_split",
]


def __getattr__(name: str) -> object:
    """Loads a public name where it is first used, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'readalike' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
