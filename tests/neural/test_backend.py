"""Keras is brought in with JAX under it, and nothing of the user's is read or written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from algorithms.worlds import ratings_of
from readalike.algorithms import algorithm_of
from readalike.data.catalogue import Catalogue
from readalike.errors import MissingExtra, SettingError
from readalike.neural.backend import keras_on_jax

NEURAL = ("mlp", "neumf", "two-tower")

ASKS = """
import json, os, sys
from readalike.neural.backend import keras_on_jax
keras = keras_on_jax()
kept = {name: os.environ.get(name) for name in ("KERAS_BACKEND", "KERAS_HOME")}
home = sorted(os.listdir(os.environ["HOME"]))
print(json.dumps([keras.config.backend(), keras.config.floatx(), kept, home]))
"""


def asked(home: Path, **more: str) -> Any:
    home.mkdir(exist_ok=True)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", **more}
    done = subprocess.run(
        [sys.executable, "-c", ASKS], capture_output=True, check=False, text=True, env=env
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_it_is_jax_and_the_home_folder_stays_as_it_is(tmp_path: Path) -> None:
    backend, floats, kept, home = asked(tmp_path / "home")
    assert (backend, floats) == ("jax", "float32")
    assert kept == {"KERAS_BACKEND": None, "KERAS_HOME": None}
    assert ".keras" not in home, "Keras writes .keras/keras.json where it finds none"


def test_what_the_user_has_chosen_for_other_programs_is_not_obeyed(tmp_path: Path) -> None:
    config = tmp_path / "home" / ".keras" / "keras.json"
    config.parent.mkdir(parents=True)
    config.write_text('{"backend": "tensorflow", "floatx": "float16", "epsilon": 0.1}')
    before = config.read_text()
    backend, floats, kept, home = asked(tmp_path / "home", KERAS_BACKEND="torch")
    assert (backend, floats) == ("jax", "float32")
    assert kept == {"KERAS_BACKEND": "torch", "KERAS_HOME": None}, "as it was"
    assert ".keras" in home
    assert config.read_text() == before


@pytest.mark.parametrize("name", NEURAL)
def test_without_keras_the_extra_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    ratings = ratings_of([{0: 5, 1: 4}, {1: 3, 2: 5}], 3)
    with pytest.raises(MissingExtra, match=r"pip install 'readalike\[neural\]'$") as told:
        algorithm_of(name).fit(ratings, Catalogue.of(ratings.items))
    assert "\n" not in str(told.value)


def test_without_jax_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingExtra, match="training a neural model needs an optional part"):
        keras_on_jax()


def test_keras_on_another_backend_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = SimpleNamespace(config=SimpleNamespace(backend=lambda: "torch"))
    monkeypatch.setitem(sys.modules, "keras", other)
    with pytest.raises(SettingError, match=r"must be jax, got torch.*set KERAS_BACKEND=jax"):
        keras_on_jax()
