"""Two reports, read from files or made just now, compared reader by reader."""

from __future__ import annotations

from readalike.errors import InputError
from readalike.evaluation.measures import Measure
from readalike.evaluation.report import Report
from readalike.numerics.intervals import Paired, paired


def compare_reports(
    one: Report,
    other: Report,
    first: str,
    second: str | None = None,
    measure: Measure | str = "ndcg@10",
    given: int | None = None,
) -> Paired:
    """An algorithm of one report less an algorithm of the other.

    Args:
        one: The report of the first algorithm; its seed draws the interval.
        other: The report of the second, of the same questions.
        first: Name of the algorithm in the one report.
        second: Name of the algorithm in the other; `first` where it is the same.
        measure: One that both reports have.
        given: How many books the models were told, where there are several lengths.

    Raises:
        InputError: The reports do not answer the same questions.
        SettingError: No such algorithm, length or measure in one of them.
    """
    refuse_other_questions(one, other)
    ours = one.result(first, given)
    theirs = other.result(first if second is None else second, given)
    if (ours.given, ours.readers) != (theirs.given, theirs.readers):
        raise InputError(
            f"the results compared must be of the same readers, got {len(ours.readers)} told "
            f"{_lengths(ours.given)} and {len(theirs.readers)} told {_lengths(theirs.given)}; "
            "measure both with the same protocol and the same split"
        )
    return paired(ours.column(measure), theirs.column(measure), one.seed)


def refuse_other_questions(one: Report, other: Report) -> None:
    """Looks whether two reports can be compared.

    Raises:
        InputError: They have other training ratings or other questions.
    """
    tasks = [report.data.get("task", "none") for report in (one, other)]
    if tasks[0] != tasks[1] or tasks[0] == "none":
        raise InputError(
            "the reports compared must have the same task fingerprint, got "
            f"{tasks[0][:12]} ({one.protocol}) and {tasks[1][:12]} ({other.protocol}): other "
            "training ratings, other readers or other right answers; measure both with the same "
            "protocol on the same data"
        )


def _lengths(given: int | None) -> str:
    return "all they are known by" if given is None else f"{given} books"
