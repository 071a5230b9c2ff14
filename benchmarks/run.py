"""Measures everything that the README and the pages in docs/ say, and writes it there.

python benchmarks/run.py [--only NAME ...]: each measurement is a script of its own, run after the
other so that none disturbs another; its figures go to benchmarks/results/NAME.json, and the tables
between the markers in README.md and docs/*.md are made of these files, never typed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from environments import DATA
from tables import write_tables

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
MEASUREMENTS = {
    "notebook": "notebook_speed.py",
    "serving": "serving.py",
    "ranking": "ranking.py",
    "questions": "questions.py",
    "cold_books": "cold_books.py",
    "library_matching": "library_matching.py",
    "volumes": "volumes.py",
    "book_sense": "book_sense.py",
    "dials": "dials.py",
    "to_read": "to_read.py",
    "stars": "stars.py",
    "leaderboard": "leaderboard.py",
}


def main() -> None:
    """Runs what is asked for and makes the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, default=list(MEASUREMENTS))
    parser.add_argument("--tables", action="store_true", help="only make the tables anew")
    options = parser.parse_args()
    if not options.tables:
        if not (DATA / "goodbooks-10k" / "ratings.csv").is_file():
            sys.exit(f"the real goodbooks-10k must be in {DATA}; set READALIKE_DATA")
        RESULTS.mkdir(exist_ok=True)
        for name in options.only:
            started = time.perf_counter()
            print(f"{name} ...", flush=True)
            script = [sys.executable, HERE / MEASUREMENTS[name]]
            subprocess.run([*script, "--result", RESULTS / f"{name}.json"], check=True)
            print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    for changed in write_tables(RESULTS):
        print(f"wrote {changed}")


if __name__ == "__main__":
    main()
