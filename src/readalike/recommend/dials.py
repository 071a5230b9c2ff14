"""What a reader may turn: how known, how new, more like this, less like that, moods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import scipy.sparse as sp

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.features import content_rows
from readalike.bibliography.folding import fold_tag
from readalike.bibliography.search import find, like
from readalike.data.catalogue import Catalogue, Tags
from readalike.errors import SettingError
from readalike.models.interface import Scores
from readalike.numerics.arrays import F32, F64, I32, Floats, Indices
from readalike.numerics.topn import mmr_top_n, top_n

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


def mood_strengths(catalogue: Catalogue, mood: str) -> F64:
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


POOL = 500
"""A reader's best books, among which dials choose: the ends would be nobody's list without such a
limit, and fewer books hold too little that is unknown, or of a mood that is rare."""

# What a standard deviation is worth at a dial's end: log places. 1 puts a book where the model
# has one that stands e times nearer to the top. Chosen on new readers (benchmarks/dials.py).
GEMS = 1.0
FAMILIAR = 1.0
ADVENTUROUS = 0.2
EVEN = 0.25
"""Adventure takes so much fame away: what is unlike a reader's books is mostly what all read."""
MORE = 1.0
MOOD = 1.0
TRADE = 2.5
"""What the greatest likeness to a book listed before costs where `adventure` is 1: log places."""


@dataclass(frozen=True)
class Dials:
    """Positions of all dials; where none is turned, nothing changes.

    Attributes:
        gems: From -1, the best known books, over 0, as the model ranks, to 1, hidden gems.
        adventure: From -1, close to what was read, to 1, unlike it and unlike each other.
        more: Books, by id or title, of whose like there should be more.
        less: Books of whose like there should be less.
        moods: Names of moods (`readalike.recommend.dials.MOODS`), or tags.
    """

    gems: float = 0.0
    adventure: float = 0.0
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("gems", "adventure"):
            value = getattr(self, name)
            if not -1 <= value <= 1:
                raise SettingError(f"{name} must be between -1 and 1, got {value:g}")
        for name in ("more", "less", "moods"):
            if isinstance(getattr(self, name), str):
                raise SettingError(
                    f"{name} must be several texts, such as ({getattr(self, name)!r},), got one"
                )
        both = sorted({*self.more} & {*self.less})
        if both:
            raise SettingError(f"a book must be in more or in less, got {both[0]!r} in both")

    @property
    def neutral(self) -> bool:
        """Whether none is turned."""
        return not (self.gems or self.adventure or self.more or self.less or self.moods)

    def placed(self, index: BookIndex) -> PlacedDials:
        """The dials over the books of a catalogue.

        Raises:
            UnknownBook: A book of `more` or `less` is not in the catalogue.
            AmbiguousBook: Several have its title.
        """
        more, less = ([find(index, book) for book in side] for side in (self.more, self.less))
        return PlacedDials(self, more, less)


@dataclass(frozen=True)
class PlacedDials:
    """Dials, and the indices of the books that `more` and `less` name."""

    dials: Dials
    more: list[int]
    less: list[int]


@dataclass(frozen=True, eq=False)
class Known:
    """What dials look up of the books.

    Attributes:
        index: The books, by what people call them.
        popularity: How known each is, such as its number of readers; only the order counts,
            and NaN comes last; shape (n_items,).
        similar: How like one book all are by the model; the book; shape (n_items,).
    """

    index: BookIndex
    popularity: Floats
    similar: Callable[[int], Scores]

    @property
    def catalogue(self) -> Catalogue:
        """The books."""
        return self.index.catalogue

    @cached_property
    def fame(self) -> F64:
        """-log(1 + number of better known books); shape (n_items,).

        Places again and not counts, which a training table may have cut, and by which a handful
        of bestsellers is hardly told from the hundred behind them.
        """
        return -np.log1p(np.searchsorted(np.sort(-self.popularity), -self.popularity))

    @cached_property
    def content(self) -> sp.csr_array:
        """Unit rows of subjects and authors; shape (n_items, features)."""
        return content_rows(self.catalogue)

    def likeness(self, item: int, others: Indices) -> F64:
        """How like a book others are, from 0 to 1; shape (others,).

        By content; where nothing is known of any book, by what the model says of it.
        """
        if self.content.nnz == 0:
            return self.by_model(item, others)
        row = np.zeros(self.content.shape[1], np.float32)
        span = slice(self.content.indptr[item], self.content.indptr[item + 1])
        row[self.content.indices[span]] = self.content.data[span]
        return np.asarray(self.content[others] @ row, np.float64)

    def by_model(self, item: int, others: Indices) -> F64:
        """The model's likeness, divided by that of the nearest other book; shape (others,)."""
        scores = np.maximum(self.similar(item).astype(np.float64), 0.0)
        scores[item] = 0.0
        scores /= scores.max(initial=0.0) or 1.0
        scores[item] = 1.0
        return scores[others]


