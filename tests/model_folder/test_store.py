from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import ModelError, UnknownReader
from readalike.model_folder import card as modelcard
from readalike.model_folder import store
from readalike.model_folder.storage import path_of
from readalike.models import ItemItem, ItemScores
from readalike.recommend.card import Card
from readalike.recommend.recommender import Recommender
from shapes import edit_card
from strategies import same_bits

CARD = Card(algorithm="ridge", settings={"neighbours": 7}, data={"fingerprint": "f", "readers": 2})


def recommender(seed: int = 0, n: int = 5) -> Recommender:
    books = Vocabulary.of(["a", "2", "c'est", "d", "ü"])
    links = np.random.default_rng(seed).random((n, n)).astype(np.float32)
    return Recommender(
        model=ItemItem.of_layers([sp.csr_array(links)]),
        catalogue=Catalogue.of(
            books,
            titles=("A", "", 'He said "no"; then', "Iliad", "Ümlaut"),
            authors=("X, Y", "", "", "Homer", ""),
            years=(1999, None, None, -750, 2001),
            counts=np.array([1.0, np.nan, 3, 4, 5]),
            means=np.array([np.nan, 3.5, np.nan, 4.25, 1]),
        ),
        scale=RatingScale(1, 5, 1),
        popularity=ItemScores(np.arange(n, dtype=np.float32), "readers"),
        readers=Ratings(
            Histories.of_rows([([3, 0], [5, np.nan]), ([], []), ([4, 1, 2], [1, 2, 3])], n),
            Vocabulary.of(["10", "nobody", "zoë"]),
            books,
            RatingScale(1, 5, 1),
        ),
        seed=3,
        card=CARD,
    )


def test_tags_come_back(tmp_path: Path) -> None:
    before = recommender()
    counts = np.array([[3, 0, 1], [0, 2, 0], [0, 0, 0], [0, 7.5, 0], [1, 1, 1]], np.float32)
    tags = Tags(("science fiction", "émigrés", "c"), sp.csr_array(counts))
    with_tags = replace(before, catalogue=replace(before.catalogue, tags=tags))
    after = store.load(with_tags.save(tmp_path / "m")).catalogue.tags
    assert after is not None
    assert after.names == tags.names
    assert after.counts.toarray().tolist() == counts.tolist()
    before.save(tmp_path / "m")
    assert not list((tmp_path / "m").glob("tags-*"))
    assert store.load(tmp_path / "m").catalogue.tags is None


def test_a_catalogue_of_no_tag_at_all_comes_back(tmp_path: Path) -> None:
    before = recommender()
    tags = Tags((), sp.csr_array((5, 0), dtype=np.float32))
    with_tags = replace(before, catalogue=replace(before.catalogue, tags=tags))
    after = store.load(with_tags.save(tmp_path / "m")).catalogue.tags
    assert after is not None
    assert (after.names, after.counts.shape) == ((), (5, 0))


def test_everything_comes_back(tmp_path: Path) -> None:
    before = recommender()
    after = store.load(before.save(tmp_path / "m"))
    assert after.catalogue.fingerprint() == before.catalogue.fingerprint()
    assert after.catalogue.years == (1999, None, None, -750, 2001)
    assert after.scale == before.scale
    assert after.seed == 3
    assert after.popularity.score_means == "readers"
    assert before.readers is not None
    assert after.readers is not None
    assert after.readers.users == before.readers.users
    assert after.readers.fingerprint() == before.readers.fingerprint()
    assert after.readers.histories.row(2)[0].tolist() == [4, 1, 2], "the order of reading is kept"
    for name, array in before.model.arrays().items():
        assert same_bits(array, after.model.arrays()[name])


def test_a_scale_without_steps_comes_back(tmp_path: Path) -> None:
    scale = RatingScale(-2, -2, 0)
    made = replace(recommender(), scale=scale, readers=None, seed=0)
    after = store.load(made.save(tmp_path / "m"))
    assert (after.scale, after.seed) == (scale, 0)


