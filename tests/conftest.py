from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that holds goodbooks-10k and goodbooks-10k-github."""
    folder = Path(os.environ.get("READALIKE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "goodbooks-10k" / "ratings.csv").is_file():
        pytest.skip(f"the real goodbooks-10k is not in {folder} (set READALIKE_DATA)")
    return folder
