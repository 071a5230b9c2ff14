"""Writes the page of an evaluation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from readalike.errors import MissingExtra
from readalike.files import refuse_target, replace_file, unwritable
from readalike.pages.reading import Plain, content_of
from readalike.pages.standing import Compare

NEEDED = {"jinja2", "markupsafe", "matplotlib"}


def write_page(
    report: Plain,
    path: Path | str,
    *,
    others: Iterable[Plain] = (),
    compare: Compare | None = None,
    made: str | None = None,
) -> None:
    """Writes one HTML file that needs nothing else: no script, no font, no network.

    The same reports give the same bytes.

    Args:
        report: What `Report.as_dict` gives, or the JSON of a report file.
        path: The file.
        others: Further reports, each with a part of its own on the page.
        compare: Compares two algorithms of `report` reader by reader: `Report.compare`. Without
            it, two are held to be tied where their intervals overlap.
        made: When the evaluation was made, as it is to be printed.

    Raises:
        InputError: Something that is no report, or a file that cannot be written.
        MissingExtra: What draws the page is not installed.
    """
    path = Path(path)
    contents = [content_of(each) for each in (report, *others)]
    refuse_page(path)
    from readalike.pages.layout import page_of

    page = page_of(contents, compare, made)
    try:
        replace_file(path, lambda part: part.write_text(page, encoding="utf-8", newline="\n"))
    except OSError as error:
        raise unwritable(path, error) from error


def refuse_page(path: Path) -> None:
    """Looks, before the long work, whether a page can be drawn and written there.

    Raises:
        InputError: There can be no file.
        MissingExtra: What draws the page is not installed.
    """
    refuse_target(path, "must be a file for the page")
    try:
        import readalike.pages.layout  # noqa: F401 - what it needs may not be there
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in NEEDED:
            raise
        raise MissingExtra("writing an HTML report", "plots") from None
