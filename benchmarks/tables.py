"""Makes the tables of README.md and of the pages in docs/ out of the measured JSON files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cold_tables
import layer_tables
import leaderboard_tables
import library_tables
import question_tables
import star_tables
import to_read_tables
from markdown import interval, table

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
GIVEN = (5, 20, 50)

Found = dict[str, Any]


def write_tables(results: Path) -> list[Path]:
    """Replaces what stands between `<!-- table NAME -->` and `<!-- end -->` on each page.

    Args:
        results: Folder of the JSON files.

    Returns:
        The pages that changed.
    """
    found = {path.stem: json.loads(path.read_text()) for path in sorted(results.glob("*.json"))}
    changed = []
    for page in PAGES:
        before = page.read_text(encoding="utf-8")
        after = re.sub(
            r"(<!-- table ([\w-]+) -->\n).*?(<!-- end -->)",
            lambda m: f"{m[1]}{_made(m[2], found)}\n{m[3]}",
            before,
            flags=re.DOTALL,
        )
        if after != before:
            page.write_text(after, encoding="utf-8")
            changed.append(page)
    return changed


def _made(name: str, found: Found) -> str:
    """One table, or a line that says that its measurement has not been run."""
    if not NEEDS[name] <= set(found):
        return "*(not measured yet: `make bench` writes this table)*"
    return TABLES[name](found)


def split_row(found: Found, name: str) -> Found:
    """The measures of an algorithm on the notebook's split."""
    results = found["ranking"]["notebook_split"]["results"]
    measures: Found = next(r for r in results if r["algorithm"] == name)
    return measures


def new_row(found: Found, name: str, given: int, half: str) -> Found:
    """The figure of an algorithm for new readers."""
    rows = found["ranking"]["new_readers"]["rows"]
    row: Found = next(
        r for r in rows if (r["algorithm"], r["given"], r["half"]) == (name, given, half)
    )
    return row


def against_the_notebook(found: Found) -> str:
    """The README's one table."""
    speed = found["notebook"]
    keras = speed["keras"]
    ours = speed["readalike"]
    exact = split_row(found, "notebook")["measures"]["ndcg@10"]["mean"]
    rows = [
        [
            "the notebook, in Keras",
            f"{keras['rmse']:.3f}" if "rmse" in keras else keras.get("note", ""),
            f"{keras['seconds_epochs']:.0f} s" if "seconds_epochs" in keras else "",
            "",
            "",
        ],
        [
            "the same model here, `notebook`",
            f"{ours['rmse']:.3f}",
            f"{ours['seconds']:.1f} s",
            f"{exact:.4f}",
            of_new_readers(found, "notebook"),
        ],
    ]
    for title, name in (
        ("with biases, mean and L2", "notebook, biases, mean, L2"),
        ("the most popular books", "popularity"),
        ("**the default, `blend`**", "blend"),
    ):
        result = split_row(found, name)
        measures = result["measures"]
        errors = f"{measures['rmse']['mean']:.3f}" if "rmse" in measures else ""
        seconds = result["fit_seconds"]
        news = ""
        if name != "notebook, biases, mean, L2":
            news = of_new_readers(found, name)
        rows.append([title, errors, f"{seconds:.1f} s", f"{measures['ndcg@10']['mean']:.4f}", news])
    header = [
        "",
        "RMSE of forecast stars",
        "training",
        "NDCG@10, notebook's split",
        "NDCG@10, new readers after 5 / 20 / 50 books",
    ]
    return table(header, rows)


def of_new_readers(found: Found, name: str) -> str:
    """NDCG@10 after 5, 20 and 50 books."""
    return " / ".join(f"{new_row(found, name, h, 'all')['ndcg@10']['mean']:.3f}" for h in GIVEN)


def notebook_speed(found: Found) -> str:
    """The notebook's training, here and in Keras."""
    speed = found["notebook"]
    ours, keras = speed["readalike"], speed["keras"]
    rows = [
        [
            "readalike `notebook`",
            f"{ours['seconds']:.2f} s",
            f"{ours['rmse']:.4f}",
            f"{ours['rmse_clipped']:.4f}",
        ]
    ]
    if "seconds_epochs" in keras:
        rows.append(
            [
                "Keras",
                f"{keras['seconds_epochs']:.1f} s",
                f"{keras['rmse']:.4f}",
                f"{keras['rmse_clipped']:.4f}",
            ]
        )
        slowest = max(ours["seconds_before"] + ours["seconds_after"])
        rows.append(
            [
                "times faster",
                f"**{speed['times_faster']:.0f}** (against our slowest fit, {slowest:.2f} s: "
                f"{speed['times_faster_slowest_run']:.0f})",
                "",
                "",
            ]
        )
    else:
        rows.append(["Keras", keras.get("note", "not run"), "", ""])
    by_seed = ours.get("rmse_by_seed", [ours["rmse"]])
    seeds = ", ".join(f"{rmse:.3f}" for rmse in by_seed)
    remark = f"The random start matters: seeds 0 to {len(by_seed) - 1} gave {seeds} here."
    return (
        table(["", "5 epochs, median", "test RMSE, seed 0", "clipped to 1..5"], rows)
        + f"\n\n{remark}"
    )


