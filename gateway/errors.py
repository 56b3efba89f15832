"""Everything that can go wrong in a way a client should understand.

    GatewayError
    ├── BadUserInput            BAD_USER_INPUT
    ├── LimitExceeded           LIMIT_EXCEEDED
    ├── Unauthenticated         UNAUTHENTICATED
    ├── NameNotFound            USER_NOT_FOUND
    ├── ResultTooLarge          RESULT_TOO_LARGE
    ├── NumberTooLarge          VALUE_OUT_OF_RANGE
    ├── OperationTimeout        OPERATION_TIMEOUT
    └── UpstreamError
        ├── UpstreamTimeout     UPSTREAM_TIMEOUT
        ├── UpstreamUnavailable UPSTREAM_UNAVAILABLE
        ├── UpstreamBusy        UPSTREAM_BUSY
        ├── UpstreamRejected    UPSTREAM_REJECTED
        └── UpstreamInvalid     UPSTREAM_INVALID_RESPONSE

The message is for the client: what happened and what to do. Whatever is not a `GatewayError` is a bug, and is
masked as `INTERNAL_SERVER_ERROR`. Refusals of the HTTP layer are made in `web`, those of the document in `graph`.
"""

from math import ceil
from typing import Any, ClassVar


class GatewayError(Exception):
    """Something a client is told in full."""

    code: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        """`retry_after_s` is how long to wait before the same request can succeed, where that is known."""
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s

    @property
    def extensions(self) -> dict[str, Any]:
        """What stands beside the message in a GraphQL error."""
        facts: dict[str, Any] = {"code": self.code, "retryable": self.retryable}
        if self.retry_after_s is not None:
            facts["retryAfterSeconds"] = max(1, ceil(self.retry_after_s))
        return facts


class BadUserInput(GatewayError):
    """An argument that can't be answered, whatever osu!track knows."""

    code = "BAD_USER_INPUT"

    def __init__(self, argument: str, message: str) -> None:
        """`argument` is the GraphQL name of what has to change."""
        super().__init__(message)
        self.argument = argument

    @property
    def extensions(self) -> dict[str, Any]:
        """As for every error, and the argument's name."""
        return {**super().extensions, "argument": self.argument}


class LimitExceeded(GatewayError):
    """A document or an operation is larger than it may be."""

    code = "LIMIT_EXCEEDED"

    def __init__(self, limit: str, value: int, most: int, how: str) -> None:
        """`how` says how `value` was counted."""
        super().__init__(f"The {limit} of this operation is {value}, and may be {most} at most (counted: {how}).")
        self._facts = {"limit": limit, "value": value, "max": most}

    @property
    def extensions(self) -> dict[str, Any]:
        """As for every error, and the numbers."""
        return {**super().extensions, **self._facts}


class Unauthenticated(GatewayError):
    """This gateway wants a token here, and there was none or a wrong one."""

    code = "UNAUTHENTICATED"


class NameNotFound(GatewayError):
    """osu!track and osu! know nobody by this name."""

    code = "USER_NOT_FOUND"


class ResultTooLarge(GatewayError):
    """More rows than one operation may return."""

    code = "RESULT_TOO_LARGE"


class NumberTooLarge(GatewayError):
    """osu!track's value does not fit the type the schema promises."""

    code = "VALUE_OUT_OF_RANGE"


class OperationTimeout(GatewayError):
    """The operation as a whole took too long."""

    code = "OPERATION_TIMEOUT"
    retryable = True


class UpstreamError(GatewayError):
    """osu!track did not give an answer that can be used."""

    def __init__(
        self, message: str, *, retry_after_s: float | None = None, transient: bool = False, unsent: bool = False
    ) -> None:
        """`transient`: the next attempt may well succeed. `unsent`: osu!track has done nothing about the request."""
        super().__init__(message, retry_after_s=retry_after_s)
        self.transient = transient
        self.unsent = unsent


class UpstreamTimeout(UpstreamError):
    """osu!track did not answer in time."""

    code = "UPSTREAM_TIMEOUT"
    retryable = True


class UpstreamUnavailable(UpstreamError):
    """osu!track can't be reached, fails, or is left alone because it failed a moment ago."""

    code = "UPSTREAM_UNAVAILABLE"
    retryable = True


class UpstreamBusy(UpstreamError):
    """The request budget that osu!track grants us, or that we grant ourselves, is used up."""

    code = "UPSTREAM_BUSY"
    retryable = True


class UpstreamRejected(UpstreamError):
    """osu!track refused a request that we think is right: its API has changed, or the gateway has a bug."""

    code = "UPSTREAM_REJECTED"


class UpstreamInvalid(UpstreamError):
    """osu!track answered something that is not what its API promises."""

    code = "UPSTREAM_INVALID_RESPONSE"
