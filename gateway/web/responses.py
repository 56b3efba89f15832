"""GraphQL responses as HTTP responses."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response


def graphql_response(
    status: int, content: Mapping[str, Any], media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer as bytes; not to be stored by anyone unless `headers` say otherwise."""
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
    """Errors without data, each with the request's ID."""
    return graphql_response(status, {"errors": with_request_id(errors, request_id)}, media_type, headers)


def with_request_id(errors: Sequence[Mapping[str, Any]], request_id: str) -> list[dict[str, Any]]:
    """The errors, each with the ID under which the log knows the request."""
    return [{**error, "extensions": {**error["extensions"], "requestId": request_id}} for error in errors]
