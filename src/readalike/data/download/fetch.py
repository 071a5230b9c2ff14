"""The story of a download: look, fetch, unzip aside, check, swap in."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from readalike.data.download.archive import ArchiveError, unzip
from readalike.data.download.credentials import find_credentials
from readalike.data.download.datasets import DATA_SETS, KAGGLE, DataSet
from readalike.data.download.outcome import Downloaded, Progress, silent
from readalike.data.download.place import Place
from readalike.data.download.transfer import Transfer
from readalike.errors import DownloadError, InputError
from readalike.files import open_file

BASE_URL = "READALIKE_KAGGLE_URL"


def download(
    name: str | DataSet,
    to: Path | str,
    *,
    archive: Path | str | None = None,
    again: bool = False,
    base_url: str | None = None,
    progress: Progress = silent,
    sleep: Callable[[float], None] = time.sleep,
) -> Downloaded:
    """Brings a data set into a folder, complete and checked, or leaves what was there.

    Args:
        name: Which one; its name, or what it is.
        to: The folder; made where it is missing, kept where it is complete.
        archive: A zip that was downloaded before; then nothing is fetched.
        again: Fetch it anew even if it is there.
        base_url: Address instead of Kaggle's; else taken from `READALIKE_KAGGLE_URL`.
        progress: Told how far it is, in bytes.
        sleep: Waits between tries.

    Raises:
        DownloadError: It is not there; the message says what to do. What was fetched is kept
            in `NAME.part` beside the folder, and the next call goes on from there.
    """
    data_set = _known(name) if isinstance(name, str) else name
    place = Place(Path(to), data_set)
    try:
        place.recover()
        if (there := place.contents(again)) is not None:
            return Downloaded(place.folder, *there, already_there=True)
        if archive is not None:
            _refuse_no_file(Path(archive))
        place.prepare()
        try:
            if archive is not None:
                return _install(place, Path(archive), progress)
            return _fetch_and_install(place, again, base_url, progress, sleep)
        finally:
            with contextlib.suppress(OSError):
                place.aside.rmdir()  # where it holds nothing to go on with
    except OSError as error:
        raise DownloadError(_disk_words(error, place)) from error


def _known(name: str) -> DataSet:
    if name not in DATA_SETS:
        raise DownloadError(f"unknown data set {name!r}: must be one of {', '.join(DATA_SETS)}")
    return DATA_SETS[name]


def _refuse_no_file(archive: Path) -> None:
    try:
        open_file(archive).close()
    except InputError as error:
        raise DownloadError(f"{error}; give a zip with --from") from error


def _fetch_and_install(
    place: Place,
    again: bool,
    base_url: str | None,
    progress: Progress,
    sleep: Callable[[float], None],
) -> Downloaded:
    kept = received = 0
    warnings: tuple[str, ...] = ()
    if again:
        place.archive.unlink(missing_ok=True)
    if not place.archive.exists():
        credentials = find_credentials()
        if credentials is not None and credentials.warning is not None:
            warnings = (credentials.warning,)
        base = (base_url or os.environ.get(BASE_URL) or KAGGLE).rstrip("/")
        url = base + place.data_set.path
        transfer = Transfer(url, place.data_set, credentials, place.part, progress, sleep)
        transfer.run()
        kept, received = transfer.resumed_at, transfer.received
        place.part.path.rename(place.archive)
        place.part.discard()
    try:
        done = _install(place, place.archive, progress)
    except ArchiveError:
        # Without this the next call would stumble over the same archive.
        place.archive.unlink(missing_ok=True)
        raise
    return replace(done, transferred=received, resumed_at=kept, warnings=warnings)


def _install(place: Place, archive: Path, progress: Progress) -> Downloaded:
    try:
        unzipped = unzip(archive, place.data_set, place.empty(), progress)
        with archive.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        place.swap()
    finally:
        place.drop_unzipped()
    place.clear()
    return Downloaded(
        place.folder,
        unzipped.files,
        unzipped.layout,
        sha256=sha256,
        left_out=unzipped.left_out,
    )


def _disk_words(error: OSError, place: Place) -> str:
    where = error.filename or place.folder
    next_step = "choose another folder with --to DIR"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        next_step = "make room and run the same command again; what was fetched is kept"
    return f"{where}: {error.strerror or error}: {next_step}"
