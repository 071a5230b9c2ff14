"""The tables of figures: a row for each algorithm, the best and those tied with it marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from readalike.report.definitions import ACCURACY, LISTS, STARS, definition
from readalike.report.verdict import Ranking, rank
from readalike.report.wording import NONE, decimals_of, duration, history_of, number, span
from readalike.tables.account import counted

if TYPE_CHECKING:
    from readalike.evaluation import Report, Result

BEST = "best"
TIED = "tied"


@dataclass(frozen=True)
class Cell:
    """One figure."""

    text: str
    span: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Block:
    """Rows that belong together."""

    heading: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @classmethod
    def of(
        cls, heading: str, results: Sequence[Result], columns: Sequence[Sequence[Cell]]
    ) -> Block:
        """Columns turned into the rows of results."""
        names = (result.algorithm for result in results)
        return cls(heading, tuple(zip(names, zip(*columns, strict=True), strict=True)))


@dataclass(frozen=True)
class FigureTable:
    """A table."""

    caption: str
    columns: tuple[str, ...]
    blocks: tuple[Block, ...]
    ties: str = "the intervals overlap"

    @property
    def marks(self) -> frozenset[str]:
        """Which marks are there to be explained."""
        cells = (cell for block in self.blocks for _, row in block.rows for cell in row)
        return frozenset(cell.mark for cell in cells) - {""}


def accuracy_table(report: Report, rankings: Sequence[Ranking]) -> FigureTable | None:
    """How often right answers were listed, and how long it took; marked by the rankings."""
    names = _of_group(report, ACCURACY)
    if not names:
        return None
    known = {(ranking.first.given, ranking.measure): ranking for ranking in rankings}
    blocks = []
    for given in report.lengths:
        results = report.at(given)
        columns = [
            _column(results, name, known.get((given, name)) or rank(results, name))
            for name in names
        ]
        columns += [
            [Cell(duration(result.fit_seconds)) for result in results],
            [Cell(duration(result.rank_seconds)) for result in results],
        ]
        blocks.append(Block.of(_heading(given, results), results, columns))
    ties = FigureTable.ties
    if any(rival.paired for ranking in rankings for rival in ranking.rivals):
        label = definition(rankings[0].measure).label
        ties = f"by {label} the paired interval of the difference holds 0, by all others {ties}"
    return FigureTable(
        "How often right answers were listed, and how long it took",
        (*(definition(name).label for name in names), "learning", "listing"),
        tuple(blocks),
        ties,
    )


def lists_table(report: Report) -> FigureTable | None:
    """What the lists are like, whether right or not."""
    names = _of_group(report, LISTS)
    whole = tuple(dict.fromkeys(name for result in report.results for name in result.catalogue))
    if not names and not whole:
        return None
    blocks = []
    for given in report.lengths:
        results = report.at(given)
        columns = [_column(results, name, None) for name in names]
        for name in whole:
            values = [result.catalogue.get(name) for result in results]
            decimals = decimals_of(value for value in values if value is not None)
            columns.append([Cell(NONE if v is None else number(v, decimals)) for v in values])
        blocks.append(Block.of(_heading(given, results), results, columns))
    labels = tuple(definition(name).label for name in (*names, *whole))
    caption = "How novel, varied and widespread the listed books are"
    return FigureTable(caption, labels, tuple(blocks))


def stars_table(report: Report) -> FigureTable | None:
    """How far forecasts are off; they do not depend on how many books are known."""
    results = report.forecasters
    if not results:
        return None
    names = _of_group(report, STARS)
    columns = [_column(results, name, rank(results, name)) for name in names]
    errors = [result.errors for result in results if result.errors]
    columns += [
        [Cell(f"{int(each.rows.sum()):,}") for each in errors],
        [Cell(f"{each.without:,}") for each in errors],
    ]
    labels = (*(definition(name).label for name in names), "forecasts", "without forecast")
    return FigureTable(
        "How far forecasts of stars are off", labels, (Block.of("", results, columns),)
    )


def pairs_table(rankings: Sequence[Ranking]) -> FigureTable | None:
    """The best of each length against all others, where they were compared reader by reader."""
    blocks = []
    for ranking in rankings:
        decimals = decimals_of([ranking.interval.mean])
        rows = []
        for rival in ranking.rivals:
            if rival.paired is None:
                continue
            gap, wins, losses = rival.paired
            cells = [Cell(number(gap.mean, decimals), span(gap, decimals), TIED * rival.tied)]
            cells += [Cell(f"{100 * share:.1f} %") for share in (wins, losses, 1 - wins - losses)]
            rows.append((rival.result.algorithm, tuple(cells)))
        if rows:
            best = f"{ranking.first.algorithm} against"
            blocks.append(Block(f"{ranking.prefix}{best}", tuple(rows)))
    if not blocks:
        return None
    label = definition(rankings[0].measure).label
    columns = ("ahead by", "better for", "worse for", "equal for")
    caption = f"The best against the others, reader by reader: {label}"
    return FigureTable(caption, columns, tuple(blocks), "the interval holds 0")


def _of_group(report: Report, group: str) -> tuple[str, ...]:
    return tuple(name for name in report.measures if definition(name).group == group)


def _column(results: Sequence[Result], measure: str, ranking: Ranking | None) -> list[Cell]:
    """A measure of each result, marked where it has a best value."""
    values = [result.estimates.get(measure) for result in results]
    decimals = decimals_of(value.mean for value in values if value is not None)
    return [
        Cell(NONE)
        if value is None
        else Cell(number(value.mean, decimals), span(value, decimals - 1), _mark(result, ranking))
        for result, value in zip(results, values, strict=True)
    ]


def _mark(result: Result, ranking: Ranking | None) -> str:
    if ranking is None or not ranking.rivals:
        return ""
    if result.algorithm == ranking.first.algorithm:
        return BEST
    return TIED if result.algorithm in ranking.tied else ""


def _heading(given: int | None, results: Sequence[Result]) -> str:
    """What the results of one length have in common."""
    # a predictor makes no lists, and so has no readers who were asked for one
    counts = sorted({len(result.readers) for result in results if result.readers}) or [0]
    readers = counted(counts[-1], "reader")
    if len(counts) > 1:
        readers = f"{counts[0]:,} to {readers}"
    history = history_of(given).capitalize()
    return f"{history}; {readers}" if history else readers
