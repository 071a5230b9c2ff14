"""The protocols: what is learnt from, what is given, and what is asked."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings, kept, notebook_split, split_given
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, SettingError
from readalike.evaluation import splits
from readalike.evaluation.questions import RankingQueries, Task
from readalike.numerics.arrays import Indices
from readalike.numerics.masks import marks

Rows = RatingRows | None


class Protocol(ABC):
    """Divides a data set into what is learnt from and what is asked.

    All books of the catalogue that a reader has not read are candidates. Ranking the right
    answer among a few sampled books is not offered: it puts models into another order
    [Krichene and Rendle 2020].

    What is drawn is drawn in the order of the ids, so that rows in any order give the same figures,
    bit by bit. Other names draw others unless they sort alike; figures then move as they do with
    another seed.

    Attributes:
        name: What it is called.
        text: What is done, in one paragraph, with places for the settings.
    """

    name: ClassVar[str]
    text: ClassVar[str] = ""

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return filled(self.text, **vars(self))

    def parts(self) -> tuple[Protocol, ...]:
        """The protocols whose tasks make up the evaluation: itself, unless it says otherwise."""
        return (self,)

    @abstractmethod
    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """The table to learn from and the questions.

        Args:
            ratings: The data set, one rating a pair.
            catalogue: What is known of its books.
            rows: The rows it was made of, where they are kept.

        Raises:
            InputError: The data set cannot be divided like this.
        """


def filled(text: str, **values: object) -> str:
    """One line of a text, with values in their places."""
    return " ".join(text.split()).format(**values)


def refuse_settings(protocol: Protocol, *shares: str, **least: int) -> None:
    """Refuses a share that leaves nothing on one of two sides, and a number below its least."""
    for name in shares:
        share = getattr(protocol, name)
        if not 0 < share < 1:
            raise SettingError(f"{name} must be between 0 and 1, got {share:g}")
    for name, lowest in least.items():
        value = getattr(protocol, name)
        if value < lowest:
            raise SettingError(f"{name} must be a whole number, at least {lowest}, got {value}")


@dataclass(frozen=True)
class HeldOut(Protocol):
    """Pairs of reader and book held out at random: forecasts of stars, and ranking.

    Pairs are drawn in the order of the book's id, then the reader's.

    Attributes:
        test_share: Share of the pairs held out.
        seed: Draws them: the first of `numpy.random.default_rng(seed).permutation`.
    """

    name: ClassVar[str] = "held-out"
    text: ClassVar[str] = """
        Held out: of all pairs of a reader and a book, each once, {test_share:.0%} are drawn at
        random (seed {seed}) and every model learns from the others. A pair that stands in several
        rows was merged before by the rule used when reading, the first row unless said otherwise,
        so that no rating is on both sides; figures that were published for the last row of a pair
        need that rule when reading. Right is a held-out book that the reader liked; all books but
        the reader's training rows are ranked, and readers with no right answer are counted and left
        out of the means. Stars are forecast for every held-out pair that has them. It answers how
        well gaps in known histories are filled. It cannot answer what comes next or how a new
        reader fares: the draw knows no time, so that later ratings help to find earlier ones. Equal
        scores are listed in an order drawn by the seed of the evaluation.
    """

    test_share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_settings(self, "test_share", seed=0)

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Draws the pairs."""
        pairs = splits.canonical(ratings)
        count = splits.held_out_count(len(pairs), self.test_share, "ratings")
        drawn = np.random.default_rng(self.seed).permutation(len(pairs))[:count]
        return splits.held_out(pairs, catalogue, splits.pairs_by_book(pairs)[drawn])


