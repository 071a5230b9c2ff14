"""`doctor`, `train`, `import` and `--library` say the same of one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.running import Run
from libraries.exports import write
from readalike.libraries.reading import read_library

CASES = Path(__file__).resolve().parent.parent / "cases"
LIBRARIES = [
    *sorted((CASES / "exported").glob("*.csv")),
    *(CASES / "files2" / name for name in ("audible_library.tsv", "goodreads_23col_bare.csv")),
    *(CASES / "files2" / f"{name}.csv" for name in ("twenty_points", "calibre_catalog", "italian")),
    *(CASES / "files2" / f"{name}.csv" for name in ("polish_cp1250", "russian_cp1251")),
    *(CASES / "files2" / f"{name}.csv" for name in ("booklog_cp932", "storygraph_twice_encoded")),
]


@pytest.mark.parametrize("file", LIBRARIES, ids=lambda file: file.stem)
def test_of_a_library(run: Run, model: Path, file: Path) -> None:
    library = read_library(file)
    account = [str(library), *library.lines()]
    assert account[1].startswith("columns: ")
    assert run("doctor", file).ok.splitlines()[: len(account)] == account
    assert run("import", file, "--model", model).ok.splitlines()[: len(account)] == account
    listed = run("recommend", model, "--library", file).err.splitlines()
    assert set(account[1:]) <= set(listed), "all but the counts, which it says of the matches"
    assert f"{library.format}, {len(library.entries)} book" in listed[0]
    refusal = run("train", file, "--model", model.parent / "none").refusal
    assert f"the library of one ({library.format}, {len(library.entries)} book" in refusal
    diagnosis = run("doctor", file, "--json").json["library"]
    imported = run("import", file, "--model", model, "--json").json
    for name in ("format", "columns", "scale"):
        assert diagnosis[name] == imported[name]
    assert diagnosis["notes"] == imported["notes"][: len(diagnosis["notes"])]
    assert diagnosis["rows"] == imported["rows"] == library.rows


TWENTY = "".join(
    f"r{reader},Book {book},{(5 * reader + 7 * book) % 17 + 3}\n"
    for reader in range(4)
    for book in range(9)
)


@pytest.mark.parametrize(
    ("rows", "scale"),
    [
        (TWENTY, "from 1 to 20 in steps of 1 (found from 36 ratings, the highest 19)"),
        (
            TWENTY.replace("\n", "/20\n"),
            "from 1 to 20 in steps of 1 (read off how they are written: as in ",
        ),
        ("r1,A,★★★★☆\nr2,A,★★\nr2,B,★★½\n", "from 0.5 to 5 in steps of 0.5 (read off how they"),
        ("r1,A,👍\nr2,A,👎\n", "from 1 to 5 in steps of 1 (read off how they are written: thumbs"),
    ],
)
def test_of_ratings(run: Run, tmp_path: Path, rows: str, scale: str) -> None:
    file = write(tmp_path / "ratings.csv", f"user,title,rating\n{rows}")
    diagnosis = run("doctor", file).ok.splitlines()
    trained = run("train", file, "--model", tmp_path / "m", "--predictor", "none").ok.splitlines()
    assert trained[0] == diagnosis[0], "file, columns and rows"
    (said,) = (line for line in diagnosis if line.startswith("Stars are "))
    assert f"{scale}" in said
    assert f"s{said[1:-1]}" in trained
    library = read_library(file)
    assert str(library.scale) == f"s{said[1:-1]}"


def test_a_doubtful_scale_is_questioned_everywhere(run: Run, tmp_path: Path, model: Path) -> None:
    cells = [f"{book % 3 + 1}" for book in range(30)] + ["11"] * 11
    rows = "".join(f"r{at % 5},Book {at},{cell}\n" for at, cell in enumerate(cells))
    file = write(tmp_path / "ratings.csv", f"user,title,rating\n{rows}")
    asked = "is the scale right? "
    given = ("--scale", "0..100")
    assert asked in run("doctor", file, *given).ok.casefold()
    assert asked in run("train", file, "--model", tmp_path / "m", *given).ok
    library = write(tmp_path / "library.csv", f"owner,title,rating\n{rows}")
    assert asked in run("import", library, "--model", model, *given).ok
    listed = run("recommend", model, "--library", library, *given)
    assert asked in listed.err
