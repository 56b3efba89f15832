"""The log lines about the health of one class of requests: each change, and each kind of cause once per outage."""

import logging

from .diagnosis import Diagnosis
from .health import Health, PauseReason

log = logging.getLogger(__name__)


class OutageLog:
    """Logs the outages of one class of requests."""

    def __init__(self, name: str) -> None:
        """`name` is the class of requests."""
        self._class = {"class": name}
        self._health = Health.UP
        # The kinds of causes that were logged since the health was UP.
        self._kinds: set[str] = set()

    def change(self, health: Health, diagnosis: Diagnosis | None) -> None:
        """Log a change between UP and DEGRADED, or a new kind of cause."""
        if health is not Health.UP:
            self.failure(diagnosis)
        elif self._health is not Health.UP:
            self._kinds.clear()
            log.warning("Requests to osu!track succeed again", extra=self._class)
        self._health = health

    def failure(self, diagnosis: Diagnosis | None) -> None:
        """Log the cause if it is the first of its kind in this outage."""
        kind = diagnosis.kind if diagnosis else ""
        if kind not in self._kinds:
            self._kinds.add(kind)
            log.warning("Requests to osu!track fail", extra={**self._class, "kind": kind, "cause": str(diagnosis)})

    def pause(self, reason: PauseReason, pause_s: float, summary: str, cause: Diagnosis | str) -> None:
        """Log a pause of all requests."""
        self._health = Health.DOWN
        self._kinds.add(cause.kind if isinstance(cause, Diagnosis) else "")
        # A block concerns all clients until an operator acts.
        level = logging.ERROR if reason is PauseReason.BLOCK else logging.WARNING
        facts = {**self._class, "reason": reason.value, "cause": f"{summary}: {cause}", "pause_s": pause_s}
        log.log(level, "Requests to osu!track are paused", extra=facts)

    def resumption(self) -> None:
        """Log the end of a pause."""
        self._health = Health.UP
        self._kinds.clear()
        log.warning("Requests to osu!track resume", extra={**self._class, "cause": "the probe succeeded"})
