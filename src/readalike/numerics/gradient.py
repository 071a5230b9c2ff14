"""Minibatch gradient descent on squared error, for ``[mean + b_u + b_i +] p_u . q_i``.

The loss of a batch B is Keras's mean over its examples, plus ridge shares::

    1/|B| * sum_B (r - prediction)^2 + decay_u |row_u|^2 + decay_i |row_i|^2

With ``decay = regularization / (ratings of that row)`` an epoch sums to the ordinary ridge loss
``sum (r - prediction)^2 + regularization * sum |row|^2``; only rows of the batch are touched.

Adam is Keras's (3, on TensorFlow). A row that stands in a batch more than once gets the sum of
its examples' gradients in the first moment and the sum of their *squares* in the second. And the
moments of *every* row decay and move it at every step, touched or not. Here a row sleeps until
it is needed and then catches up the k steps it missed at once. With s = sqrt(v), c = b1/sqrt(b2)
and d = b1/b2, step j of them moves the row by ``lr_j m c^j / (s + eps b2^(-j/2))``. The last
bracket hardly changes while c^j dies out; replaced by its mean over the weights ``lr_j c^j``
(3e-9 of the way wrong where s is a hundred times eps, as is usual; 3e-5 far below) it leaves::

    m A / (s + eps B / A),  A = sum_j lr_j c^j,  B = sum_j lr_j d^j

and both sums are differences of the tails ``tail[t] = sum_{j>=1} lr_{t+j} c^j``.

A bias is one more coordinate: a user's row is ``[p, b, 1]``, an item's ``[q, 1, b]``, so that
their product is the whole prediction but for the mean; the ones are held fixed.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from readalike.numerics.arrays import F32, I32
from readalike.numerics.compiled import compiled

Array: TypeAlias = NDArray[Any]

BETA_1 = 0.9
BETA_2 = 0.999
EPSILON = np.float32(1e-7)
LANES = 8  # rows are padded with zeros to whole vectors of this many numbers
SETTLED = 20_000  # from this step on Adam's bias corrections are 1 to 2e-9: tables end here
POWERS = 512  # b1^512 = 4e-24: a first moment that slept longer is zero


class Side(NamedTuple):
    """One table in training, the users' or the items'."""

    rows: F32  # values, first and second moments side by side; (n, 3 width), SGD (n, width)
    marks: I32  # step of the last update and slot in that batch, both 0 at the start; (n, 2)
    decay: F32  # ridge share of each row; (n,)
    slopes: F32  # room for a batch's gradients and their squares; (batch, 2 width)
    touched: I32  # room for the rows of one batch; (batch,)
    fixed: int  # the column of ones, -1 where there is none


def learning_rates(learning_rate: float, adam: bool) -> NDArray[np.float64]:
    """Tables over the step t: lr_t, and its tails discounted by c and by d (see above)."""
    step = np.arange(1, SETTLED + 1, dtype=np.float64)
    tables = np.full((3, SETTLED + 1), learning_rate, dtype=np.float64)
    if not adam:
        return tables
    tables[0, 1:] *= np.sqrt(1.0 - BETA_2**step) / (1.0 - BETA_1**step)
    for tail, rate in ((1, BETA_1 / BETA_2**0.5), (2, BETA_1 / BETA_2)):
        tables[tail, SETTLED] *= rate / (1.0 - rate)
        for t in range(SETTLED, 0, -1):
            tables[tail, t - 1] = rate * (tables[0, t] + tables[tail, t])
    return tables


def decay_powers(steps: int) -> NDArray[np.float64]:
    """Powers 0..511 of b1, c, d and b2 in four rows; in the fifth b2^(512 n) up to ``steps``."""
    bases = np.array([[BETA_1], [BETA_1 / BETA_2**0.5], [BETA_1 / BETA_2], [BETA_2]])
    exponent = np.arange(max(POWERS, steps // POWERS + 1), dtype=np.float64)
    return np.vstack([bases**exponent, BETA_2 ** (POWERS * exponent)])


@compiled(error_model="numpy")
def _wake(line: Array, slept: int, step: int, rates: Array, powers: Array) -> None:
    """Catches a row up with the ``slept`` steps that end with ``step``."""
    width = line.shape[0] // 3
    tail = rates[1, min(step - slept, SETTLED)]
    tail_eps = rates[2, min(step - slept, SETTLED)]
    m_decay = np.float32(0.0)
    if slept < POWERS:
        m_decay = np.float32(powers[0, slept])
        tail -= powers[1, slept] * rates[1, min(step, SETTLED)]
        tail_eps -= powers[2, slept] * rates[2, min(step, SETTLED)]
    v_decay = np.float32(powers[3, slept % POWERS] * powers[4, slept // POWERS])
    move, eps = np.float32(tail), np.float32(EPSILON * tail_eps / tail)
    p, m, v = line[:width], line[width : 2 * width], line[2 * width :]
    for j in range(width):
        old_m, old_v = m[j], v[j]
        p[j] -= move * old_m / (np.sqrt(old_v) + eps)
        m[j] = old_m * m_decay
        v[j] = old_v * v_decay


@compiled(error_model="numpy")
def _enter(side: Side, row: int, count: int, step: int, rates: Array, powers: Array) -> int:
    """The slot of a row in this batch; on its first visit it is woken and its slope is zeroed."""
    rows, marks, _, slopes, touched, _ = side
    last = marks[row, 0]
    if last == step:
        return marks[row, 1]  # type: ignore[no-any-return]
    if rows.shape[1] > slopes.shape[1] and 0 < last < step - 1:
        _wake(rows[row], step - 1 - last, step - 1, rates, powers)
    marks[row, 0], marks[row, 1] = step, count
    touched[count] = row
    slopes[count, :] = 0.0
    return count


@compiled(error_model="numpy")
def _move(side: Side, count: int, scale: float, rate: float) -> None:
    """One optimizer step of the ``count`` rows that a batch has touched."""
    rows, _, _, slopes, touched, fixed = side
    width = slopes.shape[1] // 2
    rest_1, rest_2 = np.float32(1.0 - BETA_1), np.float32(1.0 - BETA_2)
    scale_32, rate_32 = np.float32(scale), np.float32(rate)
    square_32 = np.float32(scale * scale)
    for slot in range(count):
        line, slope = rows[touched[slot]], slopes[slot]
        if fixed >= 0:
            slope[fixed] = slope[width + fixed] = 0.0
        p = line[:width]
        if line.shape[0] > width:
            m, v = line[width : 2 * width], line[2 * width :]
            squares = slope[width:]
            for j in range(width):
                new_m = m[j] + (slope[j] * scale_32 - m[j]) * rest_1
                new_v = v[j] + (squares[j] * square_32 - v[j]) * rest_2
                m[j], v[j] = new_m, new_v
                p[j] -= rate_32 * new_m / (np.sqrt(new_v) + EPSILON)
        else:
            for j in range(width):
                p[j] -= rate_32 * (slope[j] * scale_32)


@compiled(error_model="numpy")
def descend(
    user_side: Side,
    item_side: Side,
    users: Array,
    items: Array,
    ratings: Array,
    mean: float,
    step: int,
    rates: Array,
    powers: Array,
) -> float:
    """One epoch over the rows in their order; changes both sides.

    Args:
        user_side: Vectors of the users and what their optimizer remembers, of `side`.
        item_side: Those of the items.
        users: User of each row; shape (rows,), int32.
        items: Item of each row; shape (rows,), int32.
        ratings: Stars of each row; shape (rows,), float32.
        mean: What a forecast starts from.
        step: Steps done before.
        rates: Size of a step, of `learning_rates`.
        powers: Powers of the decays, of `decay_powers`.

    Returns:
        Sum of the squared errors, each before the step that it caused.
    """
    user_rows, _, user_decay, user_slopes, _, _ = user_side
    item_rows, _, item_decay, item_slopes, _, _ = item_side
    batch_size, width = len(user_slopes), user_slopes.shape[1] // 2
    base = np.float32(mean)
    total = 0.0
    for first in range(0, len(users), batch_size):
        last = min(first + batch_size, len(users))
        step += 1
        n_users = n_items = 0
        for n in range(first, last):
            user, item = users[n], items[n]
            u = _enter(user_side, user, n_users, step=step, rates=rates, powers=powers)
            i = _enter(item_side, item, n_items, step=step, rates=rates, powers=powers)
            n_users += u == n_users
            n_items += i == n_items
            p, q = user_rows[user], item_rows[item]
            p_slope, q_slope = user_slopes[u], item_slopes[i]
            error = base - ratings[n]
            for j in range(0, width, 4):  # in fours: the order of a sum decides its bits
                left = p[j] * q[j] + p[j + 1] * q[j + 1]
                error += left + (p[j + 2] * q[j + 2] + p[j + 3] * q[j + 3])
            total += error * error
            p_decay, q_decay = user_decay[user], item_decay[item]
            for j in range(width):
                p_g = error * q[j] + p_decay * p[j]
                q_g = error * p[j] + q_decay * q[j]
                p_slope[j] += p_g
                q_slope[j] += q_g
                p_slope[width + j] += p_g * p_g
                q_slope[width + j] += q_g * q_g
        rate = rates[0, min(step, SETTLED)]
        _move(user_side, n_users, 2.0 / (last - first), rate)
        _move(item_side, n_items, 2.0 / (last - first), rate)
    return total


@compiled(error_model="numpy")
def settle(side: Side, step: int, rates: Array, powers: Array) -> None:
    """Wakes every row, so that all stand where ``step`` steps of dense Adam leave them."""
    if side.rows.shape[1] < side.slopes.shape[1]:
        return
    for row in range(len(side.rows)):
        if 0 < side.marks[row, 0] < step:
            _wake(side.rows[row], step - side.marks[row, 0], step, rates, powers)
            side.marks[row, 0] = step
