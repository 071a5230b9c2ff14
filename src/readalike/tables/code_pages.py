"""Which code page a text is written in, by whether its words are words.

Text is read by every code page that holds all of its bytes. Each word with letters beyond ASCII is
then looked at: are these letters of one language that the code page is made for, in places where
they can stand? The code page whose words are so most often is taken, the most widespread one of
equals. A file of a few accents among English titles is cp1252 by that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from readalike.errors import SettingError

ENOUGH = 200_000
"""So many bytes of lines beyond ASCII are looked at."""
SURE = 0.8
"""A code page of which fewer words are words is told as a guess."""

_LATIN = {
    "German": "äöüß", "French": "àâçèéêëîïôùûœæÿ", "Spanish": "áéíñóúü", "Italian": "àèéìòù",
    "Portuguese": "ãáâàçéêíóôõúü", "Nordic": "åäöæøéü", "Dutch": "éëïöüèá", "Irish": "áéíóú",
    "Icelandic": "áæéíóöúýþð", "Polish": "ąćęłńóśźż", "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž", "Hungarian": "áéíóöőúüű", "Romanian": "ăâîşţ",
    "Croatian": "čćđšž", "Turkish": "âçğıîöşüû", "Lithuanian": "ąčęėįšųūž",
    "Latvian": "āčēģīķļņšūž", "Estonian": "äöõüšž",
}  # fmt: skip
"""Letters beyond ASCII of each language, small ones."""
_WESTERN = (
    "German", "French", "Spanish", "Italian", "Portuguese", "Nordic", "Dutch", "Irish", "Icelandic",
)  # fmt: skip
_NOT_WESTERN = re.compile(
    "õ(?!e)"  # Portuguese; in a Hungarian text it is ő
    "|û.*û|(?<![obrsdmlfjqevaic])û|û$(?<!dû)"  # French; in a Hungarian text ű
    "|^[^þæáéíóúö]*[þýð][^æáéíóúö]*$(?<!^þ)"  # Icelandic; in a Turkish one ş, ı and ğ
    "|ÿ[a-z]"
)
"""What no Western word has in it."""
_NOT_CENTRAL = re.compile("ý.*ý|^ý")  # Czech; in a Turkish text ı and İ
_TYPOGRAPHY = "“”‘’‚„«»‹›…–—−·•°©®™§¿¡´`\u00a0\ufeff№×★☆½"
_INSIDE = "’‘´·–—-"
_TOKEN = re.compile(r"[^\s\x21-\x26\x28-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]+")
_VOWELS = re.compile("[аеёиоуыэюяіїєαεηιουωάέήίόύώϊϋΐΰ]")
_CASES = re.compile(r"[a-zа-яёіїєґα-ωάέήίόύώ][A-ZА-ЯЁІЇЄҐΑ-Ω]")


def _is_latin_word(languages: tuple[str, ...]) -> Callable[[str], bool]:
    alphabets = [frozenset(_LATIN[language]) for language in languages]
    western = languages == _WESTERN

    def judge(word: str) -> bool:
        letters = {letter for letter in word if letter > "\x7f"} - set(_INSIDE)
        if not all(map(str.isalpha, letters)) or _CASES.search(_bare(word)):
            return False
        small = word.lower()
        if (_NOT_WESTERN if western else _NOT_CENTRAL).search(small):
            return False
        letters = {letter for letter in small if letter > "\x7f"} - set(_INSIDE)
        return any(letters <= alphabet for alphabet in alphabets)

    return judge


def _bare(word: str) -> str:
    """A word with Latin letters without their marks, for the pattern of small and large ones."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _is_word_of(first: str, last: str, more: str = "") -> Callable[[str], bool]:
    """A judge of words of one alphabet: its letters, with vowels, large ones in front alone."""

    def judge(word: str) -> bool:
        letters = [letter for letter in word if letter > "\x7f" and letter not in _INSIDE]
        whole = "".join(letters)
        if not all(first <= letter.lower() <= last or letter.lower() in more for letter in letters):
            return False
        if re.search("[A-Za-z]", word) or _CASES.search(whole):
            return False
        return len(whole) < 4 or _VOWELS.search(whole.lower()) is not None

    return judge


def _is_word_by_signs(codec: str, common: Callable[[int], bool]) -> Callable[[str], bool]:
    """A judge of words of a code of two bytes: most of their signs are common ones."""

    def usual(sign: str) -> bool:
        if "ぁ" <= sign <= "ヿ":
            return codec in ("shift_jis", "euc_jp")
        try:
            written = sign.encode(codec)
        except UnicodeEncodeError:
            return False
        # Python writes syllables that are not among the 2,350 of KS X 1001 in eight bytes
        return len(written) == 2 and common(written[0])

    def judge(word: str) -> bool:
        signs = [sign for sign in word if sign > "\x7f" and unicodedata.category(sign)[0] == "L"]
        wide = "".join(sign if unicodedata.east_asian_width(sign) in "WF" else "." for sign in word)
        if not signs or any(unicodedata.east_asian_width(sign) not in "WF" for sign in signs):
            return False
        if re.search(r"[a-z](?=[^\x00-\x7f])|(?<=[^\x00-\x7f])[a-z]", wide + word):
            return False
        return sum(map(usual, signs)) >= 0.8 * len(signs)

    return judge


