"""For those who operate the gateway: whether it lives, whether it can serve, and what it has counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.osutrack.circuit_breaker import Health

from .readings import Observed, Readings

UNSTORED = {"Cache-Control": "no-store"}
# Whichever worker process is asked for metrics knows the others' as of then.
READING_S = 5.0


class Probes:
    """The endpoints `/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._readings = Readings(observed)

    async def alive(self, _: Request) -> JSONResponse:
        """200 while the process answers."""
        return JSONResponse({"status": "alive"}, headers=UNSTORED)

    async def ready(self, _: Request) -> JSONResponse:
        """200 while it can serve, which it can of its memory when osu!track is down; says what of, and with whom."""
        health, commons = self._observed.breaker.health, self._observed.commons
        serving = "memory" if health is Health.DOWN else "osu!track and memory"
        redis = "none" if not commons.configured else "up" if commons.up else "down"
        told = {"status": "ready", "upstream": health, "servingFrom": serving, "redis": redis}
        return JSONResponse(told, headers=UNSTORED)

    async def metrics(self, _: Request) -> Response:
        """In Prometheus' text format."""
        await self._readings.take()
        return Response(self._observed.metrics.exposition(), headers=UNSTORED, media_type=CONTENT_TYPE_LATEST)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Among several worker processes: let the others know, again and again."""
        task = asyncio.create_task(self._keep_reading()) if self._observed.metrics.are_put_together else None
        try:
            yield
        finally:
            if task:
                task.cancel()

    async def _keep_reading(self) -> None:
        while True:
            await self._readings.take()
            await asyncio.sleep(READING_S)
