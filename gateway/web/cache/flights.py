"""Concurrent equal requests: the first is executed, the others wait for its response."""

import asyncio

from .cache_key import CacheKey

# A slow execution is not waited for any longer. It has not failed: the others join its requests to osu!track.
MAX_WAIT_S = 2.0


class Flight(asyncio.Future[None]):
    """The end of an execution, or of the time for which others wait for it."""

    followers = 0


class Flights:
    """The executions in progress that equal requests can wait for."""

    def __init__(self) -> None:
        self._running: dict[CacheKey, Flight] = {}

    def join(self, key: CacheKey) -> Flight | None:
        """The execution of an equal request, if there is one."""
        flight = self._running.get(key)
        if flight:
            flight.followers += 1
        return flight

    def lead(self, key: CacheKey) -> Flight:
        """A new execution, which ends by `land`."""
        flight = self._running[key] = Flight()
        flight.get_loop().call_later(MAX_WAIT_S, self.land, key, flight)
        return flight

    def land(self, key: CacheKey, flight: Flight) -> None:
        """Let the waiting requests continue: they look for the response in the cache first."""
        if not flight.done():
            flight.set_result(None)
        if self._running.get(key) is flight:
            del self._running[key]
