"""Readers' own libraries: what other programs export, and which books of a catalogue these are."""

from readalike.libraries.corrections import Correction, read_corrections, write_corrections
from readalike.libraries.entry import Entry, Library, Merged, Rejected, Status, stars_on
from readalike.libraries.matches import Match, Matches, Shelves, books_of, shelves_of
from readalike.libraries.matching import match
from readalike.libraries.reading import read_library

__all__ = [
    "Correction",
    "Entry",
    "Library",
    "Match",
    "Matches",
    "Merged",
    "Rejected",
    "Shelves",
    "Status",
    "books_of",
    "match",
    "read_corrections",
    "read_library",
    "shelves_of",
    "stars_on",
    "write_corrections",
]