def test_a_model_replaced_while_it_is_loaded_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recommender(0).save(tmp_path / "m")
    replaced: list[Path] = []

    def interrupted(folder: Path, kind: str, file: Mapping[str, Any]) -> Path:
        if not replaced:
            replaced.append(recommender(1).save(folder))
        return path_of(folder, kind, file)

    monkeypatch.setattr("readalike.model_folder.store.path_of", interrupted)
    loaded = store.load(folder)
    for name, array in recommender(1).model.arrays().items():
        assert same_bits(array, loaded.model.arrays()[name])


def test_the_card_says_what_the_model_is(tmp_path: Path) -> None:
    recommender().save(tmp_path / "m")
    text = json.loads((tmp_path / "m" / "card.json").read_text())
    assert text["format"] == "readalike-model"
    assert text["format_version"] == modelcard.FORMAT_VERSION == 2
    assert text["algorithm"] == {"name": "ridge", "settings": {"neighbours": 7}}
    assert text["scale"] == {"lowest": 1, "highest": 5, "step": 1}
    assert text["data"] == {"fingerprint": "f", "readers": 2}
    card = modelcard.read_card(tmp_path / "m")
    assert card.settings == {"neighbours": 7}
    assert card.created.startswith("20")
    assert (card.books_added, card.histories) == (0, True)


def test_histories_lie_apart_and_can_be_left_out(tmp_path: Path) -> None:
    recommender().save(tmp_path / "with")
    recommender().save(tmp_path / "without", histories=False)
    assert [p.name for p in (tmp_path / "with").glob("histories-*.parquet")]
    assert not [p.name for p in (tmp_path / "without").glob("histories*")]
    with pytest.raises(UnknownReader, match="without histories"):
        store.load(tmp_path / "without").recommend(reader="10")
    assert store.load(tmp_path / "with", histories=False).readers is None
    written = (tmp_path / "without" / "card.json").read_text() + "".join(
        p.read_bytes().decode("latin-1") for p in (tmp_path / "without").glob("*.safetensors")
    )
    assert "zoë" not in written
    assert "nobody" not in written


def test_a_second_save_replaces_the_first_and_leaves_no_litter(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    recommender(0).save(folder)
    recommender(1).save(folder, histories=False)
    assert same_bits(
        store.load(folder).model.arrays()["data"], recommender(1).model.arrays()["data"]
    )
    assert len(list(folder.iterdir())) == 3, "card, arrays, catalogue"


def test_no_file_of_a_model_is_a_pickle(tmp_path: Path) -> None:
    recommender().save(tmp_path / "m")
    assert {p.suffix for p in (tmp_path / "m").iterdir()} == {".json", ".safetensors", ".parquet"}
    assert not any(p.read_bytes().startswith(b"\x80") for p in (tmp_path / "m").iterdir())


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: (f / "card.json").unlink(), "no model folder"),
        (lambda f: (f / "card.json").write_text("{"), "damaged model card"),
        (lambda f: (f / "card.json").write_bytes(b"\xff\xfe\x00"), "damaged model card"),
        (lambda f: (f / "card.json").write_text("[]"), "something else"),
        (lambda f: (f / "card.json").write_text('{"format": "other"}'), "something else"),
        (lambda f: edit_card(f, format_version=9, library_version="7.1"), "by readalike 7.1"),
        (lambda f: edit_card(f, format_version=9), "install a newer readalike or train it again$"),
        (lambda f: edit_card(f, format_version=1), "format 1 .* reads format 2; train it again$"),
        (lambda f: edit_card(f, model={"shape": "new", "settings": {}}), "damaged model folder"),
        (lambda f: edit_card(f, scale={"lowest": 1}), "damaged model folder"),
        (lambda f: edit_card(f, scale=scale_of(5, 1, 1)), "'highest' must be a number from 5 to"),
        (lambda f: edit_card(f, scale=scale_of(1, 5, -1)), "'step' must be a number from 0 to"),
        (lambda f: edit_card(f, books_added=-1), "'books_added' must be a whole number"),
        (lambda f: edit_card(f, measured=[]), "'measured' must be settings by name"),
        (lambda f: edit_card(f, created=None), "'created' must be a text"),
        (lambda f: edit_card(f, files={"arrays": named("x" * 99)}), f"file '{'x' * 60}'"),
        (lambda f: edit_card(f, files={"arrays": named(None)}), "'name' must be a text"),
        (lambda f: edit_card(f, files={}), "damaged model folder"),
        (lambda f: next(f.glob("arrays-*")).unlink(), "is missing"),
        (lambda f: next(f.glob("catalogue-*")).write_bytes(b"x"), "not what was saved"),
        (lambda f: longer(next(f.glob("arrays-*"))), "not what was saved"),
        (lambda f: edit_text(f, '"seed": 3', '"seed": 4'), "card.json: damaged .* what was saved"),
        (lambda f: edit_text(f, '"ridge"', '"blend"'), "card.json: damaged .* what was saved"),
    ],
)
def test_damaged_foreign_and_newer_folders_are_refused_in_words(
    tmp_path: Path, damage: object, words: str
) -> None:
    folder = recommender().save(tmp_path / "m")
    damage(folder)  # type: ignore[operator]
    with pytest.raises(ModelError, match=words):
        store.load(folder)