def turned(
    placed: PlacedDials,
    known: Known,
    scores: Scores,
    *,
    read: Indices,
    ties: Indices,
    least: int = 10,
) -> F32:
    r"""What books are listed by once the dials are turned; shape (n_items,), -inf outside the pool.

    u_j = -log(1 + b_j) - GEMS gems f_j + a_j + MORE (m_j - l_j) + MOOD s_j,
    a_j = -FAMILIAR adventure c_j below 0, -adventure (ADVENTUROUS c_j + EVEN f_j) above

    b is how many books the model puts before j: places and not scores, so that a dial means the
    same to every model, whatever its scores. All else is in standard deviations over the pool: f
    fame, c likeness to the nearest book read, without what fame explains of it, m and l root
    likeness to the books of `more` and `less`, s the root strength of the moods. With nothing but
    `gems` turned, no list's mean fame rises as it is turned up.

    The pool keeps the ends sane: nothing is listed that the model would not put among the
    reader's best `POOL` books. Where nothing is turned, u are the scores.

    Args:
        placed: The dials.
        known: What is known of the books.
        scores: By the model, -inf of books that must not be listed; shape (n_items,).
        read: Indices of the books read.
        ties: Items in the order in which equal ones are listed.
        least: How many books the pool has, if there are so many.

    Raises:
        SettingError: A mood that is none, or no book has tags.
    """
    dials, more, less = placed.dials, placed.more, placed.less
    if dials.neutral:
        return scores
    scores = scores.copy()
    scores[more + less] = -np.inf  # whoever names a book knows it
    items, before = pool(scores, ties, least)
    utilities = np.full(len(scores), -np.inf, np.float32)
    if len(items) == 0:
        return utilities
    found = -np.log1p(before)
    if dials.gems:
        found -= GEMS * dials.gems * _standard(known.fame[items])
    if dials.adventure:
        found -= dials.adventure * _familiarity(dials.adventure, known, items, read)
    for side, sign in ((more, 1.0), (less, -1.0)):
        if side:
            likeness = [np.sqrt(_likeness(known, book, items)) for book in side]
            found += sign * MORE * _standard(np.mean(likeness, axis=0))
    if dials.moods:
        moods = [np.sqrt(mood_strengths(known.catalogue, mood)[items]) for mood in dials.moods]
        found += MOOD * _standard(np.mean([_standard(mood) for mood in moods], axis=0))
    utilities[items] = found
    return utilities


def arranged(
    placed: PlacedDials,
    known: Known,
    scores: Scores,
    *,
    n: int,
    read: Indices,
    ties: Indices,
    groups: Indices | None = None,
    most: int = 0,
) -> I32:
    """The n books of a list, in order; fewer only where candidates run out.

    Args:
        placed: The dials.
        known: What is known of the books.
        scores: By the model, -inf of books that must not be listed; shape (n_items,).
        n: How many.
        read: Indices of the books read.
        ties: Items in the order in which equal ones are listed.
        groups: A number for what a book belongs to, such as its first author, -1 of none.
        most: How many books of one group, 0 for any number.
    """
    least = n
    trade = TRADE * max(placed.dials.adventure, 0.0)
    while True:
        utilities = turned(placed, known, scores, read=read, ties=ties, least=least)
        items = mmr_top_n(
            utilities, n, ties, groups=groups, most=most, likeness=known.likeness, trade=trade
        )
        # a pool of few authors can leave places empty, and a larger one fill them
        if len(items) == n or placed.dials.neutral or least >= len(scores):
            return items
        least = 2 * max(least, POOL)


def pool(scores: Scores, ties: Indices, least: int) -> tuple[Indices, Indices]:
    """The best candidates, and how many books have a higher score than each.

    Books of one score are all in or all out where `least` allows it: among books of which a
    model says nothing, such as a sparse one of most, a dial would choose by itself alone.

    Args:
        scores: -inf of books that are no candidates; shape (n_items,).
        ties: Items in the order in which equal ones come.
        least: How many books, if there are so many.

    Returns:
        Items, best first, and numbers of books; `POOL` of them, or `least`, or fewer.
    """
    size = max(POOL, least)
    found, best = top_n(scores[None, :], min(size + 1, len(scores)), ties)
    items, best = found[0][found[0] >= 0], best[0][found[0] >= 0]
    before = np.searchsorted(-best, -best)
    if len(items) > size:
        size = max(int(before[size]), least)
    return items[:size], before[:size]


def _familiarity(adventure: float, known: Known, items: Indices, read: Indices) -> F64:
    """What adventure takes a list away from, and its opposite brings it to; shape (items,)."""
    fame = _standard(known.fame[items])
    closeness = np.zeros(len(items))
    if len(read):
        closeness = _standard(_nearest(known, items, read))
        # less known books are closer to whatever was read, having narrower subjects
        closeness = _standard(closeness - np.mean(closeness * fame) * fame)
    return FAMILIAR * closeness if adventure < 0 else ADVENTUROUS * closeness + EVEN * fame


def _nearest(known: Known, items: Indices, read: Indices) -> F64:
    """Likeness to the nearest book read; shape (items,)."""
    if known.content.nnz:
        every = (known.content[items] @ known.content[read].T).toarray()
    else:
        every = np.column_stack([known.by_model(int(book), items) for book in read])
    return np.asarray(every.max(axis=1), np.float64)


def _likeness(known: Known, book: int, items: Indices) -> F64:
    """Likeness to a book that is named, by content and by the model, half each."""
    return (known.likeness(book, items) + known.by_model(book, items)) / 2


def _standard(values: Floats) -> F64:
    """In standard deviations from the mean; 0 where all are equal; shape of values."""
    around = values.astype(np.float64) - values.mean(dtype=np.float64)
    spread = float(around.std())
    return around / spread if spread > 1e-9 else np.zeros(len(around))
