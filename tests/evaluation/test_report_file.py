from __future__ import annotations

import dataclasses
import errno
import functools
import json
import math
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data_sets import sample
from evaluation.rankers import (
    Forecasting,
    Making,
    books_of,
    chance,
    popular_world,
    popularity,
    ratings_of,
)
from readalike.data.ratings import Ratings
from readalike.errors import InputError, SettingError
from readalike.evaluation import NewReaders, NotebookSplit, Report, evaluate
from readalike.evaluation import report as report_file
from readalike.evaluation.protocols import KFold
from readalike.evaluation.report import read_report, write_report
from readalike.tables.parquet import read_parquet
from readalike.version import __version__

OLD = ratings_of(popular_world(60, 50, "old", 0), books_of(50))
NEW = ratings_of(popular_world(40, 50, "new", 1), books_of(50))


def constant_stars(stars: float) -> Making:
    def make(ratings: Ratings) -> Forecasting:
        n = len(ratings.items)
        return Forecasting(n, lambda h: np.full((len(h), n), stars, np.float32))

    return Making(make)


@pytest.fixture(scope="module")
def lengths() -> Report:
    algorithms = {"popular": popularity(), "chance:seed=0": chance()}
    return evaluate(OLD, algorithms, NewReaders(NEW, (20, 5)), seed=3)


@pytest.fixture(scope="module")
def stars() -> Report:
    algorithms = {"three": constant_stars(3), "popular": popularity(), "six": constant_stars(6)}
    return evaluate(sample(), algorithms, NotebookSplit(), measures=["p@5", "gini@9"])


@pytest.fixture(scope="module")
def folds() -> Report:
    """Several parts, pooled: readers come from all of them."""
    algorithms = {"three": constant_stars(3), "popular": popularity()}
    return evaluate(OLD, algorithms, KFold(3, seed=1), measures=["p@5"])


def plain_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("which", ["lengths", "stars", "folds"])
def test_what_is_written_is_read_to_the_last_bit(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    report: Report = request.getfixturevalue(which)
    write_report(report, tmp_path / "a.json")
    again = read_report(tmp_path / "a.json")
    assert again.as_dict() == report.as_dict()
    for one, other in zip(again.results, report.results, strict=True):
        assert one.readers == other.readers
        assert one.measures == other.measures
        assert one.values.tobytes() == np.ascontiguousarray(other.values).tobytes()
        assert one.estimates == other.estimates
        assert one.segments == other.segments
        assert one.star_segments == other.star_segments
        assert (one.errors is None) == (other.errors is None)
        if one.errors and other.errors:
            assert one.errors.readers == other.errors.readers
            assert np.array_equal(one.errors.sums, other.errors.sums)
            assert np.array_equal(one.errors.rows, other.errors.rows)


def test_what_is_read_is_compared_as_before(lengths: Report, tmp_path: Path) -> None:
    write_report(lengths, tmp_path / "a.json")
    again = read_report(str(tmp_path / "a.json"))
    queries = ("popular", "chance:seed=0", "p@10", 5)
    assert again.compare(*queries) == lengths.compare(*queries)
    assert again.curve("popular") == lengths.curve("popular")


def test_writing_what_was_read_gives_the_same_file(lengths: Report, tmp_path: Path) -> None:
    write_report(lengths, tmp_path / "a.json")
    first = plain_of(tmp_path / "a.json")
    write_report(read_report(tmp_path / "a.json"), tmp_path / "b.json")
    second = plain_of(tmp_path / "b.json")
    assert second.pop("per_reader")["file"] == "b.parquet"
    assert first.pop("per_reader")["file"] == "a.parquet"
    assert first == second


def test_the_json_says_what_it_is_and_names_the_values(lengths: Report, tmp_path: Path) -> None:
    write_report(lengths, tmp_path / "r.json")
    plain = plain_of(tmp_path / "r.json")
    assert list(plain) == [
        "format", "format_version", "library_version", "protocol", "description", "data", "seed",
        "results", "per_reader",
    ]  # fmt: skip
    assert plain["format"] == "readalike-evaluation"
    assert (plain["format_version"], plain["library_version"]) == (2, __version__)
    assert plain["per_reader"]["file"] == "r.parquet"
    assert len(plain["per_reader"]["sha256"]) == 64
    assert {key: plain[key] for key in lengths.as_dict()} == lengths.as_dict()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.json", "r.parquet"]


def test_anybody_can_read_the_values(lengths: Report, tmp_path: Path) -> None:
    write_report(lengths, tmp_path / "r.json")
    with duckdb.connect() as connection:
        table = connection.execute(f"SELECT * FROM '{tmp_path / 'r.parquet'}'")
        names = [column[0] for column in table.description or ()]
        assert names[:4] == ["algorithm", "given", "reader_id", "ndcg@10"]
        assert {str(column[1]) for column in (table.description or ())[3:]} == {"DOUBLE"}
        mean = connection.execute(
            f"""SELECT avg("ndcg@10") FROM '{tmp_path / "r.parquet"}'
            WHERE algorithm = 'popular' AND given = 20"""
        ).fetchone()
    assert mean is not None
    assert mean[0] == pytest.approx(lengths.result("popular", 20).estimates["ndcg@10"].mean)


def test_given_is_null_where_it_is_not_fixed_and_so_is_what_a_reader_was_not_asked(
    stars: Report, tmp_path: Path
) -> None:
    write_report(stars, tmp_path / "r.json")
    three = stars.result("three")
    assert three.errors is not None
    file = f"'{tmp_path / 'r.parquet'}'"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"""SELECT algorithm, count(*), count(given), count("p@5"), count(forecasts),
            sum(forecasts) FROM {file} GROUP BY algorithm ORDER BY algorithm"""
        ).fetchall()
    everybody = len({*three.readers, *three.errors.readers})
    queries, rated = len(three.readers), len(three.errors.readers)
    rows = float(three.errors.rows.sum())
    assert everybody > queries, "some were asked for stars only"
    assert found == [
        ("popular", queries, 0, queries, 0, None),
        ("six", everybody, 0, queries, rated, rows),
        ("three", everybody, 0, queries, rated, rows),
    ]


