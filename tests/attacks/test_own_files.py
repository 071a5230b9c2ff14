"""What lies in a folder and is not ours stays there, byte for byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attacks.effort import times
from cli.running import Run, write_world
from readalike.errors import ModelError
from readalike.model_folder import store
from readalike.recommend.recommender import Recommender
from shapes import CARD, recommenders

LIKE_OURS = (
    "histories-of-rome.txt", "tags-backup.csv", "arrays-0123456789ab.txt", "arrays-.safetensors",
    "catalogue-2024.parquet", "predictor-0123456789AB.safetensors",
    "tags-0123456789abc.safetensors",
    "histories-0123456789ab.parquet", "arrays-0123456789ab.safetensors", ".arrays.1234.part",
    ".card.json.99.part", "card.json.bak", "card-backup.json", ".readalike-notes.part",
    ".readalike-0123456789abcdef.part.txt", ".readalike.lock.old", "my.readalike-lock",
    "histories-0123456789ab.parquet~", " tags-0123456789ab.safetensors", "arrays.safetensors",
    "TAGS-0123456789ab.safetensors", "readalike-next-card.json",
)  # fmt: skip
"""Names that begin, end or look like those of a model folder."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[Recommender]:
    made = recommenders(tmp_path_factory.mktemp("made"))
    return [made["item-item"], made["item-scores"]]


def test_files_that_begin_like_ours_stay(tmp_path: Path, pair: list[Recommender]) -> None:
    draw = np.random.default_rng(0)
    for number in range(times(5, 20)):
        folder = pair[0].save(tmp_path / str(number))
        chosen = draw.permutation(LIKE_OURS)[: int(draw.integers(3, len(LIKE_OURS) + 1))]
        contents = {str(name): draw.bytes(int(draw.integers(0, 200))) for name in chosen}
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        pair[1].save(folder)
        pair[0].save(folder, histories=False)
        store.record(folder, CARD, {"rmse": 1.0})
        there = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert {name: there.get(name) for name in contents} == contents
        assert len(there) == len(contents) + 5, "and of ours only the last model"


def test_a_folder_of_such_files_and_no_model_is_refused_or_kept(tmp_path: Path, run: Run) -> None:
    world = write_world(tmp_path / "world")
    for number, name in enumerate(LIKE_OURS):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_text("years of work")
        done = run(
            "train", world, "--model", folder, "--algorithm", "popularity", "--predictor", "none"
        )
        assert done.code in (0, 2)
        if done.code:
            assert name in done.refusal
        assert (folder / name).read_text() == "years of work"


def test_a_card_that_names_files_of_somebody_else_removes_none(
    tmp_path: Path, pair: list[Recommender]
) -> None:
    """A card is a file that anybody can write: what it names must be named as we name files."""
    folder = pair[0].save(tmp_path / "m")
    (tmp_path / "thesis.tex").write_text("years of work")
    (folder / "histories-of-rome.txt").write_text("years of work")
    card = (folder / "card.json").read_text()
    for name in ("../thesis.tex", "histories-of-rome.txt", str(tmp_path / "thesis.tex")):
        named = card.replace('"files": {', f'"files": {{"tags2": {{"name": "{name}"}},')
        (folder / ".readalike-next-card.json").write_text(named)
        (folder / "card.json").write_text(named)
        pair[1].save(folder)
        assert (tmp_path / "thesis.tex").read_text() == "years of work"
        assert (folder / "histories-of-rome.txt").read_text() == "years of work"


def test_somebody_elses_card_is_not_overwritten(tmp_path: Path, pair: list[Recommender]) -> None:
    (tmp_path / "card.json").write_text('{"name": "Ann", "phone": 7}')
    with pytest.raises(ModelError, match=r"holds other files \(card\.json\)"):
        pair[0].save(tmp_path)
    assert (tmp_path / "card.json").read_text() == '{"name": "Ann", "phone": 7}'
