"""How many entries of libraries are matched wrongly, and how many that can be found are found.

python benchmarks/library_matching.py [--each N] [--seed N] [--result FILE]: makes labelled rows of
damaged books (`tests/libraries/damage.py`) over the two catalogues that the tests ship and over
goodbooks-10k where it is there, prints the wrong matches, of which there must be none, and the
recall; then reads and matches a library of 5,000 rows and ranks the next books for it, in a
process of its own that has loaded a model, for its time and its memory. Exits with 1 where a match
is wrong or the recall below 95 %.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from environments import DATA, ROOT
from figures import publish
from library_timing import timed
from readalike.data.catalogue import Catalogue
from readalike.tables.dataset import Dataset, read
from readalike.training import train

sys.path.insert(0, str(ROOT / "tests"))

from libraries import exports, worlds
from libraries.damage import labelled, score

RECALL = 0.95
ROWS = 5_000


def judged(catalogue: Catalogue, each: int, seed: int) -> dict[str, Any]:
    """The figures of one catalogue; wrong matches are printed."""
    rows = labelled(catalogue, each, seed)
    found = score(rows, catalogue)
    for row, given in found.wrong:
        print(f"WRONG {row.kind}: {row.entry} is {row.book}, taken for {given}")
    return {
        "books": len(catalogue),
        "rows": found.rows,
        "wrong": len(found.wrong),
        "matchable": found.matchable,
        "found": found.found,
        "recall": found.recall,
        "missed": {kind: f"{no} of {of}" for kind, (no, of) in found.missed.items() if no},
    }


def library_text(catalogue: Catalogue, rows: int) -> str:
    """A Goodreads export of every second book of a catalogue, and as many that are not in it."""
    table = []
    for k in range(rows):
        book = catalogue.book(k % len(catalogue))
        known = k % 2 == 0
        title = book.title if known else f"{book.title.split(' (')[0]} Revisited"
        more = {"Book_Id": book.goodreads_id if k % 4 == 0 else 10**9 + k, "My_Rating": k % 6}
        table.append(exports.goodreads(title, book.authors.split(",")[0], **more))
    return exports.table(exports.GOODREADS, *table)


def in_a_process_of_its_own(dataset: Dataset) -> dict[str, Any]:
    """Seconds and memory of reading, matching and ranking, the model being the default."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.csv"
        path.write_text(library_text(dataset.catalogue, ROWS), encoding="utf-8")
        train(dataset, Path(folder) / "model", predictor=None)
        return timed(ROOT, Path(folder) / "model", path)


def main() -> None:
    """Measures what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--each", type=int, default=60, help="rows of each kind of damage")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    catalogues = {"44 of goodbooks-10k": worlds.goodbooks(), "the sample": worlds.sample()}
    folder = DATA / "goodbooks-10k"
    real = read(folder) if (folder / "books.csv").is_file() else None
    if real is not None:
        catalogues["goodbooks-10k"] = real.catalogue
    found: dict[str, Any] = {}
    for name, catalogue in catalogues.items():
        found[name] = judged(catalogue, options.each, options.seed)
        summary = found[name]
        print(
            f"{name}: {summary['rows']:,} labelled rows, wrong matches {summary['wrong']}, "
            f"recall {summary['recall']:.1%} ({summary['found']:,} of {summary['matchable']:,})",
            flush=True,
        )
    if real is not None:
        found["library"] = in_a_process_of_its_own(real)
        print(found["library"])
    if options.result is not None:
        publish(found, options.result)
    judged_ = [found[name] for name in catalogues]
    if any(summary["wrong"] or summary["recall"] < RECALL for summary in judged_):
        sys.exit(1)


if __name__ == "__main__":
    main()
