"""What became of a book, by the words, flags and days that a row has for it, in ten languages."""

from __future__ import annotations

import re
from typing import Literal

from readalike.bibliography.folding import fold
from readalike.data.cells import BLANKS, number, whole
from readalike.libraries.cells import Cells, of_kinds

Status = Literal["read", "reading", "to-read", "unfinished"]
"""What became of a book; unfinished is one that was begun and given up."""

_NAMES: dict[Status, str] = {
    "read": (
        "read, finished, completed, complete, done, already read, read but unowned, have read, "
        "i have read, books read, "
        "gelesen, ausgelesen, fertig, fertig gelesen, beendet, "
        "lu, lue, lus, lues, déjà lu, terminé, fini, livres lus, "
        "leído, leída, leídos, ya leído, terminado, leido, "
        "letto, letta, letti, già letto, finito, "
        "lido, lida, lidos, já lido, já li, terminado, "
        "gelezen, uitgelezen, uit, uitgelezen boek, "
        "przeczytane, przeczytana, przeczytany, przeczytałem, przeczytałam, "
        "прочитано, прочитана, прочитал, прочитала, прочёл, прочитанные, прочитанное, "
        "読んだ, 読了, 読み終わった, 読んだ本, 既読, "
        "läst, lest, læst, luettu, okundu, okudum, okuduklarım, přečteno, 已读, 已讀, 读过, 讀過"
    ),
    "reading": (
        "currently reading, current, reading, reading now, now reading, rereading, in progress, "
        "started, paused, on hold, ongoing, "
        "lese ich gerade, lese gerade, lese ich, am lesen, wird gelesen, angefangen, begonnen, "
        "aktuell, pausiert, "
        "en cours, en cours de lecture, lecture en cours, en train de lire, je lis, en pause, "
        "leyendo, leyendo ahora, leyendo actualmente, en curso, en proceso, "
        "in lettura, sto leggendo, lettura in corso, in corso, leggendo, "
        "lendo, a ler, lendo agora, em leitura, relendo, em andamento, "
        "aan het lezen, bezig, lees ik nu, nu aan het lezen, mee bezig, "
        "czytam, teraz czytam, w trakcie, w trakcie czytania, aktualnie czytam, "
        "читаю, читаю сейчас, сейчас читаю, в процессе, "
        "読んでる, 読んでいる, いま読んでる, 読書中, 読み中, 読んでいる本, "
        "läser, läser nu, leser, læser, lukemassa, okuyorum, okunuyor, čtu, 在读, 在讀, 正在阅读"
    ),
    "to-read": (
        "to read, want to read, wants to read, wanted, wishlist, wish list, planned, plan to read, "
        "tbr, to be read, unread, not read, not started, not begun, not yet read, up next, "
        "will read, read later, "
        "möchte ich lesen, will ich lesen, möchte lesen, noch lesen, zu lesen, ungelesen, "
        "noch nicht gelesen, noch zu lesen, nicht gelesen, sub, wunschliste, merkliste, leseliste, "
        "geplant, vorgemerkt, stapel ungelesener bücher, "
        "à lire, pal, pile à lire, pense-bête, envie de lire, souhait, liste de souhaits, "
        "non lu, pas encore lu, je veux lire, à découvrir, "
        "quiero leer, por leer, para leer, pendiente, pendientes, lista de deseos, no leído, "
        "sin leer, deseado, "
        "da leggere, voglio leggere, vorrei leggere, lista dei desideri, desideri, non letto, "
        "non ancora letto, "
        "quero ler, para ler, vou ler, lista de desejos, desejado, não lido, por ler, "
        "te lezen, wil ik lezen, wil lezen, nog lezen, nog te lezen, ongelezen, niet gelezen, "
        "verlanglijst, verlanglijstje, "
        "do przeczytania, chcę przeczytać, w planach, lista życzeń, nieprzeczytane, planowane, "
        "хочу прочитать, в планах, прочитать, буду читать, не прочитано, не читал, не читала, "
        "отложено, список желаний, "
        "読みたい, 積読, 未読, 気になる, 積ん読, 読みたい本, 積読本, "
        "vill läsa, att läsa, vil lese, vil læse, haluan lukea, okunacak, okumak istiyorum, "
        "okuyacağım, chci číst, 想读, 想讀, 未读, 未讀"
    ),
    "unfinished": (
        "stopped, stopped reading, dropped, abandoned, quit, did not finish, discarded, "
        "abgebrochen, aufgegeben, nicht beendet, nicht zu ende gelesen, "
        "abandonné, abandonnée, abandonnés, abandon, pas fini, non terminé, inachevé, "
        "abandonado, abandonada, abandonados, no terminado, dejado, lo dejé, sin terminar, "
        "abbandonato, abbandonata, abbandonati, non finito, interrotto, lasciato, "
        "abandonei, abandonado, desisti, não terminado, não terminei, larguei, "
        "afgebroken, opgegeven, gestopt, niet uitgelezen, niet uit, "
        "porzucone, porzucona, przerwane, niedokończone, nie dokończone, nie skończone, "
        "заброшено, брошено, бросил, бросила, не дочитал, не дочитала, недочитано, не дочитано, "
        "読むのをやめた, 挫折, 中断, 中止, "
        "avbruten, gav upp, avbrutt, afbrudt, keskeytetty, yarım bıraktım, yarım bırakıldı, "
        "nedočteno, 弃读, 棄讀, 搁置"
    ),
}
WORDS = {fold(name): status for status, names in _NAMES.items() for name in names.split(", ")}
"""What shelves and cells of these names hold, as `fold` writes them."""
GIVEN_UP = re.compile(
    r"\b(?:dnf|did not finish|didnt finish|not finished|unfinished|never finished|"
    r"could not finish|couldnt finish|gave up|given up|abandoned|abgebrochen)\b"
)
"""A shelf with one of these in its name holds books that were given up: `dnf-2020`."""

