"""`readalike evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from readalike import bundle
from readalike.algorithms import ALGORITHMS, DEFAULT, algorithm_of
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Algorithm, StarAlgorithm
from readalike.cli.app import app
from readalike.cli.measured import show_report
from readalike.cli.networks import refuse_networks_without_room
from readalike.cli.output import Json, console, print_json, remarks, say, say_next, watched, whole
from readalike.cli.protocols import Chosen, Given, Split, Strangers, protocol_of
from readalike.cli.reading import Ratings, account, reads_ratings
from readalike.cli.settings import parse_settings
from readalike.data.load import Dataset, read
from readalike.errors import SettingError
from readalike.evaluation import Protocol, write_report, write_split
from readalike.evaluation import evaluate as evaluate_all
from readalike.evaluation.report_file import refuse_report
from readalike.modelcard import read_card
from readalike.pages import refuse_page, write_page
from readalike.raters import RATERS, rater_of
from readalike.raters.baseline import Baseline
from readalike.training import card_of


@app.command()
@reads_ratings
def evaluate(
    path: Ratings,
    how: dict[str, Any],
    algorithm: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:KEY=VALUE,...]",
            help=f"One of {', '.join(ALGORITHMS)}, or to forecast stars {', '.join(RATERS)}; with "
            f"settings; repeatable. By default {DEFAULT}. {Popularity.name} is measured beside "
            f"rankers always, and {Baseline.name} beside raters.",
        ),
    ] = None,
    protocol: Chosen = None,
    readers: Strangers = None,
    given: Given = None,
    split: Split = None,
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
        asked = making(None if strangers is None else strangers.ratings)
        first = next(iter(chosen))
        card = None
        if model is not None:  # whether it can be written is known before the long work
            card = card_of(dataset, _ranker(first))
            bundle.record(model, card, read_card(model).measured)
        if save_split is not None:
            _save(asked, dataset, save_split)
        report = evaluate_all(
            dataset, chosen, asked, measures=measure or (), seed=seed, progress=progress
        )
    if model is not None and card is not None:
        measured = [r.as_dict() for r in report.results if r.algorithm == first]
        bundle.record(model, card, {"protocol": report.protocol, "results": measured})
    if out is not None:
        write_report(report, out)
    if html is not None:
        write_page(report.as_dict(), html, compare=report.compare)
    told = [(dataset.intake, path)]
    if strangers is not None and readers is not None:
        told.append((strangers.intake, readers))
    if as_json:
        print_json(report.as_dict() | {"intake": [intake.as_dict() for intake, _ in told]})
        return
    shown = console()
    for intake, file in told:
        for line in account(intake, file):
            say(shown, line, style="dim")
    show_report(shown, report)
    for what, where in (("figures", model), ("report", out), ("page", html), ("split", save_split)):
        if where is not None:
            say(remarks(), f"Wrote the {what} into {where}.")
    if out is not None:
        say_next(shown, "compare", out, "ANOTHER.json")


def _ranker(text: str) -> Algorithm:
    """What a text asks for, where it ranks books.

    Raises:
        SettingError: It forecasts stars.
    """
    name, settings = _parts(text)
    if name in RATERS:
        raise SettingError(
            f"--model needs a ranker as the first --algorithm, since its card says how well the "
            f"model ranks, got {name}"
        )
    return algorithm_of(name, settings)


def _parts(text: str) -> tuple[str, dict[str, object]]:
    name, _, settings = text.partition(":")
    return name, parse_settings(settings.split(",") if settings else None, f"--algorithm {name}:")


def _algorithms(given: list[str]) -> dict[str, Algorithm | StarAlgorithm]:
    """Algorithms by the text they were asked for by, each kind with its plainest beside it."""
    chosen: dict[str, Algorithm | StarAlgorithm] = {}
    for text in given:
        name, pairs = _parts(text)
        if text in chosen:
            raise SettingError(f"--algorithm {text} must be given once, got it twice")
        chosen[text] = rater_of(name, pairs) if name in RATERS else algorithm_of(name, pairs)
    names = {each.name for each in chosen.values()}
    if names - set(RATERS) and Popularity.name not in names:
        chosen[Popularity.name] = Popularity()
    if names & set(RATERS) and Baseline.name not in names:
        chosen[Baseline.name] = Baseline()
    return chosen


def _save(asked: Protocol, dataset: Dataset, folder: Path) -> None:
    parts = asked.parts()
    if len(parts) > 1:
        raise SettingError(
            f"--save-split goes with a protocol of one split, and {asked.name} has {len(parts)}; "
            "use held-out, once for each seed"
        )
    write_split(parts[0].prepare(dataset.ratings, dataset.catalogue, dataset.rows), folder, asked)
