"""The tables of figures: a line an algorithm, what is best marked."""

from __future__ import annotations

from collections.abc import Sequence

from readalike.pages.cells import TIED, Block, Cell, Table, block, column, heading
from readalike.pages.content import Content
from readalike.pages.definitions import ACCURACY, LISTS, STARS, definition
from readalike.pages.standing import Standing, standing
from readalike.pages.verdict import told
from readalike.pages.wording import NONE, number, places, seconds, span


def accuracy(content: Content, found: Sequence[Standing]) -> Table | None:
    """How well right answers were found, and how long it took.

    Args:
        content: The report.
        found: Who is best at each length by the measure that the verdict goes by.
    """
    names = _of_group(content, ACCURACY)
    if not names:
        return None
    judged = {(each.given, each.measure): each for each in found}
    blocks = []
    for given in content.lengths:
        entries = content.at(given)
        columns = [
            column(entries, name, judged.get((given, name)) or standing(entries, name, None))
            for name in names
        ]
        columns += [
            [Cell(seconds(entry.fit_seconds)) for entry in entries],
            [Cell(seconds(entry.rank_seconds)) for entry in entries],
        ]
        blocks.append(block(heading(given, entries), entries, columns))
    labels = (*(definition(name).label for name in names), "learning", "listing")
    ties = Table.ties
    if any(rival.paired is not None for each in found for rival in each.rivals):
        label = definition(found[0].measure).label
        ties = f"by {label} the paired interval of the difference holds 0, by all others {ties}"
    title = "How often right answers were listed, and how long it took"
    return Table(title, labels, tuple(blocks), ties)


def lists(content: Content) -> Table | None:
    """What the lists are like, whether right or not."""
    names = _of_group(content, LISTS)
    whole = tuple(dict.fromkeys(n for entry in content.entries for n in entry.catalogue))
    if not names and not whole:
        return None
    blocks = []
    for given in content.lengths:
        entries = content.at(given)
        columns = [column(entries, name, None) for name in names]
        for name in whole:
            values = [entry.catalogue.get(name) for entry in entries]
            decimals = places(value for value in values if value is not None)
            columns.append([Cell(NONE if v is None else number(v, decimals)) for v in values])
        blocks.append(block(heading(given, entries), entries, columns))
    labels = tuple(definition(name).label for name in (*names, *whole))
    return Table("How novel, varied and widespread the listed books are", labels, tuple(blocks))


def stars(content: Content) -> Table | None:
    """How far forecasts are off; they do not depend on how many books are told."""
    names = _of_group(content, STARS)
    entries = content.forecasters
    if not entries:
        return None
    columns = [column(entries, name, standing(entries, name, None)) for name in names]
    labels = [definition(name).label for name in names]
    for key, label in (("rows", "forecasts"), ("rows_without_forecast", "without forecast")):
        if all(key in entry.forecasts for entry in entries):
            columns.append([Cell(f"{entry.forecasts[key]:,}") for entry in entries])
            labels.append(label)
    title = "How far forecasts of stars are off"
    return Table(title, tuple(labels), (block("", entries, columns),))


def pairs(found: Sequence[Standing]) -> Table | None:
    """The best of each length against all others, where they were compared reader by reader."""
    blocks = []
    for each in found:
        decimals = places([each.first.measures[each.measure].mean])
        rows = []
        for rival in each.rivals:
            if rival.paired is None:
                continue
            gap, wins, losses = rival.paired
            cells = [Cell(number(gap.mean, decimals), span(gap, decimals), TIED * rival.tied)]
            cells += [Cell(f"{100 * share:.1f} %") for share in (wins, losses, 1 - wins - losses)]
            rows.append((rival.entry.algorithm, tuple(cells)))
        if rows:
            start = f"{told(each.given).capitalize()}: " if each.given is not None else ""
            blocks.append(Block(f"{start}{each.first.algorithm} against", tuple(rows)))
    if not blocks:
        return None
    label = definition(found[0].measure).label
    columns = ("ahead by", "better for", "worse for", "equal for")
    title = f"The best against the others, reader by reader: {label}"
    return Table(title, columns, tuple(blocks), "the interval holds 0")


def _of_group(content: Content, group: str) -> tuple[str, ...]:
    return tuple(name for name in content.measures if definition(name).group == group)
