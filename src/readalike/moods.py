"""Moods of books, by the tags that readers give them."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.search import like
from readalike.data.tags import fold_tag
from readalike.errors import SettingError

MOODS = MappingProxyType(
    {
        "adventurous": ("adventure", "action adventure", "adventures", "survival", "quest"),
        "cosy": (
            "cozy", "cozy mystery", "cozy mysteries", "mystery cozy", "cosy mystery", "feel good",
            "heart warming", "small town",
        ),
        "dark": (
            "dark", "dark fiction", "dark fantasy", "dark humor", "noir", "gothic", "grimdark",
            "gritty", "twisted", "disturbing", "depressing",
        ),
        "funny": (
            "funny", "humor", "humour", "humorous", "hilarious", "comedy", "laugh out loud",
            "made me laugh", "lol",
        ),
        "inspiring": ("inspirational", "inspiring", "inspiration", "motivational"),
        "magical": (
            "magic", "magical", "fairy tales", "fairy tale", "fairytales", "fairytale", "wizards",
            "witches", "fairies",
        ),
        "romantic": ("romance", "romantic", "love story", "love stories", "chick lit"),
        "sad": (
            "sad", "made me cry", "books that made me cry", "tear jerker", "tear jerkers",
            "tearjerker", "heartbreaking", "heart wrenching", "ugly cry", "depressing", "grief",
        ),
        "satirical": ("satire", "humor satire", "political satire", "dark humor", "black comedy"),
        "scary": (
            "scary", "horror", "creepy", "spooky", "terror", "ghosts", "ghost stories",
        ),
        "strange": ("weird", "weird fiction", "new weird", "surreal", "surrealism"),
        "thoughtful": (
            "thought provoking", "philosophical", "philosophical fiction", "literary fiction",
            "psychological",
        ),
        "thrilling": ("thriller", "thrillers", "suspense", "action thriller"),
        "true": (
            "true story", "true stories", "based on a true story", "memoir", "memoirs",
            "biography", "autobiography", "true crime",
        ),
    }
)  # fmt: skip
"""Tags of each mood, as readers of goodbooks-10k write them; any other tag is a mood of its own."""

NEAR = 5
CLOSE = 60.0
"""Tags less alike than this (rapidfuzz, of 100) are not called near."""


def mood_strengths(catalogue: Catalogue, mood: str) -> npt.NDArray[np.float64]:
    """How much a mood is a book's own, from 0 to 1: c / (all + m); shape (n_books,).

    c is how often the book was given a tag of the mood, `all` how often any tag, and m the
    median of `all` over books with tags. So a book is believed by how many people tagged it: of
    two tags given to an unknown book one says little, and a plain share would put such books
    before all others.

    Args:
        catalogue: The books.
        mood: A name of `MOODS`, or a tag.

    Raises:
        SettingError: No book has tags, or nothing of that name is known.
    """
    if catalogue.tags is None or catalogue.tags.counts.nnz == 0:
        raise SettingError("moods are made of the books' tags, but no book here has a tag")
    wanted = np.zeros(len(catalogue.tags.names))
    wanted[_columns(catalogue.tags, mood)] = 1.0
    given = catalogue.tags.counts @ wanted
    every = catalogue.tags.counts @ np.ones(len(wanted))
    return np.asarray(given / (every + np.median(every[every > 0])))


def _columns(tags: Tags, mood: str) -> list[int]:
    """Where the tags of a mood stand."""
    folded = fold_tag(mood)
    names = MOODS.get(folded, (folded,))
    column = {name: at for at, name in enumerate(tags.names)}
    found = [column[name] for name in names if name in column]
    if found:
        return found
    if folded in MOODS:
        raise SettingError(
            f"the mood {folded!r} is made of the tags {', '.join(names)}, but no book here has one"
        )
    near = like(folded, tags.names, NEAR, CLOSE)
    hint = f"; tags like it are {', '.join(near)}" if near else ""
    raise SettingError(
        f"a mood must be one of {', '.join(MOODS)}, or a tag of the books, got {mood!r}{hint}"
    )
