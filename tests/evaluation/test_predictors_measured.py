"""Predictors in an evaluation: forecasts, and no lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.data_sets import sample
from evaluation.rankers import popularity
from readalike.errors import SettingError
from readalike.evaluation import (
    HeldOut,
    KFold,
    NewReaders,
    Report,
    evaluate,
    read_report,
    write_report,
)
from readalike.predictors import predictor_of

SETTINGS = {"factors": 4, "embedding": 4, "subjects": 4, "sweeps": 8, "samples": 4}


@pytest.fixture(scope="module")
def report() -> Report:
    predictors = {"b": predictor_of("bayes", SETTINGS), "base": predictor_of("baseline")}
    return evaluate(sample(), {"pop": popularity(), **predictors}, HeldOut())


def test_a_predictor_has_forecasts_and_no_lists(report: Report) -> None:
    found = report.result("b")
    assert found.measures == ()
    assert found.readers == ()
    names = [
        "rmse",
        "rmse_clipped",
        "mae",
        "mae_clipped",
        "negative_log_likelihood",
        "interval_coverage_50",
        "interval_coverage_80",
        "interval_coverage_95",
    ]
    assert list(found.estimates) == names
    assert found.estimates["rmse"].mean < 1.1
    assert found.estimates["interval_coverage_80"].mean == pytest.approx(0.8, abs=0.05)
    assert "rmse" not in report.result("pop").estimates
    assert found.fit_seconds > 0
    assert [result.algorithm for result in report.forecasters] == ["b", "base"]
    rows = {(r["algorithm"], r["measure"]): r for r in report.to_pandas().to_dict("records")}
    assert found.errors is not None
    assert rows["b", "rmse"]["readers"] == len(found.errors.readers)
    assert rows["b", "rmse"]["value"] == found.estimates["rmse"].mean


def test_a_file_and_a_page_hold_it_too(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "r.json")
    again = read_report(tmp_path / "r.json")
    for name in ("b", "base", "pop"):
        one, other = report.result(name).estimates, again.result(name).estimates
        assert one.keys() == other.keys()
        for measure, interval in one.items():
            assert interval == pytest.approx(other[measure])
    before, after = (
        each.result("b").as_dict()["forecasts"]["calibration"] for each in (report, again)
    )
    assert len(after) == len(before) > 3
    for one_step, other_step in zip(before, after, strict=True):
        assert one_step == pytest.approx(other_step)
    report.to_html(tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "stars forecast" in page
    assert "negative log-likelihood" in page


def test_folds_are_put_together() -> None:
    dataset = sample()
    pooled = evaluate(dataset, {"base": predictor_of("baseline")}, KFold(3)).result("base")
    assert pooled.errors is not None
    assert pooled.errors.rows.sum() == np.isfinite(dataset.ratings.histories.stars).sum()
    assert pooled.estimates["negative_log_likelihood"].mean > 0.5
    assert sum(step["rows"] for step in pooled.errors.steps()) == pooled.errors.rows.sum()


def test_a_protocol_that_asks_for_no_stars_cannot_measure_a_predictor() -> None:
    dataset = sample()
    strangers = dataset.ratings.take(np.arange(0, 200, 4))
    with pytest.raises(SettingError, match="base forecasts stars, and this protocol asks for none"):
        evaluate(dataset, {"base": predictor_of("baseline")}, NewReaders(strangers, (2,)))
