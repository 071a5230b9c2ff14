"""`readalike import-keras`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from readalike.cli.app import app
from readalike.cli.options import reading, say_read, takes
from readalike.cli.output import Json, console, print_json, remarks, watched
from readalike.keras_import import import_keras as import_model
from readalike.keras_import.importing import Imported
from readalike.predictors import PREDICTORS


@app.command()
@takes(how=reading)
def import_keras(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="What Keras saved: .h5, .keras or .weights.h5.", show_default=False
        ),
    ],
    ratings: Annotated[
        Path,
        typer.Option(
            metavar="PATH", help="The file or folder of ratings that the model was trained on."
        ),
    ],
    model: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the model.")],
    book_layer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The input or embedding of books, where names do not tell it from the readers'.",
        ),
    ] = None,
    predictor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"Learn a forecast of stars beside it: one of {', '.join(PREDICTORS)}; by default "
            "none.",
        ),
    ] = None,
    how: dict[str, Any],
    as_json: Json = False,
) -> None:
    """Makes a model folder of what Keras saved.

    Keras is not needed, and nothing in the file is executed.
    """
    with watched("reading", as_json) as progress:
        imported = import_model(
            file,
            ratings,
            model,
            book_layer=book_layer,
            predictor=predictor,
            progress=progress,
            **how,
        )
    if as_json:
        print_json(imported.as_dict())
        return
    out = console()
    say_read(out, imported.dataset, ratings)
    for line in _found(imported, file):
        out.say(line)
    for line in imported.warnings:
        remarks().say(f"Warning: {line}.")
    out.say(f"Imported {file.name}; saved in {model}.")
    readers = imported.recommender.readers
    assert readers is not None
    out.say_next("recommend", model, "--reader", readers.users.ids[0])


def _found(imported: Imported, file: Path) -> list[str]:
    """What the file holds and how it meets the table, one thing a line."""
    found, known = imported.found, imported.recommender
    tables = "; ".join(f"{side}s by {_tables(found[side])}" for side in ("reader", "book"))
    version = f" of Keras {found['keras_version']}" if found["keras_version"] else ""
    lines = [f"{file.name}{version}: {tables}; then {', '.join(found['head'])}."]
    if found["assumed"]:
        lines.append(f"The file does not say so, and it was assumed: {'; '.join(found['assumed'])}")
    if found["ignored"]:
        lines.append(f"Not needed and ignored: {', '.join(found['ignored'])}.")
    if imported.books_without_row:
        lines.append(
            f"Books of the table without a row in the model, which are never listed: "
            f"{imported.books_without_row:,} of "
            f"{imported.books_without_row + known.model.n_items:,}."
        )
    if imported.readers_without_row:
        lines.append(
            "Readers of the table without a row in the model, who are answered like new ones, from "
            f"their books: {imported.readers_without_row:,} of {imported.card.data['readers']:,}."
        )
    if imported.rows_without_book:
        lines.append(
            f"Rows of books that are not in the table, not kept: {imported.rows_without_book:,}."
        )
    standing = imported.standing
    if standing is not None and standing.error == standing.error:
        lines.append(
            f"On {standing.readers:,} readers of the table its scores miss the stars by "
            f"{standing.error:.2f}, their mean by {standing.error_of_mean:.2f}."
        )
    return lines


def _tables(side: dict[str, Any]) -> str:
    shapes = side["embeddings"].items()
    return ", ".join(f"{name} {rows:,} x {width}" for name, (rows, width) in shapes)
