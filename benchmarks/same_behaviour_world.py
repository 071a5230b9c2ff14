"""The files of a made-up world, which the yardstick's commands read.

The books are those of the embedded sample, laid out as Kaggle lays out goodbooks-10k; readers,
stars, tags and libraries are drawn here, so that no change of the library can change them.
"""

from __future__ import annotations

import csv
import json
import random
import re
import string
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

SEED = 15
READERS = 900
TABLES = "goodbooks-10k"
"""The folder that the documentation trains on."""
AS_SHOWN = {"Dune": "Dune (Dune Chronicles #1)"}
"""Titles that the documentation shows as goodbooks-10k has them."""
MOODS = ("humor", "dark", "romance", "magic", "sad", "adventure")
Row = Sequence[object]
Book = dict[str, str]


def write(path: Path, *rows: Row, separator: str = ",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows(rows)


def sample_books(source: Path) -> list[Book]:
    """The table of books that the library ships, wherever in the library it lies."""
    for path in sorted((source / "readalike").rglob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        if rows and {"title", "authors", "series", "volume", "subjects"} <= set(rows[0]):
            return rows
    raise SystemExit(f"no table of sample books is in {source}")


def edition_rows(books: Sequence[Book]) -> Iterator[Book]:
    """Other editions of some books, and boxed sets of the longer series."""
    for book in books[::45]:
        yield book | {"title": f"{book['title']}: Illustrated Edition", "work": book["work"]}
    by_series: dict[str, list[Book]] = {}
    for book in books:
        if book["series"]:
            by_series.setdefault(book["series"], []).append(book)
    for series, volumes in sorted(by_series.items()):
        if len(volumes) > 2:
            title = f"The {series} Boxed Set ({series}, #1-{len(volumes)})"
            yield volumes[0] | {"title": title, "series": "", "work": f"{70_000 + len(volumes)}"}


def all_books(source: Path) -> list[Book]:
    """Books with `id`, `goodreads` and `work` beside what the sample says of them."""
    books = [book | {"work": str(50_000 + i)} for i, book in enumerate(sample_books(source))]
    books += list(edition_rows(books))
    return [book | {"id": str(i + 1), "goodreads": str(90_000 + i)} for i, book in enumerate(books)]


def shown_title(book: Book) -> str:
    series = f" ({book['series']}, #{book['volume']})" if book["series"] else ""
    return AS_SHOWN.get(book["title"], book["title"] + series)


def isbn10(number: int) -> str:
    digits = f"{30_000_000 + number * 7:09}"
    check = sum((10 - i) * int(digit) for i, digit in enumerate(digits)) % 11
    return (digits + "0123456789X"[-check % 11]).lstrip("0")


def write_books(folder: Path, books: Sequence[Book]) -> None:
    names = [f"ratings_{stars}" for stars in range(1, 6)]
    head = ["id", "book_id", "best_book_id", "work_id", "isbn", "isbn13", "authors"]
    head += ["original_publication_year", "original_title", "title", "language_code"]
    rows = []
    for i, book in enumerate(books):
        fame = int(book["fame"])
        stars = [fame * (3 + (i * k) % 7) * k for k in (1, 2, 5, 9, 8)]
        mean = sum((k + 1) * n for k, n in enumerate(stars)) / sum(stars)
        code = {"eng": "en-US"}.get(book["language_code"], book["language_code"])
        year = f"{float(book['original_publication_year'])}"
        known = [book["id"], book["goodreads"], book["goodreads"], book["work"], isbn10(i), ""]
        known += [book["authors"], year if i % 50 else "", book["title"], shown_title(book)]
        rows.append([*known, code if i % 11 else "eng", f"{mean:.2f}", sum(stars), *stars])
    write(folder / "books.csv", [*head, "average_rating", "ratings_count", *names], *rows)


def write_tags(folder: Path, books: Sequence[Book]) -> None:
    names = sorted({tag for book in books for tag in book["subjects"].split("; ")})
    names = [*dict.fromkeys([*names, *MOODS]), "to-read", "owned", "favorites-2015"]
    rows: list[Row] = []
    for i, book in enumerate(books):
        tags = [*book["subjects"].split("; "), MOODS[i * 7 % 6], MOODS[i * 5 % 4], "to-read"]
        for place, tag in enumerate(dict.fromkeys(tags)):
            rows.append([book["goodreads"], names.index(tag), 400 // (place + 1) - i % 30])
    write(folder / "tags.csv", ["tag_id", "tag_name"], *enumerate(names))
    write(folder / "book_tags.csv", ["goodreads_book_id", "tag_id", "count"], *rows)


class Reader:
    """Somebody of two tastes, who reads well-known books and those of the tastes, in an order."""

    def __init__(self, draw: random.Random, books: Sequence[Book]) -> None:
        subjects = [tag for book in books for tag in book["subjects"].split("; ")]
        self.tastes = {draw.choice(subjects), draw.choice(subjects)}
        drawn = []
        for i, book in enumerate(books):
            liked = len(self.tastes & set(book["subjects"].split("; ")))
            weight = int(book["fame"]) * (1 + 9 * liked)
            drawn.append((draw.random() ** (1 / weight), i, liked))
        length = min(120, 4 + int(draw.expovariate(1 / 24)))
        mild = draw.gauss(0, 0.4)
        self.rows = []
        for _, i, liked in sorted(drawn, reverse=True)[:length]:
            stars = 3.2 + 0.8 * liked + mild + (i * 37 % 11 - 5) / 8 + draw.gauss(0, 0.7)
            self.rows.append((i, min(5, max(1, round(stars)))))
        draw.shuffle(self.rows)


def write_ratings(folder: Path, books: Sequence[Book]) -> None:
    draw = random.Random(SEED)
    rows: list[Row] = []
    timed: list[Row] = []
    for who in range(1, READERS + 1):
        reader = Reader(draw, books)
        start = 1_300_000_000 + draw.randrange(200_000_000)
        for place, (i, stars) in enumerate(reader.rows):
            rows.append([books[i]["id"], who, stars])
            if who <= READERS // 2:
                timed.append([who, books[i]["id"], stars, start + place * 400_000])
    rows += rows[50:500:90]  # some stand twice
    write(folder / TABLES / "ratings.csv", ["book_id", "user_id", "rating"], *rows)
    write(folder / "timed.csv", ["user_id", "book_id", "rating", "timestamp"], *timed)
    marks = [[f"r{who}", f"b{book}", stars * 2 - who % 2] for who, book, stars, _ in timed[:4000]]  # type: ignore[operator, has-type]
    write(folder / "marks.txt", ["reader", "book no", "mark"], *marks, separator=";")
    to_read = [
        [who, books[(who * 31 + k * 17) % len(books)]["id"]]
        for who in range(1, READERS)
        for k in range(4)
    ]
    write(folder / TABLES / "to_read.csv", ["user_id", "book_id"], *to_read)
    strangers: list[Row] = []
    for who in range(80):
        strangers += [[f"stranger {who}", books[i]["id"], s] for i, s in Reader(draw, books).rows]
    write(folder / "complete-histories.csv", ["user_id", "book_id", "rating"], *strangers)


def damaged(title: str, kind: int) -> str:
    """A title as other sites and people write it."""
    plain = re.sub(r"\s*\([^()]*\)$", "", title)
    return (
        title,
        plain.upper(),
        plain.partition(":")[0],
        re.sub(r"^(The|A|An) (.*)", r"\2, \1", plain),
        plain.translate(str.maketrans("", "", string.punctuation)),
        plain.replace("and", "&"),
        plain.encode("ascii", "ignore").decode(),
        f"{plain} (Penguin Classics)",
    )[kind % 8]


def turned(authors: str, kind: int) -> str:
    """The authors as other sites and people write them."""
    first = authors.split(", ")[0].strip()
    given, _, last = first.rpartition(" ")
    return (authors, first, f"{last}, {given}" if given else last, first.upper(), last, "")[
        kind % 6
    ]


def write_export(path: Path, books: Sequence[Book], every: int = 1) -> None:
    """A library as Goodreads exports it, with titles and authors damaged in every way."""
    head = ["Book Id", "Title", "Author", "Author l-f", "Additional Authors", "ISBN", "ISBN13"]
    head += ["My Rating", "Average Rating", "Year Published", "Original Publication Year"]
    head += ["Date Read", "Date Added", "Bookshelves", "Exclusive Shelf", "Read Count"]
    rows = []
    for i, book in enumerate(books[::every]):
        shelf = ("read", "read", "to-read", "currently-reading", "read", "dnf")[i % 6]
        number = isbn10(int(book["id"]) - 1).zfill(10) if i % 9 == 0 else ""
        rows.append([
            book["goodreads"] if i % 13 == 0 else 900_000 + i, damaged(shown_title(book), i),
            turned(book["authors"], i // 8), "", "", f'="{number}"', '=""',
            (i * 5) % 6 if shelf == "read" else 0, "3.90", "2004", "",
            "2021/03/04" if i % 2 else "", "2020/01/02", shelf, shelf, 1,
        ])  # fmt: skip
    write(path, head, *rows)


def write_keras(path: Path, books: int, readers: int) -> None:
    """The file that the tutorial notebook's Keras 2 saves of its dot product."""
    import h5py
    import numpy as np

    layers: list[dict[str, Any]] = []

    def layer(kind: str, name: str, *inputs: str, **settings: object) -> None:
        nodes = [[[each, 0, 0, {}] for each in inputs]] if inputs else []
        config = {"name": name, **settings}
        layers.append({"class_name": kind, "name": name, "config": config, "inbound_nodes": nodes})

    for name in ("Book", "User"):
        layer("InputLayer", f"{name}-Input", batch_input_shape=[None, 1])
        layer("Embedding", f"{name}-Embedding", f"{name}-Input", input_dim=0, mask_zero=False)
        layer("Flatten", f"Flatten-{name}", f"{name}-Embedding")
    layer("Dot", "Dot-Product", "Flatten-Book", "Flatten-User", axes=1, normalize=False)
    config = {
        "name": "m", "layers": layers, "output_layers": [["Dot-Product", 0, 0]],
        "input_layers": [["User-Input", 0, 0], ["Book-Input", 0, 0]],
    }  # fmt: skip
    draw = random.Random(SEED)
    with h5py.File(path, "w") as root:
        root.attrs["keras_version"] = b"2.2.4"
        root.attrs["model_config"] = json.dumps({"class_name": "Model", "config": config}).encode()
        weights = root.create_group("model_weights")
        weights.attrs["layer_names"] = np.array([each["name"].encode() for each in layers])
        for each in layers:
            group, rows = weights.create_group(each["name"]), {"Book": books, "User": readers}
            side, _, part = each["name"].partition("-")
            names = [f"{each['name']}/embeddings:0"] if part == "Embedding" else []
            group.attrs["weight_names"] = np.array([name.encode() for name in names])
            for name in names:
                table = [[draw.gauss(0.84, 0.3) for _ in range(5)] for _ in range(rows[side] + 1)]
                group.create_dataset(name, data=np.array(table, dtype="f4"))


def write_world(folder: Path, source: Path) -> None:
    """Writes all files that the commands read, into a new folder."""
    books = all_books(source)
    write_books(folder / TABLES, books)
    write_tags(folder / TABLES, books)
    write_ratings(folder, books)
    write_keras(folder / "regression_model.h5", len(books), READERS)
    history = ["book_id,rating", *(f"{k * 29 + 7},{5 - k % 4}" for k in range(15)), "3,"]
    (folder / "my-books.csv").write_text("\n".join(history) + "\n", encoding="utf-8")
    (folder / "my-books.json").write_text('{"7": 5, "19": 4, "300": null}\n', encoding="utf-8")
    names = {book["title"]: book for book in reversed(books)}
    small = [["title", "author", "rating", "shelf"]]
    for k, title in enumerate(("The Hobbit", "Emma", "Middlemarch", "Dracula", "Dune", "Kindred")):
        book = names.get(title, books[k * 60])
        stars, shelf = ("5", "read") if k % 2 == 0 else ("", "to-read")
        small.append([damaged(book["title"], k), book["authors"], stars, shelf])
    write(folder / "my-library.csv", *small)
    write_export(folder / "large-library.csv", books)
    write_export(folder / "partner.csv", books, 23)
    write_export(folder / "friend.csv", books[5:], 31)
    stock = [[shown_title(book), book["authors"], 4] for book in books[::3]]
    write(folder / "stock.csv", ["title", "author", "rating"], *stock)
    tags = "|".join(books[10]["subjects"].split("; "))
    new = [[20_001, "A New Voyage", books[10]["authors"], tags], [20_002, "Unheard", "Nobody", ""]]
    write(folder / "new-books.csv", ["book_id", "title", "authors", "tags"], *new)
    bad = [["book_id", "user_id", "rating"], [1, 1, 5], [2, 1, 9], ["", 1, 3], [3, 2, "many"]]
    write(folder / "bad.csv", *bad)


def write_real_export(path: Path, folder: Path) -> None:
    """A library of 2,500 books of goodbooks-10k, damaged in every way."""
    with (folder / "books.csv").open(newline="", encoding="utf-8") as file:
        books = [row | {"goodreads": row["book_id"]} for row in csv.DictReader(file)]
    write_export(path, [book | {"series": "", "volume": ""} for book in books], 4)
