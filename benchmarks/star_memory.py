"""How the memory of a fit of the default predictor grows, on made-up tables of stated sizes.

python benchmarks/star_memory.py RATINGS READERS BOOKS FACTORS prints the peak of one fit in MB;
`growth` runs it for three sizes of each of the four, the others as they are in `USUAL`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.predictors import predictor_of

USUAL = {"ratings": 1_000_000, "readers": 50_000, "books": 10_000, "factors": 31}
SIZES = {
    "ratings": (500_000, 1_000_000, 2_000_000),
    "readers": (25_000, 50_000, 100_000),
    "books": (5_000, 10_000, 20_000),
    "factors": (15, 31, 63),
}
DRAWS = 20
"""As many as the default keeps; none more, since a draw that is not kept takes no memory."""


def made_up(ratings: int, readers: int, books: int) -> Ratings:
    """Pairs drawn evenly, with stars from 1 to 5."""
    random = np.random.default_rng(0)
    pairs = np.unique(random.integers(0, readers * books, ratings + ratings // 20))
    pairs = np.sort(random.permutation(pairs)[:ratings])
    users, items = np.divmod(pairs, books)
    stars = random.integers(1, 6, len(pairs)).astype(np.float32)
    return Ratings.of_rows(
        users.astype(np.int32),
        items.astype(np.int32),
        stars,
        Vocabulary.of(range(readers)),
        Vocabulary.of(range(books)),
    )


def peak_mb() -> float:
    """Highest resident memory of this process so far, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def compiled() -> None:
    """Fit once, so that no later fit compiles: compiling peaks above a small fit."""
    measured(ratings=10_000, readers=1_000, books=100, factors=4)


def measured(**sizes: int) -> float:
    """The peak of one fit, in a process of its own, in MB; `compiled` first."""
    words = [str({**USUAL, **sizes}[name]) for name in USUAL]
    done = subprocess.run(
        [sys.executable, __file__, *words], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def growth() -> dict[str, list[dict[str, float]]]:
    """Peaks by size, for each of the four."""
    compiled()
    usual = measured()
    found = {}
    for name, sizes in SIZES.items():
        found[name] = [
            {"size": size, "peak_mb": usual if size == USUAL[name] else measured(**{name: size})}
            for size in sizes
        ]
        print("memory by", name, [round(each["peak_mb"]) for each in found[name]], flush=True)
    return found


def main() -> None:
    """One fit."""
    ratings, readers, books, factors = map(int, sys.argv[1:])
    table = made_up(ratings, readers, books)
    settings = {"factors": factors, "sweeps": DRAWS, "burn_in": 0, "samples": DRAWS}
    predictor_of("bayes", settings).fit(table, Catalogue.of(table.items))
    print(peak_mb())


if __name__ == "__main__":
    main()
