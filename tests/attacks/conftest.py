from __future__ import annotations

from cli.conftest import _plain_terminal, model, run, world

__all__ = ["_plain_terminal", "model", "run", "world"]
