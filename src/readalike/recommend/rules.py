"""What somebody who knows books would not list for a reader, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.features import language_of
from readalike.bibliography.folding import fold_tag
from readalike.bibliography.people import Codes
from readalike.bibliography.search import CLOSE, like
from readalike.bibliography.series import Volumes, VolumeWords
from readalike.data.catalogue import Catalogue, display_year
from readalike.data.histories import Histories
from readalike.errors import SettingError
from readalike.numerics.arrays import F64, I32, Bools, Indices
from readalike.numerics.masks import BatchMask

LAST_YEAR = 9999
"""No list is of books before or after so many years."""
CARRIED = 0.1
"""A book carries a tag that at least a tenth as many readers gave it as gave its commonest. So of
goodbooks-10k "1984" carries science fiction and not fantasy (0.06), "Twilight" vampires and not
horror (0.03), "Lord of the Flies" young adult (0.14) and not horror, "Jurassic Park" horror (0.12).
A table of tags without counts gives every tag as often, and all are carried."""
LANGUAGES = {
    "ar": "ara Arabic", "da": "dan Danish", "de": "ger German", "en": "eng English",
    "es": "spa Spanish", "fa": "per Persian", "fi": "fin Finnish", "fr": "fre French",
    "id": "ind Indonesian", "it": "ita Italian", "ja": "jpn Japanese", "la": "lat Latin",
    "nl": "nl Dutch", "no": "nor Norwegian", "pl": "pol Polish", "pt": "por Portuguese",
    "ro": "rum Romanian", "ru": "rus Russian", "sv": "swe Swedish", "tr": "tur Turkish",
}  # fmt: skip
"""The code and the name of a language, by the two letters that people write."""
_LONG = {short: line.split()[0] for short, line in LANGUAGES.items()}
_NAMES = dict(line.split() for line in LANGUAGES.values())


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What is left out of a list. As it comes only other editions of what was read are.

    Attributes:
        editions: Leave out what was read already: other editions of it, what a set that was read
            binds, a set of which all was read.
        series: Of each series list only the next volume that was not read.
        sets: No boxed sets and omnibuses of books that the catalogue has one by one, and no parts
            of a volume that it has undivided.
        by_author: At most so many books by one first author in a list; 0 for any number.
        languages: Only books in these; "en" is en-US and eng too. A book whose language is not
            known stays.
        since: Only books of this year and later, negative before Christ. A book whose year is
            not known stays.
        until: Only books of this year and earlier.
        tags: Only books that carry all of these.
        without_tags: Only books that carry none of these.

    Raises:
        SettingError: A setting cannot be.
    """

    editions: bool = True
    series: bool = False
    sets: bool = False
    by_author: int = 0
    languages: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _is_whole(self.by_author) or self.by_author < 0:
            raise SettingError(
                f"by_author must be a whole number, at least 0, got {self.by_author!r}"
            )
        for name in ("since", "until"):
            year = getattr(self, name)
            if year is not None and (not _is_whole(year) or abs(year) > LAST_YEAR):
                raise SettingError(
                    f"{name} must be a year, a whole number from -{LAST_YEAR} to {LAST_YEAR}, "
                    f"got {year!r}"
                )
        if self.since is not None and self.until is not None and self.since > self.until:
            raise SettingError(
                f"since must not be later than until, got {self.since} and {self.until}"
            )
        for name in ("languages", "tags", "without_tags"):
            words = getattr(self, name)
            if not isinstance(words, tuple) or not all(isinstance(w, str) and w for w in words):
                raise SettingError(f"{name} must be a tuple of words, got {words!r}")
        both = {*map(fold_tag, self.tags)} & {*map(fold_tag, self.without_tags)}
        if both:
            raise SettingError(
                f"a tag must not be in both tags and without_tags, got {min(both)!r}"
            )


@dataclass(frozen=True, eq=False)
class Exclusion:
    """The books that one reason keeps out of the lists of a batch of readers.

    Attributes:
        reason: Name of the reason.
        mask: Which books, for each reader.
        words: The reason, said to the reader; "" where it depends on the book
            (`Rulebook.in_words`).
    """

    reason: str
    mask: BatchMask
    words: str = ""


