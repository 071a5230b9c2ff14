"""The page of a real evaluation, from the first row of ratings to the last sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluation.rankers import books_of, chance, popular_world, popularity, ratings_of
from readalike.evaluation import NewReaders, Report, evaluate, read_report, write_report
from readalike.report.wording import number, span
from report.test_page import Page

OLD = ratings_of(popular_world(100, 100, "old", 0), books_of(100))
NEW = ratings_of(popular_world(80, 100, "new", 1), books_of(100))
RANKERS = {"popular": popularity(), "chance": chance()}


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(OLD, RANKERS, NewReaders(NEW, (5, 20)), seed=1)


@pytest.fixture(scope="module")
def file(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    report.to_html(path)
    return path


@pytest.fixture(scope="module")
def page(file: Path) -> Page:
    return Page(file.read_text(encoding="utf-8"))


def test_every_mean_and_interval_of_accuracy_stands_on_the_page(report: Report, page: Page) -> None:
    shown = set(page.within("td")) | set(page.within("strong"))
    spans = set(page.within("span"))
    for result in report.results:
        for measure in ("ndcg@10", "p@10", "recall@20", "hit@10", "mrr@10", "map@10"):
            found = result.estimates[measure]
            assert {number(found.mean, 4), f"≈ {number(found.mean, 4)}"} & (shown | spans)
            assert span(found, 3) in spans


def test_the_verdict_is_that_of_the_paired_comparison(report: Report, page: Page) -> None:
    assert page.within("p")[1] == "popular is best by nDCG@10, however many books it is told."
    for given in (5, 20):
        best = report.result("popular", given).estimates["ndcg@10"]
        gap = report.compare("popular", "chance", given=given)
        assert gap.certain
        (line,) = (words for words in page.within("li") if words.startswith(f"Told {given} books"))
        assert f"popular is best with nDCG@10 {number(best.mean, 4)}" in line
        assert f"ahead of chance by {number(gap.difference.mean, 4)} (paired" in line
        assert f"{100 * gap.wins:.1f} %" in page.within("td")


def test_every_reader_who_was_left_out_is_accounted_for(report: Report, page: Page) -> None:
    for result in report.results:
        for reason, count in result.left_out.items():
            assert (reason in page.within("th")) == (count > 0)
    told = [int(words) for words in page.within("td") if re.fullmatch(r"\d+", words)]
    for given in (5, 20):
        result = report.result("popular", given)
        assert sum(result.left_out.values()) + len(result.readers) == 80
        assert all(count in told for count in result.left_out.values() if count)
        heading = f"Told {given} books; {len(result.readers)} readers"
        assert heading in page.within("th")


def test_data_and_task_are_known_by_their_fingerprints(report: Report, page: Page) -> None:
    assert set(report.data.values()) <= set(page.within("code"))


def test_the_description_of_the_protocol_stands_there_whole(report: Report, page: Page) -> None:
    assert report.description in page.within("p")


def test_a_report_read_from_a_file_makes_the_same_page_and_names_its_origin(
    report: Report, file: Path, tmp_path: Path
) -> None:
    write_report(report, tmp_path / "r.json")
    again = read_report(tmp_path / "r.json")
    again.to_html(tmp_path / "page.html")
    plain = file.read_text(encoding="utf-8").splitlines()
    named = (tmp_path / "page.html").read_text(encoding="utf-8").splitlines()
    origin = [line for line in named if line not in plain]
    assert [line for line in named if line in plain] == plain
    assert again.per_reader["sha256"] in origin[0]
    assert origin[1] == f"<dt>Readalike</dt><dd>{again.version}</dd>"
