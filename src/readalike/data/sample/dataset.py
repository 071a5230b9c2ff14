"""The sample as any other data set, read by the same reader."""

from __future__ import annotations

from dataclasses import replace

from readalike.data.sample.tables import sample_tables
from readalike.tables.dataset import Dataset, read


def read_sample(*, readers: int = 3000, seed: int = 20) -> Dataset:
    """Reads the embedded books and the readers simulated for them.

    Args:
        readers: How many readers to simulate.
        seed: Seed of the simulation.
    """
    tables = sample_tables(readers=readers, seed=seed)
    dataset = read(tables.ratings, books=tables.books, empty_rating="read")
    note = f"the books are real, the {readers:,} readers are simulated (seed {seed})"
    return replace(dataset, intake=replace(dataset.intake, notes=(*dataset.intake.notes, note)))
