"""What is said to a person who types a command."""

from __future__ import annotations

from typer.testing import CliRunner

from readalike.cli.app import app
from readalike.recommend.results import Recommendations


def spoken(*words: object) -> str:
    """The output of a command that goes well."""
    # not as wide as the terminal that the tests are started in
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": None})
    assert done.exit_code == 0, done.output
    return done.stdout


def ids(answer: Recommendations) -> list[str]:
    """The ids of the books of a list, in order."""
    return [item.book.book_id for item in answer]
