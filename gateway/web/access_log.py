"""Records of the access log: one line per request, with its operation, outcome and cost.

Client addresses are personal data and not logged. A proxy can log them beside the request ID.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.types import Scope

from gateway.telemetry.request_context import RequestContext
from gateway.telemetry.tracing import remote_span

from .cache.cache_key import PlainRequest

# Polled every few seconds, and logged on failure only.
PROBES = {"/healthz", "/readyz", "/metrics"}
MAX_PATH = 200


def request_record(scope: Scope, request_context: RequestContext, status: int) -> dict[str, Any]:
    """The record of a request that the application handled; empty for successful probes."""
    path: str = scope["path"]
    if path in PROBES and status == 200:
        return {}
    record = request_context.log_ids | {
        "method": quote(scope["method"]),
        "path": quote(path[:MAX_PATH]),
        "status": status,
        "duration_ms": round(request_context.seconds * 1000, 2),
    }
    if request_context.outcome:
        record["outcome"] = request_context.outcome
    if request_context.codes:
        record["codes"] = request_context.codes
    if request_context.causes:
        record["causes"] = request_context.causes
    if request_context.operation_type is None:
        return record
    execution = {
        "cost_charged": request_context.charged,
        "upstream_requests": request_context.upstream_requests,
        "cache": "miss",
    }
    return record | request_context.operation_fields | execution | ({"stale": True} if request_context.stale else {})


def hit_record(
    request: PlainRequest,
    request_id: str,
    status: int,
    seconds: float,
    operation_fields: Mapping[str, Any],
) -> dict[str, Any]:
    """The record of a response-cache hit; `operation_fields` are those of the cached response."""
    record = {
        "request_id": request_id,
        "method": request.method,
        "path": request.path,
        "status": status,
        "duration_ms": int(seconds * 100_000) / 100,
        "outcome": "ok",
        **operation_fields,
        "cost_charged": 0,
        "upstream_requests": 0,
        "cache": "hit",
    }
    if traceparent := request.headers.get(b"traceparent"):
        record |= RequestContext(request_id, remote_span([traceparent.decode("latin-1")])).log_ids
    return record


def level(request_context: RequestContext, status: int) -> str:
    """The log level: `error` for the gateway's own failures only."""
    return "error" if status >= 500 or "INTERNAL_SERVER_ERROR" in request_context.codes else "info"
