"""The headers for HTTP caches: lifetimes, and the tags by which an edge cache purges responses.

They follow from the validity of the data: a browser, a proxy or a CDN keeps a response as long as the gateway would.
"""

import time
from collections.abc import Callable, Iterable
from math import ceil

from gateway.settings import Settings
from gateway.store.tags import MANY_TAGS, Validity, purge_tags

NO_STORE = "no-store"
PUBLIC = "public"
# Of the value of each header with tags. nginx refuses responses with headers of 4 KiB by default.
MAX_TAGS_BYTES = 1024
TAG_HEADERS = {b"cache-tag", b"surrogate-key"}
# Headers of one client or one request, which a response in a shared cache must not have.
PER_REQUEST_HEADERS = {b"x-request-id", b"ratelimit", b"ratelimit-policy"}


class CacheHeaders:
    """The headers for HTTP caches of a response to GET without credentials, from the validity of its data."""

    def __init__(self, settings: Settings, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # A cache may serve a response as long as the gateway would serve the data: at once and then refreshed, or
        # while a refresh fails.
        refreshed_s, failing_s = settings.revalidate_s, settings.revalidate_s + settings.stale_s
        self._after = f"stale-while-revalidate={refreshed_s}, stale-if-error={failing_s}"

    def of(self, validity: Validity) -> dict[str, str]:
        """All headers of a response with these data."""
        return {"Cache-Control": self.lifetime(validity.until), **tag_headers(tag for tag, _ in validity.generations)}

    def lifetime(self, until: float) -> str:
        """`Cache-Control` for data that are valid until this monotonic time.

        It has the remaining lifetime, as the gateway is the origin, and some caches ignore `Age`. Rounded up: in its
        last second, a response with `max-age=0` would be requested again and again. Without a lifetime, as during a
        refresh, each use is revalidated.
        """
        remaining_s = ceil(until - self._monotonic())
        if remaining_s <= 0:
            return f"{PUBLIC}, max-age=0"
        return f"{PUBLIC}, max-age={remaining_s}, s-maxage={remaining_s}, {self._after}"


def tag_headers(tags: Iterable[str]) -> dict[str, str]:
    """`Cache-Tag` (Cloudflare and others) and `Surrogate-Key` (Fastly, Varnish) with these tags of the store."""
    texts = purge_tags(tags)
    if len(",".join(texts)) > MAX_TAGS_BYTES:
        texts = [MANY_TAGS]
    return {"Cache-Tag": ",".join(texts), "Surrogate-Key": " ".join(texts)} if texts else {}


def is_public(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether shared caches may store a response with these headers."""
    return any(name == b"cache-control" and value.startswith(PUBLIC.encode()) for name, value in headers)


def without_lifetime(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with `no-store` and without tags, if they have a lifetime. Pages have none."""
    pairs = list(headers)
    if not any(name == b"cache-control" and b"max-age" in value for name, value in pairs):
        return pairs
    kept = [pair for pair in pairs if pair[0] not in {b"cache-control", *TAG_HEADERS}]
    return [*kept, (b"cache-control", NO_STORE.encode())]


def without_client(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers that are the same for all clients and requests."""
    return [pair for pair in headers if pair[0] not in PER_REQUEST_HEADERS]
