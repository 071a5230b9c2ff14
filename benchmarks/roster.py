"""Who is on the leaderboard: each peer's environment, and what it is asked.

To add a peer: a function that fits and one that lists or forecasts in a small file of `peers/`,
with a `Peer` in its `PEERS` (defaults, grid, note), and a line here. Then
`.venv/bin/python benchmarks/leaderboard.py --quick --only NAME` shows whether it works.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from environments import ROOT, environment

RANKING = ("new-readers", "notebook")


@dataclass(frozen=True)
class Place:
    """An environment.

    Attributes:
        name: Its folder in `.bench`.
        packages: What a user installs.
        check: An import that shows that all is there.
    """

    name: str
    packages: tuple[str, ...]
    check: str

    @cache  # noqa: B019 - there are a dozen of them
    def python(self) -> Path:
        """Its Python, installed on first use."""
        return environment(self.name, *self.packages, check=self.check)


@dataclass(frozen=True)
class Entry:
    """One row of the tables.

    Attributes:
        peer: Its name, in the tables and in the adapter.
        adapter: File of `peers/` without its ending.
        place: Its environment.
        splits: What it is asked.
        quick: Whether it takes part in `make bench-quick`.
        as_it_comes: Whether it is also measured with its defaults, beside those searched for.
    """

    peer: str
    adapter: str
    place: Place
    splits: tuple[str, ...] = RANKING
    quick: bool = False
    as_it_comes: bool = False


OURS = Place("readalike", (f"--editable={ROOT}",), "import readalike, numba, duckdb, threadpoolctl")
NEURAL = Place(
    "readalike-neural",
    (f"--editable={ROOT}[neural]",),
    "import numba; from readalike.neural.backend import keras_on_jax; keras_on_jax()",
)
OWN = (OURS, NEURAL)
NUMPY = Place("numpy", ("numpy", "scipy"), "import numpy, scipy")
IMPLICIT = Place("implicit", ("implicit",), "import implicit")
IRSPACK = Place("irspack", ("irspack",), "import irspack")
SKRECSYS = Place("skrecsys", ("skrecsys",), "import skrecsys")
LENSKIT = Place("lenskit", ("lenskit",), "import lenskit")
CMFREC = Place("cmfrec", ("cmfrec", "threadpoolctl"), "import cmfrec")
SURPRISE = Place("surprise", ("scikit-surprise", "pandas"), "import surprise, pandas")
MYFM = Place("myfm", ("myfm",), "import myfm")
SPARK = Place(
    "spark",
    ("pyspark", "pandas<3", "pyarrow", "scipy"),
    "import pyspark, pandas, pyarrow, scipy, shutil; assert shutil.which('java'), 'no Java here'",
)
KERAS = Place(
    "keras", ("keras", "tensorflow-cpu|tensorflow", "scipy"), "import keras, tensorflow, scipy"
)

DEFAULT = "readalike blend"
"""The ranker that all others are compared with, reader by reader."""

ROSTER = (
    Entry(DEFAULT, "readalike_models", OURS, quick=True, as_it_comes=True),
    Entry("readalike ridge", "readalike_models", OURS, quick=True),
    Entry("readalike cosine", "readalike_models", OURS),
    Entry("readalike ALS", "readalike_models", OURS),
    Entry("readalike popularity", "readalike_models", OURS, quick=True),
    Entry("readalike notebook, biases", "readalike_models", OURS, (*RANKING, "stars"), quick=True),
    Entry("readalike notebook", "readalike_models", OURS, (*RANKING, "stars"), quick=True),
    Entry("readalike bayes", "readalike_models", OURS, ("stars",), quick=True),
    Entry("readalike bayes, short", "readalike_models", OURS, ("stars",)),
    Entry("readalike mf", "readalike_models", OURS, ("stars",)),
    Entry("readalike baseline", "readalike_models", OURS, ("stars",)),
    Entry("popularity", "baselines", NUMPY, quick=True),
    Entry("random", "baselines", NUMPY, quick=True),
    Entry("mean and offsets", "baselines", NUMPY, ("stars",), quick=True),
    Entry("EASE in numpy", "baselines", NUMPY),
    Entry("implicit cosine", "implicit_rankers", IMPLICIT, quick=True),
    Entry("implicit BM25", "implicit_rankers", IMPLICIT, quick=True),
    Entry("implicit ALS", "implicit_rankers", IMPLICIT, quick=True),
    Entry("irspack P3alpha", "irspack_rankers", IRSPACK),
    Entry("irspack SLIM", "irspack_rankers", IRSPACK),
    Entry("irspack iALS", "irspack_rankers", IRSPACK),
    Entry("skrecsys neighbours", "skrecsys_rankers", SKRECSYS),
    Entry("skrecsys RP3beta", "skrecsys_rankers", SKRECSYS),
    Entry("skrecsys SLIM", "skrecsys_rankers", SKRECSYS, ("notebook",)),
    Entry("skrecsys EASE", "skrecsys_rankers", SKRECSYS),
    Entry("LensKit neighbours", "lenskit_rankers", LENSKIT),
    Entry("LensKit ALS", "lenskit_rankers", LENSKIT),
    Entry("cmfrec implicit ALS", "cmfrec_models", CMFREC),
    Entry("cmfrec CMF", "cmfrec_models", CMFREC, (*RANKING, "stars")),
    Entry("Surprise SVD", "surprise_predictors", SURPRISE, ("stars",)),
    Entry("Surprise SVD++", "surprise_predictors", SURPRISE, ("stars",)),
    Entry("myFM", "myfm_predictors", MYFM, ("stars",)),
    Entry("myFM, SVD++ both ways", "myfm_predictors", MYFM, ("stars",)),
    Entry("Spark ALS, implicit", "spark_als", SPARK),
    Entry("Spark ALS, explicit", "spark_als", SPARK, ("stars",)),
    Entry("the notebook in Keras", "keras_model", KERAS, ("notebook",)),
    Entry("readalike two-tower", "readalike_models", NEURAL),
    Entry("readalike neumf", "readalike_models", NEURAL),
    Entry("readalike mlp", "readalike_models", NEURAL, (*RANKING, "stars")),
)