_TRUE = """
    1 true yes y x ✓ ✔ ☑ ✅ ja oui si sí sì sim tak да はい wahr vrai verdadero vero verdadeiro on
"""
_FALSE = "0 false no n ✗ ✘ ☐ ❌ nein non nee não nie нет いいえ falsch faux falso off"
FLAGS = dict.fromkeys(_TRUE.split(), True) | dict.fromkeys(_FALSE.split(), False)
"""Cells that say yes or no, in small letters."""


def flag_of(cell: str) -> bool | None:
    """Whether a cell says yes or no; None where it says neither."""
    return FLAGS.get(cell.strip(BLANKS).casefold().removesuffix(".0"))


def status_of_word(text: str) -> Status | None:
    """What a shelf's name says; None for a shelf of the reader's own."""
    words = fold(text)
    return WORDS.get(words) or ("unfinished" if GIVEN_UP.search(words) else None)


def status_of_shelves(cell: str) -> Status | None:
    """What the shelves of a cell say together; None where they say nothing, or several things."""
    said = {status_of_word(name) for name in re.split(r"[,;|]", cell)} - {None}
    return said.pop() if len(said) == 1 else None


def status_of_cells(cells: Cells, rated: bool) -> Status | None:
    """What a row says of its book: the first of these that says something.

    The word of its status, that it was given stars (`rated`) or finished on a day or read so often,
    a flag of having read it, how far the reader is, a flag of wanting it, a day on which it was
    begun, the shelves it is on.
    """
    found = status_of_word(cells.get("status", ""))
    if found is not None:
        return found
    if rated or finished(cells) or (whole(cells.get("reads", "")) or 0) > 0:
        return "read"
    flags = {flag_of(cell) for cell in of_kinds(cells, "flag")} - {None}
    if True in flags:
        return "read"
    progress = number(cells.get("progress", "").removesuffix("%"))
    if progress is not None and progress >= 0:
        return "read" if progress >= 100 else "reading" if progress > 0 else "to-read"
    if any(flag_of(cell) for cell in of_kinds(cells, "wanted")):
        return "to-read"
    if any(flag_of(cell) is not False for cell in of_kinds(cells, "begun")):
        return "reading"
    if flags:
        return "to-read"
    return status_of_shelves(cells.get("shelves", ""))


def finished(cells: Cells) -> bool:
    """Whether a row has a day on which the book was finished; `[]` is an empty list of days.

    A yes or a no in such a column is a flag, as in `Finished: yes`.
    """
    return any(cell.strip(" []") and flag_of(cell) is not False for cell in of_kinds(cells, "read"))


def nothing_said(cells: Cells, rated: bool) -> Status | None:
    """A source that keeps no account of reading."""
    return None
