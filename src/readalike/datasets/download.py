"""A data set brought into a folder: fetched or given, checked aside, swapped in."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from readalike.datasets.archive import ArchiveError, unzip
from readalike.datasets.goodbooks import (
    DATA_SETS,
    KAGGLE,
    DataSet,
    NotThisDataSet,
    TableFile,
    read_table,
)
from readalike.datasets.kaggle import Kaggle, find_credentials
from readalike.datasets.transfer import Transfer, discard
from readalike.errors import DownloadError, InputError
from readalike.files import open_file
from readalike.progress import Progress, silent

BASE_URL = "READALIKE_KAGGLE_URL"


@dataclass(frozen=True, kw_only=True)
class Downloaded:
    """What a download did.

    Attributes:
        folder: Where the data set is.
        files: Its tables, each with size, rows and checksum.
        layout: Which edition: "kaggle" or "github", which name the books differently.
        already_there: Whether it was there, complete, and nothing was done.
        transferred: Bytes that came over the network.
        resumed_at: Bytes kept from an earlier, broken transfer.
        sha256: Checksum of the archive; None where none was read.
        left_out: Files of the archive that are no part of the data set.
        warnings: What the user should know besides.
    """

    folder: Path
    files: tuple[TableFile, ...]
    layout: str
    already_there: bool = False
    transferred: int = 0
    resumed_at: int = 0
    sha256: str | None = None
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        plain = {**vars(self), "folder": str(self.folder)}
        return plain | {"files": [vars(file) for file in self.files]}


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
        progress: Called with the step, the bytes done and the bytes in all.
        sleep: Waits between tries.

    Raises:
        DownloadError: It is not there; the message says what to do. What was fetched is kept in
            `NAME.part` beside the folder, and the next call goes on from there.
    """
    data_set = DATA_SETS.get(name) if isinstance(name, str) else name
    if data_set is None:
        raise DownloadError(f"unknown data set {name!r}: must be one of {', '.join(DATA_SETS)}")
    place = _Place(Path(to), data_set)
    try:
        place.recover()
        if (there := place.complete(again)) is not None:
            return there
        if archive is not None:
            open_file(Path(archive)).close()
        here = Path.cwd()  # which could not be swapped in at the end
        if place.folder == here or place.folder in here.parents:
            raise DownloadError(
                f"{place.folder}: must be a folder of its own, not the one you are in; "
                f"try --to {data_set.name}"
            )
        place.aside.mkdir(parents=True, exist_ok=True)
        try:
            if archive is not None:
                return place.install(Path(archive), progress)
            if again:
                place.archive.unlink(missing_ok=True)
            return place.fetch(base_url, progress, sleep)
        finally:
            with contextlib.suppress(OSError):
                place.aside.rmdir()  # where it holds nothing to go on with
    except InputError as error:
        raise DownloadError(f"{error}; give a zip with --from") from error
    except OSError as error:
        next_step = "choose another folder with --to DIR"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            next_step = "make room and run the same command again; what was fetched is kept"
        where = error.filename or place.folder
        raise DownloadError(f"{where}: {error.strerror or error}: {next_step}") from error


class _Place:
    """The folder that people asked for, and the one aside where everything happens first.

    `NAME.part` beside `NAME` holds what has arrived and what is being unzipped; `NAME` changes by
    renaming only. So whoever is interrupted, and whenever, finds the old folder, the new one, or
    none, and never half of one.
    """

    def __init__(self, folder: Path, data_set: DataSet) -> None:
        self.folder = folder.resolve()
        self.data_set = data_set
        self.aside = self.folder.with_name(f"{self.folder.name}.part")
        self.archive = self.aside / f"{data_set.name}.zip"
        self._unzipped = self.aside / "unzipping"
        self._old = self.aside / "old"

    def recover(self) -> None:
        """Brings back the old folder if a swap ended between its two steps."""
        if self._old.exists() and not self.folder.exists():
            self._old.rename(self.folder)

    def complete(self, again: bool) -> Downloaded | None:
        """The complete data set that is there already; None if the folder may be written."""
        if not self.folder.exists():
            return None
        if not self.folder.is_dir():
            raise DownloadError(f"{self.folder}: is a file; choose a folder with --to DIR")
        names = sorted(path.name for path in self.folder.iterdir())
        files = []
        for path in (self.folder / name for name in self.data_set.rows):
            if path.is_file():
                with path.open("rb") as stream:
                    files.append(read_table(path.name, stream))
        wrong = ""
        try:
            layout = self.data_set.edition(files)
            if not again:
                return Downloaded(
                    folder=self.folder, files=tuple(files), layout=layout, already_there=True
                )
        except NotThisDataSet as error:
            wrong = str(error)
        if foreign := [name for name in names if name not in self.data_set.rows]:
            raise DownloadError(
                f"{self.folder}: holds {foreign[0]}, which is not of {self.data_set.name} and "
                "would be lost; choose a folder of its own with --to DIR"
            )
        if names and not again:
            raise DownloadError(
                f"{self.folder}: is not the whole of {self.data_set.name} ({wrong}); replace it "
                "with --again, or choose another folder with --to DIR"
            )
        return None

    def fetch(
        self, base_url: str | None, progress: Progress, sleep: Callable[[float], None]
    ) -> Downloaded:
        """Installs the archive from Kaggle, or the one that an earlier call has fetched."""
        kept, received, warning = 0, 0, None
        if not self.archive.exists():
            credentials = find_credentials()
            warning = credentials and credentials.warning
            base = (base_url or os.environ.get(BASE_URL) or KAGGLE).rstrip("/")
            kaggle = Kaggle(self.data_set, base, credentials)
            transfer = Transfer(kaggle, self.archive, progress, sleep)
            transfer.run()
            kept, received = transfer.resumed_at, transfer.received
        try:
            done = self.install(self.archive, progress)
        except ArchiveError:
            # Without this the next call would stumble over the same archive.
            discard(self.archive)
            raise
        warnings = (warning,) if warning else ()
        return replace(done, transferred=received, resumed_at=kept, warnings=warnings)

    def install(self, archive: Path, progress: Progress) -> Downloaded:
        """Unzips an archive aside, puts it in place of what was there, and clears up."""
        self._clear()
        self._unzipped.mkdir()
        try:
            files, left_out = unzip(archive, self.data_set, self._unzipped, progress)
            with archive.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            if self.folder.exists():
                self.folder.rename(self._old)
            self._unzipped.rename(self.folder)
        finally:
            self._clear()
        discard(self.archive)
        return Downloaded(
            folder=self.folder,
            files=files,
            layout=self.data_set.edition(files),
            sha256=sha256,
            left_out=left_out,
        )

    def _clear(self) -> None:
        """Removes what was unzipped or swapped out, and nothing in it that is not ours."""
        self.recover()
        for folder in (self._unzipped, self._old):
            if folder.is_dir():
                for name in self.data_set.rows:
                    (folder / name).unlink(missing_ok=True)
                folder.rmdir()
