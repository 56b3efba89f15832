"""A log line for each request sent to osu!track: at `info` if it can update a player, otherwise at `debug`."""

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from gateway.records import Mode
from gateway.telemetry.outcome import outcome_of_block
from gateway.telemetry.request_context import current_request

from .exchanges import Request

log = logging.getLogger(__name__)


def log_sent(request: Request) -> AbstractContextManager[None]:
    """Log the request that the block sends, with its outcome: `ok`, an error code, or `cancelled`."""
    level = logging.INFO if request.endpoint.may_update else logging.DEBUG
    if not log.isEnabledFor(level):
        return nullcontext()

    def write(outcome: str, seconds: float) -> None:
        facts = {"outcome": outcome, "duration_ms": round(seconds * 1000, 2)}
        log.log(level, "Sent to osu!track", extra=_subject(request) | facts)

    return outcome_of_block(write)


def _subject(request: Request) -> dict[str, Any]:
    """The endpoint and the player; the place of the client's token in its setting, if it has one."""
    endpoint, params = request.endpoint, request.params
    subject = {"endpoint": endpoint.path, "player": params.get("user"), "mode": Mode(int(params["mode"])).name}
    request_context = current_request.get()
    token = request_context.token if request_context and endpoint.may_update else None
    return {name: value for name, value in (subject | {"token": token}).items() if value is not None}