@dataclass(frozen=True)
class CodePage:
    """A code page: its codec, and who judges whether a word can be one."""

    codec: str
    is_word: Callable[[str], bool]


CODE_PAGES = (
    CodePage("cp1252", _is_latin_word(_WESTERN)),
    CodePage(
        "cp1250",
        _is_latin_word(
            ("Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "German")
        ),
    ),
    CodePage("cp1251", _is_word_of("а", "я", "ёіїєґўђјљњћџ")),
    CodePage("cp932", _is_word_by_signs("shift_jis", lambda lead: 0x81 <= lead <= 0x98)),
    CodePage("cp949", _is_word_by_signs("euc_kr", lambda lead: 0xB0 <= lead <= 0xC8)),
    CodePage("euc_jp", _is_word_by_signs("euc_jp", lambda lead: 0xB0 <= lead <= 0xCF)),
    CodePage("gb18030", _is_word_by_signs("gb2312", lambda lead: 0xB0 <= lead <= 0xD7)),
    CodePage("big5", _is_word_by_signs("big5", lambda lead: 0xA4 <= lead <= 0xC6)),
    CodePage("cp1254", _is_latin_word(("Turkish",))),
    CodePage("cp1253", _is_word_of("ά", "ώ", "άέήίόύώϊϋΐΰς")),
    CodePage("cp1257", _is_latin_word(("Lithuanian", "Latvian", "Estonian"))),
    CodePage("iso8859_2", _is_latin_word(("Polish", "Czech", "Slovak", "Hungarian", "Croatian"))),
    CodePage("koi8_r", _is_word_of("а", "я", "ё")),
    CodePage("cp866", _is_word_of("а", "я", "ё")),
    CodePage("mac_cyrillic", _is_word_of("а", "я", "ёіїє")),
    CodePage("mac_roman", _is_latin_word(_WESTERN)),
    CodePage("cp850", _is_latin_word(_WESTERN)),
    CodePage("cp852", _is_latin_word(("Polish", "Czech", "Slovak", "Hungarian"))),
)
"""The code pages that are tried; of equally good ones the first is taken."""


@dataclass(frozen=True)
class FoundCodePage:
    """A codec, and the share of the words beyond ASCII that are words by it."""

    codec: str
    words: float

    @property
    def note(self) -> str:
        """What is said of it."""
        if self.words >= SURE:
            return f"read as {self.codec}"
        return f"read as {self.codec}, which is a guess; say --encoding NAME if letters are wrong"


def code_page_of(content: bytes) -> FoundCodePage:
    """The code page of bytes that are no UTF-8; cp1252 where none makes words of them.

    Args:
        content: Lines with bytes beyond ASCII, as many as there are or enough of them.
    """
    best = FoundCodePage("cp1252", 0.0)
    for page in CODE_PAGES:
        try:
            text = content.decode(page.codec)
        except UnicodeDecodeError:
            continue
        words = list(_words(text))
        good = sum(map(page.is_word, words)) / len(words) if words else 0.0
        if good > best.words + 1e-9:
            best = FoundCodePage(page.codec, good)
    return best


def _words(text: str) -> Iterator[str]:
    """The words with letters beyond ASCII, without the typography around them."""
    for token in _TOKEN.findall(text):
        word = token.strip(_TYPOGRAPHY + "'-")
        if not word.isascii():
            yield word


def known_codec(name: str) -> str:
    """The codec of a name that a person gave.

    Raises:
        SettingError: Python knows no such encoding of text.
    """
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, ValueError, TypeError) as error:
        raise SettingError(
            f"encoding must be one such as utf-8, cp1250, cp1251 or shift_jis, got {name!r}"
        ) from error
    return name


_CP1252 = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    bytes([byte]).decode("cp1252"): byte
    for byte in range(0x80, 0x100)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
"""The byte of each letter of cp1252 beyond ASCII, and of what Python has no letter for."""
_LEADS = "".join(letter for letter, byte in _CP1252.items() if 0xC2 <= byte <= 0xF4)
_TRAILS = "".join(letter for letter, byte in _CP1252.items() if 0x80 <= byte <= 0xBF)
_TWICE = re.compile(f"[{re.escape(_LEADS)}][{re.escape(_TRAILS)}]{{1,3}}")


def mended(text: str) -> tuple[str, int]:
    """Text whose UTF-8 was read as cp1252 and written as UTF-8 again, as it was before.

    `GarcÃ­a` is `García`. Each group of letters is mended alone where its bytes are one letter of
    UTF-8, which no word of any language is by chance.

    Returns:
        The text, and how many letters were mended.
    """
    count = 0

    def whole(found: re.Match[str]) -> str:
        nonlocal count
        group = found[0]
        raw = bytes(_CP1252[letter] for letter in group)
        for size in range(len(group), 1, -1):
            try:
                letter = raw[:size].decode("utf-8")
            except UnicodeDecodeError:
                continue
            if len(letter) == 1:
                count += 1
                return letter + group[size:]
        return group

    return _TWICE.sub(whole, text), count
