"""Unzipping what we can vouch for: the tables of a data set and nothing else.

A member's own path is never used as a path. Only the tables are written, each under the name
we know it by, so no archive can reach outside the folder; one that tries is refused all the same.
"""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from readalike.data.download.datasets import DataSet
from readalike.data.download.outcome import Progress
from readalike.data.download.tables import NotThisDataSet, TableFile, layout_of, read_table
from readalike.errors import DownloadError

MOST_MEMBERS = 1000
ENCRYPTED = 0x1


class ArchiveError(DownloadError):
    """The archive itself is at fault: keeping it would not help."""


@dataclass(frozen=True)
class Unzipped:
    """What came out of an archive.

    Attributes:
        files: The tables.
        layout: Which edition of the data set they are.
        left_out: Members of the archive that are no part of the data set.
    """

    files: tuple[TableFile, ...]
    layout: str
    left_out: tuple[str, ...]


def unzip(archive: Path, data_set: DataSet, folder: Path, progress: Progress) -> Unzipped:
    """Writes the tables of a data set from an archive into an empty folder and checks them.

    Args:
        archive: The zip; the tables may lie in a folder inside it.
        data_set: What it must hold.
        folder: Where to write.
        progress: Told how far it is.

    Raises:
        ArchiveError: It is no zip, cut short, damaged, unsafe, or another data set.
        DownloadError: There is no room to unzip it.
    """
    if (size := archive.stat().st_size) > data_set.largest_archive:
        raise ArchiveError(f"{archive}: too large for {data_set.name} ({size:,} bytes)")
    try:
        with zipfile.ZipFile(archive) as opened:
            members, left_out = _choose(opened.infolist(), data_set)
            total = sum(member.file_size for member in members.values())
            if (free := shutil.disk_usage(folder).free) < total:
                raise DownloadError(
                    f"{folder}: no room to unzip {data_set.name}: {total:,} bytes needed, "
                    f"{free:,} free; make room and run the same command again"
                )
            files, done = [], 0

            def tell(read: int) -> None:
                nonlocal done
                done += read
                progress("unzipping", done, total)

            for name, member in members.items():
                with opened.open(member) as source, (folder / name).open("xb") as target:
                    files.append(read_table(name, source, target, tell))
                    target.flush()
                    os.fsync(target.fileno())
        return Unzipped(tuple(files), layout_of(data_set, files), left_out)
    except NotThisDataSet as error:
        raise ArchiveError(
            f"{archive}: not {data_set.name}: {error}; the right one is at {data_set.page}"
        ) from None
    except zipfile.BadZipFile as error:
        raise ArchiveError(f"{archive}: {_what_it_is(archive)}; download it again") from error
    except (zlib.error, EOFError, ValueError, OverflowError, RuntimeError) as error:
        raise ArchiveError(f"{archive}: damaged ({error}); download it again") from error


def _choose(
    members: list[zipfile.ZipInfo], data_set: DataSet
) -> tuple[dict[str, zipfile.ZipInfo], tuple[str, ...]]:
    """The data set's tables by name, and the names of all other members."""
    if len(members) > MOST_MEMBERS:
        raise NotThisDataSet(f"it holds {len(members):,} files")
    folders: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in members:
        path = PureWindowsPath(member.filename)  # knows both kinds of slash, and drives
        if path.anchor or ".." in path.parts:
            raise NotThisDataSet(f"{member.filename[:60]!r} in it would be written elsewhere")
        if path.name in data_set.names and not member.is_dir():
            tables = folders.setdefault(path.parent.as_posix(), {})
            if path.name in tables:
                raise NotThisDataSet(f"{path.name} is in it twice")
            tables[path.name] = member
    # The edition on GitHub holds a folder of samples with the same names further down.
    found = max(folders.items(), key=_likeliest, default=("", {}))[1]
    if missing := [name for name in data_set.names if name not in found]:
        raise NotThisDataSet(f"{', '.join(missing)} missing")
    for name, member in found.items():
        if member.flag_bits & ENCRYPTED:
            raise NotThisDataSet(f"{name} is locked with a password")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotThisDataSet(f"{name} is packed in an unusual way")
        if member.file_size > data_set.largest_table:
            raise NotThisDataSet(f"{name} would unzip to {member.file_size:,} bytes")
    taken = {member.filename for member in found.values()}
    others = (member.filename for member in members if not member.is_dir())
    return {name: found[name] for name in data_set.names}, tuple(
        name if name.isprintable() else repr(name) for name in others if name not in taken
    )


def _likeliest(folder: tuple[str, dict[str, zipfile.ZipInfo]]) -> tuple[int, int]:
    path, tables = folder
    return len(tables), -len(PureWindowsPath(path).parts)


def _what_it_is(archive: Path) -> str:
    with archive.open("rb") as stream:
        start = stream.read(512).lstrip()
    if start.startswith(b"PK"):
        return "cut short or damaged"
    if start.startswith(b"<"):
        return "a web page, not a zip"
    return "not a zip"
