"""The layout of `.keras` and `.weights.h5`: groups in groups, each layer with its `vars`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from readalike.keras_models.stored import Floats, Names, Weights

CONTAINERS = ("layers", "_layer_checkpoint_dependencies")
"""Groups that hold a model's layers; the second is how Keras 2.12 called it."""
NO_LAYERS = ("optimizer", "metrics", "vars")


def nested_weights(
    root: Any, config: Mapping[str, Any] | None, read: Callable[[Any, str], Floats]
) -> dict[Names, Weights]:
    """The arrays of each layer by name.

    A group is called like the kind of its layer, numbered in the order of the architecture:
    `embedding`, `embedding_1`. Newer files hold the layer's own name beside. Without both the
    name of the group stands for that of the layer.

    Args:
        root: The file.
        config: The architecture, where it is known.
        read: Reads an array of a group by its name.
    """
    found: dict[Names, Weights] = {}

    def visit(group: Any, config: Mapping[str, Any] | None, above: Names) -> None:
        for key in sorted(group, key=_numbered):
            if key in CONTAINERS:
                known = _called(config)
                for inner in sorted(group[key], key=_numbered):
                    layer(group[key][inner], inner, known.get(inner), above)
            elif key not in NO_LAYERS and hasattr(group[key], "keys"):
                layer(group[key], key, None, above)

    def layer(group: Any, key: str, config: Mapping[str, Any] | None, above: Names) -> None:
        variables = group.get("vars", {})
        told = variables.attrs.get("name") if variables else None
        name = str(told or (config or {}).get("config", {}).get("name") or key)
        if len(variables):
            places = sorted(variables, key=int)
            found[(*above, name)] = tuple(read(variables, place) for place in places)
        visit(group, config, (*above, name))

    visit(root, config, ())
    return found


def layers_of(config: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The layers of a model's architecture; Keras 2.2 wrote a sequential model as a bare list."""
    inner = (config or {}).get("config", {})
    return list(inner if isinstance(inner, list) else inner.get("layers", ()))


def _called(config: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    """The layers of a model by the names of their groups."""
    times: Counter[str] = Counter()
    called = {}
    for layer in layers_of(config):
        kind = _snake_case(str(layer["class_name"]))
        called[f"{kind}_{times[kind]}" if times[kind] else kind] = layer
        times[kind] += 1
    return called


def _snake_case(name: str) -> str:
    """`BatchNormalization` as `batch_normalization`, by the expressions that Keras uses."""
    apart = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", apart).lower()


def _numbered(name: str) -> tuple[str, int]:
    """A name and the number behind it: `dense_2` comes before `dense_10`."""
    stem, _, number = name.rpartition("_")
    return (stem, int(number)) if stem and number.isdecimal() else (name, 0)
