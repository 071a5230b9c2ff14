"""In words: why a book holds nothing new, or is not the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.titles import bare_title
from readalike.data.volumes import Volumes
from readalike.numerics.masks import marks

Books = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class VolumeWords:
    """What `Volumes` found of the books, told to a reader.

    Attributes:
        catalogue: The books.
        volumes: What they are in their series.
    """

    catalogue: Catalogue
    volumes: Volumes

    def why_known(self, read: Books, book: int) -> str:
        """Why a book holds nothing new for whoever read these, of which it is none."""
        volumes, each = self.volumes, np.asarray(read, np.int64)
        same = each[volumes.works[each] == volumes.works[book]]
        if len(same):
            return f"another edition of {self._title(same[0])}, which you read"
        if volumes.is_set[book]:
            return "a set, all of which you read"
        editions = np.flatnonzero(volumes.works == volumes.works[book])
        wanted = volumes.needs[editions].sum(axis=0)
        other = int(each[np.argmax(volumes.gives[each] @ wanted)])
        if volumes.is_set[other]:
            return f"bound in {self._title(other)}, which you read"
        if volumes.is_part[book]:
            return f"a part of {self._title(other)}, which you read"
        if volumes.is_part[other]:
            return f"you read a part of it, {self._title(other)}"
        return f"the same volume as {self._title(other)}, which you read"

    def why_set(self, book: int) -> str:
        """What a set binds, or that it is a part."""
        if self.volumes.is_part[book]:
            return "a part of a volume that was divided"
        series = self.volumes.series[book]
        of = f" of the series *{self.volumes.names[series]}*" if series >= 0 else ""
        return f"a set of several books{of}"

    def why_later(self, read: Books, book: int) -> str:
        """Which volume comes before a book that is no entry for whoever read these."""
        volumes = self.volumes
        known = volumes.known(marks(read, len(self.catalogue)))
        if known[book]:
            return self.why_known(read, book)
        of, first, last = volumes.series[book], volumes.first[book], volumes.last[book]
        numbers = f"volume {first:g}" if first == last else f"volumes {first:g} to {last:g}"
        which = "" if np.isnan(first) else f"{numbers} "
        following = np.flatnonzero(volumes.entries(known) & (volumes.series == of))
        following = following[np.argsort(volumes.is_set[following], kind="stable")]
        comes = f"volume {volumes.first[following[0]]:g}, {self._title(following[0])}, comes first"
        return f"{which}of the series *{volumes.names[of]}*: {comes}"

    def _title(self, book: int) -> str:
        return f"*{bare_title(self.catalogue.titles[book]) or self.catalogue.books.ids[book]}*"
