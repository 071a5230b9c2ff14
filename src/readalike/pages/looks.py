"""How algorithms are told apart in figures: by colour, and by shape for who sees no colour."""

from __future__ import annotations

from dataclasses import dataclass

COLOURS = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00", "#663300"
)  # fmt: skip
"""Okabe and Ito's, which people who see no red or no green tell apart; with a brown for the
yellow, which nobody sees on white paper."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
DASHES: tuple[str | tuple[int, tuple[float, ...]], ...] = (
    "solid",
    (0, (5, 1.5)),
    (0, (1.5, 1.2)),
    (0, (6, 1.5, 1.5, 1.5)),
    (0, (3, 1, 1, 1, 1, 1)),
)


@dataclass(frozen=True)
class Look:
    """How an algorithm is drawn, in every figure of a page alike.

    Attributes:
        label: Its name, shortened where it is long.
        colour: One of `COLOURS`.
        marker: One of `MARKERS`; with the colour it comes back after 88 algorithms.
        dashes: One of `DASHES`.
    """

    label: str
    colour: str
    marker: str
    dashes: str | tuple[int, tuple[float, ...]]


LONGEST = 24


def looks(algorithms: tuple[str, ...]) -> dict[str, Look]:
    """A look for each algorithm; one with a long name is numbered, as its row in a table is."""
    return {
        name: Look(
            name if len(name) <= LONGEST else f"{name[: LONGEST - 6]}… #{k + 1}",
            COLOURS[k % len(COLOURS)],
            MARKERS[k % len(MARKERS)],
            DASHES[k % len(DASHES)],
        )
        for k, name in enumerate(algorithms)
    }
