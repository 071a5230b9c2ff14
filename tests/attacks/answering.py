"""Asks damaged model folders, one after the other, in a process that may die of it.

Reads a folder a line, and writes a line of JSON: what each command did.
"""

from __future__ import annotations

import json
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from cli.running import in_process

COMMANDS: dict[str, tuple[str, ...]] = {
    "recommend": ("recommend", "MODEL", "--reader", "7", "--json"),
    "similar": ("similar", "MODEL", "b02", "--json"),
    "forecast": ("forecast", "MODEL", "b02", "b03", "--reader", "7", "--json"),
    "doctor": ("doctor", "MODEL", "--json"),
    "all": ("recommend", "MODEL", "--all", "--out", "OUT", "--json"),
}


def run(words: list[str]) -> dict[str, Any]:
    try:
        return vars(in_process(*words))
    except BaseException:  # what a person would see as a traceback
        return {"code": -1, "out": "", "err": traceback.format_exc()}


def serve() -> None:
    warnings.simplefilter("error")
    for line in sys.stdin:
        folder = Path(json.loads(line))
        told = {}
        for name, words in COMMANDS.items():
            places = {"MODEL": str(folder), "OUT": str(folder.parent / "lists.parquet")}
            told[name] = run([places.get(word, word) for word in words])
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
