"""How much memory a fit of `ease` takes, on made-up tables of stated sizes.

python benchmarks/ease_memory.py prints the peak of a fit for each of `BOOKS`, over what the process
took before it, as a multiple of a dense matrix of all pairs in float32 and of the finished weights,
which are twice as large: a number and its column each. python benchmarks/ease_memory.py N prints
the peak of one fit of N books, in MB.
"""

from __future__ import annotations

import subprocess
import sys

from readalike.algorithms import algorithm_of
from readalike.data.catalogue import Catalogue
from star_memory import made_up, peak_mb

BOOKS = (6_000, 10_000)
BY_BOOK = 100
"""Ratings of a book."""
READERS = 20_000


def peak(books: int) -> float:
    """The peak of one fit over what was there before it, in MB; in a process that fits once."""
    table = made_up(BY_BOOK * books, READERS, books)
    before = peak_mb()
    algorithm_of("ease").fit(table, Catalogue.of(table.items))
    return peak_mb() - before


def measured(books: int) -> dict[str, float]:
    """The same, in a process of its own, and as multiples."""
    done = subprocess.run(
        [sys.executable, __file__, str(books)], check=True, capture_output=True, text=True
    )
    dense = 4 * books**2 / 2**20
    found = float(done.stdout)
    return {"books": books, "peak_mb": found, "dense": found / dense, "weights": found / dense / 2}


def main() -> None:
    """One fit, or one for each size."""
    if len(sys.argv) > 1:
        print(peak(int(sys.argv[1])))
        return
    for books in BOOKS:
        print({name: round(value, 2) for name, value in measured(books).items()}, flush=True)


if __name__ == "__main__":
    main()