@dataclass(frozen=True)
class KFold(Protocol):
    """Pairs of reader and book in equal folds, each held out once.

    Pairs are drawn in the order of the book's id, then the reader's.

    Attributes:
        folds: How many.
        seed: Draws them.
    """

    name: ClassVar[str] = "k-fold"
    text: ClassVar[str] = """
        K-fold: all pairs of a reader and a book, each once, are drawn into {folds} folds of equal
        size (seed {seed}). Each fold in turn is held out, and every model learns anew from the
        others: {folds} fits, whose times are added up. Of each fold, right is a held-out book that
        the reader liked; all books but the reader's training rows are ranked. A reader's figure is
        the mean over the folds in which the reader has a right answer; readers with none in any
        fold are counted and left out. Stars are forecast for every pair that has them, once. It
        answers how well gaps in known histories are filled, with every rating tested, so that no
        lucky draw decides. It cannot answer what comes next or how a new reader fares: the folds
        know no time, so that later ratings help to find earlier ones. Equal scores are listed in an
        order drawn by the seed of the evaluation.
    """

    folds: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_settings(self, folds=2, seed=0)

    def parts(self) -> tuple[Protocol, ...]:
        """One protocol for each fold."""
        return tuple(Fold(self, number) for number in range(1, self.folds + 1))

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Refuses: there are as many tasks as folds."""
        raise SettingError(f"k-fold makes {self.folds} tasks, not one: prepare each of parts()")


@dataclass(frozen=True)
class Fold(Protocol):
    """One of the folds of `KFold`, held out."""

    name: ClassVar[str] = KFold.name

    whole: KFold
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.whole.folds:
            raise SettingError(f"fold must be from 1 to {self.whole.folds}, got {self.number}")

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return f"Fold {self.number} of {self.whole.folds}. {self.whole.describe()}"

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Draws the folds and holds one of them out."""
        pairs, folds = splits.canonical(ratings), self.whole.folds
        if len(pairs) < folds:
            raise InputError(
                f"there must be a rating for each of {folds} folds, got {len(pairs)}; use fewer "
                "folds"
            )
        drawn = np.random.default_rng(self.whole.seed).permutation(len(pairs))
        held_out = splits.pairs_by_book(pairs)[np.array_split(drawn, folds)[self.number - 1]]
        return splits.held_out(pairs, catalogue, held_out)


