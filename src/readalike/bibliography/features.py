"""What is known of the books in ways that they can be compared by, and what two have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.bibliography.folding import fold_case
from readalike.bibliography.people import divided_by_commas, names_of
from readalike.bibliography.titles import Title
from readalike.data.catalogue import Catalogue
from readalike.numerics.tag_vectors import tag_features, unit_rows

F64 = npt.NDArray[np.float64]

YEARS_BETWEEN = 15.0
"""Books of twice as many years apart, or more, have nothing in common in their age."""
SAME_LANGUAGE = {"en": "eng"}
"""goodbooks-10k writes one language as eng, en-US, en-GB and en-CA."""
CONTENT_WEIGHTS = {"tags": 1.0, "authors": 0.7}
"""What the books are known by that one with few readers takes over from, by weight."""
FEWEST, MOST = 3, 0.1
"""Subjects that compare books stand on three of them at least and on a tenth of all at most."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


ASPECTS = ("authors", "series", "titles", "languages", "years", "tags")
"""All that books are compared by."""


def aspects_of(
    catalogue: Catalogue, fewest: int, most: float, wanted: Collection[str] = ASPECTS
) -> dict[str, sp.csr_array]:
    """Aspects of the books: unit rows of float32 by name; none of what nothing is known of.

    `tags` and `titles`, the words of the title, by tf-idf; `authors`, all of a book; `series`;
    `languages`, a rare one saying more; `years`, books of the same year having all in common, and
    those twice `YEARS_BETWEEN` apart nothing.

    Args:
        catalogue: The books.
        fewest: Least number of books of a tag, or a word of titles, that is used.
        most: Largest share of the books of a tag, a word of titles or a language that is used.
        wanted: Names of the aspects that are looked at.
    """
    made: dict[str, Callable[[], sp.csr_array]] = {
        "authors": lambda: unit_rows(shared(names_of(catalogue.authors))),
        "series": lambda: unit_rows(shared([[name] for name in catalogue.series])),
        "titles": lambda: tag_features(shared([_words(t) for t in catalogue.titles]), fewest, most),
        "languages": lambda: _by_rarity(
            shared([[language_of(c)] for c in catalogue.languages]), most
        ),
        "years": lambda: _years(catalogue.years),
    }
    if catalogue.tags is not None:
        counts = catalogue.tags.counts
        made["tags"] = lambda: tag_features(counts, fewest, most)
    found = {name: rows() for name, rows in made.items() if name in wanted}
    return {name: rows for name, rows in found.items() if rows.nnz}


def content_rows(catalogue: Catalogue) -> sp.csr_array:
    """Unit rows of what content neighbours have in common; shape (n_books, features), float32."""
    return joined(
        aspects_of(catalogue, FEWEST, MOST, CONTENT_WEIGHTS), CONTENT_WEIGHTS, len(catalogue)
    )


def joined(
    aspects: Mapping[str, sp.csr_array], weights: Mapping[str, float], n: int
) -> sp.csr_array:
    r"""Unit rows of all aspects side by side, each times its weight; without one it is left out.

    The cosine of two books is \sum_a w_a^2 (x_a . y_a) over the product of their lengths before, so
    that what nothing is known of counts for nothing.
    """
    parts = [rows * np.float32(weights.get(name, 0.0)) for name, rows in sorted(aspects.items())]
    nothing = sp.csr_array((n, 0), dtype=np.float32)
    return unit_rows(sp.csr_array(sp.hstack([nothing, *parts], format="csr")))


def shared(names: Sequence[Sequence[str]]) -> sp.csr_array:
    """Ones where a book has a name that another one has too, whatever its case; books x names."""
    each = [sorted({*map(fold_case, row)} - {""}) for row in names]
    every = sorted(set(chain.from_iterable(each)))
    column = {name: at for at, name in enumerate(every)}
    items = np.array([column[name] for row in each for name in row], np.int64)
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in each])]).astype(np.int64)
    whole = sp.csr_array((np.ones(len(items)), items, indptr), (len(each), len(every)))
    return sp.csr_array(whole[:, np.flatnonzero(np.bincount(items, minlength=len(every)) > 1)])


def _words(title: str) -> list[str]:
    return _WORD.findall(Title(title).bare.casefold())


def language_of(code: str) -> str:
    """One code for all countries of a language: eng of en-US."""
    language = code.strip().casefold().partition("-")[0]
    return SAME_LANGUAGE.get(language, language)


def _by_rarity(members: sp.csr_array, most: float) -> sp.csr_array:
    """log(n / n_l) / log(n) for the n_l books of a name, 0 beyond the largest share; float32."""
    n = max(members.shape[0], 2)
    books = np.maximum(np.bincount(members.indices, minlength=members.shape[1]), 1)
    rarity = np.where(books <= most * n, np.log(n / books) / np.log(n), 0.0)
    weighed = sp.csr_array(members, dtype=np.float32, copy=True)
    weighed.data = rarity[members.indices].astype(np.float32)
    weighed.eliminate_zeros()
    return weighed


def _years(years: Sequence[int | None]) -> sp.csr_array:
    """Two neighbouring columns for each year, so that near years have much in common.

    Columns stand for years YEARS_BETWEEN apart. A year between two of them is on both, the squares
    of its values being how near it is to each, so that rows have length 1.
    """
    known = np.array([at for at, year in enumerate(years) if year is not None], np.int64)
    place = np.array([year for year in years if year is not None], np.float64) / YEARS_BETWEEN
    low = np.floor(place)
    first = int(low.min(initial=0))
    columns = np.concatenate([low, low + 1]).astype(np.int64) - first
    values = np.sqrt(np.concatenate([1 - (place - low), place - low]))
    shape = (len(years), int(columns.max(initial=-1)) + 1)
    rows = sp.csr_array(sp.coo_array((values, (np.tile(known, 2), columns)), shape))
    rows.eliminate_zeros()
    rows.sort_indices()
    return sp.csr_array(rows, dtype=np.float32)


MOST_TAGS = 3


def in_common(catalogue: Catalogue, one: int, other: int) -> tuple[str, ...]:
    """What two books share: "by Ann Leckie", "series Imperial Radch", their chief subjects."""
    authors, others = (divided_by_commas(catalogue.authors[book]) for book in (one, other))
    shared = [f"by {name}" for name in authors if name in others]
    series = catalogue.series[one]
    if series and fold_case(series) == fold_case(catalogue.series[other]):
        shared.append(f"series {series}")
    if (tags := catalogue.tags) is not None:  # those of the largest product of tf-idf
        rows = np.zeros((2, len(tags.names)))
        for row, book in zip(rows, (one, other), strict=True):
            span = slice(tags.counts.indptr[book], tags.counts.indptr[book + 1])
            row[tags.counts.indices[span]] = np.log1p(tags.counts.data[span])
        strength = rows[0] * rows[1] * tags.rarity**2
        order = np.argsort(-strength, kind="stable")[:MOST_TAGS]
        shared += [tags.names[at] for at in order.tolist() if strength[at] > 0]
    return tuple(shared)
