"""A network for a file of weights alone: what is assumed where the architecture is missing."""

from __future__ import annotations

from readalike.errors import InputError
from readalike.keras_models.layers import activated, dot
from readalike.keras_models.network import Lookup, Network
from readalike.keras_models.stored import Floats, Stored, Weights

TO_DO = "save the whole model in Keras with model.save('model.keras')"


def assumed_network(stored: Stored) -> Network:
    """Two embeddings and their product, or two embeddings and the dense layers in their order.

    A layer of one array is an embedding, one of two is dense. Hidden layers are taken to have
    the activation relu and the last none, and the first to take the embeddings in their order.

    Raises:
        InputError: The layers are not of this kind.
    """
    tables: list[tuple[str, Floats]] = []
    dense: list[tuple[Floats, Floats]] = []
    for name, arrays in _layers(stored):
        axes = [array.ndim for array in arrays]
        if axes == [2]:
            tables.append((name, arrays[0]))
        elif axes == [2, 1]:
            dense.append((arrays[0], arrays[1]))
        else:
            raise _refused(stored, f"the layer {name} of {len(arrays)} arrays")
    if not tables:
        raise _refused(stored, "no embedding")
    if len(tables) != 2:
        names = ", ".join(name for name, _ in tables)
        raise _refused(stored, f"{len(tables)} embeddings ({names})")
    network = Network()
    vectors = [network.look_up(Lookup(name, name, table), False) for name, table in tables]
    if not dense:
        if vectors[0].width != vectors[1].width:
            raise _refused(
                stored, f"embeddings of {vectors[0].width} and {vectors[1].width} numbers"
            )
        dot(network, vectors, False)
        network.head.append("Dot")
        network.assumed.append("a plain product of the two embeddings")
        return network
    last = network.do("concatenate", vectors, sum(vector.width for vector in vectors))
    network.head.append("Concatenate")
    for place, (kernel, bias) in enumerate(dense):
        if kernel.shape[0] != last.width or bias.shape != kernel.shape[1:]:
            raise _refused(stored, f"a dense layer of {kernel.shape[0]} after {last.width} numbers")
        last = network.do("dense", [last], len(bias), {"kernel": kernel, "bias": bias})
        network.head.append(f"Dense {len(bias)}")
        last = activated(network, last, "relu" if place < len(dense) - 1 else None)
    if last.width != 1:
        raise _refused(stored, f"a last layer of {last.width} numbers")
    network.assumed.append(
        f"{tables[0][0]} before {tables[1][0]}, relu in every dense layer but the last"
    )
    return network


def _layers(stored: Stored) -> list[tuple[str, Weights]]:
    """Each layer once, where it stands under several names."""
    once: dict[int, tuple[str, Weights]] = {}
    for names, arrays in stored.weights.items():
        once.setdefault(id(arrays), ("/".join(names), arrays))
    return list(once.values())


def _refused(stored: Stored, got: str) -> InputError:
    return InputError(
        "is a file of weights alone, so it must hold two embeddings of one width, or two and dense "
        f"layers that follow from them, got {got}; {TO_DO}",
        file=stored.file,
    )
