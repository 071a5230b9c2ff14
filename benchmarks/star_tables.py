"""The tables of forecasts of stars, out of what `stars.py` measured."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from markdown import interval, table

Found = dict[str, Any]

WORDS = {
    "baseline": "`baseline`, biases",
    "mf": "`mf`, factors by least squares",
    "bayes": "**`bayes`**, the default",
}
OTHERWISE = {
    "world_means": "without the world's mean stars",
    "subjects": "tags",
    "authors": "authors",
    "embedding": "without the embedding of what was read",
    "spread_weight": "with all readers' ratings weighing the same",
}


def name_of(row: Found) -> str:
    """A predictor in words, with what is other than its defaults."""
    settings = row["settings"]
    if not settings:
        return WORDS[row["predictor"]]
    first, *others = (OTHERWISE[name] for name in settings)
    return f"`{row['predictor']}` {', '.join([first, *others])}"


def draws(found: Found) -> str:
    """The default on each draw, and the mean of all."""
    rows = [
        row
        for row in found["stars"]["seeds"]
        if row["predictor"] == "bayes" and not row["settings"]
    ]
    names = (
        "rmse",
        "mae",
        "negative_log_likelihood",
        "interval_coverage_50",
        "interval_coverage_80",
        "interval_coverage_95",
    )
    lines = [
        [
            f"draw {row['seed']}",
            *(f"{row[name]['mean']:.4f}" for name in names[:3]),
            *(f"{row[name]['mean']:.1%}" for name in names[3:]),
            f"{row['fit_seconds']:.0f} s",
            f"{row['forecast_seconds']:.1f} s",
        ]
        for row in rows
    ]
    means = {name: statistics.mean(row[name]["mean"] for row in rows) for name in names}
    seconds = [statistics.mean(row[f"{k}_seconds"] for row in rows) for k in ("fit", "forecast")]
    last = [
        "**mean**",
        *(f"**{means[name]:.4f}**" for name in names[:3]),
        *(f"**{means[name]:.1%}**" for name in names[3:]),
        f"{seconds[0]:.0f} s",
        f"{seconds[1]:.1f} s",
    ]
    header = [
        "",
        "RMSE",
        "MAE",
        "negative log-likelihood",
        "in 50 %",
        "in 80 %",
        "in 95 %",
        "fit",
        "forecasts",
    ]
    return table(header, [*lines, last])


def parts(found: Found) -> str:
    """All predictors, and the default without parts of it, on the first draw."""
    rows = [row for row in found["stars"]["seeds"] if row["seed"] == 0]
    rows.sort(key=lambda row: row["rmse"]["mean"])
    lines = [
        [
            name_of(row),
            *(interval(row[n]) for n in ("rmse", "mae", "negative_log_likelihood")),
            f"{row['fit_seconds']:.1f} s",
        ]
        for row in rows
    ]
    return table(["", "RMSE", "MAE", "negative log-likelihood", "fit"], lines)


def strangers(found: Found) -> str:
    """New readers by the number of their ratings told: means over the draws, and the extremes."""
    rows = found["stars"]["strangers"]
    lengths = list(dict.fromkeys(row["given"] for row in rows))
    lines = []
    for predictor in ("baseline", "mf", "bayes"):
        cells = []
        for length in lengths:
            of = [
                row["rmse"]["mean"]
                for row in rows
                if (row["predictor"], row["given"]) == (predictor, length)
            ]
            cells.append(f"{statistics.mean(of):.4f} ({min(of):.3f} to {max(of):.3f})")
        lines.append([WORDS[predictor], *cells])
    return table(["RMSE after", *(f"{length} ratings" for length in lengths)], lines)


def folds(found: Found) -> str:
    """ML-100K, fold by fold."""
    rows = found["stars"]["ml100k"]["rows"]
    lines = []
    for predictor in ("baseline", "bayes"):
        errors = [row["rmse"] for row in rows if row["predictor"] == predictor]
        lines.append(
            [WORDS[predictor], *(f"{e:.4f}" for e in errors), f"{statistics.mean(errors):.4f}"]
        )
    return table(["RMSE", *(f"u{fold}" for fold in range(1, 6)), "mean"], lines)


def costs(found: Found) -> str:
    """A sweep, and waits."""
    sweep = found["stars"]["sweep"]
    lines = [
        f"- A sweep over {sweep['ratings']:,} ratings at {sweep['width']} numbers a row: "
        f"{sweep['median']:.2f} s (median of {len(sweep['seconds'])})."
    ]
    waits = found["stars"]["answers"]
    lines.append(
        f"- One reader's ten books with reasons and forecasts: {waits['list_p50_ms']:.1f} ms "
        f"(99 %: {waits['list_p99_ms']:.1f} ms); one forecast alone "
        f"{waits['forecast_p50_ms']:.1f} ms."
    )
    return "\n".join(lines)


def memory(found: Found) -> str:
    """Peaks of a fit at three sizes, and how they grow."""
    lines = []
    for name, sizes in found["stars"]["memory"].items():
        first, last = sizes[0], sizes[-1]
        more = (last["peak_mb"] - first["peak_mb"]) / (last["size"] - first["size"]) * 2**20
        cells = (f"{each['size']:,}: {each['peak_mb']:,.0f} MB" for each in sizes)
        lines.append([name, *cells, f"{more / 1024:,.0f} KB" if more > 1e5 else f"{more:,.0f} B"])
    return table(["", "", "", "", "for each more"], lines)


TABLES: dict[str, Callable[[Found], str]] = {
    "stars-draws": draws,
    "stars-parts": parts,
    "stars-strangers": strangers,
    "stars-folds": folds,
    "stars-costs": costs,
    "stars-memory": memory,
}

NEEDS: dict[str, set[str]] = {name: {"stars"} for name in TABLES}
"""The measurements that each table is made of."""
