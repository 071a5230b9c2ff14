"""Models that Keras saved, read without Keras, as models that answer readers here."""

from __future__ import annotations

from readalike.keras_import.importing import import_keras

__all__ = ["import_keras"]
