"""scikit-surprise: SVD and SVD++, which forecast stars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from harness import Peer, Table


def svd(table: Table, settings: Mapping[str, Any]) -> Any:
    """Biases and factors by stochastic gradients."""
    import pandas as pd
    from surprise import SVD, Dataset, Reader

    rows = pd.DataFrame({"user": table.users, "item": table.items, "stars": table.stars})
    scale = Reader(rating_scale=(table.stars.min(), table.stars.max()))
    training = Dataset.load_from_df(rows, scale).build_full_trainset()
    return SVD(random_state=0, **settings).fit(training)


def svdpp(table: Table, settings: Mapping[str, Any]) -> Any:
    """The same, and who rated what."""
    import pandas as pd
    from surprise import Dataset, Reader, SVDpp

    rows = pd.DataFrame({"user": table.users, "item": table.items, "stars": table.stars})
    scale = Reader(rating_scale=(table.stars.min(), table.stars.max()))
    training = Dataset.load_from_df(rows, scale).build_full_trainset()
    return SVDpp(random_state=0, **settings).fit(training)


def stars(model: Any, users: Any, items: Any) -> Any:
    """Pair by pair, moved into the scale by the library."""
    pairs = zip(users.tolist(), items.tolist(), strict=True)
    return np.array([model.predict(user, item).est for user, item in pairs])


PEERS = {
    "Surprise SVD": Peer(
        svd,
        stars=stars,
        defaults={"n_factors": 100, "n_epochs": 20, "lr_all": 0.005, "reg_all": 0.02},
        grid={
            "n_factors": (20, 50, 100),
            "n_epochs": (20, 30, 40),
            "lr_all": (0.003, 0.005, 0.01),
            "reg_all": (0.02, 0.05, 0.1, 0.2),
        },
        threaded=False,
        package="scikit-surprise",
        note="forecasts are moved into the scale",
    ),
    "Surprise SVD++": Peer(
        svdpp,
        stars=stars,
        defaults={"n_factors": 20, "n_epochs": 20, "lr_all": 0.007, "reg_all": 0.02},
        grid={
            "n_factors": (10, 20, 40),
            "n_epochs": (10, 20),
            "lr_all": (0.003, 0.007),
            "reg_all": (0.02, 0.05, 0.1),
        },
        threaded=False,
        package="scikit-surprise",
        note="forecasts are moved into the scale",
    ),
}