@dataclass(frozen=True)
class LeaveLast(Protocol):
    """Each reader's last books, by time where rows have times, else in the order of the rows.

    By time, rows in any order give the same figures, bit by bit. Else the order of each
    reader's rows is the data, and only the order of readers does not matter.

    Attributes:
        n: How many books of each reader are held out.
        seed: Draws the order of a reader's books of equal time.
    """

    name: ClassVar[str] = "leave-last"
    text: ClassVar[str] = """
        Leave last: the {last} of each reader who has more are held out, and every model learns
        from all others. Where the rows have times, last is by the first time of a pair, equal times
        in an order drawn by seed {seed}; else the rows are taken to stand in the order of reading.
        Which of the two it was is told with the numbers of the result, as "readers in the order of
        their times" or "... of their rows". Right is a held-out book that the reader liked; all
        books but the reader's training rows are ranked, and readers with no right answer are
        counted and left out of the means. Stars are forecast for every held-out pair that has them.
        It answers what a known reader picks up next. It cannot answer how a model fares that is
        used for long, nor for a new reader: the last books of one reader are older than what
        others, who are learnt from, read later. Equal scores are listed in an order drawn by the
        seed of the evaluation.
    """

    n: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_settings(self, n=1, seed=0)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        last = "last book" if self.n == 1 else f"last {self.n} books"
        return filled(self.text, last=last, seed=self.seed)

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Holds the last books of each reader out; rows without times must not go by id."""
        pairs = splits.canonical(ratings)
        times = splits.pair_times(pairs, rows)
        if times is None:
            pairs, order = splits.readers_by_id(ratings), "rows"
            splits.refuse_order_of_ids(pairs, "use held-out, which needs no order")
        else:
            # books of equal time in a drawn order, since ids may go by popularity
            drawn = np.random.default_rng(self.seed).permutation(len(pairs))
            pairs, order = splits.arranged(pairs, drawn, times[0]), "times"
        total = np.repeat(pairs.histories.lengths, pairs.histories.lengths)
        held_out = (total > self.n) & (pairs.histories.places >= total - self.n)
        books = "book" if self.n == 1 else "books"
        return splits.divided(
            pairs,
            catalogue,
            held_out=held_out,
            left_out={f"no more than {self.n} {books}": splits.without_one(pairs, held_out)},
            notes={f"readers in the order of their {order}": len(pairs.users)},
        )


@dataclass(frozen=True)
class ByTime(Protocol):
    """One moment for all readers: nothing that came later is learnt from.

    Nothing is drawn: rows in any order give the same figures, bit by bit, and other names of
    readers and books give the same up to the order of equal scores.

    Attributes:
        quantile: The moment: this share of the pairs was rated up to it.
    """

    name: ClassVar[str] = "by-time"
    text: ClassVar[str] = """
        By time: one moment for all readers, by which {quantile:.0%} of the pairs of a reader and a
        book had been rated. Every model learns from the pairs up to the moment; a pair with rows on
        both sides of it is left out. Right is a later book that the reader liked; all books but the
        reader's training rows are ranked, those that nobody had rated by then too, and a reader who
        came later is asked with an empty history. Readers with no right answer are counted and left
        out of the means. Stars are forecast for every later pair that has them. It answers how a
        model fares that is trained once and used from then on, with nothing of the future in it. It
        cannot tell how figures move from one moment to another, nor how a model fares that is
        trained again as readers go on. Equal scores are listed in an order drawn by the seed of the
        evaluation.
    """

    quantile: float = 0.9

    def __post_init__(self) -> None:
        refuse_settings(self, "quantile")

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Divides the pairs at the moment; the rows must have times."""
        pairs = splits.canonical(ratings)
        times = splits.pair_times(pairs, rows)
        if times is None:
            raise InputError(
                "a split by time must have a time for every row, got a table without times (or "
                "ratings whose rows were not kept); use held-out, or leave-last where the rows "
                "stand in the order of reading"
            )
        place = math.ceil(self.quantile * len(pairs) - 1e-9) - 1
        first, last = times
        moment = int(np.sort(first)[max(place, 0)])
        learnt, held_out = last <= moment, first > moment
        if not held_out.any():
            raise InputError(
                f"some pairs must be later than the moment {moment}, got none of {len(pairs)}; use "
                f"a quantile below {self.quantile:g}"
            )
        return splits.divided(
            pairs,
            catalogue,
            held_out=held_out,
            learnt=learnt,
            left_out={"no book after the moment": splits.without_one(pairs, held_out)},
            notes={
                "time of the moment": moment,
                "pairs on both sides of the moment": int((~learnt & ~held_out).sum()),
            },
        )


