"""The circuit breakers of all classes of requests, and their common health."""

from collections.abc import Iterable, Iterator
from functools import partial

from gateway.shared.redis_link import RedisLink

from .circuit_breaker import CircuitBreaker
from .health import Health

# The subject of messages between processes about confirmed blocks.
BLOCKED = "blocked"


class CircuitBreakers:
    """One circuit breaker for each class of requests; together they report the worst state.

    A process that confirms a block tells the others, which then need one refusal for their own probe: their addresses
    may be others, and not be blocked.
    """

    def __init__(self, breakers: Iterable[CircuitBreaker], redis_link: RedisLink | None = None) -> None:
        self._breakers = {breaker.name: breaker for breaker in breakers}
        link = redis_link or RedisLink(None)
        link.subscribe(BLOCKED, str, self._expect_block)
        for breaker in self:
            breaker.on_block = partial(link.publish, BLOCKED, breaker.name)

    def __getitem__(self, name: str) -> CircuitBreaker:
        return self._breakers[name]

    def __iter__(self) -> Iterator[CircuitBreaker]:
        return iter(self._breakers.values())

    @property
    def health(self) -> Health:
        """The worst health of all classes."""
        return max((breaker.health for breaker in self), key=list(Health).index)

    @property
    def availability(self) -> Health:
        """The worst availability of all classes."""
        return max((breaker.availability for breaker in self), key=list(Health).index)

    @property
    def retry_in_s(self) -> float | None:
        """Seconds until the next probe of any class that waits for one; None if there is none."""
        return min((breaker.retry_in_s for breaker in self if breaker.retry_in_s is not None), default=None)

    @property
    def last_success_at(self) -> float | None:
        """The time of the latest success in any class, in seconds since 1970."""
        return max((breaker.last_success_at for breaker in self if breaker.last_success_at is not None), default=None)

    def _expect_block(self, name: str) -> None:
        if name in self._breakers:  # another release may have other classes
            self._breakers[name].expect_block()
