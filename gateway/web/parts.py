"""The parts of one process below the ASGI application."""

import logging
from asyncio import to_thread
from collections.abc import Callable
from functools import cache
from typing import Any

from gateway.edge.purge_client import PurgeClient
from gateway.edge.purger import Purger
from gateway.graph.compiled_lists import CompiledListExecutor, is_supported
from gateway.graph.context import Services
from gateway.graph.engine import Engine
from gateway.graph.execution_turns import ExecutionTurns
from gateway.graph.prepare.limits import Limits
from gateway.graph.schema import build_schema
from gateway.osutrack.names_service import NamesClient
from gateway.osutrack.upstream import Upstream
from gateway.setting_types import secret
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink
from gateway.store.cache import Cache
from gateway.store.tracker import Tracker
from gateway.store.updates import Updates
from gateway.telemetry.log_writer import LogWriter
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.tracing import Tracing

from .cache.cache_headers import CacheHeaders
from .cache.response_cache import ResponseCache
from .documents.persisted_documents import PersistedDocuments
from .probes import MetricsCollector, Probes

log = logging.getLogger(__name__)


class Gateway:
    """The parts of one process below the ASGI application."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: Any,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        tracing: Tracing,
    ) -> None:
        self.clock = clock
        self.monotonic = monotonic
        self.metrics = Metrics()
        self.tracing = tracing
        self.redis_link = RedisLink(secret(settings.redis_url))
        self._settings = settings
        self._transport = transport
        self.upstream = self._create_upstream()
        self.names_client = self._create_names_client() if settings.names_url else None
        self.purge_client = PurgeClient(settings, clock=clock) if settings.purge_url else None
        self.purger = Purger(self.purge_client.purge) if self.purge_client else None
        self.tracker = self._create_tracker()
        self.updates = Updates(self.upstream.client, self.tracker, enabled=settings.updates, clock=clock)
        self.turns = ExecutionTurns()
        self.engine = self._create_engine()
        self.cache_headers = CacheHeaders(settings, monotonic=monotonic)

    def probes(self, responses: ResponseCache, persisted: PersistedDocuments, log_writer: LogWriter | None) -> Probes:
        """The endpoints for orchestrators and Prometheus."""
        breakers, redis_link = self.upstream.breakers, self.redis_link
        names_budgets = {self.names_client.budget.name: self.names_client.budget} if self.names_client else {}
        tables = {table.stored.kind: table.tally for table in self.tracker.names.tables}
        collector = MetricsCollector(
            self.metrics,
            breakers=breakers,
            budgets=self.upstream.rate_limiter.budgets | names_budgets,
            redis_link=redis_link,
            caches={
                "records": self.tracker.cache,
                "responses": responses.cache,
                "persisted": persisted.registered,
                **self.engine.caches,
            },
            served={resource.name: resource.tally for resource in self.tracker.resources} | tables,
            redis_reads=self.tracker.shared_cache.tally,
            executions=self.engine.tally,
            responses=responses,
            purger=self.purger,
            log_writer=log_writer,
            replicas=self._settings.replicas,
        )
        budgets = self.upstream.rate_limiter.budgets
        return Probes(self.metrics, collector, breakers=breakers, budgets=budgets, redis_link=redis_link)

    async def close(self) -> None:
        """Wait for running updates, cancel other requests to osu!track, and close all connections."""
        await self.updates.close()
        await self.tracker.close()
        if self.purger and self.purge_client:
            await self.purger.close()
            await self.purge_client.close()
        await self.upstream.close()
        if self.names_client:
            await self.names_client.close()
        await self.redis_link.close()
        # The exporter may block while it sends the last spans.
        await to_thread(self.tracing.close)

    def _create_upstream(self) -> Upstream:
        return Upstream(
            self._settings,
            transport=self._transport,
            metrics=self.metrics,
            redis_link=self.redis_link,
            tracing=self.tracing,
            clock=self.clock,
            monotonic=self.monotonic,
        )

    def _create_names_client(self) -> NamesClient:
        return NamesClient(
            self._settings,
            transport=self._transport,
            metrics=self.metrics,
            redis_link=self.redis_link,
            clock=self.clock,
            monotonic=self.monotonic,
        )

    def _create_tracker(self) -> Tracker:
        return Tracker(
            self.upstream.client,
            Cache(self._settings.cache_max_bytes),
            self._settings,
            redis_link=self.redis_link,
            names_service=self.names_client,
            on_invalidate=self.purger.add if self.purger else None,
            clock=self.clock,
            monotonic=self.monotonic,
        )

    def _create_engine(self) -> Engine:
        services = Services(
            tracker=self.tracker,
            updates=self.updates,
            breakers=self.upstream.breakers,
            rate_limiter=self.upstream.rate_limiter,
            max_values=self._settings.max_values,
            turns=self.turns,
        )
        compiled = self._settings.compiled_operations and _can_compile()
        return Engine(
            build_schema(CompiledListExecutor) if compiled else build_schema(),
            services,
            Limits.of(self._settings),
            compiled=compiled,
            timeout_s=self._settings.operation_timeout_s,
            clock=self.clock,
            monotonic=self.monotonic,
        )


@cache
def _can_compile() -> bool:
    supported = is_supported()
    if not supported:
        log.warning("compiled operations disabled: unsupported graphql-core or Strawberry version")
    return supported
