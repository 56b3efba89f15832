"""A log line for each request sent to osu!track: at `info` if it can update a player, otherwise at `debug`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from gateway.errors import GatewayError
from gateway.records import Mode
from gateway.telemetry.request_context import current_request

from .exchanges import Request

log = logging.getLogger(__name__)


@contextmanager
def log_sent(request: Request) -> Iterator[None]:
    """Log the request that the block sends, with its outcome: `ok`, an error code, or `cancelled`."""
    level = logging.INFO if request.endpoint.may_update else logging.DEBUG
    if not log.isEnabledFor(level):
        yield
        return
    outcome, started_at = "cancelled", perf_counter()
    try:
        yield
        outcome = "ok"
    except GatewayError as exc:
        outcome = exc.code
        raise
    finally:
        facts = {"outcome": outcome, "duration_ms": round((perf_counter() - started_at) * 1000, 2)}
        log.log(level, "Sent to osu!track", extra=_subject(request) | facts)


def _subject(request: Request) -> dict[str, Any]:
    """The endpoint and the player; the place of the client's token in its setting, if it has one."""
    endpoint, params = request.endpoint, request.params
    subject = {"endpoint": endpoint.path, "player": params.get("user"), "mode": Mode(int(params["mode"])).name}
    request_context = current_request.get()
    token = request_context.token if request_context and endpoint.may_update else None
    return {name: value for name, value in (subject | {"token": token}).items() if value is not None}
