"""The same bits whatever the number of threads, those of BLAS among them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from readalike.predictors import PREDICTORS

FIT = """
import hashlib, sys
import numpy as np
from readalike.datasets.sample import read_sample
from readalike.predictors import predictor_of
sample = read_sample()
settings = {"burn_in": 2, "sweeps": 4, "samples": 4} if sys.argv[1] == "bayes" else {}
model = predictor_of(sys.argv[1], settings).fit(sample.ratings, sample.catalogue)
for name, array in sorted(model.arrays().items()):
    print(name, hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest())
"""
VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@pytest.mark.parametrize("predictor", sorted(PREDICTORS))
def test_a_predictor_learns_the_same_on_one_thread_and_on_two(predictor: str) -> None:
    said = []
    for threads in ("1", "2"):
        variables = os.environ | dict.fromkeys(VARIABLES, threads)
        command = [sys.executable, "-c", FIT, predictor]
        done = subprocess.run(command, check=True, env=variables, stdout=subprocess.PIPE)
        said.append(done.stdout)
    assert said[0]
    assert said[0] == said[1]
