"""Asks damaged model folders, one after the other, in a process that may die of it.

Reads a folder a line, and writes a line of JSON: what each command did.
"""

from __future__ import annotations

import io
import json
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

from readalike.cli import main

COMMANDS: dict[str, tuple[str, ...]] = {
    "recommend": ("recommend", "MODEL", "--reader", "7", "--json"),
    "similar": ("similar", "MODEL", "b02", "--json"),
    "forecast": ("forecast", "MODEL", "b02", "b03", "--reader", "7", "--json"),
    "all": ("recommend", "MODEL", "--all", "--out", "OUT", "--json"),
}


def run(words: list[str]) -> dict[str, Any]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    code: Any = None
    with (
        mock.patch.object(sys, "argv", ["readalike", *words]),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
    ):
        try:
            main()
        except SystemExit as left:
            code = left.code
        except BaseException:
            code, error = -1, traceback.format_exc()
            err.write(error)
    texts = []
    for stream in (out, err):
        stream.flush()
        raw = stream.buffer
        assert isinstance(raw, io.BytesIO)
        texts.append(raw.getvalue().decode("utf-8"))
    return {"code": code, "out": texts[0], "err": texts[1]}


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
