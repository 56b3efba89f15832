"""Pauses and lowered rates of request budgets, shared with all processes, and with those that start later."""

from collections.abc import Callable, Iterable
from typing import Annotated

from msgspec import Meta
from redis.asyncio import Redis

from .redis_content import PREFIX
from .redis_link import RedisLink

SUBJECT = "restricted"
# The longest restriction: an hour. Other values in Redis are not the gateway's.
MAX_S = 3600.0
MAX_DIGITS = 9

Seconds = Annotated[float, Meta(ge=0, le=MAX_S)]
PerMinute = Annotated[int, Meta(ge=0)]


class Restrictions:
    """Temporary limits on budgets: so many requests per minute for so many seconds. 0 per minute is a pause."""

    def __init__(self, redis_link: RedisLink, budgets: Iterable[str], apply: Callable[[str, int, float], None]) -> None:
        """`apply` is called with a budget, a rate and a duration: those of other processes, and its own."""
        self._redis_link = redis_link
        self._budgets = frozenset(budgets)
        self._apply = apply
        redis_link.subscribe(SUBJECT, tuple[str, PerMinute, Seconds], self._receive)
        redis_link.on_reconnect(self._recall)

    def add(self, budget: str, per_minute: int, seconds: float) -> None:
        """Apply the restriction in all processes."""
        self._apply(budget, per_minute, seconds)
        self._redis_link.publish(SUBJECT, (budget, per_minute, seconds))
        if self._redis_link.connected:
            key, ttl_ms = _key(budget, paused=not per_minute), int(seconds * 1000)
            _ = self._redis_link.spawn(self._redis_link.run(lambda redis: redis.set(key, per_minute, px=ttl_ms)))

    def _receive(self, message: tuple[str, int, float]) -> None:
        if message[0] in self._budgets:  # another release may have other budgets
            self._apply(*message)

    async def _recall(self, redis: Redis) -> None:
        for restriction in await stored_restrictions(redis, self._budgets):
            self._apply(*restriction)


async def stored_restrictions(redis: Redis, budgets: Iterable[str]) -> list[tuple[str, int, float]]:
    """The restrictions in Redis: the budget, the requests per minute, and the seconds left."""
    found = []
    for budget in budgets:
        for paused in (True, False):
            key = _key(budget, paused=paused)
            per_minute, ttl_ms = await redis.get(key), await redis.pttl(key)
            if per_minute and per_minute.isdigit() and len(per_minute) <= MAX_DIGITS and ttl_ms > 0:
                found.append((budget, int(per_minute), min(ttl_ms / 1000, MAX_S)))
    return found


def _key(budget: str, *, paused: bool) -> str:
    return f"{PREFIX}:budget:{budget}:{'paused' if paused else 'lowered'}"
