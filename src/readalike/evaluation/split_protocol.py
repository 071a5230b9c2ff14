"""Split files as a protocol: the same task for everybody, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.rows import RatingRows
from readalike.errors import InputError
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import Task
from readalike.evaluation.splitfile import read_manifest, read_split


@dataclass(frozen=True)
class SplitFiles(Protocol):
    """The task that `write_split` wrote; nothing is drawn anew.

    Attributes:
        folder: Where the split files are.
    """

    name: ClassVar[str] = "split-files"

    folder: Path

    def describe(self) -> str:
        """What was done when the files were written, in one paragraph."""
        manifest = read_manifest(self.folder)
        made = manifest.get("description") or "Nothing is written there of how they were made."
        return (
            f"Split files with the fingerprint {manifest.get('fingerprint')}: what is learnt from "
            "and what is asked is read as it was written, and nothing is drawn anew. They can "
            f"answer what the protocol that made them can. {made}"
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Reads the files; the data set given is only compared with them.

        Raises:
            InputError: No split files, damaged ones, or those of another data set.
        """
        task = read_split(self.folder)
        learnt = task.training
        users = ratings.users.indices(learnt.users.ids)[learnt.histories.rows].astype(np.int64)
        items = ratings.items.indices(learnt.items.ids)
        known = ratings.histories.rows * len(ratings.items) + ratings.histories.items
        pairs = users * len(ratings.items) + items[learnt.histories.items]
        if (
            items.min(initial=0) < 0
            or len(items) != len(ratings.items)
            or users.min(initial=0) < 0
            or not np.isin(pairs, known).all()
        ):
            raise InputError(
                "must be split files of the data set given, got other books or ratings there; "
                "write the split again from this data set",
                file=self.folder,
            )
        return task
