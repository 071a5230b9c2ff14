"""The controlled vocabulary of subjects, grouped into shelves.

A shelf is what a reader's taste is about in the simulation: somebody who likes one subject of a
shelf is likely to like its neighbours too.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SHELVES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "science fiction": (
            "science fiction",
            "space opera",
            "dystopia",
            "cyberpunk",
            "post-apocalyptic",
            "time travel",
        ),
        "fantasy": ("fantasy", "epic fantasy", "urban fantasy", "magic school"),
        "crime": ("mystery", "detective", "cosy crime", "noir", "nordic"),
        "suspense": ("thriller", "espionage", "true crime"),
        "dark": ("horror", "gothic", "vampires"),
        "love": ("romance", "regency", "victorian"),
        "past": ("historical fiction", "war", "adventure", "western", "family saga"),
        "laughter": ("humour", "satire"),
        "literature": ("literary fiction", "modernism", "short stories", "irish", "coming of age"),
        "canon": ("classic", "drama", "poetry", "ancient world", "mythology retelling"),
        "europe": ("russian", "french", "italian", "german", "central european"),
        "world": ("latin american", "magical realism", "african", "indian", "middle eastern"),
        "east asia": ("japanese", "chinese", "korean"),
        "lives": ("memoir", "biography", "holocaust", "travel", "food", "art", "essays"),
        "ideas": (
            "philosophy",
            "psychology",
            "religion",
            "history",
            "politics",
            "economics",
            "business",
        ),
        "nature": ("science", "nature", "environment", "medicine"),
        "children": ("children's", "picture book", "animals"),
        "young adult": ("young adult", "graphic novel"),
        "justice": ("feminism", "race", "lgbtq"),
    }
)

SUBJECTS: Final[tuple[str, ...]] = tuple(
    subject for subjects in SHELVES.values() for subject in subjects
)
