"""Unzipping what we can vouch for: the tables of a data set and nothing else.

A member's own path is never used as a path. Only the tables are written, each under the name we
know it by, so no archive can reach outside the folder; one that tries is refused all the same.
"""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from pathlib import Path, PureWindowsPath

from readalike.datasets.goodbooks import DataSet, NotThisDataSet, TableFile, read_table
from readalike.errors import DownloadError
from readalike.progress import Progress

MOST_MEMBERS = 1000
ENCRYPTED = 0x1


class ArchiveError(DownloadError):
    """The archive itself is at fault: keeping it would not help."""


def unzip(
    archive: Path, data_set: DataSet, folder: Path, progress: Progress
) -> tuple[tuple[TableFile, ...], tuple[str, ...]]:
    """Writes a data set's tables into an empty folder, checked; names the archive's other files."""
    if (size := archive.stat().st_size) > data_set.largest_archive:
        raise ArchiveError(f"{archive}: too large for {data_set.name} ({size:,} bytes)")
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            tables = _tables(members, data_set)
            total = sum(member.file_size for member in tables.values())
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

            for name, member in tables.items():
                with opened.open(member) as source, (folder / name).open("xb") as target:
                    files.append(read_table(name, source, target, tell))
                    target.flush()
                    os.fsync(target.fileno())
        data_set.edition(files)
    except NotThisDataSet as error:
        raise ArchiveError(
            f"{archive}: not {data_set.name}: {error}; the right one is at {data_set.page}"
        ) from None
    except zipfile.BadZipFile as error:
        raise ArchiveError(f"{archive}: {_what_it_is(archive)}; download it again") from error
    except (zlib.error, EOFError, ValueError, OverflowError, RuntimeError) as error:
        raise ArchiveError(f"{archive}: damaged ({error}); download it again") from error
    taken = {member.filename for member in tables.values()}
    others = (m.filename for m in members if not m.is_dir() and m.filename not in taken)
    return tuple(files), tuple(name if name.isprintable() else repr(name) for name in others)


def _tables(members: list[zipfile.ZipInfo], data_set: DataSet) -> dict[str, zipfile.ZipInfo]:
    """The data set's tables by name, all from one folder of the archive."""
    if len(members) > MOST_MEMBERS:
        raise NotThisDataSet(f"it holds {len(members):,} files")
    folders: dict[PureWindowsPath, dict[str, zipfile.ZipInfo]] = {PureWindowsPath(): {}}
    for member in members:
        path = PureWindowsPath(member.filename)  # knows both kinds of slash, and drives
        if path.anchor or ".." in path.parts:
            raise NotThisDataSet(f"{member.filename[:60]!r} in it would be written elsewhere")
        if path.name in data_set.rows and not member.is_dir():
            if path.name in folders.setdefault(path.parent, {}):
                raise NotThisDataSet(f"{path.name} is in it twice")
            folders[path.parent][path.name] = member
    # The edition on GitHub holds a folder of samples with the same names further down.
    best = max(folders, key=lambda folder: (len(folders[folder]), -len(folder.parts)))
    if missing := [name for name in data_set.rows if name not in folders[best]]:
        raise NotThisDataSet(f"{', '.join(missing)} missing")
    for name, member in folders[best].items():
        if member.flag_bits & ENCRYPTED:
            raise NotThisDataSet(f"{name} is locked with a password")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotThisDataSet(f"{name} is packed in an unusual way")
        if member.file_size > data_set.largest_table:
            raise NotThisDataSet(f"{name} would unzip to {member.file_size:,} bytes")
    return {name: folders[best][name] for name in data_set.rows}


def _what_it_is(archive: Path) -> str:
    with archive.open("rb") as stream:
        start = stream.read(512).lstrip()
    if start.startswith(b"PK"):
        return "cut short or damaged"
    return "a web page, not a zip" if start.startswith(b"<") else "not a zip"
