"""What a file of Keras holds: the architecture, where it has one, and the weights of each layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Names = tuple[str, ...]
Weights = tuple[Floats, ...]

OPTIMIZER = "the optimizer's state"
TRAINING = "how it was trained"


@dataclass(frozen=True, eq=False)
class Stored:
    """The parts of a file, without what they mean.

    Attributes:
        file: Where it lies.
        version: Of the Keras that wrote it; empty where the file does not say.
        config: The architecture as Keras writes it; None where there is none.
        weights: The arrays of each layer, in Keras's order, by the names of the models it lies
            in and its own.
        ignored: What else is there, in words.
    """

    file: Path
    version: str
    config: Mapping[str, Any] | None
    weights: Mapping[Names, Weights]
    ignored: tuple[str, ...]

    def of_layer(self, names: Names) -> Weights:
        """The arrays of a layer; none where it has none.

        The older layout keeps the layers of all models inside a model in one group.
        """
        return self.weights.get(names, self.weights.get((names[0], names[-1]), ()))
