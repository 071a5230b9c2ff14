"""The tables of docs/questions.md and docs/choosing.md, out of what was measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markdown import interval, table

Found = dict[str, Any]

FIRST = (0, 1, 3, 5)
LONGER = (1, 5, 20, 50)
SERVED = {
    "blend": "**blend**, the default",
    "cosine": "cosine",
    "als": "als",
    "content": "content",
    "popularity": "popularity",
    "notebook": "the notebook's model, folded in",
    "random": "random",
}


def _rmse(row: Found) -> str:
    return "ran away" if row.get("diverged") else f"{row['rmse']:.4f}"


def optimizers(found: Found) -> str:
    """Random vectors, plain gradient descent with several steps, Adam."""
    learning = found["questions"]["learning"]
    named = {
        "none": "none: the product of random vectors",
        "sgd": "plain gradient descent",
        "adam": "Adam, as in the notebook",
    }
    rows = [
        [
            named[row["optimizer"]],
            "" if row["rate"] is None else f"{row['rate']:g}",
            _rmse(row),
            f"{row['mean_forecast']:.2f}",
            f"{row['seconds']:.1f} s",
        ]
        for row in learning["optimizers"]
    ]
    constant = learning["constant"]
    rows.append(
        [
            "always the mean of the training rows",
            "",
            _rmse(constant),
            f"{constant['mean_forecast']:.2f}",
            f"{constant['seconds']:.1f} s",
        ]
    )
    return table(["what moves the vectors", "step", "test RMSE", "mean forecast", "fit"], rows)


def by_hand(found: Found) -> str:
    """The loop of the notebook's prose."""
    learning = found["questions"]["learning"]
    rates = dict.fromkeys(row["rate"] for row in learning["by_hand"])
    cells = {(row["rate"], row["at_once"]): row for row in learning["by_hand"]}
    rows = [
        [
            f"{rate:g}",
            _rmse(cells[rate, True]),
            _rmse(cells[rate, False]),
            f"{cells[rate, True]['seconds']:.1f} s",
        ]
        for rate in rates
    ]
    header = ["step", "both vectors from the old ones", "the book from the reader's new one", "fit"]
    speed = learning["python_rows_a_second"]
    split = found["questions"]["training_rows"]
    keras = found["notebook"]["keras"]
    remark = f"The same lines in plain Python: {speed:,.0f} ratings a second, "
    remark += f"so {5 * split / speed:.0f} s for five epochs. "
    if "seconds_epochs" in keras:
        remark += f"Keras took {keras['seconds_epochs']:.0f} s for them."
    return f"{table(header, rows)}\n\n{remark.strip()}"


def epochs(found: Found) -> str:
    """What the first passes learn, with and without biases."""
    learning = found["questions"]["learning"]
    cells = {(row["epochs"], row["biases"]): row for row in learning["epochs"]}
    rows = []
    for n in dict.fromkeys(row["epochs"] for row in learning["epochs"]):
        line = [str(n)]
        for biases in (False, True):
            row = cells[n, biases]
            line += [_rmse(row), f"{row['mean_forecast']:.2f}", f"{row['correlation']:.3f}"]
        rows.append(line)
    header = ["epochs"]
    for which in ("as it is", "with mean and biases"):
        header += [f"RMSE, {which}", "mean forecast", "correlation with the stars"]
    return table(header, rows)


def biases(found: Found) -> str:
    """What the vectors add to the biases."""
    learning = found["questions"]["learning"]
    plain = next(r for r in learning["epochs"] if (r["epochs"], r["biases"]) == (5, False))
    rows = [
        ["the notebook's vectors of 5, nothing else", _rmse(plain)],
        ["the mean", _rmse(learning["constant"])],
        ["the mean and biases, no vectors", _rmse(learning["biases"])],
    ]
    rows += [
        [f"the mean, biases and vectors of {row['factors']}, with L2", _rmse(row)]
        for row in learning["factors"]
    ]
    return table(["forecast", "test RMSE"], rows)


def squared_error(found: Found) -> str:
    """Means and medians under both errors, and what either is worth for a list."""
    questions = found["questions"]
    learning = questions["learning"]
    listed = {r["algorithm"]: r for r in questions["new_readers"]["rows"] if r["given"] == 20}
    rows = []
    for title, row, name in (
        ("the mean of all stars", learning["constant"], None),
        ("the median of all stars", learning["median"], None),
        ("mean and biases", learning["biases"], "biases"),
        ("with vectors and L2", learning["with_biases"], "notebook, biases"),
    ):
        rows.append([title, f"{row['rmse']:.4f}", f"{row['mae']:.4f}"])
        rows[-1].append(interval(listed[name]) if name else "")
        if name:
            rounded = [f"{row['rmse_rounded']:.4f}", f"{row['mae_rounded']:.4f}"]
            rows.append([f"{title}, rounded to whole stars", *rounded, ""])
    rows += [[name, "", "", interval(listed[name])] for name in ("random", "popularity", "cosine")]
    return table(["forecast", "RMSE", "MAE", "NDCG@10 of the list, new readers, h = 20"], rows)


