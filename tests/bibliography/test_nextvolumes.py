"""Many readers at once against one after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bibliography.test_volumes import TITLES, catalogue
from readalike.bibliography.series import NextVolumes, volumes_of
from readalike.data.histories import Histories

readers = st.lists(st.sets(st.integers(0, 60)), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TITLES), max_size=12), readers)
def test_each_reader_knows_and_may_go_on_with_what_one_alone_does(
    titles: list[str], read: list[set[int]]
) -> None:
    volumes, n = volumes_of(catalogue(*titles)), len(titles)
    rows = [sorted(book for book in books if book < n) for books in read]
    histories = Histories.of_rows([(row, [4.0] * len(row)) for row in rows], n)
    batch = NextVolumes(volumes)
    known = np.zeros((len(rows), n), np.bool_)
    known[batch.known(histories)] = True
    anybody, places, beyond = batch.beyond(len(rows), batch.known(histories))
    left = np.tile(anybody, (len(rows), 1))
    left[places] = beyond
    for row, books in enumerate(rows):
        marks = np.zeros(n, np.bool_)
        marks[books] = True
        alone = volumes.known(marks)
        assert known[row].tolist() == alone.tolist()
        entries = volumes.entries(alone)
        # a known book that is of no series is left out as known, not as beyond
        of_none = alone & (volumes.series < 0)
        assert (left[row] | of_none).tolist() == (~entries).tolist()


def test_no_readers_and_no_books() -> None:
    volumes = volumes_of(catalogue("Emma"))
    none = Histories.of_rows([], 1)
    assert NextVolumes(volumes).known(none)[0].tolist() == []
    anybody, (rows, _), _ = NextVolumes(volumes).beyond(0, NextVolumes(volumes).known(none))
    assert (anybody.tolist(), rows.tolist()) == ([False], [])
