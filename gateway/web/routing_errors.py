"""Responses to requests that no route accepts."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.errors import entry
from gateway.settings import Settings

from .negotiation import JSON, is_page_view
from .pages import missing_page
from .responses import error_response


async def not_found(settings: Settings, request: Request, _: Exception) -> Response:
    """The response to an unknown path: a page for people."""
    if is_page_view(request):
        return missing_page(request, settings)
    error = entry("NOT_FOUND", "Not found. The GraphQL endpoint is `/graphql`.")
    return error_response(404, [error], JSON, request.state.request_id)


async def method_not_allowed(request: Request, exc: Exception) -> Response:
    """The response to a method that the route does not have; caches would store one without `Cache-Control`."""
    methods = (exc.headers or {}).get("Allow", "") if isinstance(exc, HTTPException) else ""
    allowed = sorted(methods.split(", "))
    error = entry("METHOD_NOT_ALLOWED", f"The method must be {' or '.join(allowed)}.")
    return error_response(405, [error], JSON, request.state.request_id, {"Allow": ", ".join(allowed)})
