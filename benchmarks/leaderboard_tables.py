"""The tables of docs/leaderboard.md, out of what `leaderboard.py` measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markdown import interval, table

Found = dict[str, Any]
STARS = "stars"


def name_of(board: Found, row: Found) -> str:
    """The name of a row, the default's in bold."""
    name: str = row["row"]
    return f"**{name}**" if name == board["default"] else name


def answered(board: Found, split: str, part: str) -> list[Found]:
    """The rows that have lists (`sets`) or forecasts (`stars`) on a split."""
    return [row for row in board["rows"] if row["splits"].get(split, {}).get(part)]


def lengths(board: Found) -> list[int]:
    """How many books the new readers gave."""
    rows = answered(board, "new-readers", "sets")
    return [each["given"] for each in rows[0]["splits"]["new-readers"]["sets"]] if rows else []


def new_readers(found: Found) -> str:
    """Everybody on new readers, the best at the middle length first."""
    board, given = found["leaderboard"], lengths(found["leaderboard"])
    rows = []
    for row in answered(board, "new-readers", "sets"):
        sets = row["splits"]["new-readers"]["sets"]
        accuracy = [interval(each["measures"]["ndcg@10"]) for each in sets]
        recall = " / ".join(f"{each['measures']['recall@20']['mean']:.3f}" for each in sets)
        key = sets[len(sets) // 2]["measures"]["ndcg@10"]["mean"]
        rows.append((key, [name_of(board, row), *accuracy, recall]))
    rows.sort(key=lambda row: -row[0])
    header = ["NDCG@10", *(f"h = {h}" for h in given), "Recall@20"]
    return table(header, [cells for _, cells in rows])


def leads(found: Found) -> str:
    """How far the default is ahead, reader by reader."""
    board, given = found["leaderboard"], lengths(found["leaderboard"])
    rows = [
        [row["row"], *(interval(each["behind"], "+") for each in sets)]
        for row in answered(board, "new-readers", "sets")
        if row["row"] != board["default"]
        for sets in [row["splits"]["new-readers"]["sets"]]
        if all("behind" in each for each in sets)
    ]
    return table([f"{board['default']} over", *(f"h = {h}" for h in given)], rows)


def winners(found: Found) -> str:
    """Who is first in each column, and by how much."""
    board, lines = found["leaderboard"], []
    for column, h in enumerate(lengths(board)):
        rivals = [
            (each["measures"]["ndcg@10"]["mean"], row["row"], each["behind"])
            for row in answered(board, "new-readers", "sets")
            for each in [row["splits"]["new-readers"]["sets"][column]]
            if row["peer"] != board["default"] and "behind" in each
        ]
        if not rivals:
            continue
        _, name, lead = max(rivals)
        if lead["low"] > 0:
            verdict = f"`{board['default']}` is first, ahead of the next ({name}) by"
        elif lead["high"] < 0:
            verdict = f"{name} is first; `{board['default']}` is behind, by"
        else:
            verdict = f"`{board['default']}` and {name} are tied: the interval holds 0,"
        lines.append(f"- h = {h}: {verdict} {interval(lead, '+')}.")
    return "\n".join(lines)


def notebook(found: Found) -> str:
    """Everybody on the notebook's split, the best first."""
    board, rows = found["leaderboard"], []
    for row in answered(board, "notebook", "sets"):
        measures = row["splits"]["notebook"]["sets"][0]["measures"]
        cells = [interval(measures[measure]) for measure in ("ndcg@10", "recall@20")]
        rows.append((measures["ndcg@10"]["mean"], [name_of(board, row), *cells]))
    rows.sort(key=lambda row: -row[0])
    return table(["", "NDCG@10", "Recall@20"], [cells for _, cells in rows])


def stars(found: Found) -> str:
    """Everybody who forecasts stars, the best first."""
    board, rows = found["leaderboard"], []
    for row in answered(board, STARS, "stars"):
        here = row["splits"][STARS]
        figures = here["stars"]
        cells = [interval(figures[measure]) for measure in ("rmse_clipped", "mae_clipped")]
        without = f"{figures['without_forecast']:,}"
        cells = [*cells, without, f"{here['2']['fit_seconds']:.1f} s"]
        rows.append((figures["rmse_clipped"]["mean"], [name_of(board, row), *cells]))
    rows.sort(key=lambda row: row[0])
    header = ["", "RMSE", "MAE", "pairs without a forecast", "fit"]
    return table(header, [cells for _, cells in rows])


def costs(found: Found) -> str:
    """Seconds on one and two threads, memory, disk, and lines to write."""
    board, rows = found["leaderboard"], []
    for row in board["rows"]:
        split = cost_split(row)
        if split is None:
            continue
        here = row["splits"][split]
        threads = [here.get("1", {}), here["2"]]
        rows.append(
            [
                name_of(board, row),
                str(row["version"]),
                *(seconds(each, "fit_seconds") for each in threads),
                *(seconds(each, "everybody_seconds") for each in threads),
                f"{here['2']['peak_mb']:,.0f} MB",
                f"{row['installed_mb']:,.0f} MB",
                str(row["lines"]),
            ]
        )
    lists = f"top {board['lists']['places']} of all, 1 thread"
    header = ["", "version", "fit, 1 thread", "2 threads", lists, "2 threads"]
    return table([*header, "peak memory", "installed", "lines"], rows)


def listing(found: Found) -> str:
    """How the seconds of lists were measured."""
    lists = found["leaderboard"]["lists"]
    every = lists["one_thread_every"]
    some = f"; on one thread one reader in {every} is listed, and the time taken {every} times"
    return f"Lists are of {lists['places']} books for all readers{some if every > 1 else ''}."


def cost_split(row: Found) -> str | None:
    """The split whose seconds are told: the one with lists for everybody, where it was answered."""
    answered = [name for name, here in row["splits"].items() if "2" in here]
    return "notebook" if "notebook" in answered else (answered or [None])[-1]


def brief(failed: str) -> str:
    """A reason as a cell has room for it; the list at the end of the page has the rest."""
    return failed.partition(":")[0]


def seconds(cost: Found, name: str) -> str:
    """Seconds, or why there are none."""
    if "failed" in cost:
        return brief(cost["failed"])
    return f"{cost[name]:.1f} s" if cost.get(name) is not None else ""


def searched(found: Found) -> str:
    """The settings that were found, and what they were worth on the validation split."""
    rows = []
    for row in found["leaderboard"]["rows"]:
        search = row.get("search")
        if not search:
            continue
        if "failed" in search:
            rows.append([row["row"], "0", "", "", brief(search["failed"])])
            continue
        defaults, settings = search["defaults"], search["settings"]
        others = {name: value for name, value in settings.items() if defaults.get(name) != value}
        chosen = ", ".join(f"{name} {value}" for name, value in others.items()) or "the defaults"
        before, after = (f"{search[key]:.4f}" for key in ("before", "best"))
        before = f"{search['measure']} {before}"
        rows.append([row["row"], str(search["trials"]), before, after, chosen])
    return table(["", "settings tried", "defaults", "best", "settings taken"], rows)


def missing(found: Found) -> str:
    """Who could not be installed, failed, or was over a limit, and the notes of the others."""
    lines = []
    for row in found["leaderboard"]["rows"]:
        if "failed" in row:
            lines.append(f"- {row['row']}: {row['failed']}")
        for split, here in row["splits"].items():
            if "failed" in here:
                lines.append(f"- {row['row']}, {split}: {here['failed']}")
    return "\n".join(lines) or "Everybody could be installed, and answered all that was asked."


def notes(found: Found) -> str:
    """What has to be known of single rows."""
    of = {row["row"]: row["note"] for row in found["leaderboard"]["rows"] if row.get("note")}
    return "\n".join(f"- {name}: {note}." for name, note in of.items())


def the_run(found: Found) -> str:
    """The machine and the limits."""
    board = found["leaderboard"]
    limits = board["limits"]
    later = board.get("later")
    more = f" Of a later run on such a machine: {', '.join(later)}." if later else ""
    return (
        f"Measured on one machine ({board['machine']}, Python {board['python']}) one run after "
        f"the other, {board['seconds'] / 60:.0f} minutes in all. Each had {limits['run']:.0f} s; "
        f"each search up to {board['trials']} settings, the defaults first and no new one after "
        f"{limits['search'] / 2:.0f} s.{more}"
    )


TABLES: dict[str, Callable[[Found], str]] = {
    "leaderboard-run": the_run,
    "leaderboard-new-readers": new_readers,
    "leaderboard-leads": leads,
    "leaderboard-winners": winners,
    "leaderboard-notebook": notebook,
    "leaderboard-stars": stars,
    "leaderboard-costs": costs,
    "leaderboard-listing": listing,
    "leaderboard-searched": searched,
    "leaderboard-missing": missing,
    "leaderboard-notes": notes,
}

NEEDS: dict[str, set[str]] = {name: {"leaderboard"} for name in TABLES}
"""The measurements that each table is made of."""
