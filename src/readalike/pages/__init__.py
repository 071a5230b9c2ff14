"""An evaluation as one HTML file that a person can read without explanation."""

from readalike.pages.file import refuse_page, write_page

__all__ = ["refuse_page", "write_page"]
