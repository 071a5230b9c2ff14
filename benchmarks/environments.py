"""Environments of other people's libraries, each apart from the project's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("READALIKE_DATA", ROOT.parent / "shared" / "data"))


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
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
        if subprocess.run([python, "-c", check], capture_output=True).returncode == 0:
            return python
        for package in packages:
            for choice in package.split("|"):
                install = [python, "-m", "pip", "install", "--quiet", choice]
                if subprocess.run(install, capture_output=True).returncode == 0:
                    break
        subprocess.run([python, "-c", check], check=True, capture_output=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise NotInstalledError(f"{name} could not be installed here: {error}") from error
    return python
