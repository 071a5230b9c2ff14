"""The layout of `.h5` files of Keras 2 and 3: a group a layer, with the names of its arrays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from readalike.keras_models.stored import Floats, Names, Weights


def grouped_weights(group: Any, read: Callable[[Any, str], Floats]) -> dict[Names, Weights]:
    """The arrays of each layer by name.

    An array is called `layer/kernel:0`, where `layer` may have got a number behind it, or other
    names before it. So a layer is known by its group; and in the group of a model, which holds
    the arrays of all its layers, by the name before the last, with and without the number.

    Args:
        group: The group with `layer_names`.
        read: Reads an array of a group by its name.
    """
    found: dict[Names, Weights] = {}
    for layer in _names(group, "layer_names"):
        inner: dict[Names, Weights] = {}
        for name in _names(group[layer], "weight_names"):
            parent = name.split("/")[-2] if "/" in name else layer
            array = read(group[layer], name)
            inner[(layer, parent)] = (*inner.get((layer, parent), ()), array)
        if not inner:
            continue
        if len(inner) == 1:
            found[(layer,)] = next(iter(inner.values()))
        for names, arrays in inner.items():
            found[names] = arrays
            found.setdefault((layer, re.sub(r"_\d+$", "", names[1])), arrays)
    return found


def _names(group: Any, attribute: str) -> list[str]:
    """A list of names; a long one is in pieces, numbered from 0, since an attribute is short."""
    attributes = group.attrs
    pieces = [attributes[attribute]] if attribute in attributes else []
    while attribute not in attributes and f"{attribute}{len(pieces)}" in attributes:
        pieces.append(attributes[f"{attribute}{len(pieces)}"])
    names = [name for piece in pieces for name in np.asarray(piece).tolist()]
    return [name.decode("utf-8") if isinstance(name, bytes) else str(name) for name in names]