def scale_of(lowest: float, highest: float, step: float) -> dict[str, float]:
    return {"lowest": lowest, "highest": highest, "step": step}


def named(name: str | None) -> dict[str, object]:
    """What a card says of a file."""
    return {"name": name, "bytes": 0, "sha256": ""}


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def edit_text(folder: Path, old: str, new: str) -> None:
    card = (folder / "card.json").read_text()
    assert old in card
    (folder / "card.json").write_text(card.replace(old, new))


@pytest.mark.parametrize("kind", ["arrays", "catalogue", "histories", "tags"])
def test_every_byte_is_compared_where_that_is_wanted(tmp_path: Path, kind: str) -> None:
    tags = Tags(("a", "b"), sp.csr_array(np.ones((5, 2), np.float32)))
    made = recommender()
    folder = replace(made, catalogue=replace(made.catalogue, tags=tags)).save(tmp_path / "m")
    assert store.load(folder, verify=True).recommend({"d": 5}, n=2).items
    path = next(folder.glob(f"{kind}-*"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=rf"{path.name} is not what was saved"):
        store.load(folder, verify=True)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells")
def test_of_a_model_next_to_nothing_is_read_at_start(tmp_path: Path) -> None:
    n = 3000
    links = ItemItem.of_layers([sp.random_array((n, n), density=0.5, dtype=np.float32)])
    books = Vocabulary.of([f"b{number}" for number in range(n)])
    popularity = ItemScores(np.arange(n, dtype=np.float32), "readers")
    scale = RatingScale(1, 5, 1)
    made = Recommender(
        model=links, catalogue=Catalogue.of(books), scale=scale, popularity=popularity, card=CARD
    )
    loaded = store.load(made.save(tmp_path / "m"))
    name, length = next((p.name, p.stat().st_size) for p in (tmp_path / "m").glob("arrays-*"))
    assert length > 30_000_000
    assert loaded.recommend({"b7": 5}, n=3).items
    assert 0 < resident(name) < length // 20
    whole = store.load(tmp_path / "m", verify=True)
    assert resident(name) > length // 2, "else this test would see nothing"
    assert whole.recommend({"b7": 5}, n=3).as_dict() == loaded.recommend({"b7": 5}, n=3).as_dict()


def resident(name: str) -> int:
    """Bytes of a mapped file that this process has looked at."""
    parts = re.split(r"^[0-9a-f]+-[0-9a-f]+ ", Path("/proc/self/smaps").read_text(), flags=re.M)
    mapped = (part for part in parts if name in part.partition("\n")[0])
    return sum(1024 * int(re.findall(r"^Rss: +(\d+)", part, re.M)[0]) for part in mapped)


def test_a_card_of_before_it_had_a_hash_is_read(tmp_path: Path) -> None:
    folder = recommender().save(tmp_path / "m")
    card = json.loads((folder / "card.json").read_text())
    del card["sha256"]
    (folder / "card.json").write_text(json.dumps(card))
    assert store.load(folder, verify=True).card == modelcard.read_card(folder)


def test_a_card_has_sixteen_megabytes_at_most(tmp_path: Path) -> None:
    path, most = tmp_path / "card.json", 16 * 1024 * 1024
    path.write_bytes(b" " * (most - 2) + b"[]")
    with pytest.raises(ModelError, match="but is something else"):
        modelcard.read_card(tmp_path)
    path.write_bytes(b" " * (most - 1) + b"[]")
    with pytest.raises(ModelError, match="of at most 16,777,216 bytes, got more"):
        modelcard.read_card(tmp_path)


def test_a_card_is_whole_whatever_it_says(tmp_path: Path) -> None:
    """JSON makes text of numbers that are keys, and lists of tuples."""
    odd = {2: 1e300, 10: (1, 2), "é": [float("inf"), None, {"1": 1 / 3}]}
    made = replace(recommender(), card=replace(CARD, tuned={"odd": odd}))
    folder = made.save(tmp_path / "m")
    store.record(folder, CARD, {"rmse": 0.1 + 0.2, "é": odd})
    card = store.load(folder).card
    assert card is not None
    assert card.tuned == {"odd": json.loads(json.dumps(odd))}
    assert card.measured == {"rmse": 0.1 + 0.2, "é": json.loads(json.dumps(odd))}


def test_what_nobody_knows_the_origin_of_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"must have a card .* as those of readalike\.fit"):
        replace(recommender(), card=None).save(tmp_path / "m")
    assert not list((tmp_path / "m").glob("*.safetensors"))


