"""Keras with JAX under it, brought in only where a network is trained."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

from readalike.errors import MissingExtra, SettingError

BACKEND = "jax"
_forked_after_jax = False


def _remember_jax() -> None:
    global _forked_after_jax
    _forked_after_jax = _forked_after_jax or "jax" in sys.modules


if hasattr(os, "register_at_fork"):  # Windows does not fork
    os.register_at_fork(after_in_child=_remember_jax)


def keras_on_jax() -> Any:
    """The module `keras`, with JAX as its backend.

    Keras looks for `keras.json` in the home folder when it is imported, obeys it, and writes one
    where there is none. Where it was not imported yet, this imports it with an empty folder in
    place of that, gone afterwards: nothing is obeyed and nothing written. Where the program has
    imported it before, its backend can no longer be chosen.
    """
    if _forked_after_jax:
        raise SettingError(
            "a network cannot be trained in a process that was forked after its parent had loaded "
            "JAX, whose threads are not there; start it anew: "
            "multiprocessing.get_context('spawn')"
        )
    try:
        if "keras" not in sys.modules:
            _import_keras()
        import keras
    except ImportError as error:
        raise MissingExtra("training a neural model", "neural") from error
    backend = keras.config.backend()
    if backend != BACKEND:
        raise SettingError(
            f"the backend of Keras must be {BACKEND}, got {backend}, with which this program "
            f"imported Keras before; set KERAS_BACKEND={BACKEND} in its environment"
        )
    return keras


def _import_keras() -> None:
    with tempfile.TemporaryDirectory() as nothing:
        wanted = {"KERAS_BACKEND": BACKEND, "KERAS_HOME": nothing}
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            import jax  # noqa: F401 - told apart from a Keras that cannot find it
            import keras  # noqa: F401
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
