"""duckdb's reading against the csv module's, row by row."""

from __future__ import annotations

import csv
import io
import math
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readalike.data.cells import number, trimmed_id
from readalike.errors import InputError
from readalike.tables.dataset import read

IDS = st.one_of(
    st.sampled_from(
        ["1", "2", "10", " 3 ", "", "1.0", "a", "A b", 'qu"ote', "x,y", "é", "two\nlines"]
    ),
    st.text("ab1;\t é", max_size=4),
)
CELLS = st.sampled_from(["1", "2", "5", "4.5", "4,5", "0", "", "x", "nan", " 3 ", "9", "-1", "1e0"])
TABLES = st.lists(st.tuples(IDS, IDS, CELLS, st.sampled_from([0, 0, 0, 0, 1, -1])), max_size=12)
GOOD = ("u", "b", "5", 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]))
def test_rows_and_lines_are_those_of_the_csv_module(
    table: list[tuple[str, str, str, int]], separator: str, end: str
) -> None:
    written = io.StringIO()
    out = csv.writer(written, delimiter=separator, lineterminator=end)
    out.writerow(["user_id", "book_id", "rating"])
    for user, book, rating, ragged in [GOOD, *table]:
        cells = [user, book, rating, "extra"][: 3 + ragged]
        out.writerow(cells)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        path.write_text(written.getvalue(), encoding="utf-8", newline="")
        dataset = read(path, scale="1..5")

    reader = csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter=separator)
    want: list[tuple[str, str, float]] = []
    bad, total = [], 0
    line = 1
    for at, cells in enumerate(reader):
        start, line = line, reader.line_num + 1
        if at == 0:
            continue
        total += 1
        ids = [trimmed_id(cell) for cell in cells[:2]]
        stars = number(cells[2]) if len(cells) == 3 else None
        if len(cells) != 3 or not all(ids) or stars is None or not (1 <= stars <= 5 or stars == 0):
            bad.append(start)
        else:
            want.append((ids[0], ids[1], stars or math.nan))

    rows = dataset.rows
    got = [
        (rows.user_ids.ids[user], rows.item_ids.ids[item], float(stars))
        for user, item, stars in zip(rows.users, rows.items, rows.stars, strict=True)
    ]
    assert [g[:2] for g in got] == [w[:2] for w in want]
    assert [str(g[2]) for g in got] == [str(w[2]) for w in want]
    taken = dataset.intake.files[0]
    assert taken.taken == len(want)
    assert min([e.first_line or 0 for e in dataset.intake.left_out], default=None) == min(
        bad, default=None
    )
    assert taken.rows == total
    assert total == taken.taken + sum(left.count for left in dataset.intake.left_out)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        path.write_bytes(content)
        said = f"{path}"
        try:
            read(path)
        except InputError as error:
            said = str(error)
    assert str(path) in said
    assert "\n" not in said


@settings(max_examples=15, deadline=None)
@given(st.permutations([(u, b) for u in ("2", "10", "a") for b in ("x", "1", "9")]))
def test_the_order_of_rows_never_matters_for_indices(pairs: list[tuple[str, str]]) -> None:
    columns = {
        "user_id": [user for user, _ in pairs],
        "book_id": [book for _, book in pairs],
        "rating": [float(1 + (len(user) + ord(book)) % 5) for user, book in pairs],
    }
    import polars as pl

    ratings = read(pl.DataFrame(columns)).ratings
    assert ratings.users.ids == ("2", "10", "a")
    assert ratings.items.ids == ("1", "9", "x")
