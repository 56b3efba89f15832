"""The composition root: the only place that creates the parts and connects them."""

import gc
import logging
import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.errors import entry
from gateway.graph.compiled_lists import CompiledListExecutor, is_supported
from gateway.graph.context import Services
from gateway.graph.engine import Engine
from gateway.graph.execution_turns import ExecutionTurns
from gateway.graph.prepare.limits import Limits
from gateway.graph.schema import build_schema, sdl
from gateway.osutrack.names_service import NamesClient
from gateway.osutrack.upstream import Upstream
from gateway.setting_types import secret
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink
from gateway.store.cache import Cache
from gateway.store.tracker import Tracker
from gateway.store.updates import Updates
from gateway.telemetry.log_writer import LogWriter
from gateway.telemetry.logs import AccessLogger
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.setup import create_tracing
from gateway.telemetry.tracing import Tracing

from .client_limits import ClientAddresses, ClientLimits
from .cross_origin import CORS
from .dispatcher import Dispatcher
from .endpoint import METHODS, GraphQLEndpoint
from .execution import Executions
from .middleware import RequestIDMiddleware
from .negotiation import JSON, is_page_view
from .pages import missing_page, page, page_routes
from .pages.files import File
from .persisted_documents import PersistedDocuments, SharedDocuments
from .probes import MetricsCollector, Probes
from .refusals import Refusals
from .response_cache import ResponseCache
from .responses import error_response
from .statuses import Statuses
from .synchronous import SynchronousExecution
from .trusted_documents import trusted_documents

log = logging.getLogger(__name__)

# Response headers that scripts of other origins can read.
EXPOSED_HEADERS = ("Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-ID", "Age", "ETag")


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
        self.monotonic = monotonic
        self.metrics = Metrics()
        self.tracing = tracing
        self.redis_link = RedisLink(secret(settings.redis_url))
        self.upstream = Upstream(
            settings,
            transport=transport,
            metrics=self.metrics,
            redis_link=self.redis_link,
            tracing=tracing,
            clock=clock,
            monotonic=monotonic,
        )
        client = self.upstream.client
        self.names_client = (
            NamesClient(
                settings,
                transport=transport,
                metrics=self.metrics,
                redis_link=self.redis_link,
                clock=clock,
                monotonic=monotonic,
            )
            if settings.names_url
            else None
        )
        self.tracker = Tracker(
            client,
            Cache(settings.cache_max_bytes),
            settings,
            redis_link=self.redis_link,
            names_service=self.names_client,
            clock=clock,
            monotonic=monotonic,
        )
        self.updates = Updates(client, self.tracker, clock=clock)
        services = Services(
            tracker=self.tracker,
            updates=self.updates,
            breakers=self.upstream.breakers,
            rate_limiter=self.upstream.rate_limiter,
            max_values=settings.max_values,
            turns=ExecutionTurns(),
        )
        compiled = settings.compiled_operations and _can_compile()
        self.engine = Engine(
            build_schema(CompiledListExecutor) if compiled else build_schema(),
            services,
            Limits.of(settings),
            compiled=compiled,
            timeout_s=settings.operation_timeout_s,
            clock=clock,
            monotonic=monotonic,
        )

    def probes(self, responses: ResponseCache, persisted: PersistedDocuments, log_writer: LogWriter | None) -> Probes:
        """The endpoints for orchestrators and Prometheus."""
        breakers, redis_link = self.upstream.breakers, self.redis_link
        names_budgets = {self.names_client.budget.name: self.names_client.budget} if self.names_client else {}
        tables = {table.kind: table.tally for table in self.tracker.names.tables}
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
            log_writer=log_writer,
        )
        return Probes(self.metrics, collector, breakers=breakers, redis_link=redis_link)

    async def close(self) -> None:
        """Wait for running updates, cancel other requests to osu!track, and close all connections."""
        await self.updates.close()
        await self.tracker.close()
        await self.upstream.close()
        if self.names_client:
            await self.names_client.close()
        await self.redis_link.close()
        # The exporter may block while it sends the last spans.
        await to_thread(self.tracing.close)


def _can_compile() -> bool:
    supported = is_supported()
    if not supported:
        log.warning("compiled operations disabled: unsupported graphql-core or Strawberry version")
    return supported


