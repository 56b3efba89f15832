"""The texts of the images that state a problem, by error code."""

import re
from typing import NamedTuple

from gateway.error_codes import CODES

from .formats import day


class Problem(NamedTuple):
    """A heading and an explanation, for people who see the image in place of a card."""

    heading: str
    explanation: str


UNAVAILABLE = Problem("osu!track is unavailable", "The image returns as soon as osu!track responds again.")
BUSY = Problem("Too many images", "This image was not drawn, because too many were requested. Reload it in a minute.")
# Of a text from the client, as in `, not “x”`.
QUOTATION = re.compile(",?(?: not)? “.*”")
INVALID = "Invalid image address"
UNKNOWN_NAME = Problem(
    "Unknown player name", "The image address needs the player's ID, the number of the osu! profile."
)
PROBLEMS = {
    "NOT_FOUND": UNKNOWN_NAME,
    "RATE_LIMITED": BUSY,
    "RENDERER_BUSY": BUSY,
    "UPSTREAM_TIMEOUT": UNAVAILABLE,
    "UPSTREAM_UNAVAILABLE": UNAVAILABLE,
    "UPSTREAM_BUSY": UNAVAILABLE,
    "UPSTREAM_REJECTED": UNAVAILABLE,
    "UPSTREAM_INVALID_RESPONSE": UNAVAILABLE,
    "OPERATION_TIMEOUT": UNAVAILABLE,
}


def problem_of(code: str, message: str) -> Problem:
    """The problem with this code. Only messages about the address are shown: without their quotations, few differ."""
    if code == "BAD_USER_INPUT":
        return Problem(INVALID, QUOTATION.sub("", message).replace("`", ""))
    return PROBLEMS.get(code) or Problem("No image", f"{CODES[code].meaning.replace('`', '')} ({code})")


def no_data(name: str, mode: str, since: str | None) -> Problem:
    """The problem of a player without snapshots, or without any before the end of a window."""
    if since:
        return Problem(
            f"{name} · {mode}", f"osu!track has no data of this time. Its first snapshot is of {day(since)}."
        )
    return Problem(f"{name} · {mode}", "osu!track has no data yet. The first update of the player starts tracking.")
