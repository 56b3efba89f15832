"""The composition root: connects the ASGI application to the parts below it (`parts.py`)."""

import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.routing import Route

from gateway.graph.schema import sdl
from gateway.mcp.server import MCPServer
from gateway.mcp.tools import read_tools
from gateway.settings import Settings
from gateway.store.cache import Cache
from gateway.telemetry.log_writer import LogWriter
from gateway.telemetry.logs import AccessLogger
from gateway.telemetry.setup import create_tracing
from gateway.telemetry.tracing import Tracing

from .cache.response_cache import ResponseCache
from .client_limits import ClientAddresses, ClientLimits
from .cross_origin import CORS
from .dispatcher import Dispatcher, Respond
from .documents.persisted_documents import PersistedDocuments, SharedDocuments
from .documents.trusted_documents import trusted_documents
from .endpoint import METHODS, GraphQLEndpoint
from .execution import Executions
from .failures import Failures
from .files.exports import WARNINGS_HEADER
from .fixed_queries import FixedQueries
from .mcp_endpoint import MCPEndpoint
from .middleware import RequestIDMiddleware
from .pages import graphiql_page
from .pages.files import File
from .pages.page_documents import PageDocuments
from .parts import Gateway
from .probes import Probes
from .refusals import Refusals
from .routing_errors import method_not_allowed, not_found
from .site import site_routes
from .statuses import Statuses
from .synchronous import SynchronousExecution
from .update_tokens import UpdateTokens

# Response headers that scripts of other origins can read.
EXPOSED_HEADERS = (
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-ID",
    "Age",
    "ETag",
    "Link",
    WARNINGS_HEADER,
)


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
    tracing = tracing or create_tracing(settings)
    gateway = Gateway(settings, transport=transport, clock=clock, monotonic=monotonic, tracing=tracing)
    addresses = ClientAddresses(settings.trusted_proxies)
    executions = _executions(gateway, settings, addresses)
    documents = _documents(gateway, settings)
    responses = _response_cache(gateway, settings, log_request)
    probes = gateway.probes(responses, documents, log_writer)
    endpoint = _endpoint(gateway, settings, executions, documents)
    respond = _synchronous(gateway, settings, executions, documents)
    dispatcher = Dispatcher(responses, respond, cors_origins=settings.cors_origins, log_request=log_request)
    queries = FixedQueries(executions, failures=_failures(gateway, settings), tracing=gateway.tracing)
    app = _application(gateway, settings, endpoint, probes, queries, log_request)
    _connect_server(app, dispatcher, addresses, _refusals(gateway, settings, log_request))
    return app


def _application(
    gateway: Gateway,
    settings: Settings,
    endpoint: GraphQLEndpoint,
    probes: Probes,
    queries: FixedQueries,
    log_request: AccessLogger | None,
) -> Starlette:
    app = Starlette(
        routes=[
            Route("/graphql", endpoint),
            Route("/mcp", _mcp_endpoint(gateway, settings, queries).response, methods=["POST"]),
            Route("/healthz", probes.alive),
            Route("/readyz", probes.ready),
            Route("/metrics", probes.metrics),
            Route("/schema.graphql", File("schema.graphql", sdl().encode(), {"Vary": "Accept-Encoding"}).response),
            *site_routes(gateway, settings, queries, _failures(gateway, settings)),
        ],
        middleware=[Middleware(CORS, **_cors(settings)), Middleware(RequestIDMiddleware, log_request=log_request)],
        exception_handlers={404: partial(not_found, settings), 405: method_not_allowed},
        lifespan=partial(_lifespan, gateway, probes),
    )
    # Behind a proxy the URL of a redirect would be wrong.
    app.router.redirect_slashes = False
    app.state.gateway, app.state.fixed_queries = gateway, queries
    return app


def _connect_server(app: Starlette, dispatcher: Dispatcher, addresses: ClientAddresses, refusals: Refusals) -> None:
    """Give the server the functions that respond without the application, and wrap it for other servers."""
    app.state.lookup, app.state.repeat = dispatcher.lookup, dispatcher.repeat
    app.state.client_of = lambda scope: addresses.client(HTTPConnection(scope))
    app.state.refusal = refusals.response
    # Outside of Starlette's own middleware, which would make a cache hit several times as expensive.
    app.middleware_stack = dispatcher.wrap(app.build_middleware_stack())


def _executions(gateway: Gateway, settings: Settings, addresses: ClientAddresses) -> Executions:
    limits = ClientLimits(settings.client_points, settings.client_points_per_minute, monotonic=gateway.monotonic)
    statuses = Statuses(settings.http_statuses)
    return Executions(gateway.engine, client_limits=limits, client_addresses=addresses, statuses=statuses)


def _synchronous(
    gateway: Gateway, settings: Settings, executions: Executions, documents: PersistedDocuments
) -> Respond | None:
    if gateway.tracing.has_provider:
        # Spans are recorded by the endpoint only.
        return None
    return SynchronousExecution(
        executions,
        documents=documents,
        metrics=gateway.metrics,
        cors=_cors(settings),
        max_body_bytes=settings.max_body_bytes,
    ).respond


def _response_cache(gateway: Gateway, settings: Settings, log_request: AccessLogger | None) -> ResponseCache:
    responses = ResponseCache(
        Cache(settings.response_cache_max_bytes),
        gateway.tracker.generations,
        gateway.cache_headers,
        monotonic=gateway.monotonic,
        log_request=log_request,
    )
    gateway.turns.watch(lambda: responses.hits)
    return responses


def _refusals(gateway: Gateway, settings: Settings, log_request: AccessLogger | None) -> Refusals:
    return Refusals(
        cors_origins=settings.cors_origins,
        exposed_headers=EXPOSED_HEADERS,
        metrics=gateway.metrics,
        log_request=log_request,
    )


def _documents(gateway: Gateway, settings: Settings) -> PersistedDocuments:
    return PersistedDocuments(
        trusted_documents(settings.trusted_documents) if settings.trusted_documents else {},
        SharedDocuments(gateway.redis_link),
        only_trusted=settings.only_trusted_documents,
        of_pages=PageDocuments() if settings.only_trusted_documents else (),
    )


def _endpoint(
    gateway: Gateway, settings: Settings, executions: Executions, documents: PersistedDocuments
) -> GraphQLEndpoint:
    return GraphQLEndpoint(
        executions,
        documents=documents,
        settings=settings,
        graphiql=graphiql_page(settings),
        failures=_failures(gateway, settings),
        update_tokens=_update_tokens(gateway, settings),
        tracing=gateway.tracing,
    )


def _mcp_endpoint(gateway: Gateway, settings: Settings, queries: FixedQueries) -> MCPEndpoint:
    # Without tokens, an update would be open to all assistants of all visitors.
    tools = read_tools(gateway.engine.core_schema, with_updates=settings.updates and bool(settings.update_tokens))
    return MCPEndpoint(
        MCPServer(tools, version("osutrack-gateway"), is_sample_data=settings.sample_data),
        queries,
        update_tokens=_update_tokens(gateway, settings),
        settings=settings,
        metrics=gateway.metrics,
    )


def _update_tokens(gateway: Gateway, settings: Settings) -> UpdateTokens:
    tokens = [token.get_secret_value() for token in settings.update_tokens]
    return UpdateTokens(tokens, metrics=gateway.metrics, monotonic=gateway.monotonic)


def _failures(gateway: Gateway, settings: Settings) -> Failures:
    return Failures(statuses=Statuses(settings.http_statuses), metrics=gateway.metrics)


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
