"""Runs one peer in the peer's own environment: fits, lists, forecasts, and says what it took.

python harness.py ADAPTER PEER ARRAYS.npz OUT --job lists|time|tune [--settings JSON] [--threads N]

ADAPTER is a file of this folder, PEER a name of its `PEERS`. ARRAYS.npz holds a split by numbers,
books in a drawn order (`splits.py` makes it from the split files that everybody gets). Needs numpy
and scipy, which all peers bring. Every peer is warmed up by a fit on a few rows, so that nobody
pays for compiling. What comes out: OUT.json with seconds and memory, OUT.npz with the lists and
forecasts; the ruler judges them. A list is as the peer gives it; where it gives scores, `best`
breaks ties by a draw.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.metadata
import inspect
import json
import os
import statistics
import textwrap
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

PLACES = 20
"""Length of the lists that are judged."""
SOME = 5
"""Where only the time counts every so many-th reader is listed, and the time taken as often."""


@dataclass(frozen=True)
class Table:
    """Rows to learn from.

    Attributes:
        users: Reader of each row, from 0; shape (rows,).
        items: Book of each row, from 0; shape (rows,).
        stars: Stars of each row; shape (rows,).
        n_users: Number of readers.
        n_items: Number of books, those without a row included.
        folder: Where the split files are.
        threads: How many threads may work.
    """

    users: Any
    items: Any
    stars: Any
    n_users: int
    n_items: int
    folder: Path
    threads: int

    def matrix(self, values: Any = None) -> Any:
        """Readers x books; ones where no values are given."""
        data = np.ones(len(self.users), np.float32) if values is None else values
        return sp.csr_matrix((data, (self.users, self.items)), shape=(self.n_users, self.n_items))


@dataclass(frozen=True)
class Queries:
    """Readers who want a list.

    Attributes:
        users: Training row of each, -1 of one the training does not know; shape (readers,).
        indptr: Told books of reader r are `items[indptr[r]:indptr[r + 1]]`.
        items: Told books; none of them may be listed.
        stars: Their stars.
        n_items: Number of books.
    """

    users: Any
    indptr: Any
    items: Any
    stars: Any
    n_items: int

    def matrix(self, values: Any = None) -> Any:
        """Readers x books told; ones where no values are given."""
        data = np.ones(len(self.items), np.float32) if values is None else values
        return sp.csr_matrix((data, self.items, self.indptr), (len(self.users), self.n_items))

    def part(self, start: int, stop: int) -> Queries:
        """Readers that stand together."""
        first, last = self.indptr[start], self.indptr[min(stop, len(self.users))]
        return Queries(
            self.users[start:stop],
            self.indptr[start : stop + 1] - first,
            self.items[first:last],
            self.stars[first:last],
            self.n_items,
        )

    def take(self, rows: Any) -> Queries:
        """The readers of some rows, in ascending order."""
        lengths = np.diff(self.indptr)
        chosen = np.zeros(len(self.users), np.bool_)
        chosen[rows] = True
        kept = np.repeat(chosen, lengths)
        indptr = np.concatenate([[0], np.cumsum(lengths[rows])])
        return Queries(self.users[rows], indptr, self.items[kept], self.stars[kept], self.n_items)


@dataclass(frozen=True)
class Peer:
    """One model of another library, through its public API.

    Attributes:
        fit: Learns: (table, settings) to a model.
        lists: Ranks: (model, asked, n) to book numbers, best first, -1 where a list is shorter.
        stars: Forecasts: (model, users, items) to stars.
        defaults: The settings it is run with where none were searched; the first trial.
        grid: Values that the search draws from, by setting.
        folds_in: Whether a reader who was not trained on can be asked. Where not, the told
            books are added to the training rows, by a fit for each length.
        threaded: Whether a second thread is of any use to it.
        package: Whose version counts.
        note: What the reader of the table has to know.
    """

    fit: Callable[[Table, Mapping[str, Any]], Any]
    lists: Callable[[Any, Queries, int], Any] | None = None
    stars: Callable[[Any, Any, Any], Any] | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    grid: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    folds_in: bool = True
    threaded: bool = True
    package: str = ""
    note: str = ""

    def lines(self) -> int:
        """Lines a user writes: the statements of what is called here, `best` where it is used."""
        parts = [getattr(part, "func", part) for part in (self.fit, self.lists, self.stars) if part]
        sources = [inspect.getsource(part) for part in parts]
        if any("best(" in source for source in sources):
            sources.append(inspect.getsource(best))
        return sum(map(statement_lines, dict.fromkeys(sources)))


def statement_lines(source: str) -> int:
    """Lines of a function's body, without blank lines, comments and its docstring."""
    function: Any = ast.parse(textwrap.dedent(source)).body[0]
    body = function.body[ast.get_docstring(function) is not None :]
    lines = source.splitlines()[body[0].lineno - 1 :] if body else []
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)


