"""From the architecture that Keras wrote, or one assumed, to a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from readalike.errors import InputError
from readalike.keras_import.keras_file import Names, Stored, Weights, damage_reported, layers_of
from readalike.keras_import.layers import (
    LAYERS,
    Call,
    Ids,
    Lookup,
    Network,
    NotRead,
    Value,
    Vector,
    activated,
    dot,
)
from readalike.numerics.arrays import F32

ASSUMED_TO_DO = "save the whole model in Keras with model.save('model.keras')"


def assumed_network(stored: Stored) -> Network:
    """Two embeddings and their product, or two embeddings and the dense layers in their order."""
    tables: list[tuple[str, F32]] = []
    dense: list[tuple[F32, F32]] = []
    layers: dict[int, tuple[str, Weights]] = {}
    for names, arrays in stored.weights.items():  # a layer may stand under several names
        layers.setdefault(id(arrays), ("/".join(names), arrays))
    for name, arrays in layers.values():
        axes = [array.ndim for array in arrays]
        if axes == [2]:
            tables.append((name, arrays[0]))
        elif axes == [2, 1]:
            dense.append((arrays[0], arrays[1]))
        else:
            raise _refused(stored, f"the layer {name} of {len(arrays)} arrays")
    if len(tables) != 2:
        found = ", ".join(name for name, _ in tables)
        raise _refused(stored, f"{len(tables)} embeddings ({found})" if tables else "no embedding")
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


def _refused(stored: Stored, got: str) -> InputError:
    return InputError(
        "is a file of weights alone, so it must hold two embeddings of one width, or two and dense "
        f"layers that follow from them, got {got}; {ASSUMED_TO_DO}",
        file=stored.file,
    )


MODELS = ("Model", "Functional", "Sequential")
NO_CODE = "holds Python code, which is never run"
TO_DO = "train the model here with 'readalike train --algorithm notebook'"


def network_of(stored: Stored) -> Network:
    """The network of a file with an architecture."""
    config, network = stored.config, Network()
    assert config is not None
    with damage_reported(stored.file):
        if config["class_name"] not in MODELS:
            raise InputError(
                f"must be a model of Keras's layers, got the class {config['class_name']}, whose "
                "Python code is not in the file; save its weights alone (.weights.h5)",
                file=stored.file,
            )
        ids = []
        for layer in _inputs(config):
            settings, name = layer["config"], _name(layer)
            shape = settings.get("batch_shape", settings.get("batch_input_shape"))
            if list(shape[1:]) not in ([], [1]):
                raise InputError(
                    f"must be a model that takes one reader and one book, got the input {name!r} of"
                    f" {' x '.join(map(str, shape[1:]))} numbers; {TO_DO}",
                    file=stored.file,
                )
            ids.append(Ids(name, len(shape) == 2))
        outputs = _Model(stored, network, config, ()).call(ids)
    if len(outputs) != 1 or not isinstance(outputs[0], Vector) or outputs[0].width != 1:
        got = [getattr(output, "width", 1) for output in outputs]
        raise InputError(
            f"must be a model that gives one number, got one that gives {sum(got)}; {TO_DO}",
            file=stored.file,
        )
    del network.steps[outputs[0].step + 1 :]
    return network


def _inputs(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The input layers of a model, in the order in which it takes them."""
    layers = {_name(layer): layer for layer in layers_of(config)}
    if config["class_name"] == "Sequential":
        return [layer for layer in layers.values() if layer["class_name"] == "InputLayer"]
    return [layers[name] for name, *_ in _tensors(config["config"]["input_layers"])]


class _Model:
    """One use of a model, the whole or one inside it."""

    def __init__(
        self, stored: Stored, network: Network, config: Mapping[str, Any], names: Names
    ) -> None:
        self._stored, self._network, self._config, self._names = stored, network, config, names
        self._layers = {_name(layer): layer for layer in layers_of(config)}
        self._found: dict[tuple[str, int], list[Value]] = {}
        # Keras 2 counts the uses of a model from 1, since it was used once when it was made
        self._last_use: dict[str, int] = {}
        used = [layer.get("inbound_nodes") for layer in layers_of(config)]
        for name, node, _ in _tensors([used, _part(config, "output_layers")]):
            self._last_use[name] = max(node, self._last_use.get(name, 0))

    def call(self, values: Sequence[Value]) -> list[Value]:
        """What the model gives for its inputs."""
        if self._config["class_name"] == "Sequential":
            given = list(values)
            for layer in self._layers.values():
                if layer["class_name"] != "InputLayer":
                    given = self._layer(layer, given)
            return given
        for layer, value in zip(_inputs(self._config), values, strict=True):
            self._found[(_name(layer), 0)] = [value]
        tensors = _tensors(self._config["config"]["output_layers"])
        return [self._tensor(*tensor) for tensor in tensors]

    def _tensor(self, name: str, node: int, place: int) -> Value:
        """One outcome of one use of a layer, with all that it needs."""
        if (name, node) not in self._found:
            layer = self._layers[name]
            uses = layer["inbound_nodes"]
            use = node - (len(uses) <= self._last_use.get(name, 0))
            given = [self._tensor(*t) for t in _tensors(uses[use])]
            self._found[(name, node)] = self._layer(layer, given)
        return self._found[(name, node)][place]

    def _layer(self, layer: Mapping[str, Any], given: list[Value]) -> list[Value]:
        kind, names = layer["class_name"], (*self._names, _name(layer))
        if kind in MODELS:
            return _Model(self._stored, self._network, layer, names).call(given)
        if kind not in LAYERS:
            why = NO_CODE if kind == "Lambda" else "is not read"
            read = ", ".join(LAYERS)
            raise InputError(
                f"layer {names[-1]!r} must be one of {read}, got {kind}, which {why}; save the "
                f"model without it, or {TO_DO}",
                file=self._stored.file,
            )
        weights = self._stored.weights.get(names)
        if (
            weights is None
        ):  # the older layout keeps the layers of all models inside it in one group
            weights = self._stored.weights.get((names[0], names[-1]), ())
        if not weights and kind in ("Embedding", "Dense", "BatchNormalization"):
            raise InputError(
                f"layer {names[-1]!r} must have weights, got none; save the model again",
                file=self._stored.file,
            )
        try:
            call = Call(names, layer["config"], tuple(given), weights, self._network)
            return [LAYERS[kind](call)]
        except NotRead as what:
            raise InputError(
                f"layer {names[-1]!r}, {kind}, {what}, which is not read; {TO_DO}",
                file=self._stored.file,
            ) from None


def _part(config: Mapping[str, Any], name: str) -> Any:
    settings = config["config"]
    return settings.get(name) if isinstance(settings, Mapping) else None


def _name(layer: Mapping[str, Any]) -> str:
    """Keras wrote the name of a layer beside its settings, in them, or both."""
    return str(layer.get("name") or _part(layer, "name"))


def _tensors(inbound: Any) -> list[tuple[str, int, int]]:
    """All tensors that something names: (layer, use of it, which of its outcomes)."""
    if isinstance(inbound, Mapping):
        if "keras_history" in inbound.get("config", {}):
            name, node, place = inbound["config"]["keras_history"]
            return [(name, node, place)]
        if "args" in inbound:
            return _tensors([inbound["args"], inbound.get("kwargs", {})])
        return [found for key in sorted(inbound) for found in _tensors(inbound[key])]
    if not isinstance(inbound, list):
        return []
    if len(inbound) >= 3 and isinstance(inbound[0], str) and isinstance(inbound[1], int):
        return [(inbound[0], inbound[1], inbound[2])]
    return [found for part in inbound for found in _tensors(part)]
