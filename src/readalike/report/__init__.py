"""An evaluation as one HTML file that a person can read without explanation."""

from readalike.report.writing import refuse_page, write_page

__all__ = ["refuse_page", "write_page"]
