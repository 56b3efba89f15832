"""Large responses while they are sent: their memory is bounded, in total and for each client.

A response occupies memory until its last byte is sent, and the client decides how fast it reads. Slow clients are
closed only if their memory is needed.
"""

import asyncio
import logging
import time
import zlib
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextvars import Context
from enum import StrEnum
from sys import getsizeof

from gateway.telemetry.metrics import Metrics

from .flow_control import TimeoutFlowControl

log = logging.getLogger(__name__)

# Shorter responses are not counted: a connection has one at a time.
LARGE_BYTES = 64 * 2**10
# The part of a body that is passed to the transport at once; smaller ones cost more CPU time.
PIECE_BYTES = 256 * 2**10
# The transport's and the kernel's buffers of a connection. Bodies can be shared by several responses.
CONNECTION_BYTES = 384 * 2**10
# A client that reads at this rate is never closed.
MIN_BYTES_PER_S = 16 * 2**10
# The client's kernel takes data in steps of up to an eighth of its buffer: so far a client may be behind the rate.
TOLERANCE_BYTES, TOLERANCE_SHARE = 128 * 2**10, 8
SAMPLE_S = 1.0


class Cause(StrEnum):
    """The reason why a connection was closed, or a response refused."""

    STOPPED = "stopped"
    CLIENT_LIMIT = "client_limit"
    TOTAL_LIMIT = "total_limit"


class Delivery:
    """A large response that is being sent, and the client's progress."""

    def __init__(self, client: str, body: bytes, flow: TimeoutFlowControl, request_id: str = "") -> None:
        self.client = client
        self.body = body
        self.length = self.size = len(body)
        self.request_id = request_id
        self.behind_bytes = 0.0
        self.flow = flow
        # Passed to the transport, and taken from it by the kernel.
        self.passed_bytes = self._sent_bytes = 0
        self._compressed: deque[bytes] = deque()

    @property
    def body_id(self) -> int:
        """A number that deliveries of the same body have in common."""
        return id(self.body or self)

    @property
    def is_slow(self) -> bool:
        """Whether the client certainly reads at less than the minimum rate."""
        return self.behind_bytes > TOLERANCE_BYTES + self._sent_bytes / TOLERANCE_SHARE

    @property
    def unsent_bytes(self) -> int:
        """Bytes of the body that the kernel has not taken."""
        return self.length - self.passed_bytes + self.flow.unsent_bytes

    def compress(self) -> None:
        """Keep the body compressed. Call it in a thread."""
        self._compressed.extend(zlib.compress(part, 1) for part in _parts(self.body))
        self.body = b""
        self.size = sum(map(getsizeof, self._compressed))

    def pieces(self) -> Iterator[bytes]:
        """The body as copies of its parts: the transport must not hold all of it until the last byte is sent."""
        for piece in self._decompressed() if self._compressed else _parts(self.body):
            self.passed_bytes += len(piece)
            yield piece

    def _decompressed(self) -> Iterator[bytes]:
        while self._compressed:
            yield zlib.decompress(self._compressed.popleft())

    def sample(self, seconds: float) -> None:
        """Update the progress after this time."""
        sent_bytes = self.passed_bytes - self.flow.unsent_bytes
        taken_bytes = sent_bytes - self._sent_bytes
        self._sent_bytes = sent_bytes
        # No credit for fast reading: a client that stops is detected at once.
        self.behind_bytes = max(0.0, self.behind_bytes + MIN_BYTES_PER_S * seconds - taken_bytes)


