"""Retries of failed requests to osu!track, with exponential backoff and jitter."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamError

from .endpoints import Endpoint

ATTEMPTS = 3
MAX_WAIT_S = 1.0

T = TypeVar("T")

log = logging.getLogger(__name__)


async def retry(
    failure: UpstreamError, send: Callable[[int], Awaitable[T]], *, endpoint: Endpoint, deadline: Deadline
) -> T:
    """The result of `send(number)`, called again as the endpoint and the deadline permit; raises the last failure.

    `failure` is the first attempt's. The first attempt is made without stamina, which costs 20 µs even if it succeeds.
    """
    try:
        async for attempt in stamina.retry_context(
            lambda exc: endpoint.retry_if(exc) and deadline.remaining_s > MAX_WAIT_S,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=0.1,
            wait_max=MAX_WAIT_S,
        ).with_name(endpoint.path, (), {}):
            with attempt:
                if attempt.num == 1:
                    raise failure
                response = await send(attempt.num - 1)
    except UpstreamBusy as exc:
        if exc.status is not None:
            raise
        # Without budget for a retry, the first failure remains the cause.
        raise failure from failure.__cause__
    return response


def log_retries() -> None:
    """Log each retry of this process in one line, instead of stamina's own log."""
    set_on_retry_hooks([_log_retry])


def _log_retry(details: RetryDetails) -> None:
    facts = {"endpoint": details.name, "retry": details.retry_num, "cause": getattr(details.caused_by, "code", "")}
    log.info("Retrying a request to osu!track", extra=facts)
