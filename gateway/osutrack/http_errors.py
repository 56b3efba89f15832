"""Translation of httpx's errors and of unexpected statuses: the only place that knows both kinds of errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from gateway.errors import TELL_OPERATOR, UpstreamRejected, UpstreamTimeout, UpstreamUnavailable

from .diagnosis import BLOCK_STATUSES


@contextmanager
def translate_errors(service: str = "osu!track") -> Iterator[None]:
    """Raise httpx's errors as `UpstreamError`."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as exc:
        text = f"{service} can't be reached. Try again later."
        raise UpstreamUnavailable(text, transient=True, unsent=True) from exc
    except (httpx.TimeoutException, TimeoutError) as exc:
        raise UpstreamTimeout(f"{service} did not answer in time. Try again later.") from exc
    except httpx.HTTPError as exc:
        raise UpstreamUnavailable(f"{service} closed the connection. Try again later.", transient=True) from exc


def unexpected_status(status: int) -> UpstreamRejected:
    """The error for a status that osu!track's API does not document for the request."""
    if status in BLOCK_STATUSES:
        advice = f"osu!track or a proxy may block its address. {TELL_OPERATOR}"
    else:
        advice = "Its API may have changed: please report this."
    return UpstreamRejected(f"osu!track refused the gateway's request (status {status}). {advice}", status=status)
