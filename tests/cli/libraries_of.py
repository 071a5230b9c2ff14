"""A model of the books that the library ships, and exports of readers who have read some."""

from __future__ import annotations

from pathlib import Path

from cli.running import book_id, write_world
from libraries import exports
from libraries.exports import goodreads, table, write
from readalike import train

OF_LIBRARIES = {
    "--title-column", "--author-column", "--isbn-column", "--rating-column", "--status-column",
    "--scale", "--encoding", "--unknown",
}  # fmt: skip
"""Options of reading a library, that test_cli_library_options.py is about."""
READ = {
    "A Game of Thrones": ("George R. R. Martin", 5),
    "The Hobbit": ("J. R. R. Tolkien", 4),
    "Catching Fire": ("Suzanne Collins", 0),
}
"""What the reader read; Catching Fire is volume 2, and has no stars."""
PILE = {
    "A Storm of Swords": "George R. R. Martin",
    "A Wizard of Earthsea": "Ursula K. Le Guin",
    "A Study in Scarlet": "Arthur Conan Doyle",
}
"""What the reader means to read; A Storm of Swords is volume 3."""


def write_export(path: Path, **more: dict[str, object]) -> Path:
    """A Goodreads export of what was read, one book given up, the pile, and a book unheard of."""
    rows = [goodreads(title, author, My_Rating=stars) for title, (author, stars) in READ.items()]
    rows.append(goodreads("Breaking Dawn", "Stephenie Meyer", Exclusive_Shelf="did-not-finish"))
    rows += [goodreads(title, author, Exclusive_Shelf="to-read") for title, author in PILE.items()]
    rows.append(goodreads("Unheard Of", "Nobody Known", My_Rating=5))
    return write(path, table(exports.GOODREADS, *rows))


def write_titles(path: Path, *titles: tuple[str, str], stars: int = 5) -> Path:
    """A plain table of titles, authors and stars."""
    lines = [f'"{title}","{author}",{stars}' for title, author in titles]
    return write(path, "\n".join(["title,author,rating", *lines]) + "\n")


def bound_model(folder: Path) -> Path:
    """A model with two volumes, b01 and b03, a set of both, b05, and b07, the first once more."""
    write_world(folder, books=False)
    named = {
        1: "Games (Games, #1)", 3: "Fire (Games, #2)", 5: "Games Boxset (Games, #1-2)",
        7: "Games (Games, #1)",
    }  # fmt: skip
    rows = ["book_id,title,authors"]
    rows += [f'{book_id(b)},"{named.get(b, f"Tale {b}")}",Ann Onym' for b in range(30)]
    write(folder / "books.csv", "\n".join(rows) + "\n")
    train(folder, folder / "model", algorithm="cosine", predictor=None)
    return folder / "model"
