"""Files of every kind that people have, whole and damaged."""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from attacks.effort import LONG
from readalike.errors import InputError
from readalike.libraries.entry import Library
from readalike.libraries.reading import read_library
from readalike.tables.dataset import Dataset, read

FILES = 2_000 if LONG else 200
HEADERS = {
    "en": ("cp1252", "Title,Author,My Rating,Status", "read,to-read,dnf"),
    "de": ("cp1252", "Titel,Autor,Bewertung,Status", "gelesen,möchte ich lesen,abgebrochen"),
    "fr": ("cp1252", "Titre,Auteur,Note,Statut", "lu,à lire,abandonné"),
    "es": ("cp1252", "Título,Autor,Calificación,Estado", "leído,quiero leer,abandonado"),
    "it": ("cp1252", "Titolo,Autore,Valutazione,Stato", "letto,da leggere,abbandonato"),
    "pt": ("cp1252", "Título,Autor,Nota,Estante", "lido,quero ler,abandonei"),
    "nl": ("cp1252", "Titel,Auteur,Waardering,Status", "gelezen,wil ik lezen,niet uitgelezen"),
    "pl": ("cp1250", "Tytuł,Autor,Ocena,Półka", "przeczytane,chcę przeczytać,porzucone"),
    "ru": ("cp1251", "Название,Автор,Оценка,Статус", "прочитано,хочу прочитать,брошено"),
    "ja": ("cp932", "タイトル,著者,評価,読書状況", "読んだ,読みたい,挫折"),
}
TITLES = {
    "pl": "Wieża Jaskółki|Krew elfów|Zażółć gęślą jaźń",
    "ru": "Мастер и Маргарита|Война и мир|Преступление и наказание",
    "ja": "海辺のカフカ|ノルウェイの森|こころ",
}
LATIN = "Les Misérables|Größe und Maß|Cien años de soledad"
RATINGS: dict[str, Callable[[int], str]] = {
    "five": lambda k: f"{k % 5 + 1}",
    "halves": lambda k: f"{(k % 10 + 1) / 2}",
    "twenty": lambda k: f"{k * 5 % 9 + 12}",
    "hundred": lambda k: f"{k * 7 % 90 + 11}",
    "fraction": lambda k: f"{k % 10 + 1}/10",
    "per cent": lambda k: f"{k * 7 % 90 + 11} %",
    "drawn": lambda k: "*" * (k % 5 + 1),
    "thumbs": lambda k: "like" if k % 3 else "dislike",
}
Rows = list[list[str]]


def rows_of(chance: random.Random) -> tuple[str, Rows]:
    """The code page of a language, and names of columns and rows in it."""
    language = chance.choice(sorted(HEADERS))
    codec, names, words = HEADERS[language]
    titles, said = TITLES.get(language, LATIN).split("|"), words.split(",")
    rating = RATINGS[chance.choice(sorted(RATINGS))]
    rows = [
        [f"{titles[k % 3]} {k + 1}", f"Ann Onym{k}", rating(k), said[k % 3]]
        for k in range(chance.randrange(3, 15))
    ]
    return codec, [names.split(","), *rows]


def table(rows: Rows, chance: random.Random) -> str:
    separator = chance.choice([",", ";", "\t"])
    quote = chance.random() < 0.5
    lines = [separator.join(f'"{c}"' if quote else c for c in row) for row in rows]
    if chance.random() < 0.3:  # a spreadsheet put each line in quotes once more
        lines = ['"' + line.replace('"', '""') + '"' for line in lines]
    return chance.choice(["\n", "\r\n"]).join(lines) + "\n"


def workbook(rows: Rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def json_lines(rows: Rows) -> str:
    objects = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in objects)


def packed(content: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.5:
        return gzip.compress(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/library.csv", content)
    return out.getvalue()


def file_of(chance: random.Random) -> tuple[bytes, int]:
    """A whole file of one of the kinds, and how many rows it has."""
    codec, rows = rows_of(chance)
    kind = chance.choice(["table"] * 4 + ["workbook", "json", "array", "twice"])
    if kind == "workbook":
        return workbook(rows), len(rows) - 1
    if kind == "json":
        content = json_lines(rows).encode()
    elif kind == "array":
        objects = [json.loads(line) for line in json_lines(rows).splitlines()]
        content = json.dumps(objects, indent=chance.choice([None, 1])).encode()
    elif kind == "twice":
        content = table(rows, chance).encode("utf-8").decode("latin-1").encode("utf-8")
    else:
        content = table(rows, chance).encode(chance.choice([codec, "utf-8", "utf-8-sig", "utf-16"]))
    return (packed(content, chance) if chance.random() < 0.2 else content), len(rows) - 1


def damaged(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.randrange(1, 4)):
        if not spoilt:
            break
        at = chance.randrange(len(spoilt))
        what = chance.randrange(5)
        if what == 0:
            del spoilt[at:]
        elif what == 1:
            spoilt[at] = chance.randrange(256)
        elif what == 2:
            spoilt[at:at] = chance.choice([b'"', b"\n", b",", b";", b"\xff", b"&amp;", b"}"])
        elif what == 3:
            del spoilt[at : at + chance.randrange(1, 30)]
        else:
            spoilt[at:at] = spoilt[max(0, at - 20) : at]
    return bytes(spoilt)


@pytest.mark.parametrize("seed", range(4))
def test_whole_files_are_read_to_the_last_row(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "library"
    for at in range(FILES // 8):
        content, rows = file_of(chance)
        path.write_bytes(content)
        library = read_library(path)
        assert library.rows == rows, (seed, at, library.notes)
        assert not library.rejected
        assert sum(entry.stars is not None for entry in library.entries) + len(
            library.merged
        ) >= len(library.entries), (seed, at, library.lines())
        assert any(entry.status for entry in library.entries), (seed, at, library.lines())


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_read_or_refused_and_no_row_is_lost(tmp_path: Path, seed: int) -> None:
    chance = random.Random(100 + seed)
    path = tmp_path / "library"
    for at in range(FILES // 4):
        content = damaged(file_of(chance)[0], chance)
        path.write_bytes(content)
        library = _tried(path, read_library)
        if isinstance(library, Library):
            counted = len(library.entries) + len(library.merged) + len(library.rejected)
            assert counted == library.rows, (seed, at)
            assert all(row.why and row.line > 0 for row in library.rejected)
            assert library.lines()
        dataset = _tried(path, lambda file: read(file, columns={"user": "1", "book": "2"}))
        if isinstance(dataset, Dataset):
            (taken,) = dataset.intake.files
            left = sum(each.count for each in dataset.intake.left_out)
            assert taken.taken + left == taken.rows, (seed, at)


def _tried(path: Path, reading: Callable[[Path], object]) -> object:
    """What is read of a file; None where it is refused, with its name and a reason."""
    refused = None
    try:
        return reading(path)
    except InputError as error:
        refused = str(error)
    assert re.match(rf"{re.escape(str(path))}(, line \d+)?: \S", refused)
    return None