@dataclass(frozen=True, eq=False)
class Rulebook:
    """The rules of one catalogue: what its books are is found out once.

    Attributes:
        catalogue: The books.
    """

    catalogue: Catalogue

    @cached_property
    def index(self) -> BookIndex:
        """The books by what people call them, and what is found out of their titles."""
        return BookIndex(self.catalogue)

    @property
    def volumes(self) -> Volumes:
        """Series, volumes, sets and works of the books."""
        return self.index.volumes

    @property
    def works(self) -> I32:
        """The number of the work of each book; shape (n_books,)."""
        return self.index.works

    @property
    def first_authors(self) -> Codes:
        """The number of the first author of each book, -1 where none is known; shape (n_books,)."""
        return self.index.first_authors

    def left_out(self, rules: Rules, histories: Histories) -> list[Exclusion]:
        """What each rule leaves out for each reader, in the order in which the reasons count.

        Edition, set, series, language, year, tag; a rule that is switched off has no entry. What
        was read is among it.

        Args:
            rules: The rules.
            histories: What each reader read, one row a reader.

        Raises:
            SettingError: No book of the catalogue has a tag or a language that is asked for.
        """
        found = []
        if rules.editions or rules.series:
            known = self.volumes.known(histories)
        if rules.editions:
            found.append(Exclusion("edition", known))
        if rules.sets:
            found.append(Exclusion("set", BatchMask.everywhere(self.volumes.needless)))
        if rules.series:
            found.append(Exclusion("series", self.volumes.not_next(known)))
        return found + self._whoever_reads(rules)

    def in_words(self, reason: str, rules: Rules, read: Indices, book: int) -> str:
        """Why a rule leaves out a book that was not read itself.

        Args:
            reason: Name of the rule.
            rules: The rules.
            read: Indices of the books in the history.
            book: Index of the book.
        """
        if reason == "edition":
            return self._words.why_known(read, book)
        if reason == "set":
            return self._words.why_set(book)
        if reason == "series":
            return self._words.why_later(read, book)
        if reason == "language":
            code = _long(self.catalogue.languages[book])
            return f"in {_NAMES.get(code, code)}"
        if reason == "year":
            year = self.catalogue.years[book]
            side = "before" if rules.since is not None and (year or 0) < rules.since else "after"
            bound = display_year(rules.since if side == "before" else rules.until)
            return f"of {display_year(year)}, {side} {bound}"
        lacking = [tag for tag in rules.tags if not self._carriers(tag)[book]]
        if lacking:
            return f"not tagged {fold_tag(lacking[0])!r}"
        carried = next(tag for tag in rules.without_tags if self._carriers(tag)[book])
        return f"tagged {fold_tag(carried)!r}"

    @cached_property
    def _words(self) -> VolumeWords:
        return VolumeWords(self.catalogue, self.volumes)

    def _whoever_reads(self, rules: Rules) -> list[Exclusion]:
        """What is the same for all readers; that of the last rules is kept."""
        masks = self._kept.get(rules)
        if masks is None:
            masks = self._of_books(rules)
            self._kept.clear()
            self._kept[rules] = masks
        return masks

    @cached_property
    def _kept(self) -> dict[Rules, list[Exclusion]]:
        return {}

    def _of_books(self, rules: Rules) -> list[Exclusion]:
        found: dict[str, Bools] = {}
        if rules.languages:
            found["language"] = self._in_other_languages(rules.languages)
        if rules.since is not None or rules.until is not None:
            first = -np.inf if rules.since is None else rules.since
            last = np.inf if rules.until is None else rules.until
            found["year"] = (self._years < first) | (self._years > last)
        if rules.tags or rules.without_tags:
            lacks = [~self._carriers(tag) for tag in rules.tags]
            has = [self._carriers(tag) for tag in rules.without_tags]
            found["tag"] = np.logical_or.reduce([*lacks, *has])
        return [Exclusion(reason, BatchMask.everywhere(mask)) for reason, mask in found.items()]

    @cached_property
    def _years(self) -> F64:
        years = [np.nan if year is None else year for year in self.catalogue.years]
        return np.array(years, np.float64)

    @cached_property
    def _languages(self) -> npt.NDArray[np.str_]:
        return np.array([_long(code) for code in self.catalogue.languages], np.str_)

    def _in_other_languages(self, wanted: tuple[str, ...]) -> Bools:
        known = sorted({*self._languages.tolist()} - {""})
        for language in wanted:
            if _long(language) not in known:
                raise SettingError(
                    f"languages must be of the catalogue: {', '.join(known) or 'it knows none'}; "
                    f"got {language!r}"
                )
        meant = [_long(language) for language in wanted]
        others: Bools = (self._languages != "") & ~np.isin(self._languages, meant)
        return others

    @cached_property
    def _shares(self) -> F64:
        """Each count of a tag over that of the commonest tag of its book; shape (entries,)."""
        assert self.catalogue.tags is not None
        counts = self.catalogue.tags.counts
        most = counts.max(axis=1).toarray().ravel()
        shares: F64 = counts.data / np.repeat(most, np.diff(counts.indptr))
        return shares

    def _carriers(self, tag: str) -> Bools:
        """Whether each book carries a tag.

        Raises:
            SettingError: No book has it.
        """
        tags = self.catalogue.tags
        if tags is None:
            raise SettingError(f"tags must be of the catalogue, which has none, got {tag!r}")
        if fold_tag(tag) not in tags.names:
            near = " or ".join(map(repr, like(fold_tag(tag), tags.names, 3, CLOSE)))
            hint = f"; did you mean {near}?" if near else ""
            raise SettingError(f"tags must be of the catalogue, got {tag!r}{hint}")
        entries = tags.counts.indices == tags.names.index(fold_tag(tag))
        carried = np.flatnonzero(entries & (self._shares >= CARRIED))
        carriers = np.zeros(len(self.catalogue), np.bool_)
        carriers[np.searchsorted(tags.counts.indptr, carried, side="right") - 1] = True
        return carriers


def _long(code: str) -> str:
    language = language_of(code)
    return _LONG.get(language, language)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


BOOK_SENSE: Rules = Rules(series=True, sets=True)
"""What is not listed for a reader's own library, unless told otherwise."""
