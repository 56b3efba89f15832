"""A request to osu!track, and its response."""

from typing import NamedTuple

import httpx

from .endpoints import Endpoint
from .retry_after import time_of_date

# Characters of an ETag, which is cached with each value.
MAX_ETAG = 200


class Request(NamedTuple):
    """A request to one endpoint. Accepted statuses: 200, `ok_statuses`, and 304 if an `etag` is sent."""

    endpoint: Endpoint
    params: dict[str, str]
    etag: str | None = None
    ok_statuses: int = 200

    def accepts(self, status: int) -> bool:
        """Whether the endpoint documents this status for this request."""
        return status in {200, self.ok_statuses} or (status == httpx.codes.NOT_MODIFIED and self.etag is not None)

    @property
    def by_name(self) -> bool:
        """Whether the player is given by name."""
        return self.params.get("userMode") == "username"

    @property
    def key(self) -> str:
        """The subject, for the circuit breaker: a player in any mode, or the best plays of a mode in any window."""
        user = self.params.get("user")
        if user is None:
            return f"{self.endpoint.path} {self.params.get('mode')}"
        return user.replace("_", " ").strip().casefold()


class Response(NamedTuple):
    """A complete response with an accepted status. `responded_at` is its time by osu!track's clock, if stated."""

    status: int
    body: bytes
    etag: str | None = None
    responded_at: float | None = None

    @property
    def not_modified(self) -> bool:
        """Status 304: the value with the request's ETag is still current."""
        return self.status == httpx.codes.NOT_MODIFIED

    @classmethod
    def of(cls, http_response: httpx.Response, body: bytes) -> "Response":
        """The response with this body; without its ETag if that is too long or not printable."""
        headers = http_response.headers
        etag = headers.get("ETag", "")
        return cls(
            http_response.status_code,
            body,
            etag if 0 < len(etag) <= MAX_ETAG and etag.isascii() and etag.isprintable() else None,
            time_of_date(headers.get("Date")),
        )
