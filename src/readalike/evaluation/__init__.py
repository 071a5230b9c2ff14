"""How good an algorithm is, and how sure that is."""

from readalike.evaluation.metrics import DEFAULT, CatalogueMeasure, Measure
from readalike.evaluation.protocols import (
    ByTime,
    ColdBooks,
    HeldOut,
    KFold,
    LeaveLast,
    NewReaders,
    NotebookSplit,
    Protocol,
    StrongGeneralisation,
)
from readalike.evaluation.report import Report, Result, compare_reports, read_report, write_report
from readalike.evaluation.run import evaluate
from readalike.evaluation.segments import Segment
from readalike.evaluation.split_files import SplitFiles, read_split, write_split

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
    "StrongGeneralisation",
    "compare_reports",
    "evaluate",
    "read_report",
    "read_split",
    "write_report",
    "write_split",
]
