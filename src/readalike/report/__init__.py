"""An evaluation as one HTML file that a person can read; what draws it is loaded only then."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from readalike.errors import MissingExtra
from readalike.files import refuse_target, replace_file, unwritable

if TYPE_CHECKING:
    from readalike.evaluation import Report

__all__ = ["refuse_page", "write_page"]

NEEDED = {"jinja2", "markupsafe", "matplotlib"}


def write_page(
    report: Report, path: Path | str, *, others: Iterable[Report] = (), made: str | None = None
) -> None:
    """Writes one HTML file that needs nothing else: no script, no font, no network.

    The same reports give the same bytes. `Report.to_html` is this with one report.

    Args:
        report: What `evaluate` or `read_report` gives.
        path: The file.
        others: Further reports, each with a part of its own on the page.
        made: When the evaluation was made, as it is to be printed.

    Raises:
        InputError: The file cannot be written.
        MissingExtra: What draws the page is not installed.
    """
    path = Path(path)
    refuse_page(path)
    from readalike.report.page import page_of

    page = page_of([report, *others], made)
    try:
        replace_file(path, lambda part: part.write_text(page, encoding="utf-8", newline="\n"))
    except OSError as error:
        raise unwritable(path, error) from error


def refuse_page(path: Path) -> None:
    """Looks, before the long work, whether a page can be drawn and written there."""
    refuse_target(path, "must be a file for the page")
    try:
        import readalike.report.page  # noqa: F401 - what it needs may not be there
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in NEEDED:
            raise
        raise MissingExtra("writing an HTML report", "plots") from None
