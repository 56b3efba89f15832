"""An upstream transport with a bug."""

import httpx

SECRET = "postgres://user:password@10.0.0.7"


class BrokenTransport(httpx.AsyncBaseTransport):
    """Raises an unforeseen exception, with a secret in its message, for each request."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise RuntimeError(SECRET)
