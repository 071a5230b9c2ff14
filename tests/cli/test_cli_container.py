"""Somebody without a home, and a program folder that cannot be written, as in a container."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import readalike
from readalike.numerics.compiled import NOT_KEPT

TESTS = Path(__file__).resolve().parent.parent
FILES = TESTS / "cases" / "files2"
DROP, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER = 24, 1, 2, 3
"""Linux: prctl's PR_CAPBSET_DROP, and what lets root write where the permissions forbid it."""
ALL_OF_THEM = """
import json, os, sys
sys.path[:0] = json.loads(sys.argv[1])
from cli.running import in_process
for words in json.loads(sys.argv[2]):
    done = in_process(*words)
    print(json.dumps([done.code, done.out, done.err]))
"""


def without_powers() -> None:
    """In the child: root must keep to the permissions of files."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for power in (DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER):
            if libc.prctl(DROP, power, 0, 0, 0):
                os._exit(99)


@pytest.mark.skipif(sys.platform != "linux", reason="permissions of Linux")
def test_a_container_user_trains_and_is_answered(tmp_path: Path) -> None:
    program, out = tmp_path / "program", tmp_path / "out"
    shutil.copytree(
        Path(readalike.__file__).parent,
        program / "readalike",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    out.mkdir()
    for folder in (program, *program.rglob("*")):
        folder.chmod(0o555 if folder.is_dir() else 0o444)
    model = str(out / "model")
    commands = [
        ["train", str(FILES / "bbe_ratings.csv"), "--model", model],
        ["recommend", model, "--like", "234225.Dune"],
        ["similar", model, "234225.Dune"],
        ["forecast", model, "18007564-the-martian", "--reader", "1"],
        ["doctor", str(FILES / "bbe_ratings.csv")],
        ["import", str(FILES / "booklogr.csv"), "--model", model],
        ["demo"],
    ]
    paths = json.dumps([str(program), str(TESTS)])
    done = subprocess.run(
        [sys.executable, "-B", "-c", ALL_OF_THEM, paths, json.dumps(commands)],
        cwd=out,
        env={"PATH": "/usr/bin:/bin", "HOME": str(program / "nobody"), "TMPDIR": str(out)},
        preexec_fn=without_powers,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 99:
        pytest.skip("root cannot give up its powers here")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for words, (code, _, error) in zip(commands, answers, strict=True):
        assert code == 0, (words, error)
        assert "Traceback" not in error
    assert (done.stderr + "".join(error for _, _, error in answers)).count(NOT_KEPT) == 1
    assert "Learnt blend and bayes" in answers[0][1]
    assert not list(program.rglob("*.nbi")), "nothing was written into the program's folder"
    for folder in (program, *program.rglob("*")):
        folder.chmod(0o755)
