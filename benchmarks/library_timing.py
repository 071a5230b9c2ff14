"""Seconds and memory of a library of 5,000 rows, beside those of another checkout.

python benchmarks/library_timing.py --model DIR [--against CHECKOUT] [--times N]: reads, matches and
ranks books for a library of goodbooks-10k in processes of their own, this checkout and the other in
turn, each of which loads the model; prints the least seconds, the ratio and the highest resident
memory. The model must be one that both can load.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from environments import ROOT

ROWS = 5_000
TIMED = """
import json, sys, time
from pathlib import Path
from readalike.libraries.matching import match
from readalike.libraries.reading import read_library
from readalike.model_folder.store import load
from readalike.recommend.request import shelves_of

def peak_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

recommender = load(sys.argv[1], histories=False, forecasts=False)
index, before = recommender.index, peak_mb()
times = [time.perf_counter()]
library = read_library(sys.argv[2])
times.append(time.perf_counter())
matches = match(library, index)
times.append(time.perf_counter())
shelves = shelves_of(matches, recommender.scale)
listed = recommender.recommend(shelves.read, 10, exclude=shelves.given_up)
times.append(time.perf_counter())
print(json.dumps({
    "rows": library.rows, "matched": matches.states()["matched"], "listed": len(listed),
    "seconds_reading": times[1] - times[0], "seconds_matching": times[2] - times[1],
    "seconds_ranking": times[3] - times[2], "seconds": times[3] - times[0],
    "mb_before": before, "mb": peak_mb(),
}))
"""


def timed(checkout: Path, model: Path, library: Path) -> dict[str, Any]:
    """Seconds of each step, MB and matched rows of one process of a checkout."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "src")}
    words = [sys.executable, "-c", TIMED, str(model), str(library)]
    done = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measures both checkouts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    from library_matching import library_text
    from readalike.model_folder.store import load_catalogue

    checkouts = [ROOT, *([options.against] if options.against else [])]
    runs: dict[Path, list[dict[str, Any]]] = {checkout: [] for checkout in checkouts}
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library.csv"
        library.write_text(library_text(load_catalogue(options.model), ROWS), encoding="utf-8")
        for _ in range(options.times):
            for checkout in checkouts:
                runs[checkout].append(timed(checkout, options.model, library))
    least = [min(run["seconds"] for run in runs[checkout]) for checkout in checkouts]
    for checkout, seconds in zip(checkouts, least, strict=True):
        memory = max(run["mb"] for run in runs[checkout])
        matched = runs[checkout][0]["matched"]
        print(f"{checkout}: {seconds:.2f} s, {memory:.0f} MB, {matched:,} of {ROWS:,} matched")
    if len(least) > 1:
        print(f"ratio {least[0] / least[1]:.2f}")


if __name__ == "__main__":
    main()