def lengths(found: Found) -> str:
    """Product against cosine."""
    named = {"notebook": "the notebook's vectors", "als": "vectors of implicit ALS"}
    rows = [
        [
            named[row["model"]],
            f"{row['longest_over_shortest']:.1f}",
            f"{row['length_and_readers']:+.2f}",
            f"{row['length_and_stars']:+.2f}",
            f"{row['in_common']:.1f} of 10",
            interval(row["dot"]),
            interval(row["cosine"]),
        ]
        for row in found["questions"]["lengths"]
    ]
    header = [
        "",
        "longest over shortest",
        "length and number of readers",
        "length and mean stars",
        "books in both top tens",
        "NDCG@10 by the product",
        "NDCG@10 by the cosine",
    ]
    return table(header, rows)


def straightness(found: Found) -> str:
    """Singular values of the notebook's forecasts."""
    measured = found["questions"]["straightness"]
    values = measured["singular"]
    places = [str(n + 1) for n in range(len(values))]
    cells = [f"{value / values[0]:.1e}" if value else "0" for value in values]
    return table(["singular value", *places], [["over the first", *cells]])


def cold_start(found: Found) -> str:
    """What is known after so many books."""
    rows = _by_given(found, FIRST, tuple(SERVED))
    return table(["", *(f"h = {h}" for h in FIRST)], rows)


def content(found: Found) -> str:
    """Who read what against what it is about."""
    header = ["", *(f"h = {h}" for h in LONGER)]
    rows = _by_given(found, LONGER, ("content", "cosine", "blend"))
    leads = found["questions"]["new_readers"]["leads"]
    for one, other in (("cosine", "content"), ("blend", "blend without tags")):
        cells = {
            lead["given"]: interval(lead, "+")
            for lead in leads
            if (lead["of"], lead["over"]) == (one, other)
        }
        rows.append([f"{one} less {other}", *(cells[h] for h in LONGER)])
    return table(header, rows)


NEEDED = {
    "blend": "counts and tags of the books, where there are any",
    "ridge": "ratings",
    "cosine": "ratings",
    "ease": "ratings, memory for books x books",
    "als": "ratings",
    "content": "what is known of the books",
    "popularity": "ratings, or counts of the books",
    "notebook": "stars",
}


def choosing(found: Found) -> str:
    """Every algorithm in one line."""
    ranking = found["ranking"]
    news = {
        (row["algorithm"], row["given"]): row
        for row in ranking["new_readers"]["rows"]
        if row["half"] == "all"
    }
    split = {row["algorithm"]: row for row in ranking["notebook_split"]["results"]}
    rows = [
        [
            f"**{name}**" if name == "blend" else f"`{name}`",
            needed,
            *(f"{news[name, h]['ndcg@10']['mean']:.3f}" for h in (5, 50)),
            f"{split[name]['measures']['ndcg@10']['mean']:.3f}",
            f"{split[name]['fit_seconds']:.1f} s",
        ]
        for name, needed in NEEDED.items()
    ]
    header = ["", "uses", "new readers, h = 5", "h = 50", "notebook's split", "fit"]
    return table(header, rows)


def _by_given(found: Found, given: tuple[int, ...], names: tuple[str, ...]) -> list[list[str]]:
    cells = {
        (row["algorithm"], row["given"]): interval(row)
        for row in found["questions"]["new_readers"]["rows"]
    }
    return [[SERVED[name], *(cells[name, h] for h in given)] for name in names]


TABLES: dict[str, Callable[[Found], str]] = {
    "choosing": choosing,
    "question-optimizers": optimizers,
    "question-by-hand": by_hand,
    "question-epochs": epochs,
    "question-biases": biases,
    "question-squared-error": squared_error,
    "question-lengths": lengths,
    "question-straightness": straightness,
    "question-cold-start": cold_start,
    "question-content": content,
}

NEEDS: dict[str, set[str]] = {name: {"questions"} for name in TABLES} | {
    "choosing": {"ranking"},
    "question-by-hand": {"questions", "notebook"},
}
"""The measurements that each table is made of."""
