"""The HTTP statuses of responses, by edition of GraphQL over HTTP."""

from collections.abc import Mapping
from typing import Any

from gateway.error_codes import CODES

from .graphql_request import HTTPError, InvalidJSON
from .negotiation import GRAPHQL, JSON

PARTIAL_SUCCESS = 294


class Statuses:
    """Those of the edition of 2025, or of 2026. The latter has one status per error, for all clients."""

    def __init__(self, edition: str = "2025") -> None:
        self._is_2026 = edition == "2026"

    def result(self, content: Mapping[str, Any]) -> int:
        """The status of a response with data."""
        return PARTIAL_SUCCESS if self._is_2026 and "errors" in content else 200

    def request_error(self, code: str, media_type: str) -> tuple[int, str]:
        """The status and media type of a well-formed request's error without data."""
        if self._is_2026:
            return _failure(CODES[code].status_2026), GRAPHQL
        # Of 2025: `application/json` has the status 200 for every well-formed GraphQL request.
        return (_failure(CODES[code].status) if media_type == GRAPHQL else 200), media_type

    def http_error(self, error: HTTPError, media_type: str | None) -> tuple[int, str]:
        """The same for another request. `media_type` is None if the client accepts neither."""
        if not self._is_2026 or media_type is None:
            return CODES[error.code].status, media_type or JSON
        return (400 if isinstance(error, InvalidJSON) else CODES[error.code].status_2026), GRAPHQL


def _failure(status: int) -> int:
    """The status of an error without data. Most errors of osu!track are only expected in fields."""
    return status if status >= 400 else 503
