"""Runs a peer in its own process and environment, within a limit, and only where it is new."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments import ROOT, last_line
from roster import OWN, Entry
from splits import Split

PEERS = Path(__file__).resolve().parent / "peers"
NUMBERING = PEERS.with_name("splits.py")
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
SPENT = "not run: the time for the whole benchmark was spent; run it again, it goes on from there"


class FailedError(Exception):
    """A run that gave no answer, with the reason that its row tells."""


@dataclass(frozen=True)
class Job:
    """One run of one peer.

    Attributes:
        entry: Who.
        split: On what.
        kind: `lists` answers all questions, `time` lists for every fifth reader, `tune` answers
            for some settings.
        threads: Threads it may use, and cores it may run on.
        settings: None for the peer's defaults.
        seconds: It is ended after these.
        trials: How many settings are tried.
    """

    entry: Entry
    split: Split
    kind: str = "lists"
    threads: int = 2
    settings: Mapping[str, Any] | None = None
    seconds: float = 600.0
    trials: int = 1

    @property
    def stem(self) -> str:
        """Name of its files."""
        settings = "" if self.settings is None else "-searched"
        words = f"{self.entry.peer}-{self.split.name}-{self.kind}-{self.threads}{settings}"
        return re.sub(r"[^a-z0-9+-]+", "-", words.lower())

    def fingerprint(self, python: Path) -> str:
        """SHA-256 of all that the answer depends on."""
        files = (PEERS / f"{self.entry.adapter}.py", PEERS / "harness.py", NUMBERING)
        parts = [
            self.split.fingerprint,
            hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest(),
            packages(python),
            own_source() if self.entry.place in OWN else "",
            json.dumps([self.kind, self.threads, self.settings, self.seconds, self.trials]),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@functools.cache
def packages(python: Path) -> str:
    """All packages of an environment with their versions."""
    listing = [python, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    return subprocess.run(listing, capture_output=True, text=True, check=True).stdout


@functools.cache
def own_source() -> str:
    """The library's own code, which may change without its version."""
    digest = hashlib.sha256()
    for file in sorted((ROOT / "src").rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def answers(job: Job, folder: Path, left: float = math.inf) -> Path:
    """The files of a job without their ending: those that are there, or made now.

    Args:
        job: What to run.
        folder: Where answers are kept.
        left: Seconds that are left for everything; a run that they cut off is not kept.

    Raises:
        NotInstalledError: There is no environment for it.
        FailedError: It gave no answer.
    """
    python = job.entry.place.python()
    folder.mkdir(parents=True, exist_ok=True)
    out, run_file = folder / job.stem, folder / f"{job.stem}.run"
    fingerprint = job.fingerprint(python)
    if run_file.is_file():
        before = json.loads(run_file.read_text())
        if before["fingerprint"] == fingerprint:
            if before["failed"]:
                raise FailedError(before["failed"])
            return out
    for old in folder.glob(f"{job.stem}*"):
        if re.fullmatch(re.escape(job.stem) + r"(-\d+)?\.(run|npz|json)", old.name):
            old.unlink()
    if left < 1:
        raise FailedError(SPENT)
    started = time.perf_counter()
    failed = run(job, python, out, min(left, job.seconds))
    if failed and time.perf_counter() - started >= left:
        raise FailedError(SPENT)
    if failed and job.kind == "tune" and trials(out):
        failed = None
    seconds = time.perf_counter() - started
    summary = {"fingerprint": fingerprint, "failed": failed, "wall_seconds": seconds}
    run_file.write_text(json.dumps(summary, indent=1) + "\n")
    if failed:
        raise FailedError(failed)
    return out


def trials(out: Path) -> list[Path]:
    """The trials of a search that came to an end, in order, without their ending."""
    found = [path.with_suffix("") for path in out.parent.glob(f"{out.name}-*.json")]
    numbered = [path for path in found if path.name[len(out.name) + 1 :].isdigit()]
    return sorted(numbered, key=lambda path: int(path.name[len(out.name) + 1 :]))


def run(job: Job, python: Path, out: Path, limit: float) -> str | None:
    """Runs the harness; None, or why there is no answer."""
    command: list[Any] = [python, "harness.py", job.entry.adapter, job.entry.peer]
    command += [job.split.folder / "arrays.npz", out, "--job", job.kind]
    command += ["--threads", job.threads, "--trials", job.trials]
    if job.kind == "tune":
        command += ["--seconds", job.seconds / 2]
    if job.settings is not None:
        command += ["--settings", json.dumps(job.settings)]
    variables = os.environ | dict.fromkeys(THREAD_VARIABLES, str(job.threads))
    child = subprocess.Popen(
        [str(word) for word in command],
        cwd=PEERS,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        ended(child)
        return f"over the limit of {limit:.0f} s"
    except BaseException:
        ended(child)
        raise
    if child.returncode < 0 or child.returncode == 137:
        return f"ended by signal {abs(child.returncode)}, as when memory runs out"
    return None if child.returncode == 0 else last_line(said)


def ended(child: subprocess.Popen[str]) -> None:
    """Ends a child and what it started (Spark starts a Java)."""
    if hasattr(os, "killpg"):
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.communicate()
