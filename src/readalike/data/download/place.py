"""The folders: the one people asked for, and the one aside where everything happens first.

`NAME.part` beside `NAME` holds what has arrived and what is being unzipped; `NAME` changes by
renaming only. So whoever is interrupted, and whenever, finds the old folder, the new one, or
none, and never half of one.
"""

from __future__ import annotations

from pathlib import Path

from readalike.data.download.datasets import DataSet
from readalike.data.download.part import Part
from readalike.data.download.tables import NotThisDataSet, TableFile, layout_of, read_folder
from readalike.errors import DownloadError


class Place:
    """Where a data set goes.

    Args:
        folder: The folder it shall be in.
        data_set: What it is.
    """

    def __init__(self, folder: Path, data_set: DataSet) -> None:
        self.folder = folder.resolve()
        self.data_set = data_set
        self.aside = self.folder.with_name(f"{self.folder.name}.part")
        self.archive = self.aside / f"{data_set.name}.zip"
        self.part = Part(self.aside / f"{data_set.name}.zip.part")
        self._files = self.aside / "unzipping"
        self._old = self.aside / "old"

    def recover(self) -> None:
        """Brings back the old folder if a swap was killed between its two steps."""
        if self._old.exists() and not self.folder.exists():
            self._old.rename(self.folder)

    def contents(self, again: bool) -> tuple[tuple[TableFile, ...], str] | None:
        """The complete data set that is there already, and its layout; None if it may be written.

        Raises:
            DownloadError: There is something else, which must not be overwritten.
        """
        if not self.folder.exists():
            return None
        if not self.folder.is_dir():
            raise DownloadError(f"{self.folder}: is a file; choose a folder with --to DIR")
        wrong = ""
        files = read_folder(self.data_set, self.folder)
        try:
            layout = layout_of(self.data_set, files)
        except NotThisDataSet as error:
            wrong = str(error)
        if not wrong and not again:
            return files, layout
        others = sorted(path.name for path in self.folder.iterdir())
        if foreign := [name for name in others if name not in self.data_set.names]:
            raise DownloadError(
                f"{self.folder}: holds {foreign[0]}, which is not of {self.data_set.name} and "
                "would be lost; choose a folder of its own with --to DIR"
            )
        if others and not again:
            raise DownloadError(
                f"{self.folder}: is not the whole of {self.data_set.name} ({wrong}); replace it "
                "with --again, or choose another folder with --to DIR"
            )
        return None

    def prepare(self) -> None:
        """Makes the folder aside.

        Raises:
            DownloadError: The folder cannot be swapped in when it is ready.
        """
        here = Path.cwd()
        if self.folder == here or self.folder in here.parents:
            raise DownloadError(
                f"{self.folder}: must be a folder of its own, not the one you are in; "
                f"try --to {self.data_set.name}"
            )
        self.aside.mkdir(parents=True, exist_ok=True)

    def empty(self) -> Path:
        """An empty folder to unzip into."""
        self._remove(self._files)
        self._files.mkdir()
        return self._files

    def drop_unzipped(self) -> None:
        """Removes what was unzipped and not swapped in."""
        self._remove(self._files)

    def swap(self) -> None:
        """Puts what was unzipped in place of what was there."""
        self._remove(self._old)
        if self.folder.exists():
            self.folder.rename(self._old)
        try:
            self._files.rename(self.folder)
        except BaseException:
            self.recover()
            raise

    def clear(self) -> None:
        """Removes the folder aside, but nothing in it that is not ours."""
        self._remove(self._old)
        self._remove(self._files)
        self.part.discard()
        self.archive.unlink(missing_ok=True)
        if self.aside.is_dir() and not any(self.aside.iterdir()):
            self.aside.rmdir()

    def _remove(self, folder: Path) -> None:
        if folder.is_dir():
            for name in self.data_set.names:
                (folder / name).unlink(missing_ok=True)
            folder.rmdir()
