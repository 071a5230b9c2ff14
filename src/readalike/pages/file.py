"""Writes the page of an evaluation."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from readalike.errors import InputError, MissingExtra
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
    _refuse(path)
    try:
        from readalike.pages.layout import page_of
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in NEEDED:
            raise
        raise MissingExtra("writing an HTML report", "plots") from None
    page = page_of(contents, compare, made)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(page, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _refuse(path: Path) -> None:
    """Looks, before the long work, whether a file can be there."""
    try:
        folder, placed = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise _unwritable(path, error) from error
    if folder:
        raise InputError("must be a file for the page, got a folder", file=path)
    if not placed:
        raise InputError("must be in a folder that is there; make it first", file=path)


def _unwritable(path: Path, error: OSError) -> InputError:
    why = error.strerror or error
    return InputError(f"cannot be written ({why}); choose another place", file=path)