class Deliveries:
    """The large responses that this process is sending."""

    def __init__(
        self,
        max_bytes: int,
        max_client_bytes: int,
        metrics: Metrics,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_bytes = max_bytes
        self._max_client_bytes = max_client_bytes
        self._metrics = metrics
        self._monotonic = monotonic
        self._running: dict[Delivery, None] = {}
        self._sampled_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._is_compressing = False
        # Prometheus needs a value before the first event to compute an increase.
        for cause in Cause:
            metrics.counters["gateway_slow_clients_closed"].labels(cause)
        for cause in Cause.CLIENT_LIMIT, Cause.TOTAL_LIMIT:
            metrics.counters["gateway_responses_refused"].labels(cause)

    @property
    def used_bytes(self) -> int:
        """The memory of all responses."""
        return _bytes(self._running)

    def add(self, new: Delivery) -> Cause | None:
        """Start a delivery, and close slow clients if it needs their memory; the cause if there is no room for it.

        There is always room for a single response.
        """
        own = [delivery for delivery in self._running if delivery.client == new.client]
        cause = self._make_room(new, own, self._max_client_bytes, Cause.CLIENT_LIMIT)
        cause = cause or self._make_room(new, self._running, self._max_bytes, Cause.TOTAL_LIMIT)
        if cause is None:
            self._running[new] = None
            self._update()
        return cause

    async def admit(self, new: Delivery) -> Cause | None:
        """Start a delivery, compressed if there is no room for it otherwise; the cause if it has to be refused."""
        cause = self.add(new)
        # One at a time: the body is not counted meanwhile.
        if cause and not self._is_compressing:
            self._is_compressing = True
            try:
                await asyncio.to_thread(new.compress)
            finally:
                self._is_compressing = False
            cause = self.add(new)
        if cause:
            self._metrics.counters["gateway_responses_refused"].labels(cause).inc()
            fields = {"cause": cause, "unsent_bytes": new.length, "request_id": new.request_id}
            log.warning("Response refused: too many unread responses", extra=fields)
        return cause

    def remove(self, delivery: Delivery) -> None:
        """End a delivery, complete or not."""
        if delivery in self._running:
            del self._running[delivery]
            self._update()

    def close_stopped(self, flow: TimeoutFlowControl) -> None:
        """Close a connection whose client has read nothing for the send timeout, and may not still be fast enough."""
        delivery = next((each for each in self._running if each.flow is flow), None)
        if delivery is None:
            self._report(Cause.STOPPED, flow.unsent_bytes)
            flow.abort()
        elif delivery.is_slow:
            self._close(delivery, Cause.STOPPED)

    def _close(self, delivery: Delivery, cause: Cause) -> None:
        self.remove(delivery)
        self._report(cause, delivery.unsent_bytes, delivery.request_id)
        delivery.flow.abort()

    def _report(self, cause: Cause, unsent_bytes: int, request_id: str = "") -> None:
        self._metrics.counters["gateway_slow_clients_closed"].labels(cause).inc()
        fields = {"cause": cause, "unsent_bytes": unsent_bytes} | ({"request_id": request_id} if request_id else {})
        # In a context of its own: the current request may be another client's.
        Context().run(log.warning, "Connection closed: the client reads too slowly", extra=fields)

    def _make_room(self, new: Delivery, others: Collection[Delivery], max_bytes: int, cause: Cause) -> Cause | None:
        while others and _bytes([*others, new]) > max_bytes:
            slowest = max((each for each in others if each.is_slow), key=lambda each: each.behind_bytes, default=None)
            if slowest is None:
                return cause
            self._close(slowest, cause)
            others = [each for each in others if each is not slowest]
        return None

    def _update(self) -> None:
        self._metrics.gauges["gateway_unsent_bytes"].set(self.used_bytes)
        if self._running and self._timer is None:
            self._sampled_at = self._monotonic()
            self._timer = asyncio.get_running_loop().call_later(SAMPLE_S, self._sample)

    def _sample(self) -> None:
        # While the event loop was blocked, no client could be served.
        seconds = min(self._monotonic() - self._sampled_at, 2 * SAMPLE_S)
        for delivery in self._running:
            delivery.sample(seconds)
        self._timer = None
        self._update()


def _parts(body: bytes) -> Iterator[bytes]:
    return (body[start : start + PIECE_BYTES] for start in range(0, len(body), PIECE_BYTES))


def _bytes(deliveries: Collection[Delivery]) -> int:
    """The memory of the deliveries. A body from the response cache counts once, however many clients receive it."""
    bodies = {delivery.body_id: delivery.size for delivery in deliveries}
    return sum(bodies.values()) + CONNECTION_BYTES * len(deliveries)
