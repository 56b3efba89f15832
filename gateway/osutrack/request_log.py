"""A log line for each request sent to osu!track: at `info` if it can update a player, otherwise at `debug`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gateway.errors import UpstreamError, was_not_made
from gateway.records import Mode
from gateway.telemetry.outcome import outcome_of_block
from gateway.telemetry.request_context import current_request

from .exchanges import Request

log = logging.getLogger(__name__)


@contextmanager
def log_sent(request: Request) -> Iterator[None]:
    """Log the request that the block sends, with its outcome: `ok`, an error code, or `cancelled`.

    `may_have_updated` marks failures after which the player has probably been updated.
    """
    level = logging.INFO if request.endpoint.may_update else logging.DEBUG
    if not log.isEnabledFor(level):
        yield
        return
    may_have_updated = request.endpoint.may_update

    def write(outcome: str, seconds: float) -> None:
        facts = {"outcome": outcome, "duration_ms": round(seconds * 1000, 2)}
        mark = {"may_have_updated": True} if may_have_updated else {}
        log.log(level, "Sent to osu!track", extra=_subject(request) | facts | mark)

    with outcome_of_block(write):
        try:
            yield
            may_have_updated = False
        except UpstreamError as exc:
            may_have_updated = may_have_updated and not was_not_made(exc)
            raise


def _subject(request: Request) -> dict[str, Any]:
    """The endpoint and the player; the place of the client's token in its setting, if it has one."""
    endpoint, params = request.endpoint, request.params
    subject = {"endpoint": endpoint.path, "player": params.get("user"), "mode": Mode(int(params["mode"])).name}
    request_context = current_request.get()
    token = request_context.token if request_context and endpoint.may_update else None
    return {name: value for name, value in (subject | {"token": token}).items() if value is not None}
