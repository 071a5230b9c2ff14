from __future__ import annotations

import os
from pathlib import Path

import numba
import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """JAX keeps what it has compiled, which is most of a small fit, from one run to the next.

    BLAS has one thread in the processes of pytest-xdist, which take the environment over.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if cache is not None:
        os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache.mkdir("jax")))
        # of a bounded cache entries are written and read under a lock
        os.environ.setdefault("JAX_COMPILATION_CACHE_MAX_SIZE", str(200 << 20))
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """One of several test processes leaves the other cores to the others."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        numba.set_num_threads(1)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that holds goodbooks-10k and goodbooks-10k-github."""
    folder = Path(os.environ.get("READALIKE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "goodbooks-10k" / "ratings.csv").is_file():
        pytest.skip(f"the real goodbooks-10k is not in {folder} (set READALIKE_DATA)")
    return folder