def test_an_old_report_is_replaced(lengths: Report, stars: Report, tmp_path: Path) -> None:
    write_report(stars, tmp_path / "r.json")
    write_report(lengths, tmp_path / "r.json")
    assert read_report(tmp_path / "r.json").protocol == "new-readers"


def test_a_report_of_another_ending_or_nowhere_is_refused(lengths: Report, tmp_path: Path) -> None:
    for name in ("r.parquet", "r", "r.html"):
        with pytest.raises(SettingError, match=r"ends in \.json, got '.*'"):
            write_report(lengths, tmp_path / name)
    with pytest.raises(InputError, match="must be in a folder that is there; make it first"):
        write_report(lengths, tmp_path / "none" / "r.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fails", ["write_values", "_text"])
def test_what_cannot_be_written_leaves_what_was_there(
    lengths: Report, stars: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    write_report(stars, tmp_path / "r.json")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(report_file, fails, full)
    with pytest.raises(InputError, match=r"r\.json: cannot be written \(No space left .*another"):
        write_report(lengths, tmp_path / "r.json")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_and_a_pipe_are_no_place_for_a_report(lengths: Report, tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    os.mkfifo(tmp_path / "b.json")
    os.mkfifo(tmp_path / "c.parquet")
    for name, words in (
        ("a.json", "a file for the report, got a folder"),
        ("b.json", "a file for the report, got a pipe"),
        ("c.json", r"c\.parquet: must be a file for each reader's values, got a pipe"),
    ):
        with pytest.raises(InputError, match=words):
            write_report(lengths, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "b.json", "c.parquet"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_who_has_read_what_is_for_the_owner_alone(lengths: Report, tmp_path: Path) -> None:
    write_report(lengths, tmp_path / "r.json")
    assert mode(tmp_path / "r.parquet") == 0o600
    assert mode(tmp_path / "r.json") & 0o400
    (tmp_path / "r.parquet").chmod(0o640)
    write_report(lengths, tmp_path / "r.json")
    assert mode(tmp_path / "r.parquet") == 0o640, "whoever changed it knows why"


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    plain = plain_of(path)
    change(plain)
    path.write_text(json.dumps(plain))
    return path


@pytest.fixture
def written(lengths: Report, tmp_path: Path) -> Path:
    write_report(lengths, tmp_path / "r.json")
    return tmp_path / "r.json"


def test_a_missing_report_and_missing_values_are_told(written: Path) -> None:
    with pytest.raises(InputError, match=r"no\.json: there is no such file"):
        read_report(written.with_name("no.json"))
    written.with_suffix(".parquet").unlink()
    with pytest.raises(InputError, match=r"beside the report, in r\.parquet, which is missing"):
        read_report(written)


def test_values_of_another_report_are_refused(stars: Report, written: Path) -> None:
    write_report(stars, written.with_name("other.json"))
    written.with_name("other.parquet").replace(written.with_suffix(".parquet"))
    with pytest.raises(InputError, match=r"r\.parquet must be the file that was written with"):
        read_report(written)


@pytest.mark.parametrize("text", ["", "{", "not json", "\xff\xfe", "[" * 100_000])
def test_what_is_no_json_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="must be JSON as evaluate writes it"):
        read_report(path)


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "readalike-model"}'])
def test_json_of_something_else_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(InputError, match="must be a report of evaluate, and is something else"):
        read_report(tmp_path / "r.json")


def test_a_newer_format_is_refused_with_the_version_that_wrote_it(written: Path) -> None:
    changed(written, lambda plain: plain.update(format_version=3, library_version="9.1"))
    wanted = r"report format 3 \(written by readalike 9\.1\).* install a newer .* evaluate again"
    with pytest.raises(InputError, match=wanted):
        read_report(written)


def test_of_the_format_before_it_is_said_to_evaluate_again(written: Path) -> None:
    """Its measures have other names: `nll`, `tail@10`."""
    changed(written, lambda plain: plain.update(format_version=1))
    with pytest.raises(InputError, match=r"report format 1 .* reads format 2; evaluate again$"):
        read_report(written)


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain.pop("results"),
        lambda plain: plain.pop("per_reader"),
        lambda plain: plain.update(per_reader="r.parquet"),
        lambda plain: plain.update(results=[3]),
        lambda plain: plain.update(seed="drawn"),
        lambda plain: plain["results"][0].pop("segments"),
        lambda plain: plain["results"][0].update(algorithm="somebody"),
        lambda plain: plain["results"][0].update(readers=1),
        lambda plain: plain["results"][0].update(measures={}),
        lambda plain: plain["results"][0]["measures"].update({"auc@10": 1}),
        lambda plain: plain["results"][0]["measures"].update({"ndcg@77": 1}),
        lambda plain: plain["results"][0]["segments"][0].update(measures={"p@1": {"x": 1}}),
        lambda plain: plain["results"][0]["segments"][0]["measures"]["ndcg@10"].update(low=0.99),
        lambda plain: plain["results"][0]["segments"][0].update(segment=None),
        lambda plain: plain.update(seed=-1),
        lambda plain: plain.update(seed=True),
        lambda plain: plain.update(data="x"),
        lambda plain: plain.update(library_version=1),
        lambda plain: plain.update(results=[]),
        lambda plain: plain["results"].append(plain["results"][0]),
        lambda plain: plain["results"][0].update(given="5"),
        lambda plain: plain["results"][0].update(fit_seconds=-1),
        lambda plain: plain["results"][0].update(rank_seconds=math.nan),
        lambda plain: plain["results"][0].update(notes={"x": 1.5}),
        lambda plain: plain["results"][0].update(catalogue={"gini@10": "x"}),
    ],
)
def test_a_damaged_report_is_told_in_one_line(
    change: Callable[[dict[str, Any]], object], written: Path
) -> None:
    changed(written, change)
    with pytest.raises(
        InputError, match=r"r\.json: damaged report \(.*\); evaluate again$"
    ) as notes:
        read_report(written)
    assert "\n" not in str(notes.value)


