"""How long an attack lasts: short in `make test`, long in `make fuzz`."""

from __future__ import annotations

import os

LONG = os.environ.get("READALIKE_FUZZ") == "long"


def times(short: int, long: int) -> int:
    """How often something is tried."""
    return long if LONG else short
