"""The form of an error entry, and the exceptions of the layers below `web`.

    GatewayError
    ├── BadUserInput            BAD_USER_INPUT
    ├── LimitExceeded           LIMIT_EXCEEDED
    ├── Unauthenticated         UNAUTHENTICATED
    ├── UpdatesDisabled         UPDATES_DISABLED
    ├── NameNotFound            USER_NOT_FOUND
    ├── ImagesNotInstalled      IMAGES_NOT_INSTALLED
    ├── RendererBusy            RENDERER_BUSY
    ├── ResultTooLarge          RESULT_TOO_LARGE
    ├── PointsMissing           RATE_LIMITED
    ├── NumberTooLarge          VALUE_OUT_OF_RANGE
    ├── OperationTimeout        OPERATION_TIMEOUT
    └── UpstreamError
        ├── UpstreamTimeout     UPSTREAM_TIMEOUT
        ├── UpstreamUnavailable UPSTREAM_UNAVAILABLE
        ├── UpstreamBusy        UPSTREAM_BUSY
        ├── UpstreamRejected    UPSTREAM_REJECTED
        ├── UpstreamInvalid     UPSTREAM_INVALID_RESPONSE
        └── UpdateOutcomeUnknown  UPDATE_OUTCOME_UNKNOWN

Messages are for clients: the cause and the remedy. Any other exception is a bug, logged with its traceback and masked
as `INTERNAL_SERVER_ERROR`.
"""

from math import ceil
from typing import Any, ClassVar, Self

from .error_codes import CODES

# After an update with an unknown outcome: the time until a read returns newer data, and the freshness of such data.
READ_AFTER_S = 15.0
# The end of the message of a retryable error. Where the time is known, clients get `Retry in N s.` instead.
RETRY_LATER = "Try again later."
# The end of the message of an error that lasts until somebody removes its cause.
TELL_OPERATOR = "If this lasts, tell the operator of the gateway."


def entry(code: str, message: str, *, retry_after_s: float | None = None, **details: Any) -> dict[str, Any]:
    """An entry of a response's `errors`; `details` are added to its `extensions`."""
    extensions: dict[str, Any] = {"code": code, "retryable": CODES[code].retryable}
    if retry_after_s is not None:
        wait_s = extensions["retryAfterSeconds"] = max(1, ceil(retry_after_s))
        message = with_wait(message, wait_s)
    return {"message": message, "extensions": extensions | details}


def with_wait(message: str, wait_s: int) -> str:
    """The message of a retryable error with the time until a retry."""
    return message.replace(RETRY_LATER, f"Retry in {wait_s} s.")


class GatewayError(Exception):
    """An error that clients see with its code and message."""

    code: ClassVar[str]

    def __init__(self, message: str, *, retry_after_s: float | None = None, **details: Any) -> None:
        """`retry_after_s`: the earliest time, from now, at which a retry can succeed, if it is known."""
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s
        self._details = details

    def to_entry(self) -> dict[str, Any]:
        """The error as an entry of a response's `errors`."""
        return entry(self.code, self.message, retry_after_s=self.retry_after_s, **self._details)


class BadUserInput(GatewayError):
    """An argument has an invalid value."""

    code = "BAD_USER_INPUT"

    def __init__(self, argument: str, message: str) -> None:
        """`argument` is the argument's name in the schema."""
        super().__init__(message, argument=argument)


class LimitExceeded(GatewayError):
    """A document or an operation exceeds one of the limits."""

    code = "LIMIT_EXCEEDED"

    def __init__(self, limit: str, value: int, maximum: int, rule: str) -> None:
        """`rule` explains how `value` is counted."""
        message = f"Limit exceeded: `{limit}` is {value}; the maximum is {maximum} (counted: {rule})."
        super().__init__(message, limit=limit, value=value, max=maximum)


class Unauthenticated(GatewayError):
    """A bearer token is required; the request has none or an invalid one."""

    code = "UNAUTHENTICATED"


class UpdatesDisabled(GatewayError):
    """The operator has switched updates off."""

    code = "UPDATES_DISABLED"

    def __init__(self) -> None:
        super().__init__("This gateway accepts no updates. All reads work.")


class NameNotFound(GatewayError):
    """Neither osu!track nor osu! has a player of this name."""

    code = "USER_NOT_FOUND"


class ImagesNotInstalled(GatewayError):
    """The gateway has no renderer of PNG files."""

    code = "IMAGES_NOT_INSTALLED"


class RendererBusy(GatewayError):
    """Too many PNG files wait for the renderer."""

    code = "RENDERER_BUSY"


class ResultTooLarge(GatewayError):
    """The response has more values than one operation may return, or takes too much CPU time."""

    code = "RESULT_TOO_LARGE"


class PointsMissing(GatewayError):
    """The client has too few points for the values of a list."""

    code = "RATE_LIMITED"


class NumberTooLarge(GatewayError):
    """A value from osu!track exceeds the range of its type in the schema."""

    code = "VALUE_OUT_OF_RANGE"


class OperationTimeout(GatewayError):
    """The operation exceeded its time limit."""

    code = "OPERATION_TIMEOUT"


class UpstreamError(GatewayError):
    """A request to osu!track failed."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None = None,
        transient: bool = False,
        unsent: bool = False,
        status: int | None = None,
    ) -> None:
        """`transient`: an immediate retry may succeed. `unsent`: the request had no effect on osu!track.

        `status` is the status of the response, if it is the cause of the error.
        """
        super().__init__(message, retry_after_s=retry_after_s)
        self.transient = transient
        self.unsent = unsent
        self.status = status
        # For the diagnosis: the title of a web page in place of the response, and whether it was a redirect.
        self.web_page: str | None = None
        self.redirected = False


class UpstreamTimeout(UpstreamError):
    """osu!track did not answer in time."""

    code = "UPSTREAM_TIMEOUT"


class UpstreamUnavailable(UpstreamError):
    """osu!track is unreachable or failing, or a circuit breaker is open."""

    code = "UPSTREAM_UNAVAILABLE"


class UpstreamBusy(UpstreamError):
    """The request budget, osu!track's or the gateway's own, is used up, or all connections are in use."""

    code = "UPSTREAM_BUSY"


class UpstreamRejected(UpstreamError):
    """osu!track rejected a valid request: its API has changed, or the gateway has a bug."""

    code = "UPSTREAM_REJECTED"


class UpstreamInvalid(UpstreamError):
    """osu!track's response does not match its API."""

    code = "UPSTREAM_INVALID_RESPONSE"


class UpdateOutcomeUnknown(UpstreamError):
    """An update was sent, and its response is missing or unreadable: it has probably been made."""

    code = "UPDATE_OUTCOME_UNKNOWN"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self._details = {"readAfterSeconds": ceil(READ_AFTER_S)}

    @classmethod
    def from_cause(cls, cause: str) -> Self:
        """The error with the usual advice; `cause` is a sentence."""
        return cls(f"{cause} The update has probably been made: read the player again in {READ_AFTER_S:.0f} s.")


def was_not_made(error: UpstreamError) -> bool:
    """Whether a request that failed has certainly not updated the player: it was not sent, or refused."""
    # A status of success that the API does not document, such as 204, refuses nothing.
    is_success = error.status is not None and error.status < 300
    return error.unsent or (isinstance(error, UpstreamRejected) and not is_success)
