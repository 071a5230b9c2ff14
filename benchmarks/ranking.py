"""Who ranks best: new readers of the complete histories, and the notebook's split.

python benchmarks/ranking.py [--result FILE]. Everything in one run on one machine: the project's
algorithms with their defaults, and implicit's and irspack's (in an environment of their own). The
1,327 readers are divided in two halves by a seed: settings of the default were chosen on the first
(`tuned`), the second (`reported`) is what to believe; both are shown.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp

from chance import Random
from environments import DATA, NotInstalledError, environment
from figures import publish
from readalike.algorithms import algorithm_of
from readalike.algorithms.settings import Algorithm
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.evaluation import NewReaders, NotebookSplit, Report, evaluate
from readalike.models import ItemItem
from readalike.numerics.intervals import mean_interval
from readalike.progress import Progress, silent
from readalike.tables.dataset import Dataset, read

GIVEN = (5, 20, 50)
OURS = ("blend", "ridge", "cosine", "content", "als", "ease", "popularity", "notebook")


@dataclass(frozen=True)
class Fitted(Algorithm):
    """A model that another library fitted, as an algorithm."""

    name: ClassVar[str] = "fitted elsewhere"

    file: str = ""

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Takes the matrix as it is."""
        return ItemItem.of_layers([sp.csr_array(sp.load_npz(self.file))])


def peers(training: Ratings, folder: Path) -> tuple[dict[str, Algorithm], dict[str, Any]]:
    """The other libraries' models and their fit seconds, or the reason why there are none."""
    histories = training.histories
    shape = (len(histories), histories.n_items)
    train = folder / "train.npz"
    np.savez(train, users=histories.rows, items=histories.items, shape=shape)
    try:
        python = environment("peers", "implicit", "irspack", check="import implicit, irspack")
        script = Path(__file__).with_name("peer_matrices.py")
        done = subprocess.run(
            [python, script, train, folder], check=True, capture_output=True, text=True
        )
    except (NotInstalledError, subprocess.CalledProcessError) as error:
        return {}, {"note": str(error)}
    seconds = json.loads(done.stdout.splitlines()[-1])
    return {name: Fitted(str(folder / f"{name}.npz")) for name in seconds}, seconds


def halves(readers: tuple[str, ...]) -> dict[str, set[str]]:
    """The readers on whom settings were chosen, and those on whom they are reported."""
    ids = np.array(sorted(readers, key=int))
    drawn = np.random.default_rng(0).permutation(ids)
    middle = len(drawn) // 2
    return {"tuned": set(drawn[:middle]), "reported": set(drawn[middle:]), "all": set(drawn)}


def by_half(report: Report, readers: tuple[str, ...]) -> list[dict[str, Any]]:
    """NDCG@10 with its interval for each result and half."""
    rows = []
    for result in report.results:
        values = result.column("ndcg@10")
        for half, chosen in halves(readers).items():
            mask = np.array([reader in chosen for reader in result.readers])
            rows.append(
                {
                    "algorithm": result.algorithm,
                    "given": result.given,
                    "half": half,
                    "readers": int(mask.sum()),
                    "ndcg@10": mean_interval(values[mask])._asdict(),
                    "fit_seconds": result.fit_seconds,
                }
            )
    return rows


def new_readers(dataset: Dataset, complete: Dataset) -> dict[str, Any]:
    """The honest test."""
    protocol = NewReaders(complete.ratings, GIVEN)
    training = protocol.prepare(dataset.ratings, dataset.catalogue).training
    algorithms: dict[str, Algorithm] = {name: algorithm_of(name) for name in OURS}
    algorithms["random"] = Random()
    with tempfile.TemporaryDirectory() as folder:
        others, seconds = peers(training, Path(folder))
        report = evaluate(dataset, algorithms | others, protocol)
    rows = by_half(report, complete.ratings.users.ids)
    for row in rows:
        row["fit_seconds"] = seconds.get(row["algorithm"], row["fit_seconds"])
    leads = [
        {
            "over": other,
            "given": given,
            "difference": report.compare("blend", other, given=given).difference._asdict(),
        }
        for other in report_names(report)
        if other != "blend"
        for given in GIVEN
    ]
    return {"description": report.description, "rows": rows, "leads": leads, "peers": seconds}


WITHOUT: dict[str, dict[str, object]] = {
    "nothing: the default as it is": {},
    "the share of raters who liked the book": {"liked": 0.0},
    "the correction of books as evidence": {"source_correction": 0.0},
    "the correction of books as answers": {"target_correction": 0.0},
    "both corrections": {"correction": False},
    "tags": {"content": 0.0},
    "the wide cosine": {"wide_share": 0.0},
    "the ridge": {"half_length": 1e9},
    "stars in the history": {"star_slope": 0.0},
}


def ablation(dataset: Dataset, complete: Dataset) -> list[dict[str, Any]]:
    """What each part of the default is worth, on all new readers."""
    protocol = NewReaders(complete.ratings, GIVEN)
    variants = {name: algorithm_of("blend", settings) for name, settings in WITHOUT.items()}
    bare = {"anything but the ratings": algorithm_of("blend")}
    results = [
        *evaluate(dataset, variants, protocol).results,
        *evaluate(dataset.ratings, bare, protocol).results,
    ]
    return [
        {
            "without": result.algorithm,
            "given": result.given,
            "ndcg@10": result.estimates["ndcg@10"]._asdict(),
        }
        for result in results
    ]


def report_names(report: Report) -> list[str]:
    """The algorithms of a report, in its order."""
    return list(dict.fromkeys(result.algorithm for result in report.results))


def notebook_split(dataset: Dataset) -> dict[str, Any]:
    """The notebook's own split."""
    algorithms: dict[str, Algorithm] = {
        "blend, correction off": algorithm_of("blend", {"correction": False}),
        "notebook, biases, mean, L2": algorithm_of(
            "notebook", {"factors": 20, "biases": True, "regularization": 5.0}
        ),
        "random": Random(),
    }
    algorithms |= {name: algorithm_of(name) for name in OURS}
    report = evaluate(dataset, algorithms, NotebookSplit())
    return report.as_dict()


def main() -> None:
    """Prints, and writes, both tables as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    dataset, complete = read(DATA / "goodbooks-10k"), read(DATA / "goodbooks-10k-github")
    found = {
        "new_readers": new_readers(dataset, complete),
        "ablation": ablation(dataset, complete),
        "notebook_split": notebook_split(dataset),
    }
    publish(found, options.result)


if __name__ == "__main__":
    main()
