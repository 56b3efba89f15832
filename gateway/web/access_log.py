"""The line that each request has in the log: what was asked, what came of it, what it cost.

Not in it: who asked. An address is personal data and nothing here needs it; a proxy can log it beside the request ID.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.types import Scope

from gateway.telemetry.request_context import RequestContext
from gateway.telemetry.tracing import remote_span

# They come every few seconds, and tell nothing while all is well.
PROBES = {"/healthz", "/readyz", "/metrics"}
MAX_PATH = 200


def request_record(scope: Scope, request_context: RequestContext, status: int, seconds: float) -> dict[str, Any]:
    """Of a request that the application has answered; nothing if it is not worth a line."""
    path: str = scope["path"]
    if path in PROBES and status == 200:
        return {}
    facts = request_context.log_ids | {
        "method": quote(scope["method"]),
        "path": quote(path[:MAX_PATH]),
        "status": status,
        "ms": round(seconds * 1000, 2),
    }
    if request_context.outcome:
        facts["outcome"] = request_context.outcome
    if request_context.codes:
        facts["codes"] = request_context.codes
    if request_context.operation_type is None:
        return facts
    executed = {
        "cost_charged": request_context.charged,
        "upstream_requests": request_context.upstream_requests,
        "cache": "miss",
    }
    return facts | request_context.operation_fields | executed | ({"stale": True} if request_context.stale else {})


def hit_record(
    scope: Scope, request_id: str, traceparent: bytes | None, status: int, seconds: float, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Of a request that got an answer made before; what it asked for is known from then."""
    facts = {
        "request_id": request_id,
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "ms": int(seconds * 100_000) / 100,
        "outcome": "ok",
        **asked,
        "cost_charged": 0,
        "upstream_requests": 0,
        "cache": "hit",
    }
    if traceparent:
        facts |= RequestContext(request_id, remote_span([traceparent.decode("latin-1")])).log_ids
    return facts


def level(request_context: RequestContext, status: int) -> str:
    """How grave it is: an error is ours alone."""
    return "error" if status >= 500 or "INTERNAL_SERVER_ERROR" in request_context.codes else "info"