def best(scores: Any, known: Any, n: int) -> Any:
    """The n best books of each row that were not told; equal scores in an order of their own."""
    scores = np.array(scores, np.float32)
    scores[known.nonzero()] = -np.inf
    ties = np.random.default_rng(0).permutation(scores.shape[1])
    top = np.argpartition(-scores, n, axis=1)[:, :n]
    least = np.take_along_axis(scores, top, axis=1).min(axis=1)
    for row in np.flatnonzero((scores >= least[:, None]).sum(axis=1) > n):
        above = np.flatnonzero(scores[row] > least[row])
        level = np.flatnonzero(scores[row] == least[row])
        short = n - len(above)
        top[row] = [*above, *level[np.argpartition(ties[level], short - 1)[:short]]]
    values = np.take_along_axis(scores, top, axis=1)
    order = np.lexsort((ties[top], -values), axis=1)
    ranked, values = (np.take_along_axis(a, order, axis=1) for a in (top, values))
    return np.where(np.isfinite(values), ranked, -1)


def trials(peer: Peer, how_many: int) -> list[dict[str, Any]]:
    """The defaults, then settings drawn from the grid by a seed, each once."""
    names = sorted(peer.grid)
    drawn = np.random.default_rng(0)
    found = [dict(peer.defaults)]
    possible = int(np.prod([len(peer.grid[name]) for name in names])) if names else 0
    for _ in range(50 * how_many):
        if len(found) >= min(how_many, possible):
            break
        picks = {name: peer.grid[name][int(drawn.integers(len(peer.grid[name])))] for name in names}
        settings = {**peer.defaults, **picks}
        if settings not in found:
            found.append(settings)
    return found


def table_of(arrays: Any, folder: Path, threads: int) -> Table:
    """The training rows of a split."""
    n_users, n_items = (int(n) for n in arrays["shape"])
    columns = (arrays[name] for name in ("users", "items", "stars"))
    return Table(*columns, n_users, n_items, folder, threads)


def queries_of(arrays: Any, number: int, n_items: int) -> Queries:
    """One set of readers of a split."""
    parts = (arrays[f"queries{number}_{name}"] for name in ("users", "indptr", "items", "stars"))
    return Queries(*parts, n_items)


def everybody(table: Table) -> Queries:
    """All training readers with what they have read."""
    order = np.argsort(table.users, kind="stable")
    lengths = np.bincount(table.users, minlength=table.n_users)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    users = np.arange(table.n_users)
    return Queries(users, indptr, table.items[order], table.stars[order], table.n_items)


def with_histories(table: Table, queries: Queries) -> tuple[Table, Queries]:
    """The strangers among the asked as training readers, for a peer that cannot fold them in."""
    strangers = (queries.users < 0) & (np.diff(queries.indptr) > 0)
    rows = np.repeat(np.arange(len(queries.users)), np.diff(queries.indptr))
    added = strangers[rows]
    users = queries.users.copy()
    users[strangers] = table.n_users + np.arange(strangers.sum())
    more = replace(
        table,
        users=np.concatenate([table.users, users[rows[added]]]).astype(np.int32),
        items=np.concatenate([table.items, queries.items[added]]),
        stars=np.concatenate([table.stars, queries.stars[added]]),
        n_users=table.n_users + int(strangers.sum()),
    )
    return more, replace(queries, users=users)


def listed(peer: Peer, model: Any, queries: Queries, n: int) -> Any:
    """The lists of all the asked; of one whom the peer cannot place, an empty list."""
    lists = np.full((len(queries.users), n), -1, np.int32)
    placed = np.flatnonzero((queries.users >= 0) | peer.folds_in)
    if peer.lists and len(placed):
        lists[placed] = peer.lists(model, queries.take(placed), n)
    return lists


def warm_up(peer: Peer, table: Table) -> None:
    """A fit on a few rows; whatever goes wrong there will show on all rows."""
    few = (table.users < 3000) & (table.items < 200)
    names, users = np.unique(table.users[few], return_inverse=True)
    users = users.astype(np.int32)
    small = replace(
        table,
        users=users,
        items=table.items[few],
        stars=table.stars[few],
        n_users=len(names),
        n_items=200,
    )
    try:
        model = peer.fit(small, peer.defaults)
        if peer.lists:
            peer.lists(model, everybody(small).part(0, 20), 10)
    except Exception as error:
        print(f"warming up: {type(error).__name__}: {error}", flush=True)


