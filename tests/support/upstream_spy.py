"""The sandbox as the gateway's upstream, with a record of the request headers."""

import httpx
from starlette.applications import Starlette

# The example of the W3C's recommendation.
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{SPAN}-01"


class UpstreamSpy(httpx.ASGITransport):
    """httpx's transport to a sandbox in process. A broken connection raises `httpx.ReadError`, as over a socket."""

    def __init__(self, sandbox: Starlette) -> None:
        super().__init__(sandbox)
        self.headers: list[httpx.Headers] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.headers.append(request.headers.copy())
        try:
            return await super().handle_async_request(request)
        except ConnectionError as exc:
            raise httpx.ReadError(str(exc), request=request) from exc

    @property
    def traceparents(self) -> list[str | None]:
        """The `traceparent` of each request."""
        return [headers.get("traceparent") for headers in self.headers]
