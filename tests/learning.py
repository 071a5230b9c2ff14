"""The default learnt from a whole table in a Python of its own, and the memory that this takes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LEARN = """
import sys
from readalike import train
train(sys.argv[1], sys.argv[2], predictor_settings={"sweeps": 24, "burn_in": 4})
"""
"""The chain is shorter than usual; as many of its samples are kept, so that the memory is usual."""
PEAK = """
import pathlib
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
print(next((int(line.split()[1]) // 1000 for line in lines if line.startswith("VmHWM")), -1))
"""


def peak_megabytes(code: str, *arguments: object) -> int:
    """The most memory that some code in a Python of its own held, in MB; -1 where nobody knows."""
    command = [sys.executable, "-c", code + PEAK, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@dataclass(frozen=True)
class Learnt:
    """The default, learnt from the whole real table.

    Attributes:
        folder: Its model folder.
        megabytes: The most memory that this took; -1 where nobody knows.
    """

    folder: Path
    megabytes: int


def learn(table: Path, folder: Path) -> Learnt:
    """Learns into a folder, unless this was done."""
    peak = folder.with_suffix(".peak")
    if not peak.exists():
        peak.write_text(str(peak_megabytes(LEARN, table, folder)))
    return Learnt(folder, int(peak.read_text()))
