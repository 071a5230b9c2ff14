"""Where the figures of a measurement go."""

from __future__ import annotations

import json
from pathlib import Path

from readalike.files import replace_file


def publish(found: object, file: Path | None) -> None:
    """Writes figures as JSON, in the place of older ones, or prints them where no file is named."""
    text = json.dumps(found, indent=1)
    if file is None:
        print(text)
    else:
        replace_file(file, lambda part: part.write_text(text + "\n"))
