"""Damaged model folders, their hashes right again or not: refused, or answered well."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attacks import damage
from attacks.effort import times
from readalike.models import MODEL_KINDS
from shapes import write_models

TESTS = Path(__file__).resolve().parent.parent


class Asker:
    """A process that asks folders, and another one when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def ask(self, folder: Path) -> dict[str, Any]:
        """What each command did, or by which signal the process died."""
        if self._process is None:
            code = f"import sys; sys.path.insert(0, {str(TESTS)!r}); "
            self._process = subprocess.Popen(
                [sys.executable, "-c", code + "from attacks.answering import serve; serve()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(str(folder)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if line:
            found: dict[str, Any] = json.loads(line)
            return found
        code_, self._process = self._process.wait(), None
        raise AssertionError(f"died of {code_}")

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


@pytest.fixture(scope="module")
def asker() -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_models(tmp_path_factory.mktemp("models"))


def judged(told: dict[str, Any]) -> dict[str, bool]:
    """Which commands refused the folder, after a look whether each did one or the other well."""
    refused = {}
    for command, done in told.items():
        refused[command] = done["code"] == 2
        if done["code"] == 2:
            assert done["out"] == "", command
            assert done["err"].startswith("readalike: "), (command, done["err"])
            assert done["err"].count("\n") == 1, (command, done["err"])
            assert done["err"].isprintable() or done["err"][:-1].isprintable(), done["err"]
        else:
            assert done["code"] == 0, (command, done["err"])
            json.loads(done["out"], parse_constant=pytest.fail)
    return refused


Cases = Iterator[tuple[str, damage.Damage]]


def groups() -> dict[str, tuple[str, Callable[[Path], Cases]]]:
    """Damages on purpose, with the shape of the model that they are done to."""
    found: dict[str, tuple[str, Callable[[Path], Cases]]] = {
        f"arrays of {shape}": (shape, partial(damage.of_arrays, kind="arrays"))
        for shape in MODEL_KINDS
    }
    for kind in ("predictor", "tags"):
        found[f"arrays of the {kind}"] = ("item-item", partial(damage.of_arrays, kind=kind))
    for kind in ("arrays", "predictor", "tags"):
        found[f"header of {kind}"] = ("item-item", partial(damage.of_headers, kind=kind))
    for kind, queries in (("histories", damage.HISTORIES), ("catalogue", damage.CATALOGUE)):
        found[kind] = ("item-item", partial(damage.of_parquet, kind=kind, queries=queries))
    return found


GROUPS = groups()


def test_a_whole_folder_is_answered(models: dict[str, Path], asker: Asker) -> None:
    for shape in MODEL_KINDS:
        assert not any(judged(asker.ask(models[shape])).values()), shape


def some(cases: Cases, short: int) -> list[tuple[str, damage.Damage]]:
    every = list(cases)
    chosen = np.random.default_rng(0).permutation(len(every))[: times(short, len(every))]
    return [every[at] for at in chosen.tolist()]


@pytest.mark.parametrize("group", GROUPS)
def test_damage_on_purpose_is_refused(
    group: str, models: dict[str, Path], asker: Asker, tmp_path: Path
) -> None:
    """Indices beyond an array would make compiled code write into foreign memory.

    Who looks at everything refuses; who looks only at what is used may answer, and well.
    """
    shape, cases = GROUPS[group]
    faults = []
    for what, do in some(cases(models[shape]), 6):
        folder = damage.copied(models[shape], tmp_path / "m")
        do(folder)
        try:
            if not judged(asker.ask(damage.vouched(folder)))["doctor"]:
                faults.append(f"{what}: called whole")
        except AssertionError as error:
            faults.append(f"{what}: {str(error)[:600]}")
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults)


@pytest.mark.parametrize("shape", ["item-item", "network"])
def test_a_damaged_card_is_refused_or_answered_well(
    shape: str, models: dict[str, Path], asker: Asker, tmp_path: Path
) -> None:
    faults = []
    for what, do in some(damage.of_card(models[shape]), 20):
        folder = damage.copied(models[shape], tmp_path / "m")
        do(folder)
        try:
            judged(asker.ask(folder))
        except AssertionError as error:
            faults.append(f"{what}: {str(error)[:600]}")
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults)


def test_damage_at_random_is_refused_or_answered_well(
    models: dict[str, Path], asker: Asker, tmp_path: Path
) -> None:
    draw = np.random.default_rng(0)
    faults = []
    for _ in range(times(40, 3000)):
        shape = str(draw.choice(list(models)))
        what, do = damage.at_random(models[shape], draw)
        folder = damage.copied(models[shape], tmp_path / "m")
        do(folder)
        believed = what.startswith("card") or damage.same_files(folder, models[shape])
        if not believed and draw.integers(2):
            believed = bool(damage.vouched(folder))
        try:
            refused = judged(asker.ask(folder))
            assert believed or refused["doctor"], "called whole"
        except AssertionError as error:
            faults.append(f"{shape}: {what}: {str(error)[:600]}")
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults)
