"""Redirects of osu!track: followed for reads on the same host, otherwise reported."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TypeAlias

import httpx

from gateway.errors import UpstreamRejected

from .cancellation import send_cancellable

Charge: TypeAlias = Callable[[], AbstractAsyncContextManager[None]]

MAX_REDIRECTS = 3


async def follow_redirects(
    http: httpx.AsyncClient, response: httpx.Response, body: bytes, charge: Charge = nullcontext
) -> tuple[httpx.Response, bytes]:
    """The last response and its body. The redirect of a POST is not followed, nor one to another host.

    Each request is sent within a block of `charge`.
    """
    for _ in range(MAX_REDIRECTS):
        request, target = response.request, response.next_request
        if target is None or request.method != "GET" or not _is_same_host(request.url, target.url):
            break
        async with charge():
            response, body = await send_cancellable(http, target)
    return response, body


def redirect_error(response: httpx.Response) -> UpstreamRejected | None:
    """The error for a redirect that was not followed; None for other responses."""
    if response.next_request is None:
        return None
    # Without query and credentials.
    target = response.next_request.url.copy_with(query=None, fragment=None, username=None, password=None)
    error = UpstreamRejected(
        f"osu!track redirected the gateway's request to {target} (status {response.status_code}), which is not"
        " followed. Its address may have changed: please report this."
    )
    error.redirected = True
    return error


def _is_same_host(url: httpx.URL, target: httpx.URL) -> bool:
    is_upgrade = (url.scheme, url.port, target.scheme, target.port) == ("http", None, "https", None)
    return url.host == target.host and (is_upgrade or (url.scheme, url.port) == (target.scheme, target.port))
