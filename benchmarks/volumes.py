"""How often series, volumes, sets, parts and editions are found right, on labelled books.

python benchmarks/volumes.py [--result FILE]: compares the volumes of a `BookIndex` with
`labelled/volumes.csv`, 200 books of goodbooks-10k (CC BY-SA 4.0), and its works with
`labelled/editions.csv`, pairs of books by one author with one title. The labels say what is true of
a book in the world, one by one and from knowledge of the books, with no other catalogue looked up.
Half of the 200 are drawn from all books (`any`), the others from those with titles that may speak
of sets, of parts, or of anything in brackets or numbers. The parser was made looking at the titles
of this very catalogue: of another one the figures say less. Book by book, what is found otherwise
is printed.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from environments import DATA
from figures import publish
from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.series import Volumes
from readalike.bibliography.titles import series_key
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.tables.dataset import read

LABELLED = Path(__file__).parent / "labelled"
SEED = 2026
STRATA = {
    "any": (100, r""),
    "sets": (
        45,
        r"\b(?:box(?:ed)?[- ]?set|boxset|trilogy\b(?!,)|omnibus|complete|collected|collection"
        r"|treasury|compendium|saga)\b|#\d+\s*[-–]\s*\d| ?/ ?",
    ),
    "parts": (15, r"\bpart\b(?! of\b)|\bpt\b"),
    "marked": (40, r"[(\[#]|\d|\b(?:vol|volume|books?|chronicles)\b"),
}
"""How many books are drawn of those whose title, less one plain volume behind it, has this."""
RUNS = 5


def drawn(catalogue: Catalogue) -> list[tuple[str, str]]:
    """The stratum and the id of each book of the sample."""
    chance, taken = random.Random(SEED), dict[str, str]()
    books = sorted(zip(catalogue.books, catalogue.titles, strict=True), key=lambda b: int(b[0]))
    for stratum, (n, mark) in STRATA.items():
        among = [
            book
            for book, title in books
            if book not in taken
            and re.search(mark, re.sub(r"\([^()#]*#\d+\)$", "", title), re.IGNORECASE)
        ]
        taken |= dict.fromkeys(chance.sample(among, n), stratum)
    return [(stratum, book) for book, stratum in taken.items()]


def rows_of(name: str) -> list[dict[str, str]]:
    """A table of what was checked by hand."""
    with (LABELLED / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def found_of(volumes: Volumes, book: int) -> dict[str, str]:
    """What is found of a book, as the table of the truth writes it."""
    series, first, last = volumes.series[book], volumes.first[book], volumes.last[book]
    number = "" if np.isnan(first) else f"{first:g}" if first == last else f"{first:g}-{last:g}"
    of_series = "volume" if series >= 0 else "single"
    kind = "set" if volumes.is_set[book] else "part" if volumes.is_part[book] else of_series
    return {"series": volumes.names[series] if series >= 0 else "", "volume": number, "kind": kind}


def rates(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Precision and recall of values, each as found and as true; "" is none."""
    right = sum(found == true != "" for found, true in pairs)
    found, true = sum(f != "" for f, _ in pairs), sum(t != "" for _, t in pairs)
    return {
        "found": found, "true": true, "right": right,
        "precision": right / found if found else None, "recall": right / true if true else None,
    }  # fmt: skip


def judged(pairs: list[tuple[dict[str, str], dict[str, str]]]) -> dict[str, Any]:
    """The figures of some books, each as found and as true."""

    def only(kind: str) -> list[tuple[str, str]]:
        return [(kind * (f["kind"] == kind), kind * (t["kind"] == kind)) for f, t in pairs]

    member = [("1" * bool(found["series"]), "1" * bool(true["series"])) for found, true in pairs]
    named = [(series_key(found["series"]), series_key(true["series"])) for found, true in pairs]
    return {
        "books": len(pairs),
        "series": rates(member),
        "series of this name": rates(named),
        "volume": rates([(found["volume"], true["volume"]) for found, true in pairs]),
        "set": rates(only("set")),
        "part": rates(only("part")),
    }


def main() -> None:
    """Compares and tells."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    catalogue = read(DATA / "goodbooks-10k").catalogue
    truth = rows_of("volumes.csv")
    if [(row["stratum"], row["book_id"]) for row in truth] != drawn(catalogue):
        sys.exit(f"the books of {LABELLED / 'volumes.csv'} are not those that seed {SEED} draws")
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        index = BookIndex(catalogue)
        volumes = index.volumes
        seconds.append(time.perf_counter() - started)
    books = catalogue.books.indices([row["book_id"] for row in truth]).tolist()
    pairs = [(found_of(volumes, book), row) for book, row in zip(books, truth, strict=True)]
    for found, true in pairs:
        wrong = {n: (true[n], found[n]) for n in ("volume", "kind") if true[n] != found[n]}
        if wrong or series_key(true["series"]) != series_key(found["series"]):
            names = (true["series"], found["series"])
            print(f"{true['book_id']} {true['title']!r}: true, found {names}, {wrong}")
    works = index.works
    joined = [
        (int(works[one] == works[other]), int(row["same"]))
        for row in rows_of("editions.csv")
        for one, other in [catalogue.books.indices([row["book_id"], row["other_id"]])]
    ]
    nobody = Histories.of_rows([([], [])], len(catalogue))
    figures = {
        "all": judged(pairs),
        **{s: judged([t for t in pairs if t[1]["stratum"] == s]) for s in STRATA},
        "edition": rates([("1" * found, "1" * true) for found, true in joined]),
        "whole catalogue": {
            "books": len(catalogue),
            "in a series": int((volumes.series >= 0).sum()),
            "in a series by their title alone": int(
                ((volumes.series >= 0) & (np.array(catalogue.series) == "")).sum()
            ),
            "series": len(volumes.names),
            "sets": int(volumes.is_set.sum()),
            "parts": int(volumes.is_part.sum()),
            "entries of who read nothing": int(
                (~volumes.not_next(volumes.known(nobody)).dense(1)).sum()
            ),
            "seconds": statistics.median(seconds),
        },
    }
    publish(figures, options.result)


if __name__ == "__main__":
    main()
