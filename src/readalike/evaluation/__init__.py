"""How good an algorithm is, and how sure that is."""

from readalike.evaluation.metrics import DEFAULT, CatalogueMeasure, Measure
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.protocols.by_time import ByTime
from readalike.evaluation.protocols.cold_books import ColdBooks
from readalike.evaluation.protocols.held_out import HeldOut
from readalike.evaluation.protocols.kfold import KFold
from readalike.evaluation.protocols.leave_last import LeaveLast
from readalike.evaluation.protocols.new_readers import NewReaders
from readalike.evaluation.protocols.notebook_split import NotebookSplit
from readalike.evaluation.protocols.split_files import SplitFiles, read_split, write_split
from readalike.evaluation.protocols.strong import StrongGeneralisation
from readalike.evaluation.report import Report, Result, compare_reports, read_report, write_report
from readalike.evaluation.run import evaluate
from readalike.evaluation.segments import Segment, StarSegment

__all__ = [
    "DEFAULT",
    "ByTime",
    "CatalogueMeasure",
    "ColdBooks",
    "HeldOut",
    "KFold",
    "LeaveLast",
    "Measure",
    "NewReaders",
    "NotebookSplit",
    "Protocol",
    "Report",
    "Result",
    "Segment",
    "SplitFiles",
    "StarSegment",
    "StrongGeneralisation",
    "compare_reports",
    "evaluate",
    "read_report",
    "read_split",
    "write_report",
    "write_split",
]