def run(peer: Peer, table: Table, arrays: Any, settings: Mapping[str, Any], job: str) -> Any:
    """Fits and answers; seconds of each, and the answers by name."""
    answers: dict[str, Any] = {}
    seconds: dict[str, Any] = {"fits": []}

    def fitted(rows: Table) -> Any:
        started = time.perf_counter()
        model = peer.fit(rows, settings)
        seconds["fits"].append(time.perf_counter() - started)
        return model

    model = None
    for number in range(int(arrays["sets"])) if peer.lists else ():
        queries = queries_of(arrays, number, table.n_items)
        if job == "time":
            queries = queries.take(np.arange(0, len(queries.users), SOME))
        rows = table
        if not peer.folds_in:
            rows, queries = with_histories(table, queries)
        if model is None or rows.n_users > table.n_users:
            model = None  # the one before makes room
            model = fitted(rows)
        started = time.perf_counter()
        answers[f"lists{number}"] = listed(peer, model, queries, PLACES)
        if bool(arrays["everybody"]):
            share = len(queries.users) / table.n_users
            seconds["everybody"] = (time.perf_counter() - started) / share
    if model is None:
        model = fitted(table)
    if peer.stars and "star_users" in arrays:
        started = time.perf_counter()
        answers["forecasts"] = peer.stars(model, arrays["star_users"], arrays["star_items"])
        seconds["forecasts"] = time.perf_counter() - started
    return seconds, answers


def peak_mb() -> float:
    """Highest resident memory of this process and the processes it started, in MB."""
    if not Path("/proc/self/status").is_file():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parents, peaks = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        process = int(status.parent.name)
        parents[process] = int(lines["PPid"])
        peaks[process] = int(lines.get("VmHWM", "0 kB").split()[0]) / 1024
    family, found = [os.getpid()], 0.0
    while family:
        process = family.pop()
        found += peaks.get(process, 0.0)
        family += [child for child, parent in parents.items() if parent == process]
    return found


def write(out: Path, summary: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Both files, each aside first; the JSON last, since it says that all is there."""
    aside = out.with_name(out.name + ".part.npz")
    np.savez_compressed(aside, **answers)
    aside.replace(out.with_name(out.name + ".npz"))
    aside = out.with_name(out.name + ".part.json")
    aside.write_text(json.dumps(summary, indent=1) + "\n")
    aside.replace(out.with_name(out.name + ".json"))


def main() -> None:
    """Does one job."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("adapter")
    parser.add_argument("peer")
    parser.add_argument("arrays", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--job", choices=("lists", "time", "tune"), default="lists")
    parser.add_argument("--settings", type=json.loads, default=None)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1e9, help="no new trial after these")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))[: options.threads]
        os.sched_setaffinity(0, cores)
    peer: Peer = importlib.import_module(options.adapter).PEERS[options.peer]
    with np.load(options.arrays) as stored:
        arrays = dict(stored)
    table = table_of(arrays, options.arrays.parent, options.threads)
    version = importlib.metadata.version(peer.package)
    summary: dict[str, Any] = {"version": version, "lines": peer.lines(), "note": peer.note}
    warm_up(peer, table)
    if options.job == "tune":
        started = time.perf_counter()
        tried = trials(peer, options.trials)
        for number, settings in enumerate(tried if len(tried) > 1 else ()):
            if number and time.perf_counter() - started > options.seconds:
                break
            seconds, answers = run(peer, table, arrays, settings, "tune")
            out = options.out.with_name(f"{options.out.name}-{number}")
            write(out, {**summary, "settings": settings, "seconds": seconds}, answers)
        write(options.out, {**summary, "seconds": time.perf_counter() - started}, {})
        return
    settings = dict(peer.defaults if options.settings is None else options.settings)
    seconds, answers = run(peer, table, arrays, settings, options.job)
    summary |= {"settings": settings, "fit_seconds": statistics.median(seconds["fits"])}
    summary |= {"fits": len(seconds["fits"]), "threaded": peer.threaded, "peak_mb": peak_mb()}
    summary |= {"everybody_seconds": seconds.get("everybody")}
    summary |= {"forecast_seconds": seconds.get("forecasts"), "folds_in": peer.folds_in}
    write(options.out, summary, answers)


if __name__ == "__main__":
    main()
