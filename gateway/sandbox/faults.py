"""Faults that can be switched on while the sandbox runs: which there are, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

Kind = Literal["latency", "status", "rate_limit", "garbage", "hang", "reset", "half"]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that goes wrong with requests.

    `latency` waits `seconds` and then goes on; `status` answers with `status`; `rate_limit` answers 429;
    `garbage` answers 200 with `body`, by default an HTML page; `hang` never answers; `reset` cuts the
    connection before the first byte; `half` promises the right answer and cuts the connection in its middle.

    `path` narrows it to one path, `share` to that part of the requests (evenly spread: a half is every
    second), `times` to so many. `retry_after` becomes the header, seconds or a date; `body` and
    `content_type` replace the usual ones.
    """

    kind: Kind
    path: str | None = None
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 503
    retry_after: str | int | None = None
    body: str | None = None
    content_type: str | None = None


class FaultSchedule:
    """The faults that are on, and how often each had its turn."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        self._asked = [0] * len(self.faults)
        self._struck = [0] * len(self.faults)

    def due(self, path: str) -> list[Fault]:
        """The faults whose turn it is with this request, in the order they were given."""
        return [fault for index, fault in enumerate(self.faults) if self._is_due(index, fault, path)]

    def _is_due(self, index: int, fault: Fault, path: str) -> bool:
        if fault.path not in {None, path} or self._struck[index] == fault.times:
            return False
        self._asked[index] += 1
        asked = self._asked[index]
        due = int(asked * fault.share) > int((asked - 1) * fault.share)
        self._struck[index] += due
        return due
