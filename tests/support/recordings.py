"""Recorded exchanges with osu!track: `tests/recorded/*.json`, unedited."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "recorded"


def body(name: str) -> bytes:
    """The response body of a recording."""
    recorded: Any = json.loads((FOLDER / f"{name}.json").read_text())
    return str(recorded["response"]["body"]).encode()


def rows(name: str) -> Any:
    """The decoded response body, without the gateway's decoder."""
    return json.loads(body(name))