def test_what_was_loaded_is_saved_as_it_was(tmp_path: Path) -> None:
    first = store.load(recommender().save(tmp_path / "m"))
    again = store.load(first.save(tmp_path / "again"))
    assert again.card == first.card
    assert (
        again.recommend(reader="10", n=2).as_dict() == first.recommend(reader="10", n=2).as_dict()
    )


def test_a_missing_folder_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"does not exist; make one with 'readalike train"):
        store.load(tmp_path / "nothing")


def test_a_folder_of_other_things_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    (tmp_path / "zebra.tex").write_text("more of it")
    with pytest.raises(ModelError, match=r"holds other files \(thesis.tex\)"):
        recommender().save(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="but is a file"):
        recommender().save(tmp_path / "file")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "thesis.tex", "zebra.tex"]


def test_an_empty_folder_and_a_model_beside_notes_are_written_into(tmp_path: Path) -> None:
    assert recommender(0).save(tmp_path) == tmp_path
    (tmp_path / "notes.txt").write_text("mine")
    recommender(1).save(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    found = store.load(tmp_path).model.arrays()["data"]
    assert same_bits(found, recommender(1).model.arrays()["data"])


SAVING = """
import sys
sys.path.insert(0, {tests!r})
from model_folder import test_store
from readalike.errors import ModelError
{body}
"""


def saving(body: str) -> list[str]:
    code = SAVING.format(tests=str(Path(__file__).parents[1]), body=textwrap.dedent(body))
    return [sys.executable, "-c", code]


def test_a_full_disk_leaves_the_old_model(tmp_path: Path) -> None:
    """The kernel refuses bytes beyond a limit, as it does on a full disk."""
    resource = pytest.importorskip("resource", reason="needs a limit on the size of files")
    assert resource
    folder = recommender(0).save(tmp_path / "m")
    before = sorted((p.name, p.stat().st_size) for p in folder.iterdir())
    for limit in (10, 400, 800):
        done = subprocess.run(
            saving(f"""
                import resource
                resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
                try:
                    test_store.recommender(1).save({str(folder)!r})
                except ModelError as error:
                    print(error)
            """),
            capture_output=True,
            text=True,
            check=False,
            env={"PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert "could not be saved" in done.stdout, done.stderr
        assert sorted((p.name, p.stat().st_size) for p in folder.iterdir()) == before
        assert store.load(folder).seed == 3


def test_a_killed_save_leaves_the_old_model_or_the_new_one(tmp_path: Path) -> None:
    folder = recommender(0).save(tmp_path / "m")
    wanted = [recommender(s).model.arrays()["data"].tobytes() for s in (0, 1)]
    process = subprocess.Popen(
        saving(f"""
            print("ready", flush=True)
            while True:
                for seed in (1, 0):
                    test_store.recommender(seed).save({str(folder)!r})
        """),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    for pause in (0.011, 0.017, 0.023, 0.005, 0.029, 0.013, 0.019, 0.007):
        time.sleep(pause)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.002)
        assert store.load(folder).model.arrays()["data"].tobytes() in wanted
        process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()
    process.stdout.close()
    assert store.load(folder).model.arrays()["data"].tobytes() in wanted
    recommender(1).save(folder)
    assert len(list(folder.iterdir())) == 4, "what the killed save left over is gone"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_histories_are_for_the_owner_alone_unless_they_were_not(tmp_path: Path) -> None:
    def modes(folder: Path) -> dict[str, int]:
        return {
            path.name.partition("-")[0]: stat.S_IMODE(path.stat().st_mode)
            for path in folder.iterdir()
        }

    before = os.umask(0o022)
    try:
        folder = recommender(0).save(tmp_path / "m")
        usual = {"arrays": 0o644, "catalogue": 0o644, "card.json": 0o644}
        assert modes(folder) == {**usual, "histories": 0o600}
        for path in folder.iterdir():
            path.chmod(0o640)
        changed = replace(recommender(1), readers=recommender(1).readers)
        changed.save(folder)
        store.record(folder, CARD, {"rmse": 1.0})
        assert set(modes(folder).values()) == {0o640}, "a rewrite keeps what was there"
    finally:
        os.umask(before)


@pytest.mark.parametrize("step", range(1, 6))
def test_a_save_that_fails_anywhere_leaves_the_old_model_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    folder = recommender(0).save(tmp_path / "m")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    steps = iter(range(1, 100))

    def failing(self: Path, target: Path) -> Path:
        if next(steps) == step:
            raise OSError(5, "Input/output error")
        self.rename(target)
        return target

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", failing)
        with pytest.raises(ModelError, match=r"could not be saved \(Input/output error\)"):
            recommender(1).save(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_a_killed_save_put_into_a_folder_is_gone_after_the_next(tmp_path: Path) -> None:
    """Killed between the names of its files and its card, it has left whole files of no card."""
    folder = recommender(0).save(tmp_path / "m")
    process = subprocess.run(
        saving(f"""
            import os, signal
            from pathlib import Path
            usual = Path.replace
            def kill(self, target):
                if str(target).endswith("/card.json"):
                    os.kill(os.getpid(), signal.SIGKILL)
                return usual(self, target)
            Path.replace = kill
            test_store.recommender(1).save({str(folder)!r})
        """),
        check=False,
    )
    assert process.returncode == -signal.SIGKILL
    left = {path.name for path in folder.iterdir()}
    assert len(left) > 4, "the files of both models, a card for each, and a lock"
    wanted = recommender(0).model.arrays()["data"]
    assert same_bits(store.load(folder).model.arrays()["data"], wanted)
    recommender(2).save(folder)
    assert len(list(folder.iterdir())) == 4
