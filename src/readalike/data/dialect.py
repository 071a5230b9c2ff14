"""How a text table is written: encoding, line ends, separator, quotes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from readalike.errors import InputError

SEPARATORS = ("::", "\t", ";", ",", "|", " ")
BLOCK = 1 << 22
SAMPLE_LINES = 200

_ESCAPED_QUOTE = re.compile(r'\\"(?!\s*($|[;,\t|]))', re.MULTILINE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ENTITY = re.compile(rb"&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")


@dataclass(frozen=True)
class Bytes:
    """What a look at every byte of a file says.

    Attributes:
        encoding: Name of a Python codec.
        marked: Whether the file begins with a byte order mark.
        damaged: Bytes that the encoding has no character for.
        clean_lines: Whether all lines end in the same way, by LF or CRLF.
        quotes: Whether there is any double quote.
        entities: Whether there is anything like `&amp;`.
    """

    encoding: str
    marked: bool
    damaged: int
    clean_lines: bool
    quotes: bool
    entities: bool


def look(stream: BinaryIO, name: str) -> Bytes:
    """Reads a file once and says how it is encoded.

    UTF-16 is known by its mark or by its zero bytes; else UTF-8 where all of it is, else
    cp1252 (which holds all of Latin-1's letters), unless more characters are valid UTF-8 than
    are not.

    Raises:
        InputError: It is binary.
    """
    head = stream.read(BLOCK)
    encoding = _utf16(head)
    if encoding is not None:
        return Bytes(encoding, head[:2] in (b"\xff\xfe", b"\xfe\xff"), 0, False, True, True)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    valid, lf, cr, crlf, quotes, entities, last = True, 0, 0, 0, False, False, b""
    wide = damaged = line = 0
    block = head
    while block:
        zero = block.find(b"\0")
        if zero >= 0:
            line += 1 + block.count(b"\n", 0, zero)
            raise InputError(
                "must be a text table, got a zero byte; this is a binary or damaged file",
                file=name,
                line=line,
            )
        line += block.count(b"\n")
        lf += block.count(b"\n")
        cr += block.count(b"\r")
        crlf += block.count(b"\r\n") + (last == b"\r" and block.startswith(b"\n"))
        last = block[-1:]
        quotes = quotes or b'"' in block
        entities = entities or (b"&" in block and _ENTITY.search(block) is not None)
        if not block.isascii():
            if valid:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    valid = False
            bad = block.decode("utf-8", "replace").count("\ufffd")
            damaged += bad
            wide += int((np.frombuffer(block, np.uint8) >= 0xC0).sum()) - bad if bad else 0
        elif valid and decoder.getstate()[0]:
            valid = False
        block = stream.read(BLOCK)
    marked = head.startswith(codecs.BOM_UTF8)
    clean = cr == 0 or (cr == crlf == lf)
    if (valid and not decoder.getstate()[0]) or wide > damaged:
        return Bytes("utf-8", marked, 0 if valid else damaged, clean, quotes, entities)
    return Bytes("cp1252", False, 0, clean, quotes, entities)


def _utf16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:1000]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * len(sample) and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * len(sample) and odd == 0 else None


def escaped_by_backslash(sample: str) -> bool:
    r"""Whether a quote inside quotes is written \" as Book-Crossing does."""
    return _ESCAPED_QUOTE.search(sample) is not None


def is_quoted(sample: str, separator: str) -> bool:
    """Whether some cell begins with a quote; other quotes are part of the text."""
    if len(separator) > 1:
        return False
    return re.search(rf'(^|{re.escape(separator)}) ?"', sample, re.MULTILINE) is not None


def separator_of(lines: Sequence[str], quotes: bool) -> str | None:
    """The separator that divides most lines into as many cells as the first line.

    Among equals the order of `SEPARATORS` decides; a blank divides only where it divides every
    line alike. None where no separator divides the first line.
    """
    if quotes:
        text = _QUOTED.sub("x", "\n".join(lines).replace('\\"', ""))
        lines = [line for line in text.split("\n") if line.strip()]
    best, best_share = None, 0.0
    for candidate in SEPARATORS:
        counts = [line.strip(" ").count(candidate) for line in lines[:SAMPLE_LINES]]
        if not counts or counts[0] == 0:
            continue
        share = sum(count == counts[0] for count in counts) / len(counts)
        if share > best_share and (candidate != " " or share == 1.0):
            best, best_share = candidate, share
    return best
