"""HTTP responses with a GraphQL response as their body."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response


def graphql_response(
    status: int, content: Mapping[str, Any], media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The encoded content; HTTP caches do not store it unless `headers` allow it."""
    return Response(
        msgspec.json.encode(content),
        status,
        {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})},
        f"{media_type}; charset=utf-8",
    )


def error_response(
    status: int,
    errors: Sequence[Mapping[str, Any]],
    media_type: str,
    request_id: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A response with errors only, each with the request's ID."""
    return graphql_response(status, {"errors": with_request_id(errors, request_id)}, media_type, headers)


def without_points(content: Mapping[str, Any], points: int) -> dict[str, Any]:
    """The content for a request that was charged less by these points."""
    extensions = content["extensions"]
    cost = {**extensions["cost"], "charged": extensions["cost"]["charged"] - points}
    return {**content, "extensions": {**extensions, "cost": cost}}


def with_request_id(errors: Sequence[Mapping[str, Any]], request_id: str) -> list[dict[str, Any]]:
    """The errors with `extensions.requestId`, by which the request is found in the log."""
    return [{**error, "extensions": {**error["extensions"], "requestId": request_id}} for error in errors]
