"""Every command, registered with the application: importing one registers it."""

from __future__ import annotations

from readalike.cli import (  # noqa: F401
    add_books,
    algorithms,
    compare,
    demo,
    doctor,
    download,
    evaluate,
    explain,
    forecast,
    import_keras,
    import_library,
    recommend,
    search,
    similar,
    train,
    tune,
)
from readalike.cli.app import app

__all__ = ["app"]
