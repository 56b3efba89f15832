"""The client for the purge API of an edge cache: Cloudflare, Fastly, or Varnish with the VCL of docs/edge.md."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import msgspec

from gateway.errors import UpstreamBusy, UpstreamInvalid, UpstreamRejected, UpstreamUnavailable
from gateway.osutrack.cancellation import send_cancellable
from gateway.osutrack.diagnosis import recognize_page
from gateway.osutrack.http_client import create_http_client
from gateway.osutrack.http_errors import translate_errors
from gateway.osutrack.retry_after import retry_after_s
from gateway.setting_types import secret
from gateway.settings import Settings

# For one whole purge. The APIs answer within a second.
TIMEOUT_S = 5.0
MAX_BODY_BYTES = 2**16
SERVICE = "The edge cache"


class PurgeClient:
    """Sends purges to the address in the settings, which must have one."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """`transport` replaces the network in tests."""
        # Varnish is in the gateway's own network, on this side of a proxy.
        is_local = settings.purge_kind == "varnish"
        reached = settings.model_copy(update={"upstream_proxy": None}) if is_local else settings
        self._http = create_http_client(reached, "", transport)
        self._url = settings.purge_url or ""
        self._kind = settings.purge_kind
        self._token = secret(settings.purge_token)
        self._clock = clock
        self._timeout_s = timeout_s

    async def purge(self, tags: Sequence[str]) -> None:
        """Remove all responses with one of these tags. Raises `UpstreamError`."""
        method, headers, content = self._parts(tags)
        request = self._http.build_request(method, self._url, headers=headers, json=content, timeout=self._timeout_s)
        with translate_errors(SERVICE):
            async with asyncio.timeout(self._timeout_s):
                response, body = await send_cancellable(self._http, request, max_body_bytes=MAX_BODY_BYTES)
        with recognize_page(body):
            self._check(response, body)

    async def reach(self) -> None:
        """Send a request that purges nothing: any response will do. Raises `UpstreamError` without one."""
        request = self._http.build_request("HEAD", self._url, timeout=self._timeout_s)
        with translate_errors(SERVICE):
            async with asyncio.timeout(self._timeout_s):
                await send_cancellable(self._http, request, max_body_bytes=MAX_BODY_BYTES)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _parts(self, tags: Sequence[str]) -> tuple[str, Mapping[str, str], Any]:
        """The method, the headers and the JSON body of a purge."""
        keys, token = {"Surrogate-Key": " ".join(tags)}, self._token
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        match self._kind:
            case "cloudflare":
                return "POST", bearer, {"tags": tags}
            case "fastly":
                return "POST", {**keys, "Fastly-Key": token or ""}, None
            case _:
                return "BAN", {**keys, **bearer}, None

    def _check(self, response: httpx.Response, body: bytes) -> None:
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS:
            wait_s = retry_after_s(response.headers.get("Retry-After"), self._clock(), response.headers.get("Date"))
            raise UpstreamBusy(f"{SERVICE} limits the rate of purges.", retry_after_s=wait_s)
        if response.is_server_error:
            raise UpstreamUnavailable(f"{SERVICE} failed (status {status}).", status=status)
        if not response.is_success:
            raise UpstreamRejected(f"{SERVICE} refused a purge (status {status}).", status=status)
        if self._kind != "varnish" and not _confirms(body):
            raise UpstreamInvalid(f"{SERVICE} did not confirm a purge.")


def _confirms(body: bytes) -> bool:
    """Whether the body is an object, as of both APIs. Cloudflare's has `success`."""
    try:
        content = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return False
    return isinstance(content, dict) and content.get("success", True) is not False
