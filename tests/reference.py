"""Slow, obvious twins of the models' arithmetic: one loop a sum of the formula."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


def star_weight(stars: float, centre: float, slope: float, floor: float) -> float:
    if math.isnan(stars):
        return 1.0
    return max(1.0 + slope * (stars - centre), floor)


def item_item_score(
    items: Sequence[int],
    stars: Sequence[float],
    layers: Sequence[F64],
    weights: tuple[float, float, float],
    mixture: tuple[Sequence[float], Sequence[float], float],
) -> list[float]:
    """score_j = sum_i w_i sum_l a_l(h) B^l_ij, one candidate at a time."""
    w = [star_weight(r, *weights) for r in stars]
    h = sum(1 for each in w if each > 0)
    short, long, half = mixture
    place = h / (h + half)
    a = [s + (e - s) * place for s, e in zip(short, long, strict=True)]
    scores = []
    for j in range(layers[0].shape[1]):
        total = 0.0
        for i, w_i in zip(items, w, strict=True):
            for a_l, layer in zip(a, layers, strict=True):
                total += w_i * a_l * layer[i, j]
        scores.append(total)
    return scores


def implicit_reader(
    factors: F64, items: Sequence[int], targets: Sequence[float], base: F64, confidence: float
) -> F64:
    """Solves (base + c sum f f') x = sum t f with explicit sums."""
    k = factors.shape[1]
    matrix, right = base.copy(), np.zeros(k)
    for i, t in zip(items, targets, strict=True):
        matrix += confidence * np.outer(factors[i], factors[i])
        right += t * factors[i]
    return np.linalg.inv(matrix) @ right


def row_posterior(
    factors: F64,
    items: Sequence[int],
    weights: Sequence[float],
    targets: Sequence[float],
    base: F64,
    start: F64,
) -> tuple[F64, F64]:
    """Mean and covariance of the normal with precision base + sum w f f', sums explicit."""
    matrix, right = base.copy(), start.copy()
    for i, w, t in zip(items, weights, targets, strict=True):
        matrix += w * np.outer(factors[i], factors[i])
        right += t * factors[i]
    covariance = np.asarray(np.linalg.inv(matrix), np.float64)
    return covariance @ right, covariance


def co_occurrence(
    rows: Sequence[Sequence[int]], weights: Sequence[float], n_items: int
) -> tuple[F64, F64]:
    """X'X and X'DX, one pair of books of one history at a time."""
    common, gram = np.zeros((n_items, n_items)), np.zeros((n_items, n_items))
    for items, weight in zip(rows, weights, strict=True):
        for i in items:
            for j in items:
                common[i, j] += 1
                gram[i, j] += weight
    return common, gram


def whole_gram(common: F64, gram: F64, least: int, features: F64, content: float) -> F64:
    """X'DX of the pairs with enough common readers, and t F F' of all pairs; dense."""
    n_items = len(gram)
    whole = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(n_items):
            if i == j or common[i, j] >= least:
                whole[i, j] = gram[i, j]
            whole[i, j] += content * float(features[i] @ features[j])
    return whole


def cosines(whole: F64) -> F64:
    """G_jk / sqrt(G_jj G_kk); 0 of a book with itself, and with one that nothing is known of."""
    n_items = len(whole)
    found = np.zeros((n_items, n_items))
    for j in range(n_items):
        for k in range(n_items):
            if j != k and whole[j, k] > 0:
                found[j, k] = whole[j, k] / math.sqrt(whole[j, j] * whole[k, k])
    return found


def ridge(whole: F64, j: int, group: Sequence[int], regularization: float) -> F64:
    """(G_NN + lambda I)^-1 G_Nj."""
    matrix = np.array([[whole[a, b] for b in group] for a in group]).reshape(len(group), len(group))
    right = np.array([whole[a, j] for a in group])
    return np.linalg.solve(matrix + regularization * np.eye(len(group)), right)


def tf_idf(counts: F64, fewest: int, most: float) -> F64:
    """Unit rows of log(1 + count) log(n / n_t) over the tags used, a tag at a time."""
    n_items, n_tags = counts.shape
    columns = []
    for tag in range(n_tags):
        books = sum(1 for book in range(n_items) if counts[book, tag] > 0)
        if books < fewest or books > max(most * n_items, fewest):
            continue
        rarity = math.log(n_items / max(books, 1))
        columns.append([math.log(1 + counts[book, tag]) * rarity for book in range(n_items)])
    table = np.array(columns).T if columns else np.zeros((n_items, 0))
    for row in table:
        length = math.sqrt(sum(value * value for value in row))
        if length > 0:
            row /= length
    return table


def sampling_ratio(
    world: Sequence[float], trained: Sequence[float], shrinkage: float
) -> list[float]:
    """(world + s rho) / (trained + s) over its median, one book at a time."""
    known = [(w, t) for w, t in zip(world, trained, strict=True) if w > 0]  # NaN is not above 0
    if sum(t for _, t in known) == 0:
        return [1.0] * len(world)
    rho = sum(w for w, _ in known) / sum(t for _, t in known)
    ratios = [
        ((w if w > 0 else t * rho) + shrinkage * rho) / (t + shrinkage)
        for w, t in zip(world, trained, strict=True)
    ]
    middle = float(np.median(ratios))
    return [ratio / middle for ratio in ratios]


def ease(read: F64, regularization: float) -> F64:
    """Each column: the ridge regression of who read j on who read each other book."""
    n_items = read.shape[1]
    weights = np.zeros((n_items, n_items))
    for j in range(n_items):
        others = [i for i in range(n_items) if i != j]
        X, y = read[:, others], read[:, j]
        weights[others, j] = np.linalg.solve(
            X.T @ X + regularization * np.eye(n_items - 1), X.T @ y
        )
    return weights


def implicit_loss(read: F64, P: F64, Q: F64, alpha: float, regularization: float) -> float:
    """sum_ui c_ui (p_ui - x_u'y_i)^2 + lambda (|X|^2 + |Y|^2), c = 1 + alpha p."""
    loss = regularization * float((P**2).sum() + (Q**2).sum())
    for u in range(len(P)):
        for i in range(len(Q)):
            p = read[u, i]
            loss += (1 + alpha * p) * (p - float(P[u] @ Q[i])) ** 2
    return loss
