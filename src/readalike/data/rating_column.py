"""How a column writes ratings: numbers, fractions, percents, drawn stars, words, thumbs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from readalike.data.cells import BLANKS, number
from readalike.data.scale import TOPS, FoundScale, Stars

_NUMBER = r"\d+(?:[.,]\d+)?"
_OF = r"/|of|out of|von|auf|sur|de|su|di|van|op|na|z|из|av|af|üzerinden|共"
_STAR_WORDS = (
    r"stars?|sternen?|sterne?|étoiles?|etoiles?|estrellas?|estrelas?|stell[ae]|sterren|gwiazd\w*|звезд\w*|"
    r"stjärnor|stjerner|yıldız|hvězd\w*|つ?星|星|颗星|顆星|点|分|"
    r"points?|pts?|punkte?|punten|puntos?|pontos?|punti|pkt|балл\w*|puan|★|⭐|\*"
)
_FRACTION = re.compile(
    rf"({_NUMBER})\s*(?:{_OF})\s*({_NUMBER})\s*(?:{_STAR_WORDS})?", re.IGNORECASE
)
_OF_BEFORE = re.compile(rf"({_NUMBER})つ星(?:のうち|中)\s*({_NUMBER})")
"""As in 5つ星のうち4.0, four of five."""
_PERCENT = re.compile(rf"({_NUMBER})\s*[%％]")
_IN_WORDS = re.compile(
    rf"(?:(?:rated|rating|note|nota|bewertung)[\s:]*|[★⭐]\s*)({_NUMBER})"
    rf"|({_NUMBER})\s*-?\s*(?:{_STAR_WORDS})\.?",
    re.IGNORECASE,
)
_PARTS = {"¼": 0.25, "½": 0.5, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
_MIXED = re.compile(r"(\d*)\s*(¼|½|¾)|(\d+)\s+(1/2|1/4|3/4)")
_DRAWN = re.compile(r"(?P<full>[★⭐🌟✭✮✯⚫●]+|\*+)\s*(?P<half>½|⯨|⯪|1/2)?\s*(?P<empty>[☆✩✰⚪○]*)")
_EMPTY_STARS = re.compile(r"[☆✩✰⚪○]+")
_DECORATION = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\u200d]")
"""What chooses the form or the colour of a sign before it."""

_NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PHRASES: dict[str, float] = {
    # the words that Goodreads shows for its stars
    "it was amazing": 5,
    "really liked it": 4,
    "liked it": 3,
    "it was ok": 2,
    **dict.fromkeys(("did not like it", "didnt like it", "didn't like it"), 1),
}
_THUMBS: dict[str, bool] = {
    **dict.fromkeys(("👍", "thumbs up", "thumb up", "thumbs-up", "like", "liked", "❤", "♥"), True),
    **dict.fromkeys(("👎", "thumbs down", "thumb down", "thumbs-down"), False),
    **dict.fromkeys(("dislike", "disliked"), False),
}
FIVE = 5.0
"""The top of stars that are drawn, of Goodreads' words and of thumbs, where none is said."""

NO_RATING = frozenset(
    {"", "-", "--", "–", "—", "?", ".", "null", "none", "na", "n/a", "nan", "not rated", "unrated"}
    | {"no rating", "not yet rated", "ohne", "keine", "sans note", "non noté", "sin puntuar"}
    | {"sem nota", "nessuno", "geen", "brak", "нет", "未評価", "なし"}
)
"""What a cell without a rating holds, in small letters."""


def says_none(cell: str) -> bool:
    """Whether a cell says that there is no rating."""
    return cell.strip(BLANKS).casefold() in NO_RATING


class Mark(NamedTuple):
    """One rating; `highest` is the best that its notation knows, None of a bare number."""

    value: float
    highest: float | None
    notation: str


