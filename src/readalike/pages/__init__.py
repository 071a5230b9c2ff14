"""An evaluation as one HTML file that a person can read without explanation."""

from readalike.pages.file import write_page

__all__ = ["write_page"]
