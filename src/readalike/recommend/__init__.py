"""From a model and a reader to a list of books, with its reasons."""
