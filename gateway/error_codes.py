"""The codes of all errors that a client can receive, with their HTTP statuses and meanings."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class ErrorCode(NamedTuple):
    """The HTTP status of a code, its meaning, and whether the same request can succeed later.

    `json_status` is the status for clients that accept `application/json` only, where it differs. An error in a field
    has the status 200, as the response has data. `edition_2026` is the status with `GATEWAY_HTTP_STATUSES=2026`, where
    it differs.
    """

    status: int
    meaning: str
    retryable: bool = False
    json_status: int | None = None
    edition_2026: int | None = None

    @property
    def status_2026(self) -> int:
        """The status with `GATEWAY_HTTP_STATUSES=2026`: 294 for errors in fields."""
        return self.edition_2026 or (294 if self.status == 200 else self.status)


# Every code that a client can receive, in the order of docs/errors.md.
CODES: Mapping[str, ErrorCode] = MappingProxyType(
    {
        "BAD_USER_INPUT": ErrorCode(
            400,
            "An argument or variable is invalid; `extensions.argument` names it where it is known.",
            json_status=200,
            edition_2026=422,
        ),
        "GRAPHQL_PARSE_FAILED": ErrorCode(400, "The document is not valid GraphQL syntax.", json_status=200),
        "GRAPHQL_VALIDATION_FAILED": ErrorCode(
            400, "The document does not fit the schema.", json_status=200, edition_2026=422
        ),
        "BAD_REQUEST": ErrorCode(400, "The HTTP request is not a GraphQL request.", edition_2026=422),
        "METHOD_NOT_ALLOWED": ErrorCode(405, "Queries are sent by GET, QUERY or POST, mutations by POST."),
        "NOT_FOUND": ErrorCode(404, "No resource has this path."),
        "CROSS_SITE_REQUEST": ErrorCode(
            403,
            "A page of another site sent a GET, and its `Origin` is missing or not allowed: use POST or send the header"
            " `GraphQL-Require-Preflight`. At `/mcp`: the `Origin` is not allowed.",
        ),
        "REQUEST_TIMEOUT": ErrorCode(408, "The request's headers or body took too long to arrive.", retryable=True),
        "URI_TOO_LONG": ErrorCode(414, "The request's URL is too long: send the operation by POST."),
        "HEADERS_TOO_LARGE": ErrorCode(431, "The request's headers are too large."),
        "PERSISTED_QUERY_NOT_FOUND": ErrorCode(
            200, "No document with this SHA-256 is cached: send its text along with the hash.", edition_2026=404
        ),
        "PERSISTED_QUERY_NOT_SUPPORTED": ErrorCode(
            400, "No trusted document has this SHA-256, and only trusted documents are accepted.", edition_2026=403
        ),
        "DOCUMENT_NOT_TRUSTED": ErrorCode(
            400, "The document is not trusted, and only trusted documents are accepted.", edition_2026=403
        ),
        "NOT_ACCEPTABLE": ErrorCode(
            406, "The `Accept` header must allow `application/graphql-response+json` or `application/json`."
        ),
        "UNSUPPORTED_MEDIA_TYPE": ErrorCode(
            415, "The body must be `application/json` in UTF-8, without `Content-Encoding`."
        ),
        "BODY_TOO_LARGE": ErrorCode(413, "The body is larger than `GATEWAY_MAX_BODY_BYTES`."),
        "LIMIT_EXCEEDED": ErrorCode(
            400,
            "The operation exceeds a limit; `extensions` has its name (`limit`), the `value` and the `max`.",
            json_status=200,
            edition_2026=422,
        ),
        "RATE_LIMITED": ErrorCode(
            429,
            "The client has too few points left, for the operation or for the values of a list: retry after"
            " `Retry-After`, or `retryAfterSeconds`.",
            retryable=True,
        ),
        "UNREAD_RESPONSES": ErrorCode(
            503,
            "Too many large responses have not been read by this client, or by all clients: retry after"
            " `retryAfterSeconds`.",
            retryable=True,
        ),
        "IMAGES_NOT_INSTALLED": ErrorCode(
            501, "This gateway cannot draw PNG files, because its extra `images` is not installed: use the SVG file."
        ),
        "RENDERER_BUSY": ErrorCode(
            503, "Too many PNG files are being drawn: retry after `retryAfterSeconds`.", retryable=True
        ),
        "UNAUTHENTICATED": ErrorCode(200, "Updates need a bearer token, which is missing or invalid."),
        "UPDATES_DISABLED": ErrorCode(200, "The gateway's operator has switched updates off."),
        "USER_NOT_FOUND": ErrorCode(200, "No player has this name."),
        "RESULT_TOO_LARGE": ErrorCode(
            400,
            "The response has too many values, or takes too much CPU time: narrow a window, use `every`, or select"
            " fewer fields.",
            json_status=200,
            edition_2026=422,
        ),
        "VALUE_OUT_OF_RANGE": ErrorCode(200, "A value exceeds the range of its type, such as 2^53 - 1 for a `BigInt`."),
        "OPERATION_TIMEOUT": ErrorCode(
            503, "The operation exceeded its time limit: request less data, or retry.", retryable=True, json_status=200
        ),
        "UPSTREAM_TIMEOUT": ErrorCode(200, "osu!track did not answer in time: retry.", retryable=True),
        "UPSTREAM_UNAVAILABLE": ErrorCode(
            200, "osu!track is unreachable or failing, or requests to it are paused: retry later.", retryable=True
        ),
        "UPSTREAM_BUSY": ErrorCode(
            200,
            "The request budget or all connections to osu!track are in use, or the request could repeat an update:"
            " retry after `retryAfterSeconds`. It costs one point.",
            retryable=True,
        ),
        "UPSTREAM_REJECTED": ErrorCode(200, "osu!track rejected or redirected a valid request: please report it."),
        "UPSTREAM_INVALID_RESPONSE": ErrorCode(200, "osu!track's response could not be decoded."),
        "UPDATE_OUTCOME_UNKNOWN": ErrorCode(
            200,
            "The update was sent and has probably been made, but osu!track did not confirm it:"
            " read the player again after `readAfterSeconds`.",
        ),
        "SERVICE_UNAVAILABLE": ErrorCode(
            502,
            "The proxy in front of the gateways reaches none: retry after `retryAfterSeconds`. An update may have been"
            " made; its cooldown then refuses the second one.",
            retryable=True,
        ),
        "SERVICE_TIMEOUT": ErrorCode(504, "The same, as the gateway did not answer in time.", retryable=True),
        "INTERNAL_SERVER_ERROR": ErrorCode(
            500, "The gateway has a bug, which has been logged: please report it with the `requestId`."
        ),
    }
)