@dataclass(frozen=True)
class StrongGeneralisation(Protocol):
    """Some of the table's own readers as strangers [Marlin 2004; Liang et al. 2018].

    Attributes:
        reader_share: Share of the readers held out of training.
        given_share: Share of each one's books that the model is told.
        seed: Draws the readers, and which of their books are told.
    """

    name: ClassVar[str] = "strong"
    text: ClassVar[str] = """
        Strong generalisation: {reader_share:.0%} of the readers are drawn at random (seed {seed})
        and held out; every model learns from the others and has seen nothing of them. Of each, the
        model is told {given_share:.0%} of the books, drawn at random, rounded down but at least
        one. Right is a book of the rest that the reader liked; all books that were not told are
        ranked, and readers with no right answer are counted and left out of the means. Stars are
        forecast for every pair of the rest that has them. It answers how well a model serves
        readers who are not in its table, without a second table of readers. It cannot answer what
        comes next, nor how the first few books fare: the books told are drawn without regard to
        time, so that books read right before and after them are among the answers, which is easier
        than finding later ones, and histories are as long as they are. Equal scores are listed in
        an order drawn by the seed of the evaluation.
    """

    reader_share: float = 0.1
    given_share: float = 0.8
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_settings(self, "reader_share", "given_share", seed=0)

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Draws the readers and the books that are told."""
        everybody = splits.canonical(ratings)
        count = splits.held_out_count(len(everybody.users), self.reader_share, "readers")
        draw, n = np.random.default_rng(self.seed), len(everybody.users)
        strangers = marks(draw.permutation(n)[:count], n)
        pairs = splits.drawn_order(everybody, draw)
        lengths = pairs.histories.lengths
        given = np.maximum(np.floor(lengths * self.given_share + 1e-9), 1)
        shown = pairs.histories.places < np.repeat(given, lengths)
        stranger = np.repeat(strangers, lengths)
        return splits.divided(
            pairs,
            catalogue,
            held_out=stranger & ~shown,
            learnt=~stranger,
            shown=stranger & shown,
            left_out={"fewer than 2 books": int((strangers & (lengths < 2)).sum())},
            notes={"readers held out of training": count},
        )


@dataclass(frozen=True)
class ColdBooks(Protocol):
    """Books that nobody has rated yet: who would like them?

    Attributes:
        book_share: Share of the rated books whose ratings are all held out.
        seed: Draws the books.
    """

    name: ClassVar[str] = "cold-books"
    text: ClassVar[str] = """
        Cold books: of the books with a rating, {book_share:.0%} are drawn at random (seed {seed})
        and all ratings of them are held out; every model learns from those of the other books. What
        the world's readers think of the drawn books is taken out of the catalogue too: how many
        rated them, their mean stars, the share who liked them. Titles, authors, years and tags
        stay. The model is told all that a reader read of the other books. Right is a drawn book
        that the reader liked; all books but the reader's training rows are ranked, the drawn ones
        among all others, so that a model that cannot place a book without ratings scores 0; readers
        with no right answer are counted and left out of the means. Stars are forecast for every
        rating of a drawn book. It answers whether a new book finds its readers. It cannot answer
        how good a list is as a whole: every book but the drawn ones counts as wrong, so that a
        model gains by listing new books too often. Equal scores are listed in an order drawn by the
        seed of the evaluation.
    """

    book_share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_settings(self, "book_share", seed=0)

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Draws the books."""
        pairs = splits.canonical(ratings)
        rated = np.flatnonzero(pairs.item_counts)
        by_id = rated[np.argsort(splits.id_ranks(pairs.items)[rated])]
        count = splits.held_out_count(len(rated), self.book_share, "books")
        drawn = np.random.default_rng(self.seed).permutation(len(rated))[:count]
        cold = marks(by_id[drawn], len(pairs.items))
        held_out = cold[pairs.histories.items]
        # what the world's readers think of the drawn books is not known either
        unknown: dict[str, Any] = {
            name: np.where(cold, np.nan, getattr(catalogue, name))
            for name in ("counts", "means", "liked")
        }
        return splits.divided(
            pairs,
            replace(catalogue, **unknown),
            held_out=held_out,
            left_out={"no held-out book": splits.without_one(pairs, held_out)},
            notes={"books without a rating in training": count},
        )


