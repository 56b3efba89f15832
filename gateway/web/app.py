"""Where the parts are built and given to each other: the only such place."""

import gc
import logging
import time
from asyncio import to_thread
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.errors import entry
from gateway.graph.context import Services
from gateway.graph.engine import Engine
from gateway.graph.fast_lists import fast_list_executor, is_supported
from gateway.graph.prepare.limits import Limits
from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import Executor
from gateway.osutrack.upstream import Upstream
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink
from gateway.store.cache import Cache
from gateway.store.tracker import Tracker
from gateway.store.update_registry import UpdateRegistry
from gateway.store.updates import Updates
from gateway.telemetry.logs import AccessLogger
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.setup import create_tracing
from gateway.telemetry.tracing import Tracing

from .client_limits import ClientAddresses, ClientLimits
from .endpoint import GraphQLEndpoint, Parts
from .middleware import RequestIDMiddleware
from .negotiation import JSON, is_page_view
from .pages import missing, page, page_routes
from .persisted_documents import PersistedDocuments, SharedDocuments, trusted_documents
from .probes import MetricsSources, Probes
from .response_cache import ResponseCache
from .responses import error_response

log = logging.getLogger(__name__)

READABLE_HEADERS = ("Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-ID", "Age", "ETag")


class Gateway:
    """The parts that live as long as the process. `close` ends what is under way, updates last."""

    def __init__(self, settings: Settings, *, transport: Any, clock: Callable[[], float], tracing: Tracing) -> None:
        self.metrics = Metrics()
        self.tracing = tracing
        self.redis_link = RedisLink(settings.redis_url)
        self.upstream = Upstream(
            settings,
            transport=transport,
            metrics=self.metrics,
            redis_link=self.redis_link,
            tracing=tracing,
            clock=clock,
        )
        client = self.upstream.client
        self.tracker = Tracker(
            client, Cache(settings.cache_max_bytes), settings, redis_link=self.redis_link, clock=clock
        )
        registry = UpdateRegistry(
            self.redis_link,
            cooldown_s=settings.update_cooldown_s,
            timeout_s=settings.operation_timeout_s + settings.update_timeout_s,
            clock=clock,
        )
        self.updates = Updates(client, self.tracker, registry)
        services = Services(
            tracker=self.tracker,
            updates=self.updates,
            breaker=self.upstream.breaker,
            max_rows=settings.max_rows,
        )
        limits = Limits(
            settings.max_depth,
            settings.max_aliases,
            settings.max_tokens,
            settings.max_directives,
            settings.max_cost,
            suggestions=settings.field_suggestions,
        )
        self.fast_lists: Counter[str] = Counter()
        self.engine = Engine(
            build_schema(_executor(settings, self.fast_lists)),
            services,
            limits,
            timeout_s=settings.operation_timeout_s,
            clock=clock,
        )

    def metrics_sources(self, responses: ResponseCache) -> MetricsSources:
        """What those who operate the gateway can look at."""
        return MetricsSources(
            self.metrics,
            self.upstream.breaker,
            self.upstream.rate_limiter,
            self.redis_link,
            {"records": self.tracker.cache, "responses": responses.cache},
            {resource.name: resource.tally for resource in self.tracker.resources},
            self.fast_lists,
            responses,
            self.tracker.second.tally,
        )

    async def close(self) -> None:
        """Wait for updates, give up everything else, close connections."""
        await self.updates.close()
        await self.tracker.close()
        await self.upstream.close()
        await self.redis_link.close()
        # It may wait for another server, which the others need not.
        await to_thread(self.tracing.close)


def _executor(settings: Settings, tally: Counter[str]) -> type[Executor]:
    if not settings.fast_lists:
        return Executor
    if not is_supported():
        log.warning("fast list path disabled: unsupported graphql-core or Strawberry version")
        return Executor
    return fast_list_executor(tally)


def create_app(
    settings: Settings,
    *,
    transport: Any = None,
    clock: Callable[[], float] = time.time,
    log_request: AccessLogger | None = None,
    traced: Tracing | None = None,
) -> Starlette:
    """The gateway as an ASGI application; `app.state.gateway` has its parts.

    `transport` replaces httpx's network transport and `clock` (seconds since 1970) the time. `log_request` is called
    for each finished request. `traced` replaces the tracing that the settings select.
    """
    gateway = Gateway(settings, transport=transport, clock=clock, tracing=traced or create_tracing(settings))
    folder = settings.trusted_documents
    endpoint = GraphQLEndpoint(
        Parts(
            gateway.engine,
            PersistedDocuments(
                trusted_documents(folder) if folder else {},
                SharedDocuments(gateway.redis_link, clock=clock),
                only_trusted=settings.only_trusted_documents,
            ),
            ClientLimits(settings.client_points, settings.client_points_per_minute, clock=clock),
            ClientAddresses(settings.trusted_proxies),
            settings,
            page("graphiql.html"),
            gateway.metrics,
            gateway.tracing,
        )
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # What has been built stays: the collector need not look through it each time.
        gc.collect()
        gc.freeze()
        await gateway.redis_link.start()
        async with probes.reading():
            yield
        await gateway.close()

    responses = ResponseCache(
        Cache(settings.response_cache_max_bytes), gateway.tracker.generations, clock=clock, log_request=log_request
    )
    probes = Probes(gateway.metrics_sources(responses))
    app = Starlette(
        routes=[
            Route("/graphql", endpoint),
            Route("/healthz", probes.alive),
            Route("/readyz", probes.ready),
            Route("/metrics", probes.metrics),
            *page_routes(settings),
        ],
        middleware=[
            Middleware(CORSMiddleware, **_cors(settings)),
            Middleware(RequestIDMiddleware, log_request=log_request),
        ],
        exception_handlers={404: _not_found},
        lifespan=lifespan,
    )
    # A redirect would lead to where this server believes to be, not to where the client asked.
    app.router.redirect_slashes = False
    app.state.gateway = gateway
    app.state.lookup = responses.lookup
    # Outermost, where an answer costs the least; Starlette's own middleware would lie around it.
    app.middleware_stack = responses.wrap(app.build_middleware_stack())
    return app


def _cors(settings: Settings) -> dict[str, Any]:
    return {
        "allow_origins": settings.cors_origins,
        "allow_methods": ("GET", "POST"),
        # Client libraries add their own; there are no cookies that a page could make use of.
        "allow_headers": ("*",),
        "expose_headers": READABLE_HEADERS,
    }


async def _not_found(request: Request, _: Exception) -> Response:
    if is_page_view(request):
        return missing(request)
    error = entry("NOT_FOUND", "There is nothing here; ask at `/graphql`.")
    return error_response(404, [error], JSON, request.state.request_id)