def mark_of(cell: str) -> Mark | None:
    """What a cell says: `4`, `4,5`, `4/5`, `8 of 10`, `80 %`, `★★★★☆`, `4½`, `4 stars`, a thumb.

    None where it says no rating.
    """
    plain = number(cell)
    if plain is not None:
        return Mark(plain, None, "")
    text = _DECORATION.sub("", cell).strip(BLANKS).casefold()
    if not text or len(text) > 100:
        return None
    if found := _DRAWN.fullmatch(text):
        return _drawn(len(found["full"]), bool(found["half"]), len(found["empty"]))
    if _EMPTY_STARS.fullmatch(text):
        return _drawn(0, False, len(text))
    if found := _MIXED.fullmatch(text):
        whole, part = (found[1], found[2]) if found[2] else (found[3], found[4])
        return Mark(float(whole or 0) + _PARTS[part], None, "")
    if text in _THUMBS:
        return Mark(FIVE if _THUMBS[text] else 1.0, FIVE, "thumbs, up as 5 and down as 1")
    if text in _PHRASES:
        return Mark(_PHRASES[text], FIVE, "words, as Goodreads has them")
    text = unicodedata.normalize("NFKC", text)
    if found := _FRACTION.fullmatch(text) or _OF_BEFORE.fullmatch(text):
        value, highest = number(found[1]), number(found[2])
        if found.re is _OF_BEFORE:
            value, highest = highest, value
        if value is None or not highest or value > highest:
            return None
        return Mark(value, highest, f"as in {cell.strip()[:20]}")
    if found := _PERCENT.fullmatch(text):
        value = number(found[1])
        return None if value is None or value > 100 else Mark(value, 100.0, "percents")
    if found := _IN_WORDS.fullmatch(text):
        value = number(found[1] or found[2])
        return None if value is None else Mark(value, None, "")
    word = text.removesuffix(" stars").removesuffix(" star")
    return Mark(_NUMERALS.index(word) + 1.0, None, "") if word in _NUMERALS else None


def _drawn(full: int, half: bool, empty: int) -> Mark:
    highest = max(full + half + empty if empty else FIVE, full + half)
    return Mark(full + half / 2, float(highest), "drawn stars")


_REMARK = re.compile(
    rf"\s*(?:\((?P<inside>[^()]*)\)|\[(?P<square>[^\[\]]*)\]|(?:{_OF})\s*(?P<top>\d{{1,3}}))\s*$",
    re.IGNORECASE,
)
_LAST_NUMBER = re.compile(r"(\d{1,3})\D*$")
NAMED_TOPS = (5.0, 6.0, 7.0, 10.0, 12.0, 20.0, 100.0)
"""The tops of scales that names of columns speak of."""


def name_and_top(name: str) -> tuple[str, float | None]:
    """A column's name without the remark behind it, and the top of the scale that this names.

    `Rating (1-10)`, `Note /20`, `Score out of 100`.
    """
    found = _REMARK.search(name)
    if found is None or not found.start():
        return name, None
    top = _LAST_NUMBER.search(found["inside"] or found["square"] or found["top"] or "")
    said = float(top[1]) if top else None
    return name[: found.start()], said if said in NAMED_TOPS else None


@dataclass(frozen=True)
class RatingColumn:
    """What the cells of a column say, on one scale.

    Attributes:
        values: The rating of each text that is one.
        highest: The best rating, where the notation says it; None of bare numbers.
        notation: How the ratings are written, in words; "" of bare numbers.
        first_other: A text that is no rating and does not say that there is none; "" where all are.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    highest: float | None = None
    notation: str = ""
    first_other: str = ""

    def written_scale(self, stars: Stars, name: str) -> FoundScale | None:
        """The scale that the notation or the name of the column says; None where neither does.

        Args:
            stars: Those of the column that count, without 0.
            name: Of the column.
        """
        if self.highest is not None:
            return FoundScale.of(stars, highest=self.highest, notation=self.notation)
        top = name_and_top(name)[1]
        if top is not None and (not stars.size or stars.max() <= top):
            return FoundScale.of(stars, highest=top, notation=f"the column is called {name!r}")
        return None


def rating_column(counts: Mapping[str, int]) -> RatingColumn:
    """Reads the distinct texts of a column, each with how often it stands there, in order.

    Where several tops are written, as in `4/5` beside `8/10`, the most frequent one is that of the
    column, or a wider one that bare numbers need; a rating of another top is the same share of it.
    """
    marks = {text: mark for text in counts if (mark := mark_of(text)) is not None}
    tops: Counter[float] = Counter()
    notations: Counter[str] = Counter()
    for text, mark in marks.items():
        if mark.highest is not None:
            tops[mark.highest] += counts[text]
            notations[mark.notation] += counts[text]
    highest = max(tops, key=lambda top: (tops[top], top), default=None)
    bare = max((mark.value for mark in marks.values() if mark.highest is None), default=0.0)
    if highest is not None and bare > highest:  # the numbers beside them are of a wider scale
        highest = next((top for top in TOPS if top >= bare), bare)
    values = {
        text: mark.value
        if highest is None or mark.highest in (None, highest)
        else mark.value * highest / mark.highest
        for text, mark in marks.items()
    }
    others = (text for text in counts if text not in marks and not says_none(text))
    return RatingColumn(
        values,
        highest,
        notations.most_common(1)[0][0] if notations else "",
        next(others, ""),
    )
