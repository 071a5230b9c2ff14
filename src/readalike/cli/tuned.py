"""What `readalike tune` prints: the best trials, the settings, what they gain, what to type."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from readalike.algorithms.settings import Range, Search
from readalike.cli.output import cell, say, say_next, show
from readalike.cli.train import PREFIX
from readalike.tuning import Tuned

SHOWN = 3
"""Trials in the table, besides that of the defaults."""


def show_tuned(out: Console, tuned: Tuned) -> None:
    """Prints the defaults beside the best trials, and what the best gains."""
    out.print()
    show(out, _table(tuned))
    out.print()
    say(out, _verdict(tuned))
    if tuned.failed:
        first = next(trial for trial in tuned.trials if trial.failure)
        say(out, f"{_count(tuned.failed)} failed, the first because: {first.failure}")
    out.print()
    say(out, tuned.description, style="dim")
    out.print()


def _table(tuned: Tuned) -> Table:
    """A row a setting, a column a trial: there are more settings than fit side by side."""
    trials = (tuned.defaults, *(t for t in tuned.ranked(SHOWN + 1) if t.number > 0))[: SHOWN + 1]
    table = Table(box=None, padding=(0, 1))
    table.add_column("setting", no_wrap=True)
    heads = ["searched", *(["importance"] if tuned.importance else []), "defaults"]
    for head in (*heads, *(f"trial {trial.number}" for trial in trials[1:])):
        table.add_column(head, justify="right")

    def row(name: str, where: str, share: str, cells: Iterable[str]) -> None:
        texts = (name, where, *([share] if tuned.importance else []), *cells)
        table.add_row(*map(cell, texts))

    row(tuned.measure, "", "", (f"{trial.value:.4f}" for trial in trials))
    found = [tuned.interval(trial) for trial in trials]
    row("  95 %", "", "", (f"{each.low:.3f} to {each.high:.3f}" for each in found))
    for name, search in tuned.searched.items():
        share = tuned.importance.get(name, 0.0)
        cells = (_typed(trial.tried[name]) for trial in trials)
        row(name, _where(search), f"{share:.0%}", cells)
    row("time", "", "", (f"{trial.seconds:.1f} s" for trial in trials))
    return table


def _verdict(tuned: Tuned) -> str:
    ended = {"trials": "done", "minutes": "time is up", "interrupted": "interrupted"}
    head = f"{_count(len(tuned.trials))} in {_time(tuned.seconds)}"
    head = f"{ended[tuned.stopped]}: {head}."
    head = head[0].upper() + head[1:]
    before = f"{tuned.measure} {tuned.defaults.value:.4f}"
    if not tuned.better:
        return f"{head} Nothing better than the defaults was found ({before})."
    gain = tuned.gain.difference
    sure = "" if tuned.gain.certain else ", which may be chance"
    return (
        f"{head} The best has {tuned.measure} {tuned.best.value:.4f}, the defaults "
        f"{tuned.defaults.value:.4f}: {gain.mean:+.4f} (95 % {gain.low:+.4f} to {gain.high:+.4f}, "
        f"paired over {len(tuned.best.values):,} readers){sure}. It was chosen by these "
        "answers, which flatters it a little: measure it with 'readalike evaluate' on others."
    )


def say_what_next(out: Console, tuned: Tuned, path: Path, file: Path) -> None:
    """Prints the command that trains with the found settings.

    Args:
        out: Where to.
        tuned: The search.
        path: The ratings, as they were named.
        file: Where the found settings are.
    """
    more = "more --trials go" if tuned.stopped == "trials" else "the same command goes"
    say(out, f"The settings are in {file}; {more} on from there.")
    prefix = PREFIX[tuned.kind]
    words = [f"--{tuned.kind}", tuned.name]
    for name, value in tuned.changed.items():
        words += [f"{prefix}set", f"{name}={_typed(value)}"]
    say_next(out, "train", path, "--model", "model", *words)
    say(out, f"Or, with how they were found in the model's card: {prefix}settings {file}")


def _typed(value: object) -> str:
    """A value as --set takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _where(search: Search) -> str:
    if isinstance(search, Range):
        return f"{search.low:g} to {search.high:g}{', log' if search.log else ''}"
    return ", ".join(map(_typed, search))


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _count(trials: int) -> str:
    return "1 trial" if trials == 1 else f"{trials:,} trials"