def create_app(
    settings: Settings,
    *,
    transport: Any = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    log_request: AccessLogger | None = None,
    log_writer: LogWriter | None = None,
    tracing: Tracing | None = None,
) -> Starlette:
    """The gateway as an ASGI application; `app.state.gateway` has its parts.

    `transport` replaces httpx's network transport, and `tracing` the tracing selected by the settings. `clock` is the
    time in seconds since 1970, for timestamps; `monotonic` is for durations. `log_request` is called after each
    request; `log_writer` is the writer of the log, for its metric.
    """
    gateway = Gateway(
        settings, transport=transport, clock=clock, monotonic=monotonic, tracing=tracing or create_tracing(settings)
    )
    addresses = ClientAddresses(settings.trusted_proxies)
    executions = Executions(
        gateway.engine,
        client_limits=ClientLimits(
            settings.client_points, settings.client_points_per_minute, monotonic=gateway.monotonic
        ),
        client_addresses=addresses,
        statuses=Statuses(settings.http_statuses),
    )
    documents = _documents(gateway, settings)
    synchronous = SynchronousExecution(
        executions,
        documents=documents,
        metrics=gateway.metrics,
        cors=_cors(settings),
        max_body_bytes=settings.max_body_bytes,
    )
    responses = ResponseCache(
        Cache(settings.response_cache_max_bytes),
        gateway.tracker.generations,
        monotonic=monotonic,
        log_request=log_request,
    )
    dispatcher = Dispatcher(
        responses,
        # Spans are recorded by the endpoint only.
        None if gateway.tracing.has_provider else synchronous.respond,
        cors_origins=settings.cors_origins,
        log_request=log_request,
    )
    probes = gateway.probes(responses, documents, log_writer)
    app = Starlette(
        routes=[
            Route("/graphql", _endpoint(gateway, settings, executions, documents)),
            Route("/healthz", probes.alive),
            Route("/readyz", probes.ready),
            Route("/metrics", probes.metrics),
            Route("/schema.graphql", File("schema.graphql", sdl().encode(), {"Vary": "Accept-Encoding"}).response),
            *page_routes(settings),
        ],
        middleware=[
            Middleware(CORS, **_cors(settings)),
            Middleware(RequestIDMiddleware, log_request=log_request),
        ],
        exception_handlers={404: _not_found},
        lifespan=partial(_lifespan, gateway, probes),
    )
    # Behind a proxy the URL of a redirect would be wrong.
    app.router.redirect_slashes = False
    app.state.gateway = gateway
    app.state.lookup, app.state.repeat = dispatcher.lookup, dispatcher.repeat
    app.state.client_of = lambda scope: addresses.client(HTTPConnection(scope))
    app.state.refusal = Refusals(
        cors_origins=settings.cors_origins,
        exposed_headers=EXPOSED_HEADERS,
        metrics=gateway.metrics,
        log_request=log_request,
    ).response
    # Outside of Starlette's own middleware, which would make a cache hit several times as expensive.
    app.middleware_stack = dispatcher.wrap(app.build_middleware_stack())
    return app


def _documents(gateway: Gateway, settings: Settings) -> PersistedDocuments:
    return PersistedDocuments(
        trusted_documents(settings.trusted_documents) if settings.trusted_documents else {},
        SharedDocuments(gateway.redis_link),
        only_trusted=settings.only_trusted_documents,
    )


def _endpoint(
    gateway: Gateway, settings: Settings, executions: Executions, documents: PersistedDocuments
) -> GraphQLEndpoint:
    return GraphQLEndpoint(
        executions,
        documents=documents,
        settings=settings,
        graphiql=page("graphiql.html"),
        metrics=gateway.metrics,
        tracing=gateway.tracing,
    )


@asynccontextmanager
async def _lifespan(gateway: Gateway, probes: Probes, _: Starlette) -> AsyncIterator[None]:
    # Objects created at startup live as long as the process: garbage collections can skip them.
    gc.collect()
    gc.freeze()
    await gateway.redis_link.start()
    async with probes.periodic_collection():
        yield
    await gateway.close()


def _cors(settings: Settings) -> dict[str, Any]:
    return {
        "allow_origins": settings.cors_origins,
        "allow_methods": METHODS,
        "allow_private_network": True,
        # Client libraries add headers of their own. Any is safe, as there are no cookies.
        "allow_headers": ("*",),
        "expose_headers": EXPOSED_HEADERS,
    }


async def _not_found(request: Request, _: Exception) -> Response:
    if is_page_view(request):
        return missing_page(request)
    error = entry("NOT_FOUND", "Not found. The GraphQL endpoint is `/graphql`.")
    return error_response(404, [error], JSON, request.state.request_id)
