"""Every peer side by side: the same split files, one machine, one run.

python benchmarks/leaderboard.py [--quick] [--minutes 80] [--only PEER ...] [--result FILE]

With --only the rows of all others stay in FILE as they were measured before, if the splits are the
same; the page says which rows are of a later run.

Each peer runs in an environment of its own (`roster.py`), in a process of its own, on so many
cores as it has threads. Of each that has settings, the defaults and up to three others drawn from a
stated grid are tried on the validation split, all with the same limit of time; the best is
measured: by RMSE of one that forecasts stars, by NDCG@10 of the others. What was measured stays in
.bench/leaderboard and is measured again only where the split, the adapter, a package, or a setting
is another: an interrupted run goes on. A peer that cannot be installed, fails or is over a limit
has a row that says so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import leaderboard_tables as tables
from children import FailedError, Job, answers, trials
from environments import ROOT, NotInstalledError, installed_mb
from figures import publish
from judging import Judgement, UnfairError, judgements
from peers.harness import PLACES, SOME
from readalike.numerics.intervals import paired
from roster import DEFAULT, ROSTER, Entry
from splits import Split, prepare

TRIALS = 4
LIMIT = 300.0
SEARCH_LIMIT = 140.0
QUICK_LIMIT = 120.0


@dataclass
class Board:
    """What is measured, and what has been.

    Attributes:
        splits: The split files by name.
        folder: Where answers are kept.
        until: Nothing runs after this time of the clock.
        quick: Whether no settings are searched for and limits are short.
        judged: Judgements by (row name, split), for the paired comparisons.
    """

    splits: dict[str, Split]
    folder: Path
    until: float
    quick: bool
    judged: dict[tuple[str, str], list[Judgement]] = field(default_factory=dict)

    def answered(self, job: Job) -> Path:
        """The files of a job, where there is time for it.

        Raises:
            NotInstalledError: There is no environment for it.
            FailedError: It gave no answer.
        """
        return answers(job, self.folder, self.until - time.monotonic())

    @property
    def limit(self) -> float:
        """Seconds of one run."""
        return QUICK_LIMIT if self.quick else LIMIT

    def searched(self, entry: Entry) -> dict[str, Any] | None:
        """The best settings of a peer on the validation split; None where none are searched.

        Raises:
            NotInstalledError: There is no environment for it.
        """
        if self.quick:
            return None
        split = self.splits["validation"]
        job = Job(entry, split, "tune", seconds=SEARCH_LIMIT, trials=TRIALS)
        try:
            tried = [(path, run_of(path)["settings"]) for path in trials(self.answered(job))]
        except FailedError as error:
            return {"failed": str(error), "trials": 0}
        found = []
        for path, settings in tried:
            try:
                lists, stars = judgements(split, path)
            except UnfairError as error:
                return {"failed": str(error), "trials": 0}
            if stars:
                value = -float(stars["rmse_clipped"]["mean"])
            else:
                value = float(lists[0].values["ndcg@10"].mean())
            found.append((value, settings))
        if len(found) < 2:
            return None
        values = [value for value, _ in found]
        best = values.index(max(values))
        return {
            "trials": len(found),
            "measure": "rmse" if values[best] < 0 else "ndcg@10",
            "before": abs(values[0]),
            "best": abs(values[best]),
            "defaults": found[0][1],
            "settings": found[best][1],
        }

    def measured(self, entry: Entry) -> list[dict[str, Any]]:
        """The rows of a peer: with the settings found, and as it comes where that is asked for.

        Raises:
            NotInstalledError: There is no environment for it.
        """
        search = self.searched(entry)
        settings = taken(search)
        if entry.as_it_comes and settings is not None:
            as_it_comes = self.row(entry, entry.peer, None, None)
            return [as_it_comes, self.row(entry, f"{entry.peer}, searched", settings, search)]
        return [self.row(entry, entry.peer, settings, search)]

    def row(
        self, entry: Entry, name: str, settings: dict[str, Any] | None, search: Any
    ) -> dict[str, Any]:
        """All that is measured of a peer with some settings."""
        row: dict[str, Any] = {"row": name, "peer": entry.peer, "search": search, "splits": {}}
        for wanted in entry.splits:
            split = self.splits[wanted]
            try:
                out = self.answered(Job(entry, split, "lists", 2, settings, self.limit))
                lists, stars = judgements(split, out)
            except (FailedError, UnfairError) as error:
                row["splits"][wanted] = {"failed": str(error)}
                continue
            self.judged[name, wanted] = lists
            sets = [figures(judgement, split) for judgement in lists]
            row["splits"][wanted] = {"2": costs(out), "sets": sets, "stars": stars}
            row |= {k: run_of(out)[k] for k in ("version", "lines", "note", "settings")}
        return row

    def one_thread(self, entry: Entry, row: dict[str, Any]) -> None:
        """Adds the seconds of one thread, on the split that the costs are told of."""
        split = tables.cost_split(row)
        if split is None or self.quick:
            return
        settings = taken(row["search"])
        here = row["splits"][split]
        if not here["2"]["threaded"]:
            here["1"] = here["2"]
            return
        try:
            job = Job(entry, self.splits[split], "time", 1, settings, LIMIT)
            here["1"] = costs(self.answered(job))
        except FailedError as error:
            here["1"] = {"failed": str(error)}

    def compare(self, rows: Iterable[dict[str, Any]]) -> None:
        """Adds what the default is ahead of each row, reader by reader."""
        for row in rows:
            for split, here in row["splits"].items():
                ours = self.judged.get((DEFAULT, split), [])
                theirs = self.judged.get((row["row"], split), [])
                for mine, other, figure in zip(ours, theirs, here.get("sets", ()), strict=False):
                    mask = mine.mask(self.splits[split].believed)
                    first, second = mine.values["ndcg@10"], other.values["ndcg@10"]
                    lead = paired(first[mask], second[mask])
                    figure["behind"] = lead.difference._asdict()
                    figure["default_wins"], figure["default_loses"] = lead.wins, lead.losses


def taken(search: dict[str, Any] | None) -> dict[str, Any] | None:
    """The settings that a search found; None where the defaults are the best, or nothing was."""
    if not search or "failed" in search or search["settings"] == search["defaults"]:
        return None
    found: dict[str, Any] = search["settings"]
    return found


def run_of(out: Path) -> dict[str, Any]:
    """What the harness said of a run."""
    said: dict[str, Any] = json.loads(out.with_name(f"{out.name}.json").read_text())
    return said


def costs(out: Path) -> dict[str, Any]:
    """Seconds and memory of a run."""
    names = ("fit_seconds", "fits", "everybody_seconds", "forecast_seconds", "peak_mb", "threaded")
    return {name: run_of(out)[name] for name in names}


def figures(judgement: Judgement, split: Split) -> dict[str, Any]:
    """The measures of one set of readers: those to believe, and all of them."""
    return {
        "given": judgement.given,
        "readers": int(judgement.mask(split.believed).sum()),
        "readers_in_all": len(judgement.readers),
        "without_list": judgement.without,
        "measures": judgement.estimates(split.believed),
        "measures_of_all": judgement.estimates(),
    }


def added(before: dict[str, Any], report: dict[str, Any]) -> dict[str, Any]:
    """What was measured before with the rows of a later run in the place of its own.

    Raises:
        SystemExit: The splits are others.
    """
    if before["splits"] != report["splits"]:
        sys.exit("the rows of before are of other splits; measure everybody again")
    fresh = {row["row"]: row for row in report["rows"]}
    kept = [fresh.pop(row["row"], row) for row in before["rows"]]
    later = sorted({*before.get("later", ()), *(row["row"] for row in report["rows"])})
    return {**before, "rows": [*kept, *fresh.values()], "later": later}


def running(folder: Path) -> float:
    """Seconds of all runs that are kept, those of before an interruption too."""
    kept = (json.loads(run.read_text()) for run in folder.glob("*.run"))
    return float(sum(run["wall_seconds"] for run in kept))


def main() -> None:
    """Measures everybody and writes one JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path, help="write the JSON here")
    parser.add_argument("--quick", action="store_true", help="few readers, few peers, no search")
    parser.add_argument("--minutes", type=float, default=80.0, help="nothing runs after these")
    parser.add_argument("--only", nargs="+", metavar="PEER", help="these peers alone")
    options = parser.parse_args()
    known = [entry.peer for entry in ROSTER]
    wrong = sorted(set(options.only or ()) - set(known))
    if wrong:
        parser.error(f"--only must be of {', '.join(known)}, got {', '.join(wrong)}")
    started = time.monotonic()
    name = "-quick" if options.quick else ""
    board = Board(
        prepare(ROOT / ".bench" / f"splits{name}", options.quick),
        ROOT / ".bench" / f"leaderboard{name}",
        started + 60 * options.minutes,
        options.quick,
    )
    chosen = [
        entry
        for entry in ROSTER
        if (entry.peer in options.only if options.only else entry.quick or not options.quick)
    ]
    rows: list[dict[str, Any]] = []
    owners: list[tuple[Entry, dict[str, Any]]] = []
    if DEFAULT not in {entry.peer for entry in chosen}:
        board.measured(next(entry for entry in ROSTER if entry.peer == DEFAULT))
    for entry in chosen:
        begun = time.monotonic()
        try:
            made = board.measured(entry)
            size = installed_mb(entry.place.python())
            made = [row | {"installed_mb": size} for row in made]
        except NotInstalledError as error:
            made = [{"row": entry.peer, "peer": entry.peer, "failed": str(error), "splits": {}}]
        rows += made
        owners += [(entry, row) for row in made]
        print(f"{entry.peer}: {time.monotonic() - begun:.0f} s", flush=True)
    for entry, row in owners:
        board.one_thread(entry, row)
    board.compare(rows)
    report = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "quick": options.quick,
        "trials": 1 if options.quick else TRIALS,
        "limits": {"run": board.limit, "search": SEARCH_LIMIT, "minutes": options.minutes},
        "lists": {"places": PLACES, "one_thread_every": SOME},
        "seconds": running(board.folder),
        "default": DEFAULT,
        "splits": {
            split.name: {"description": split.description, "fingerprint": split.fingerprint}
            for split in board.splits.values()
        },
        "rows": rows,
    }
    if options.only and options.result and options.result.is_file():
        report = added(json.loads(options.result.read_text()), report)
    if options.result:
        publish(report, options.result)
    if options.quick or not options.result:
        for made in (tables.new_readers, tables.notebook, tables.stars, tables.costs):
            print(f"\n{made({'leaderboard': report})}")
        print(f"\n{tables.missing({'leaderboard': report})}")


if __name__ == "__main__":
    main()