def test_a_report_that_was_written_before_forecasts_had_segments_is_read(
    stars: Report, tmp_path: Path
) -> None:
    write_report(stars, tmp_path / "r.json")
    changed(tmp_path / "r.json", lambda plain: plain["results"][0]["forecasts"].pop("segments"))
    first, *others = read_report(tmp_path / "r.json").results
    assert first.star_segments == ()
    assert first.estimates == stars.results[0].estimates
    assert others[-1].star_segments == stars.results[-1].star_segments != ()


def test_a_file_outside_the_folder_is_not_read(written: Path) -> None:
    changed(written, lambda plain: plain["per_reader"].update(file="../../etc/passwd"))
    with pytest.raises(InputError, match="in passwd, which is missing"):
        read_report(written)


def test_figures_are_made_of_the_values_not_of_the_text(lengths: Report, written: Path) -> None:
    """A mean that was touched up in the JSON is not believed."""
    changed(written, lambda plain: plain["results"][0]["measures"]["ndcg@10"].update(mean=1.0))
    assert read_report(written).as_dict() == lengths.as_dict()


def test_ids_that_look_like_numbers_or_are_not_plain_come_back_as_they_were(
    lengths: Report, tmp_path: Path
) -> None:
    result = lengths.results[0]
    names = ("007", "7", 'O\'Hara "x"', "ä ü", *result.readers[4:])
    odd = dataclasses.replace(result, algorithm='a\'b "c"', readers=names)
    write_report(dataclasses.replace(lengths, results=(odd,)), tmp_path / "it's.json")
    again = read_report(tmp_path / "it's.json").results[0]
    assert again.readers == names
    assert again.algorithm == odd.algorithm


# Whatever stands in a report


@pytest.fixture(scope="module")
def kept(folds: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "r.json"
    write_report(folds, path)
    return path


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a report."""
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value[:2]))
    return [path] * bool(path) + [p for key, each in inner for p in places(each, (*path, key))]


READ_ONCE = functools.cache(read_parquet)
GARBAGE = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 10**20), st.floats(), st.text(max_size=3),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=2), st.integers()),
    st.just(10**400),
)  # fmt: skip


@settings(deadline=None)
@given(st.data(), st.none() | GARBAGE.map(lambda value: [value]))
def test_a_report_with_something_missing_or_odd_is_read_or_refused_in_words(
    kept: Path, data: st.DataObject, instead: list[Any] | None
) -> None:
    plain = plain_of(kept)
    *way, last = data.draw(st.sampled_from(places(plain)))
    inner: Any = plain
    for key in way:
        inner = inner[key]
    if instead is None:
        del inner[last]
    else:
        (inner[last],) = instead
    spoilt = kept.with_name("spoilt.json")
    spoilt.write_text(json.dumps(plain))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_file, "read_parquet", READ_ONCE)
        try:
            read_report(spoilt).as_dict()
        except InputError as refused:
            words = str(refused)
            assert "evaluate again" in words or "a report of evaluate" in words
            assert "\n" not in words
