"""Models that Keras saved, read without Keras, as models that answer readers here."""

from __future__ import annotations

from readalike.keras_import.importing import Imported, import_keras

__all__ = ["Imported", "import_keras"]
