"""`readalike compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from readalike.algorithms.popularity import Popularity
from readalike.cli.app import app
from readalike.cli.output import Json, cell, console, print_json
from readalike.errors import SettingError
from readalike.evaluation import Report, compare_reports, read_report
from readalike.evaluation.report import refuse_other_questions


@app.command()
def compare(
    one: Annotated[Path, typer.Argument(metavar="A.json", help="A report of evaluate --out.")],
    other: Annotated[Path, typer.Argument(metavar="B.json", help="Another, of the same split.")],
    algorithm: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The algorithm of A; by default all that both have, or the first of each.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The algorithm of B; by default that of the same name."),
    ] = None,
    measure: Annotated[str, typer.Option(metavar="NAME", help="What to compare.")] = "ndcg@10",
    as_json: Json = False,
) -> None:
    """Compares two evaluations reader by reader.

    The interval of a paired difference is narrower than those of the two means: both were
    asked for the same books of the same readers.
    """
    first, second = read_report(one), read_report(other)
    refuse_other_questions(first, second)
    found: list[dict[str, Any]] = []
    for a, b in _pairs(first, second, algorithm, against):
        lengths = [result.given for result in first.results if result.algorithm == a] or [None]
        for given in lengths:
            one_less_other = compare_reports(first, second, a, b, measure=measure, given=given)
            found.append(
                {
                    "algorithm": a,
                    "against": b,
                    "given": given,
                    "measure": measure,
                    "difference": one_less_other.difference._asdict(),
                    "wins": one_less_other.wins,
                    "losses": one_less_other.losses,
                    "certain": one_less_other.certain,
                }
            )
    if as_json:
        print_json({"protocol": first.protocol, "comparisons": found})
        return
    out = console()
    table = Table(title=cell(f"{one} less {other}, {measure}"), box=None)
    table.title_justify = "left"
    has_lengths = any(row["given"] is not None for row in found)
    for column in ("of A", "of B", *(["given"] if has_lengths else []), "difference"):
        table.add_column(column, overflow="fold")
    for column in ("95 % interval", "A better", "B better", "so"):
        table.add_column(column)
    for row in found:
        difference = row["difference"]
        table.add_row(
            *map(cell, (row["algorithm"], row["against"])),
            *([str(row["given"])] if has_lengths else []),
            f"{difference['mean']:+.4f}",
            f"{difference['low']:+.4f} to {difference['high']:+.4f}",
            f"{row['wins']:.0%}",
            f"{row['losses']:.0%}",
            _verdict(difference),
        )
    out.show(table)
    out.say("A better, B better: readers who fare better with the one; the rest fare alike.")


def _pairs(
    one: Report, other: Report, first: str | None, second: str | None
) -> list[tuple[str, str]]:
    if first is not None or second is not None:
        if first is None:
            raise SettingError("--against needs --algorithm, the one to compare with it")
        return [(first, second or first)]
    both = [name for name in one.algorithms if name in other.algorithms and name != Popularity.name]
    return [(name, name) for name in both] or [(one.algorithms[0], other.algorithms[0])]


def _verdict(difference: dict[str, float]) -> str:
    if difference["low"] > 0:
        return "A is better"
    return "B is better" if difference["high"] < 0 else "no telling"
