"""How good an algorithm is, and how sure that is."""

from readalike.evaluation.by_time import ByTime
from readalike.evaluation.cold_books import ColdBooks
from readalike.evaluation.comparison import compare_reports
from readalike.evaluation.held_out import HeldOut
from readalike.evaluation.kfold import KFold
from readalike.evaluation.leave_last import LeaveLast
from readalike.evaluation.measures import DEFAULT, CatalogueMeasure, Measure
from readalike.evaluation.new_readers import NewReaders
from readalike.evaluation.notebook_split import NotebookSplit
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.report import Report, Result
from readalike.evaluation.report_file import read_report, write_report
from readalike.evaluation.run import evaluate
from readalike.evaluation.segments import Segment
from readalike.evaluation.split_protocol import SplitFiles
from readalike.evaluation.splitfile import read_split, write_split
from readalike.evaluation.starsegments import StarSegment
from readalike.evaluation.strong import StrongGeneralisation

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
