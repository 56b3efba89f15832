"""Responses to requests that the server refuses, because they cannot reach the application."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from gateway.error_codes import CODES
from gateway.errors import entry
from gateway.telemetry.logs import AccessLogger
from gateway.telemetry.metrics import Metrics

from .access_log import MAX_PATH
from .cross_origin import allows
from .middleware import request_id
from .negotiation import JSON
from .responses import with_request_id

Headers = tuple[tuple[bytes, bytes], ...]


class Refusals:
    """Creates the responses, which have the headers of all others, and logs and counts them."""

    def __init__(
        self,
        *,
        cors_origins: Collection[str],
        exposed_headers: Collection[str],
        metrics: Metrics,
        log_request: AccessLogger | None,
    ) -> None:
        self._cors_origins = cors_origins
        self._exposed_headers = ", ".join(exposed_headers)
        self._metrics = metrics
        self._log_request = log_request

    def response(self, scope: Mapping[str, Any], code: str, message: str) -> tuple[int, Headers, bytes]:
        """The status, headers and body. `scope` is an ASGI scope, as far as the server has received the request."""
        given = {name: value.decode("latin-1") for name, value in scope.get("headers", ())}
        # The application has an ID, and logs the request, if it was called before the end of the body.
        known_id: str | None = scope.get("state", {}).get("request_id")
        identity = known_id or request_id(given.get(b"x-request-id"))
        if known_id is None:
            self._report(scope, code, identity)
        body = msgspec.json.encode({"errors": with_request_id([entry(code, message)], identity)})
        headers = {
            "content-type": f"{JSON}; charset=utf-8",
            "content-length": str(len(body)),
            "cache-control": "no-store",
            "x-request-id": identity,
            "x-content-type-options": "nosniff",
        } | self._cors_headers(given.get(b"origin"))
        return CODES[code].status, tuple((name.encode(), value.encode()) for name, value in headers.items()), body

    def _report(self, scope: Mapping[str, Any], code: str, identity: str) -> None:
        self._metrics.count_refusal(code)
        if self._log_request is None:
            return
        record = {"request_id": identity}
        if "path" in scope:
            record |= {"method": quote(scope["method"]), "path": quote(scope["path"][:MAX_PATH])}
        self._log_request("info", {**record, "status": CODES[code].status, "outcome": "refused", "codes": [code]})

    def _cors_headers(self, origin: str | None) -> dict[str, str]:
        if "*" in self._cors_origins:
            # For every request: the origin may be in headers that the server has not received.
            return {"access-control-allow-origin": "*", "access-control-expose-headers": self._exposed_headers}
        if origin is None or not allows(self._cors_origins, origin):
            return {"vary": "Origin"}
        return {
            "access-control-allow-origin": origin,
            "access-control-expose-headers": self._exposed_headers,
            "vary": "Origin",
        }
