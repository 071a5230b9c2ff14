from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from evaluation.data_sets import sample
from evaluation.rankers import books_of, chance, popular_world, popularity, ratings_of
from readalike.errors import InputError, SettingError
from readalike.evaluation import NewReaders, NotebookSplit, Report, evaluate
from readalike.evaluation.report import compare_reports, read_report, write_report

OLD = ratings_of(popular_world(60, 50, "old", 0), books_of(50))
NEW = ratings_of(popular_world(40, 50, "new", 1), books_of(50))


@pytest.fixture(scope="module")
def popular() -> Report:
    return evaluate(OLD, {"popular": popularity()}, NewReaders(NEW, (5, 20)))


@pytest.fixture(scope="module")
def drawn() -> Report:
    return evaluate(OLD, {"chance": chance(), "popular": popularity()}, NewReaders(NEW, (5, 20)))


def test_two_reports_are_compared_reader_by_reader(popular: Report, drawn: Report) -> None:
    found = compare_reports(popular, drawn, "popular", "chance", measure="p@10", given=5)
    one = popular.result("popular", 5).column("p@10")
    difference = one - drawn.result("chance", 5).column("p@10")
    assert found.difference.mean == pytest.approx(difference.mean())
    assert found.difference.low < difference.mean() < found.difference.high
    assert found.wins == pytest.approx(np.mean(difference > 0))
    assert found.losses == pytest.approx(np.mean(difference < 0))
    assert found.certain


def test_it_is_what_one_report_of_both_would_say(popular: Report, drawn: Report) -> None:
    found = compare_reports(popular, drawn, "popular", "chance", given=20)
    assert found == drawn.compare("popular", "chance", given=20)


def test_the_other_way_round_gives_the_opposite(popular: Report, drawn: Report) -> None:
    there = compare_reports(popular, drawn, "popular", "chance", measure="recall@20", given=5)
    back = compare_reports(drawn, popular, "chance", "popular", measure="recall@20", given=5)
    assert back.difference.mean == pytest.approx(-there.difference.mean)
    assert back.difference.low == pytest.approx(-there.difference.high, abs=0.02)
    assert (back.wins, back.losses) == (there.losses, there.wins)


def test_the_same_algorithm_is_meant_where_no_second_is_named(
    popular: Report, drawn: Report
) -> None:
    found = compare_reports(popular, drawn, "popular", given=5)
    assert found.difference == (0.0, 0.0, 0.0)
    assert (found.wins, found.losses) == (0.0, 0.0)
    assert not found.certain


def test_reports_from_files_are_compared_as_those_in_memory(
    popular: Report, drawn: Report, tmp_path: Path
) -> None:
    for name, report in (("a", popular), ("b", drawn)):
        write_report(report, tmp_path / f"{name}.json")
    a, b = (read_report(tmp_path / f"{name}.json") for name in "ab")
    wanted = compare_reports(popular, drawn, "popular", "chance", given=5)
    assert compare_reports(a, b, "popular", "chance", given=5) == wanted


def test_reports_of_other_questions_are_refused(popular: Report) -> None:
    fewer = evaluate(OLD, {"popular": popularity()}, NewReaders(NEW, (5,)))
    message = (
        r"must have the same task fingerprint, got [0-9a-f]{12} \(new-readers\) and "
        r"[0-9a-f]{12} \(new-readers\): other"
    )
    with pytest.raises(InputError, match=message):
        compare_reports(popular, fewer, "popular", given=5)
    other = ratings_of(popular_world(60, 50, "old", 7), books_of(50))
    learnt = evaluate(other, {"popular": popularity()}, NewReaders(NEW, (5, 20)))
    with pytest.raises(InputError, match=message):
        compare_reports(popular, learnt, "popular", given=5)
    without = dataclasses.replace(popular, data={})
    with pytest.raises(InputError, match=r"got none \(new-readers\) and none"):
        compare_reports(without, without, "popular", given=5)


def test_reports_of_another_protocol_are_refused(popular: Report) -> None:
    split = evaluate(sample(), {"popular": popularity()}, NotebookSplit())
    with pytest.raises(InputError, match=r"\(new-readers\) and [0-9a-f]{12} \(notebook-split\)"):
        compare_reports(popular, split, "popular", given=5)


def test_results_of_other_readers_are_refused_though_the_reports_are_of_one_task(
    popular: Report,
) -> None:
    """A reader who was dropped, and two who changed places, would be compared with another."""
    result = popular.result("popular", 5)
    dropped = dataclasses.replace(result, readers=result.readers[1:], values=result.values[1:])
    turned = dataclasses.replace(result, readers=result.readers[::-1])
    for readers in (dropped, turned):
        report = dataclasses.replace(popular, results=(readers,))
        with pytest.raises(InputError, match="must be of the same readers, got 40 told 5 books"):
            compare_reports(popular, report, "popular", given=5)


def test_results_of_other_lengths_are_refused(popular: Report) -> None:
    short = dataclasses.replace(popular, results=(popular.result("popular", 5),))
    long = dataclasses.replace(popular, results=(popular.result("popular", 20),))
    with pytest.raises(InputError, match=r"told 5 books and \d+ told 20 books; measure"):
        compare_reports(short, long, "popular")


def test_what_is_not_in_one_of_the_reports_is_refused(popular: Report, drawn: Report) -> None:
    with pytest.raises(SettingError, match="got 'chance' given 5: must be of popular given 5"):
        compare_reports(popular, drawn, "chance", given=5)
    with pytest.raises(SettingError, match="one result must be meant, got 'popular' given None"):
        compare_reports(popular, drawn, "popular")
    few = evaluate(OLD, {"popular": popularity()}, NewReaders(NEW, (5, 20)), measures=["p@1"])
    with pytest.raises(SettingError, match="ndcg@10 was not measured: must be one of p@1"):
        compare_reports(popular, few, "popular", given=5)