@dataclass(frozen=True, eq=False)
class NewReaders(Protocol):
    """The honest test of a recommender: complete histories of readers kept out of training.

    Training rows in any order give the same figures, bit by bit. By the order of reading, the
    order of each new reader's rows is the data; in a drawn order it does not matter either.

    Attributes:
        readers: Their ratings, each row in the order of reading. A table of its own: books
            are matched by id.
        given: How many of the first books the model is told; each is asked on its own.
        seed: Draws an order of each reader's books instead, where the table has not that of
            reading; the first 5 books drawn are among the first 20.
    """

    name: ClassVar[str] = "new-readers"
    text: ClassVar[str] = """
        New readers: every model learns from the ratings of everybody but {readers} readers, and
        once for all. Of each of them it is told the first {given} books, {order}, and ranks all
        other books of the catalogue. Right are the {later} books that the reader rated {liked:g} or
        higher; one that training does not know counts as not found. Readers with no right answer
        are counted and left out of the means. It answers {limits}. Equal scores are listed in an
        order drawn by the seed.
    """

    readers: Ratings
    given: tuple[int, ...] = (5, 20, 50)
    seed: int | None = None

    def __post_init__(self) -> None:
        if not self.given or min(self.given) < 0 or len(set(self.given)) < len(self.given):
            raise SettingError(
                f"given must be different whole numbers, at least 0, got {self.given}"
            )
        if self.seed is not None:
            refuse_settings(self, seed=0)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        order, later = "in the order of reading", "later"
        limits = "what a stranger reads next. It cannot answer how stars are forecast"
        if self.seed is not None:
            order, later = f"in an order drawn at random (seed {self.seed})", "other"
            limits = (
                "what else a stranger has read, the books told being a fair sample: an easier "
                "question than by the order of reading, since books read right before and after "
                "those told are among the answers, so that the figures of the two must not be "
                "compared. It cannot answer what comes next, nor how stars are forecast"
            )
        return filled(
            self.text,
            readers=len(self.readers.users),
            given=", ".join(map(str, self.given)),
            order=order,
            later=later,
            liked=self.readers.scale.liked_from,
            limits=limits,
        )

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Leaves the readers out of training, by id, and asks for their later books."""
        if self.readers.scale.highest != ratings.scale.highest:
            raise InputError(
                f"the new readers' stars must be on the scale of training, {ratings.scale}, got "
                f"{self.readers.scale}"
            )
        # books that training does not know get the indices after its last
        index = ratings.items.indices(self.readers.items.ids).astype(np.int64)
        unknown = index < 0
        if unknown.all():
            raise InputError(
                "the new readers' books must have the ids of training, got no book in common, such "
                f"as {self.readers.items.ids[:1]} and {ratings.items.ids[:1]}"
            )
        index[unknown] = len(ratings.items) + np.arange(unknown.sum())
        if self.seed is None:
            advice = "give a seed, which draws the books that are told"
            splits.refuse_order_of_ids(self.readers, advice)
            ordered = splits.readers_by_id(self.readers)
        else:
            draw = np.random.default_rng(self.seed)
            ordered = splits.drawn_order(splits.canonical(self.readers), draw)
        histories = replace(
            ordered.histories,
            items=index[ordered.histories.items].astype(np.int32),
            n_items=len(ratings.items) + int(unknown.sum()),
        )
        names, n_items = ordered.users.ids, len(ratings.items)
        return Task(
            splits.canonical(ratings.without_users(set(names))),
            catalogue,
            tuple(self._questions(names, histories, n_items, h) for h in self.given),
        )

    def _questions(
        self, names: tuple[str, ...], histories: Histories, n_items: int, h: int
    ) -> RankingQueries:
        given, later = split_given(histories, h)
        liked = kept(later, later.stars >= self.readers.scale.liked_from)
        answerable = np.flatnonzero(liked.lengths)
        first, right = given.take(answerable), liked.take(answerable)
        known = first.items < n_items
        unliked = (later.lengths > 0) & (liked.lengths == 0)
        return RankingQueries(
            readers=tuple(names[row] for row in answerable),
            users=np.full(len(answerable), -1),
            histories=replace(kept(first, known), n_items=n_items),
            relevant=right,
            given=h,
            left_out={
                f"no more than {h} books": int((later.lengths == 0).sum()),
                f"no liked book after the first {h}": int(unliked.sum()),
            },
            notes={
                "given books unknown to training": int((~known).sum()),
                "right answers unknown to training": int((right.items >= n_items).sum()),
            },
        )


@dataclass(frozen=True)
class NotebookSplit(Protocol):
    """The tutorial notebook's own split, so that its figures can be put beside others.

    Raw rows are held out at random: forecasts of stars, and ranking for known readers. Rows are
    drawn without regard to time, so a reader's later ratings help to find earlier ones, and a pair
    that stands twice may be on both sides. It answers how the notebook compares, not how good
    recommendations are: that is `NewReaders`.

    Attributes:
        test_share: Share of the rows held out.
        seed: The `random_state` of the notebook's `train_test_split`.
    """

    name: ClassVar[str] = "notebook-split"
    text: ClassVar[str] = """
        The notebook's split: {test_share:.0%} of the raw rows are held out at random (seed {seed},
        the rows that scikit-learn's train_test_split chooses). Every model learns from the others;
        of a pair that repeats, the first row counts. For ranking, right is a held-out book that the
        reader liked and that is not among the reader's training rows; all books but those are
        ranked, and every reader with a right answer counts, one without any training row too. Stars
        are forecast for every held-out row as it stands, repeats included: rmse and mae as
        forecast, like the notebook's own figure, rmse_clipped and mae_clipped moved into the scale.
        Equal scores are listed in an order drawn by the seed. The split is random, so that the
        future leaks into training.
    """

    test_share: float = 0.2
    seed: int = 42

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: Rows = None) -> Task:
        """Splits the raw rows and merges each side."""
        if rows is None:
            raise InputError(
                "the notebook's split is one of raw rows, got ratings that were merged already; "
                "give the data set as it was read"
            )
        table = _by_id(rows, ratings)
        train, test = map(np.sort, notebook_split(len(table), self.test_share, self.seed))
        learnt, learnt_merge = _part(table, train).merged("first")
        held_out, held_out_merge = _part(table, test).merged("first")
        seen, tested = (
            h.rows * h.n_items + h.items for h in (learnt.histories, held_out.histories)
        )
        fresh = ~np.isin(tested, seen)
        liked = kept(
            held_out.histories, fresh & (held_out.histories.stars >= ratings.scale.liked_from)
        )
        there = held_out.histories.lengths > 0
        by_reader = _part(table, test[np.argsort(table.users[test], kind="stable")])
        lengths = np.bincount(by_reader.users, minlength=len(table.user_ids))
        return splits.task_of(
            learnt,
            catalogue,
            histories=learnt.histories,
            relevant=liked,
            tested=Histories(
                np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
                by_reader.items,
                by_reader.stars,
                len(table.item_ids),
            ),
            left_out={
                "no held-out row": int((~there).sum()),
                "no liked new book held out": int((there & (liked.lengths == 0)).sum()),
            },
            notes={
                "readers without a training row": splits.untrained(learnt.histories, liked),
                "repeated training rows": learnt_merge.rows - learnt_merge.pairs,
                "repeated test rows": held_out_merge.rows - held_out_merge.pairs,
                "test pairs that are in training": int((~fresh).sum()),
            },
        )


def _by_id(rows: RatingRows, ratings: Ratings) -> RatingRows:
    """The rows with readers numbered in the order of their ids, and books as in the ratings."""
    names = Vocabulary(tuple(sorted(rows.user_ids.ids)))
    items = ratings.items.indices(rows.item_ids.ids)[rows.items]
    if items.min(initial=0) < 0:
        raise InputError("the ratings must be made of the raw rows, got a row of another book")
    return replace(
        rows,
        users=names.indices(rows.user_ids.ids)[rows.users],
        items=items,
        user_ids=names,
        item_ids=ratings.items,
        scale=ratings.scale,
        times=None,
    )


def _part(rows: RatingRows, entries: Indices) -> RatingRows:
    return replace(
        rows, users=rows.users[entries], items=rows.items[entries], stars=rows.stars[entries]
    )
