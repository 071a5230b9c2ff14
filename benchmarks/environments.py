"""Environments of other people's libraries, each apart from the project's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("READALIKE_DATA", ROOT.parent / "shared" / "data"))


ERROR = re.compile(r"ERROR|error|[\w.]*(Error|Exception)\b")
"""How the line begins that says what went wrong: of pip, and of Python above or below a Java's."""


class NotInstalledError(Exception):
    """A peer that cannot be had on this machine; its row says so."""


def environment(name: str, *packages: str, check: str) -> Path:
    """The Python of `.bench/NAME`, made and filled where it is missing.

    Args:
        name: Name of the folder.
        packages: What to install; where there is a choice, `a|b` tries a, then b.
        check: An import that shows that all is there.

    Raises:
        NotInstalledError: It cannot be.
    """
    home = ROOT / ".bench" / name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    said = ""
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
        if subprocess.run([python, "-c", check], capture_output=True).returncode == 0:
            return python
        for package in packages:
            for choice in package.split("|"):
                install = [python, "-m", "pip", "install", "--quiet", choice]
                tried = subprocess.run(install, capture_output=True, text=True)
                if tried.returncode == 0:
                    break
                said = last_line(tried.stderr)
        checked = subprocess.run([python, "-c", check], capture_output=True, text=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise NotInstalledError(f"{name} could not be installed here: {error}") from error
    if checked.returncode != 0:
        reason = said or last_line(checked.stderr)
        raise NotInstalledError(f"{name} could not be installed here: {reason}")
    return python


def last_line(text: str) -> str:
    """What a program said at the end, without the addresses of this machine."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if ERROR.match(line)]
    return (errors or lines or ["it said nothing"])[-1].replace(str(ROOT), "")[:300]


def installed_mb(python: Path) -> float:
    """What an environment takes on disk, without pip and setuptools that every one has."""
    home, total = python.parents[1], 0
    for library in (*home.glob("lib/python*/site-packages"), *home.glob("Lib/site-packages")):
        for file in library.rglob("*"):
            top = file.relative_to(library).parts[0].split("-")[0]
            if top not in ("pip", "setuptools", "pkg_resources") and not file.is_symlink():
                total += file.stat().st_size if file.is_file() else 0
    return total / 1e6
