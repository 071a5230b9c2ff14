"""Models that Keras saved, read without Keras, as models that answer readers here."""

from readalike.keras_models.importing import import_keras

__all__ = ["import_keras"]
