"""From a network and the rows of the ids to a model: the usual embedding where it is one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from readalike.keras_models.network import Network
from readalike.keras_models.sides import Rows, Side
from readalike.keras_models.stored import Floats
from readalike.models import EmbeddingModel, NetworkModel
from readalike.models.steps import Step

Fitted = EmbeddingModel | NetworkModel
"""What a file of Keras can become."""


def model_of(network: Network, reader: Side, book: Side, users: Rows, items: Rows) -> Fitted:
    """The model of the readers and books at hand.

    A plain product, alone or with a bias of the reader and one of the book, is an embedding;
    everything else keeps its steps.

    Args:
        network: What the model computes.
        reader: The reader's side of it.
        book: The book's.
        users: The row of each reader, -1 of one without, whose vector is left at 0.
        items: The row of each book.
    """
    biases = _biases(network, reader, book)
    if biases is not None:
        product, more = biases
        tables = {n: network.lookups[n].table for n in (*product, *more)}
        return EmbeddingModel(
            _taken(tables[product[0]], users),
            _taken(tables[product[1]], items),
            _taken(tables[more[0]], users)[:, 0] if more else None,
            _taken(tables[more[1]], items)[:, 0] if more else None,
        )
    known = users[users >= 0]
    trained = reader.vectors[known] if len(known) else reader.vectors
    return NetworkModel(
        _taken(reader.vectors, users),
        _taken(book.vectors, items),
        _steps(network, {"reader": reader, "book": book}),
        trained.mean(axis=0),
        trained.std(axis=0),
    )


def _taken(table: Floats, rows: Rows) -> Floats:
    """Some rows of a table, 0 where there is none."""
    taken = table[rows]
    taken[rows < 0] = 0
    return np.ascontiguousarray(taken, np.float32)


def _biases(
    network: Network, reader: Side, book: Side
) -> tuple[tuple[int, int], tuple[int, ...]] | None:
    """The numbers of the lookups (reader's, book's) of the product, and of the biases if any.

    None where the network is anything but p . q or p . q + b + c.
    """
    steps = network.steps
    terms = _terms(steps, len(steps) - 1)
    products = [steps[steps[n].inputs[0]] for n in terms if steps[n].op == "sum"]
    added = [steps[n] for n in terms if steps[n].op != "sum"]
    if len(products) != 1 or products[0].op != "multiply":
        return None
    pair = _pair(network, [steps[n] for n in products[0].inputs], reader, book)
    if pair is None:
        return None
    if not added:
        return pair, ()
    more = _pair(network, added, reader, book)
    if more is None or any(network.lookups[n].table.shape[1] != 1 for n in more):
        return None
    return pair, more


def _terms(steps: list[Step], number: int) -> list[int]:
    """What is added up to an outcome."""
    if steps[number].op != "add":
        return [number]
    return [term for inner in steps[number].inputs for term in _terms(steps, inner)]


def _pair(network: Network, steps: list[Step], reader: Side, book: Side) -> tuple[int, int] | None:
    """The lookups that two steps are, the reader's first; None where they are anything else."""
    if [step.op for step in steps] != ["lookup", "lookup"]:
        return None
    numbers = [int(step.options["lookup"]) for step in steps]
    by_input = {network.lookups[number].input: number for number in numbers}
    if by_input.keys() != {reader.input, book.input}:
        return None
    return by_input[reader.input], by_input[book.input]


def _steps(network: Network, sides: Mapping[str, Side]) -> tuple[Step, ...]:
    """The steps with lookups as columns of the reader's or the book's vector."""
    columns: dict[int, tuple[str, list[int]]] = {}
    for op, side in sides.items():
        start = 0
        for number, lookup in enumerate(network.lookups):
            if lookup.input == side.input:
                end = start + lookup.table.shape[1]
                columns[number], start = (op, [start, end]), end
    made = []
    for step in network.steps:
        if step.op == "lookup":
            op, span = columns[step.options["lookup"]]
            made.append(Step(op, options={"columns": span}))
        else:
            made.append(step)
    return tuple(made)
