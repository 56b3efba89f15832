"""Recorded exchanges with the upstream's real server code: `tests/recorded/*.json`, unedited."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "recorded"


def body(name: str) -> bytes:
    """The answer's body."""
    recorded: Any = json.loads((FOLDER / f"{name}.json").read_text())
    return str(recorded["response"]["body"]).encode()


def rows(name: str) -> Any:
    """The same, read by other means than the gateway's."""
    return json.loads(body(name))