def new_readers(found: Found) -> str:
    """Everybody on new readers."""
    names = dict.fromkeys(r["algorithm"] for r in found["ranking"]["new_readers"]["rows"])
    rows = [
        [
            f"**{name}**" if name == "blend" else name,
            *(interval(new_row(found, name, h, "reported")["ndcg@10"]) for h in GIVEN),
            *(f"{new_row(found, name, h, 'all')['ndcg@10']['mean']:.4f}" for h in GIVEN),
            f"{new_row(found, name, 5, 'all')['fit_seconds']:.1f} s",
        ]
        for name in names
    ]
    rows.sort(key=lambda row: -float(row[4]))
    header = ["", *(f"h = {h}, reported half" for h in GIVEN), *(f"h = {h}, all" for h in GIVEN)]
    note = found["ranking"]["new_readers"]["peers"].get("note")
    return table([*header, "fit"], rows) + (f"\n\nOther libraries: {note}" if note else "")


def leads(found: Found) -> str:
    """How far the default is ahead, reader by reader."""
    by_name: dict[str, list[str]] = {}
    for lead in found["ranking"]["new_readers"]["leads"]:
        difference = lead["difference"]
        text = f"{difference['mean']:+.4f} ({difference['low']:+.3f} to {difference['high']:+.3f})"
        by_name.setdefault(lead["over"], []).append(text)
    return table(
        ["blend over", *(f"h = {h}" for h in GIVEN)], [[n, *d] for n, d in by_name.items()]
    )


def ablation(found: Found) -> str:
    """The default without each of its parts."""
    rows: dict[str, list[str]] = {}
    for row in found["ranking"]["ablation"]:
        rows.setdefault(row["without"], []).append(interval(row["ndcg@10"]))
    return table(
        ["without", *(f"h = {h}" for h in GIVEN)], [[n, *cells] for n, cells in rows.items()]
    )


def notebook_split(found: Found) -> str:
    """Everybody on the notebook's split."""
    rows = []
    for result in found["ranking"]["notebook_split"]["results"]:
        measures = result["measures"]
        rows.append(
            [
                result["algorithm"],
                interval(measures["ndcg@10"]),
                interval(measures["recall@20"]),
                interval(measures["rmse"]) if "rmse" in measures else "",
                interval(measures["mae"]) if "mae" in measures else "",
                f"{result['fit_seconds']:.1f} s",
            ]
        )
    return table(["", "NDCG@10", "Recall@20", "RMSE", "MAE", "fit"], rows)


def serving(found: Found) -> str:
    """Time and memory of the default."""
    fits, memory = found["serving"]["fits"], found["serving"]["memory"]
    answers, large = found["serving"]["answers"], found["serving"]["large"]
    middle = len(fits["blend"]) // 2
    blend, ease = (sorted(fits[name])[middle] for name in ("blend", "ease"))
    rows = [
        ["fit of the default", f"{blend:.1f} s"],
        ["fit of exact EASE in the same run", f"{ease:.1f} s"],
        ["ratio, median of the pairs", f"{fits['ratio']:.2f}"],
        [
            "peak memory, reading and fitting the default",
            f"{memory['blend']['fit_mb']:,.0f} MB",
        ],
        ["the same with EASE", f"{memory['ease']['fit_mb']:,.0f} MB"],
        [
            f"one reader's top 10 of {answers['books']:,} books with reasons",
            f"median {answers['p50_us']:.0f} us, 90 %: {answers['p90_us']:.0f} us, "
            f"99 %: {answers['p99_us']:.0f} us",
        ],
        [
            f"top 10 of all {answers['all_readers']:,} readers into a Parquet file",
            f"{answers['all_seconds']:.1f} s",
        ],
        [
            f"the default on a table of Book-Crossing's shape: {large['rows']:,} rows, "
            f"{large['readers']:,} readers (one with {large['longest']:,.0f} books), "
            f"{large['books']:,} books",
            f"{large['fit_seconds']:.0f} s, {large['fit_mb']:,.0f} MB",
        ],
    ]
    return table(["", ""], rows)


TABLES: dict[str, Callable[[Found], str]] = {
    "against-the-notebook": against_the_notebook,
    "notebook-speed": notebook_speed,
    "new-readers": new_readers,
    "leads": leads,
    "ablation": ablation,
    "notebook-split": notebook_split,
    "serving": serving,
    **question_tables.TABLES,
    **leaderboard_tables.TABLES,
    **star_tables.TABLES,
    **cold_tables.TABLES,
    **layer_tables.TABLES,
    **library_tables.TABLES,
    **to_read_tables.TABLES,
}

NEEDS: dict[str, set[str]] = {
    "against-the-notebook": {"notebook", "ranking"},
    "notebook-speed": {"notebook"},
    "new-readers": {"ranking"},
    "leads": {"ranking"},
    "ablation": {"ranking"},
    "notebook-split": {"ranking"},
    "serving": {"serving"},
    **question_tables.NEEDS,
    **leaderboard_tables.NEEDS,
    **star_tables.NEEDS,
    **cold_tables.NEEDS,
    **layer_tables.NEEDS,
    **library_tables.NEEDS,
    **to_read_tables.NEEDS,
}
"""The measurements that each table is made of."""
