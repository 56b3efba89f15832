"""Responses to requests that no route accepts."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from gateway.errors import entry
from gateway.settings import Settings

from .negotiation import JSON, is_page_view
from .pages import missing_page
from .responses import error_response


async def not_found(settings: Settings, request: Request, _: Exception) -> Response:
    """The response to an unknown path: for people a page, or a redirect if only the slash at the end is wrong."""
    if is_page_view(request):
        if _has_wrong_slash(request, request.app.routes):
            return _without_slash(request)
        return missing_page(request, settings)
    error = entry("NOT_FOUND", "Not found. The GraphQL endpoint is `/graphql`.")
    return error_response(404, [error], JSON, request.state.request_id)


async def method_not_allowed(request: Request, exc: Exception) -> Response:
    """The response to a method that the route does not have; caches would store one without `Cache-Control`."""
    methods = (exc.headers or {}).get("Allow", "") if isinstance(exc, HTTPException) else ""
    allowed = sorted(methods.split(", "))
    error = entry("METHOD_NOT_ALLOWED", f"The method must be {' or '.join(allowed)}.")
    return error_response(405, [error], JSON, request.state.request_id, {"Allow": ", ".join(allowed)})


def _has_wrong_slash(request: Request, routes: Sequence[BaseRoute]) -> bool:
    """Whether another endpoint has the path without the slash. The same one has refused the path for a reason."""
    path = request.scope["path"]
    if not path.endswith("/"):
        return False
    for route in routes:
        match, child = route.matches({**request.scope, "path": path.rstrip("/")})
        if match is Match.FULL:
            return bool(child["endpoint"] != request.scope.get("endpoint"))
    return False


def _without_slash(request: Request) -> Response:
    """A relative redirect, as a proxy may serve the gateway at another path."""
    path = request.scope["raw_path"].decode("latin-1")
    kept = path.rstrip("/")
    query = f"?{request.url.query}" if request.url.query else ""
    location = "../" * (len(path) - len(kept)) + kept.rpartition("/")[2] + query
    return Response(status_code=HTTPStatus.FOUND, headers={"Location": location, "Cache-Control": "no-cache"})
