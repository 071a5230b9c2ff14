"""Compiled functions: one caller at a time, alone in forked children, kept where they can be."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import numba
import numpy as np
import pytest

from readalike.numerics import compiled as module
from readalike.numerics.compiled import NOT_KEPT, compiled, compiled_parallel, one_caller

PYTHON = {**os.environ, "NUMBA_NUM_THREADS": "2"}


def twice(x: Any) -> Any:
    found = np.empty_like(x)
    for at in numba.prange(len(x)):
        found[at] = 2 * x[at]
    return found


def run(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**PYTHON, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_what_cannot_be_kept_is_compiled_anew_and_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = numba.njit

    def njit(*given: Any, **options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("cannot cache function 'x': no locator available for file 'y'")
        return real(*given, **options)

    monkeypatch.setattr(numba, "njit", njit)
    module._say_not_kept.cache_clear()
    made = [compiled()(twice), compiled_parallel()(twice)]
    for function in made:
        assert function(np.arange(3)).tolist() == [0, 2, 4]
    assert [record.message for record in caplog.records] == [NOT_KEPT]


def test_other_faults_of_compiling_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def njit(**options: Any) -> Any:
        raise RuntimeError("something else")

    monkeypatch.setattr(numba, "njit", njit)
    with pytest.raises(RuntimeError, match="something else"):
        compiled()(twice)


def test_who_comes_second_waits() -> None:
    made = compiled_parallel()(twice)
    made(np.arange(3))
    done: list[str] = []
    with one_caller():
        other = threading.Thread(target=lambda: done.append(str(made(np.arange(2)).tolist())))
        other.start()
        other.join(0.2)
        assert not done, "it waits"
        assert made(np.arange(1)).tolist() == [0], "who holds it may go on"
    other.join()
    assert done == ["[0, 2]"]


TRAININGS = """
import threading, readalike
data = readalike.read_sample(readers=120)
found = []
def learn():
    model = readalike.fit(data, algorithm="als", predictor=None).model
    found.append(model.factors.tobytes())
threads = [threading.Thread(target=learn) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), len(set(found)))
"""


@pytest.mark.parametrize("layer", ["workqueue", "default"])
def test_trainings_of_one_process_learn_the_same_side_by_side(layer: str) -> None:
    done = run(TRAININGS, NUMBA_THREADING_LAYER=layer)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "3 1\n"


FORKED = """
import multiprocessing, readalike
data = readalike.read_sample(readers=60)
def learnt():
    return readalike.fit(data, algorithm="als", predictor=None).model.factors.tobytes()
def learn(queue):
    queue.put(learnt())
before = learnt()
context = multiprocessing.get_context("fork")
queue = context.Queue()
child = context.Process(target=learn, args=(queue,))
child.start()
print(queue.get(timeout=120) == before)
child.join()
print(child.exitcode)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("layer", ["workqueue", "default"])
def test_a_child_that_was_forked_after_training_learns_the_same(layer: str) -> None:
    done = run(FORKED, NUMBA_THREADING_LAYER=layer)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "True\n0\n"


NETWORK = """
import os, sys, types
import readalike.neural.backend as backend
from readalike.errors import SettingError
sys.modules.setdefault("jax", types.ModuleType("jax"))
child = os.fork()
if not child:
    try:
        backend.keras_on_jax()
    except SettingError as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_network_in_a_child_that_was_forked_after_jax_is_refused_in_words() -> None:
    assert "multiprocessing.get_context('spawn')" in run(NETWORK).stdout
