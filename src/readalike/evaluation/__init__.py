"""How good an algorithm is, and how sure that is."""

from readalike.evaluation.measures import DEFAULT, Measure
from readalike.evaluation.new_readers import NewReaders
from readalike.evaluation.notebook_split import NotebookSplit
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.report import Report, Result
from readalike.evaluation.run import evaluate

__all__ = [
    "DEFAULT",
    "Measure",
    "NewReaders",
    "NotebookSplit",
    "Protocol",
    "Report",
    "Result",
    "evaluate",
]
