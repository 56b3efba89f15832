"""osu!track's health, as the gateway's own requests show it."""

from enum import StrEnum


class Health(StrEnum):
    """osu!track's health, derived from the gateway's own requests; the worst is last."""

    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


class PauseReason(StrEnum):
    """The reason for a pause: failing requests, or a block of the gateway's address."""

    FAILURES = "failures"
    BLOCK = "block"
