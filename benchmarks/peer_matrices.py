"""Fits item-item models of other libraries through their public API.

Run in their environment: python peer_matrices.py TRAIN.npz OUT_FOLDER. TRAIN.npz holds users,
items (one row a rating, all ratings count as read) and the shape; each model's item-item matrix is
written as NAME.npz (row: the book read, column: the book scored), its seconds to stdout as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp


def implicit_cosine(read: Any) -> Any:
    """implicit.nearest_neighbours.CosineRecommender, K = 100."""
    from implicit.nearest_neighbours import CosineRecommender

    model = CosineRecommender(K=100)
    model.fit(read, show_progress=False)
    return model.similarity


def irspack_cosine(read: Any) -> Any:
    """irspack.CosineKNNRecommender, 100 neighbours."""
    from irspack import CosineKNNRecommender

    return CosineKNNRecommender(read, top_k=100).learn().W


def irspack_slim(read: Any) -> Any:
    """irspack.SLIMRecommender with its defaults."""
    from irspack import SLIMRecommender

    return SLIMRecommender(read).learn().W


PEERS: dict[str, Callable[[Any], Any]] = {
    "implicit cosine": implicit_cosine,
    "irspack cosine": irspack_cosine,
    "irspack SLIM": irspack_slim,
}


def main() -> None:
    """Fits all of them."""
    train, out = Path(sys.argv[1]), Path(sys.argv[2])
    with np.load(train) as table:
        users, items, shape = table["users"], table["items"], tuple(table["shape"])
    read = sp.csr_matrix((np.ones(len(users), np.float32), (users, items)), shape=shape)
    seconds = {}
    for name, fit in PEERS.items():
        started = time.perf_counter()
        matrix = fit(read)
        seconds[name] = time.perf_counter() - started
        sp.save_npz(out / f"{name}.npz", sp.csr_matrix(matrix).astype(np.float32))
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
