"""Which physical line of a file a row stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from readalike.data.cellcodes import Rejected
from readalike.data.tables import Table

_BLANK = re.compile(rb"\A\r?\n|\n\r?\n")


def physical_lines(
    table: Table, header: bool, rejected: Iterable[Rejected], rows: Iterable[int]
) -> dict[int, int]:
    """Line of each of the rows asked for.

    duckdb numbers what it rejects only. Rows in quotes may take several lines, so that the
    file is walked through record by record, as far as the last row asked for.

    Args:
        table: The table; of one that is no text file, lines are rows counted from 1.
        header: Whether the first record is names.
        rejected: Records that are no rows.
        rows: Row numbers from 0.
    """
    wanted = set(rows)
    if table.text is None or not wanted:
        return {row: row + 1 for row in wanted}
    content = table.text.plain.read_bytes()
    starts = sorted(r.start for r in rejected)
    if not starts and not table.text.quoted and not _BLANK.search(content):
        return {row: row + 1 + header for row in wanted}
    last, found, row, skip, at = max(wanted), {}, 0, int(header), 0
    for line, begin, end in _records(content, table.text.separator, table.text.quoted):
        if not content[begin:end].strip(b"\r\n"):
            continue
        bad = False
        while at < len(starts) and starts[at] < end:
            bad, at = True, at + 1
        if skip:
            skip -= 1
        elif not bad:
            if row in wanted:
                found[row] = line
            row += 1
            if row > last:
                break
    return found


def _records(content: bytes, separator: str, quoted: bool) -> Iterator[tuple[int, int, int]]:
    """Line, first byte and last byte + 1 of each record."""
    if quoted:
        s = re.escape(separator.encode())
        cell = rb'(?: *"(?:[^"]|"")*"[^' + s + rb"\n]*|[^" + s + rb"\n]*)"
        record = re.compile(cell + b"(?:" + s + cell + rb")*(?:\n|\Z)")
    else:
        record = re.compile(rb"[^\n]*(?:\n|\Z)")
    line = 1
    for match in record.finditer(content):
        if match.start() == match.end():
            return
        yield line, match.start(), match.end()
        line += content.count(b"\n", match.start(), match.end())
