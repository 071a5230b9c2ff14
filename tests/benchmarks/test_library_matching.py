"""The command that prints wrong matches and recall."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from libraries import worlds
from libraries.exports import write
from readalike.bibliography.book_index import BookIndex
from readalike.libraries.matching import match
from readalike.libraries.reading import read_library


def test_it_prints_what_is_wrong_and_how_much_is_found(
    scripts: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    script = scripts.library_matching
    monkeypatch.setattr(script, "DATA", tmp_path)
    result = tmp_path / "found.json"
    words = ["library_matching.py", "--each", "12", "--seed", "3", "--result", str(result)]
    monkeypatch.setattr("sys.argv", words)
    script.main()
    printed = capsys.readouterr().out
    assert printed.count("wrong matches 0") == 2
    found = json.loads(result.read_text())
    assert set(found) == {"44 of goodbooks-10k", "the sample"}
    for told in found.values():
        assert told["wrong"] == 0
        assert told["found"] <= told["matchable"] < told["rows"]
        assert told["recall"] == pytest.approx(told["found"] / told["matchable"])


def test_a_poor_recall_is_a_failure(
    scripts: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = scripts.library_matching
    monkeypatch.setattr(script, "DATA", tmp_path)
    monkeypatch.setattr(script, "RECALL", 1.01)
    monkeypatch.setattr("sys.argv", ["library_matching.py", "--each", "2"])
    with pytest.raises(SystemExit) as left:
        script.main()
    assert left.value.code == 1


def test_the_large_library_is_half_known(scripts: Any, tmp_path: Path) -> None:
    text = scripts.library_matching.library_text(worlds.goodbooks(), 44)
    library = read_library(write(tmp_path / "g.csv", text))
    assert (library.rows, len(library.entries)) == (44, 44)
    states = match(library, BookIndex(worlds.goodbooks())).states()
    assert states["matched"] == 22
