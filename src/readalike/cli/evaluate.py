"""`readalike evaluate`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from readalike.algorithms import ALGORITHMS, DEFAULT, algorithm_of
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Algorithm, StarAlgorithm
from readalike.cli.app import app
from readalike.cli.options import RatingsPath, parse_settings, reading, say_account, takes
from readalike.cli.output import (
    Heading,
    Json,
    Screen,
    cell,
    console,
    heading,
    print_json,
    remarks,
    table_of,
    watched,
    whole,
)
from readalike.cli.process import refuse_networks_without_room
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.evaluation import (
    ByTime,
    ColdBooks,
    HeldOut,
    KFold,
    LeaveLast,
    NewReaders,
    NotebookSplit,
    Protocol,
    Report,
    SplitFiles,
    StrongGeneralisation,
    write_report,
    write_split,
)
from readalike.evaluation import evaluate as evaluate_all
from readalike.evaluation.report import refuse_report
from readalike.model_folder import store
from readalike.model_folder.card import read_card
from readalike.numerics.intervals import Interval
from readalike.predictors import PREDICTORS, predictor_of
from readalike.predictors.baseline import Baseline
from readalike.report import refuse_page
from readalike.tables.dataset import Dataset, read
from readalike.training import card_of

KINDS: dict[str, type[Protocol]] = {
    kind.name: kind
    for kind in (
        NotebookSplit,
        NewReaders,
        HeldOut,
        KFold,
        LeaveLast,
        ByTime,
        StrongGeneralisation,
        ColdBooks,
    )
}
PROTOCOLS = tuple(KINDS)
GIVEN = (5, 20, 50)
APART = ("readers", "given")
"""Fields of new-readers that have options of their own."""


Making = Callable[[Ratings | None], Protocol]
"""Makes the protocol, once the new readers are read."""


def protocol_of(
    text: str | None, readers: Path | None, given: str | None, split: Path | None
) -> Making:
    """What makes the protocol that the options ask for; refuses those that do not go together."""
    if split is not None:
        for option, value in (("--protocol", text), ("--readers", readers), ("--given", given)):
            if value is not None:
                raise SettingError(f"{option} does not go with --split, which says it all")
        return lambda _: SplitFiles(split)
    name, _, pairs = (text or NotebookSplit.name).partition(":")
    if name not in KINDS:
        raise SettingError(f"--protocol must be one of {', '.join(PROTOCOLS)}, got {name!r}")
    kind = KINDS[name]
    settings = _settings(kind, pairs)
    if kind is not NewReaders:
        for option, value in (("--readers", readers), ("--given", given)):
            if value is not None:
                raise SettingError(f"{option} goes with --protocol {NewReaders.name}")
        made = kind(**settings)
        return lambda _: made
    if readers is None:
        raise SettingError(f"--protocol {name} needs --readers FILE, complete histories")
    lengths = _lengths(given)
    return lambda strangers: NewReaders(cast(Ratings, strangers), lengths, **settings)


def _settings(kind: type[Protocol], pairs: str) -> dict[str, Any]:
    """The settings, each of the type of its default."""
    fields = {
        field.name: field
        for field in dataclasses.fields(kind)  # type: ignore[arg-type]
        if field.name not in APART
    }
    option = f"--protocol {kind.name}:"
    found: dict[str, Any] = {}
    for name, value in parse_settings(pairs.split(",") if pairs else None, option).items():
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise SettingError(f"{option}{name} is no setting: must be one of {known}")
        wanted: type = float if isinstance(fields[name].default, float) else int
        try:
            found[name] = wanted(str(value))
        except ValueError:
            what = "a number" if wanted is float else "a whole number"
            raise SettingError(f"{option}{name} must be {what}, got {value!r}") from None
    return found


def _lengths(given: str | None) -> tuple[int, ...]:
    if given is None:
        return GIVEN
    try:
        lengths = tuple(int(length) for length in given.split(","))
    except ValueError:
        lengths = (-1,)
    if min(lengths) < 0 or len(set(lengths)) < len(lengths):
        raise SettingError(
            f"--given must be different whole numbers such as 5,20,50, got {given!r}"
        )
    return lengths


SHOWN = (
    "ndcg@10",
    "p@10",
    "recall@10",
    "recall@20",
    "hit@10",
    "rmse",
    "mae",
    "negative_log_likelihood",
    "interval_coverage_80",
)
"""Measures in the first table, unless others are named; JSON and the HTML report have all."""
OF_LISTS = (
    "coverage@10",
    "novelty@10",
    "long_tail_share@10",
    "intra_list_similarity@10",
    "same_author@10",
    "same_series@10",
)


def show_report(out: Screen, report: Report, named: Collection[str] = ()) -> None:
    """Prints the tables, who did not count, what else to know, and what was done.

    Where measures are `named`, all that was measured is shown; else what is usual.
    """
    estimates = dict.fromkeys(name for result in report.results for name in result.estimates)
    figures = dict.fromkeys(name for result in report.results for name in result.catalogue)
    if named:
        wanted = {name.strip().lower() for name in named}
        shown, of_lists = list(estimates), [name for name in figures if name in wanted]
    else:
        shown = [name for name in SHOWN if name in estimates]
        of_lists = [name for name in OF_LISTS if name in estimates or name in figures]
    lengths = any(result.given is not None for result in report.results)
    columns: list[Heading] = ["given"] if lengths else []
    columns += ["readers", *map(heading, shown), "fit"]
    table = table_of("algorithm", *columns, right=columns)
    for result in report.results:
        cells = [_cell(result.estimates.get(name)) for name in shown]
        given = [str(result.given)] if lengths else []
        readers, seconds = f"{len(result.readers):,}", f"{result.fit_seconds:.1f} s"
        table.add_row(cell(result.algorithm), *given, readers, *cells, seconds)
    out.print()
    out.show(table)
    if of_lists:
        _show_lists(out, report, of_lists, lengths)
    for why in dict.fromkeys(_to_know(report)):
        out.say(why, style="dim")
    out.print()
    out.say(report.description, style="dim")


def _cell(found: Interval | None) -> str:
    """The mean, and its interval in a line below, so that many measures fit side by side."""
    if found is None:
        return ""
    return f"{found.mean:.4f}\n[dim]{found.low:.3f}-{found.high:.3f}[/dim]"


def _show_lists(out: Screen, report: Report, names: list[str], lengths: bool) -> None:
    """What the lists are like beside being right."""
    columns: list[Heading] = [*(["given"] if lengths else []), *map(heading, names)]
    table = table_of("lists of", *columns, right=columns)
    for result in report.results:
        means = {name: found.mean for name, found in result.estimates.items()}
        values = {**means, **result.catalogue}
        cells = [f"{values[name]:.3f}" if name in values else "" for name in names]
        given = [str(result.given)] if lengths else []
        table.add_row(cell(result.algorithm), *given, *cells)
    out.print()
    out.show(table)


def _to_know(report: Report) -> Iterator[str]:
    for result in report.results:
        given = "" if result.given is None else f"given {result.given}: "
        for reason, count in result.left_out.items():
            if count:
                readers = "1 reader does" if count == 1 else f"{count:,} readers do"
                yield f"{given}{readers} not count: {reason}"
        for what, count in result.notes.items():
            if count:
                yield f"{given}{what}: {count:,}"


@app.command()
@takes(how=reading)
def evaluate(
    *,
    path: RatingsPath,
    algorithm: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:KEY=VALUE,...]",
            help=(
                f"One of {', '.join(ALGORITHMS)}, or to forecast stars {', '.join(PREDICTORS)}; "
                f"with settings; repeatable. By default {DEFAULT}. {Popularity.name} is measured "
                f"beside rankers always, and {Baseline.name} beside predictors."
            ),
        ),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            metavar="NAME[:KEY=VALUE,...]",
            help=(
                f"One of {', '.join(PROTOCOLS)}, with settings, as in "
                f"held-out:test_share=0.2,seed=1. By default {NotebookSplit.name}."
            ),
        ),
    ] = None,
    readers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="new-readers: complete histories, in reading order, kept from training.",
        ),
    ] = None,
    given: Annotated[
        str | None,
        typer.Option(
            metavar="H,...",
            help=(
                "new-readers: how many first books the model is told; by default "
                f"{','.join(map(str, GIVEN))}."
            ),
        ),
    ] = None,
    split: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Ask what these split files say, instead of a protocol."),
    ] = None,
    save_split: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write what is learnt and asked, for other programs."),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Measure this, such as ndcg@5; repeatable. By default what is usual.",
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            parser=whole("--seed", 0),
            metavar="N",
            help="Draws the order of ties and the intervals.",
        ),
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help="Write the report, and each reader's values beside it as Parquet.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Write the report as a page with plots."),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the first algorithm's figures into the card of this model."
        ),
    ] = None,
    how: dict[str, Any],
    as_json: Json = False,
) -> None:
    """Measures algorithms on held-out ratings.

    Each figure comes with its 95 % interval.
    """
    chosen = _algorithms(algorithm or [DEFAULT])
    refuse_networks_without_room(each.name for each in chosen.values())
    making = protocol_of(protocol, readers, given, split)
    if out is not None:
        refuse_report(out)
    if html is not None:
        refuse_page(html)
    with watched("reading", as_json) as progress:
        strangers = None if readers is None else read(readers, **(how | {"books": None}))
        dataset = read(path, **how)
        division = making(None if strangers is None else strangers.ratings)
        first = next(iter(chosen))
        card = None
        if model is not None:  # whether it can be written is known before the long work
            if chosen[first].name in PREDICTORS:
                raise SettingError(
                    "--model needs a ranker as the first --algorithm, since its card says how well "
                    f"the model ranks, got {chosen[first].name}"
                )
            card = card_of(dataset, cast(Algorithm, chosen[first]))
            store.record(model, card, read_card(model).measured)
        if save_split is not None:
            _save(division, dataset, save_split)
        report = evaluate_all(
            dataset, chosen, division, measures=measure or (), seed=seed, progress=progress
        )
    if model is not None and card is not None:
        measured = [r.as_dict() for r in report.results if r.algorithm == first]
        store.record(model, card, {"protocol": report.protocol, "results": measured})
    if out is not None:
        write_report(report, out)
    if html is not None:
        report.to_html(html)
    intakes = [(dataset.intake, path)]
    if strangers is not None and readers is not None:
        intakes.append((strangers.intake, readers))
    if as_json:
        print_json(report.as_dict() | {"intake": [intake.as_dict() for intake, _ in intakes]})
        return
    shown = console()
    for intake, file in intakes:
        say_account(shown, intake, file)
    show_report(shown, report, measure or ())
    for what, where in (("figures", model), ("report", out), ("page", html), ("split", save_split)):
        if where is not None:
            remarks().say(f"Wrote the {what} into {where}.")
    if out is not None:
        shown.say_next("compare", out, "ANOTHER.json")


def _algorithms(given: list[str]) -> dict[str, Algorithm | StarAlgorithm]:
    """Algorithms by the text they were asked for by, each kind with its plainest beside it."""
    chosen: dict[str, Algorithm | StarAlgorithm] = {}
    for text in given:
        name, _, settings = text.partition(":")
        pairs = settings.split(",") if settings else None
        if text in chosen:
            raise SettingError(f"--algorithm {text} must be given once, got it twice")
        find = predictor_of if name in PREDICTORS else algorithm_of
        chosen[text] = find(name, parse_settings(pairs, f"--algorithm {name}:"))
    names = {each.name for each in chosen.values()}
    if names - set(PREDICTORS) and Popularity.name not in names:
        chosen[Popularity.name] = Popularity()
    if names & set(PREDICTORS) and Baseline.name not in names:
        chosen[Baseline.name] = Baseline()
    return chosen


def _save(division: Protocol, dataset: Dataset, folder: Path) -> None:
    parts = division.parts()
    if len(parts) > 1:
        raise SettingError(
            f"--save-split goes with a protocol of one split, and {division.name} has {len(parts)};"
            " use held-out, once for each seed"
        )
    write_split(
        parts[0].prepare(dataset.ratings, dataset.catalogue, dataset.rows), folder, division
    )
