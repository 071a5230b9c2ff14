"""The same bits whatever the number of threads, those of BLAS among them."""

from __future__ import annotations

import os
import subprocess
import sys

from readalike.predictors import PREDICTORS

FIT = """
import hashlib
import numpy as np
from readalike.datasets.sample import read_sample
from readalike.predictors import PREDICTORS, predictor_of
sample = read_sample()
for predictor in sorted(PREDICTORS):
    settings = {"burn_in": 2, "sweeps": 4, "samples": 4} if predictor == "bayes" else {}
    model = predictor_of(predictor, settings).fit(sample.ratings, sample.catalogue)
    for name, array in sorted(model.arrays().items()):
        content = np.ascontiguousarray(array).tobytes()
        print(predictor, name, hashlib.sha256(content).hexdigest())
"""
VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def test_a_predictor_learns_the_same_on_one_thread_and_on_two() -> None:
    said = []
    for threads in ("1", "2"):
        variables = os.environ | dict.fromkeys(VARIABLES, threads)
        command = [sys.executable, "-c", FIT]
        done = subprocess.run(command, check=True, env=variables, stdout=subprocess.PIPE, text=True)
        said.append(done.stdout.splitlines())
    assert {line.split()[0] for line in said[0]} == set(PREDICTORS)
    assert [one for one, other in zip(*said, strict=True) if one != other] == []
