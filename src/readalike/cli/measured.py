"""How an evaluation is shown to a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from readalike.cli.output import cell, say, show
from readalike.evaluation import Report
from readalike.numerics.intervals import Interval

SHOWN = ("ndcg@10", "p@10", "recall@10", "recall@20", "hit@10", "rmse", "mae", "nll", "held80")
"""Measures in the table, where they were measured; JSON and the HTML report have all."""

OF_LISTS = ("coverage@10", "novelty@10", "tail@10", "alike@10", "same_author@10", "same_series@10")


def show_report(out: Console, report: Report) -> None:
    """Prints the tables, who did not count, what else to know, and what was done."""
    names = {name for result in report.results for name in result.estimates}
    shown = [name for name in SHOWN if name in names] or sorted(names)
    lengths = any(result.given is not None for result in report.results)
    table = Table(box=None, padding=(0, 1))
    table.add_column("algorithm", overflow="fold")
    for column in (*(["given"] if lengths else []), "readers", *shown, "fit"):
        table.add_column(column, justify="right")
    for result in report.results:
        cells = [_cell(result.estimates.get(name)) for name in shown]
        given = [str(result.given)] if lengths else []
        readers, seconds = f"{len(result.readers):,}", f"{result.fit_seconds:.1f} s"
        table.add_row(cell(result.algorithm), *given, readers, *cells, seconds)
    out.print()
    show(out, table)
    _show_lists(out, report, lengths)
    for why in dict.fromkeys(_to_know(report)):
        say(out, why, style="dim")
    out.print()
    say(out, report.description, style="dim")


def _cell(found: Interval | None) -> str:
    """The mean, and its interval in a line below, so that many measures fit side by side."""
    if found is None:
        return ""
    return f"{found.mean:.4f}\n[dim]{found.low:.3f}-{found.high:.3f}[/dim]"


def _show_lists(out: Console, report: Report, lengths: bool) -> None:
    """What the lists are like beside being right."""
    columns = [
        name
        for name in OF_LISTS
        if any(name in result.catalogue or name in result.estimates for result in report.results)
    ]
    if not columns:
        return
    table = Table(box=None, padding=(0, 1))
    table.add_column("lists of", overflow="fold")
    for column in (*(["given"] if lengths else []), *columns):
        table.add_column(column, justify="right")
    for result in report.results:
        means = {name: found.mean for name, found in result.estimates.items()}
        values = {**means, **result.catalogue}
        cells = [f"{values[name]:.3f}" if name in values else "" for name in columns]
        given = [str(result.given)] if lengths else []
        table.add_row(cell(result.algorithm), *given, *cells)
    out.print()
    show(out, table)


def _to_know(report: Report) -> Iterator[str]:
    for result in report.results:
        given = "" if result.given is None else f"given {result.given}: "
        for reason, count in result.left_out.items():
            if count:
                readers = "1 reader does" if count == 1 else f"{count:,} readers do"
                yield f"{given}{readers} not count: {reason}"
        for what, count in result.told.items():
            if count:
                yield f"{given}{what}: {count:,}"
