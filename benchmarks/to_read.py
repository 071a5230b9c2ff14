"""Whether the ranking of a pile tells what a reader marked to be read from other books.

python benchmarks/to_read.py [--result FILE]. The marks are `to_read.csv` of goodbooks-10k, and no
model learns from them. For each marked book of a sample of readers stands one that the reader
neither read nor marked: one that is marked as often, and, less hard, any.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from environments import DATA
from figures import publish
from readalike.algorithms import algorithm_of
from readalike.data.load import read
from readalike.evaluation.piles import areas, piles_of
from readalike.models import ItemScores, Ranker
from readalike.numerics.intervals import mean_interval, paired

READERS = 5_000
NAMES = ("blend", "cosine", "content")


def main() -> None:
    """Prints, or writes, all figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    dataset = read(DATA / "goodbooks-10k", to_read=True)
    marks = dataset.to_read
    assert marks is not None
    often = marks.item_counts.astype(np.float32)
    models: dict[str, Ranker] = {
        name: algorithm_of(name).fit(dataset.ratings, dataset.catalogue) for name in NAMES
    }
    models["marks of all readers"] = ItemScores(often, "marks")
    models["ratings in the world"] = ItemScores(dataset.catalogue.counts.astype(np.float32), "")
    rows: list[dict[str, Any]] = []
    piles = {
        "marked as often": piles_of(dataset.ratings, marks, often, READERS, 0),
        "any": piles_of(dataset.ratings, marks, None, READERS, 0),
    }
    for others, pile in piles.items():
        default = areas(models["blend"], pile)
        for name, model in models.items():
            found = default if name == "blend" else areas(model, pile)
            rows.append(
                {
                    "others": others,
                    "ranker": name,
                    "auc": mean_interval(found)._asdict(),
                    "behind": paired(default, found).difference._asdict(),
                }
            )
    pile = piles["marked as often"]
    publish(
        {
            "readers": len(pile),
            "marks": len(marks),
            "marked": len(pile.marked.items),
            "read_since": pile.read_since,
            "rows": rows,
        },
        options.result,
    )


if __name__ == "__main__":
    main()
