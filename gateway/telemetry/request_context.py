"""The facts of a client's request that the log and the traces need, collected while it is processed.

Tasks inherit the request context of the request that starts them: a load shared by several requests is counted for
the first.
"""

from contextvars import ContextVar
from time import perf_counter
from typing import Any

from opentelemetry.trace import SpanContext, format_trace_id

# Characters of an operation's name that are logged; clients choose its length.
MAX_NAME = 100


class RequestContext:
    """One request: its IDs, its operation, its costs and its outcome. None: unknown, or not applicable.

    It never contains variables or the document.
    """

    __slots__ = (
        "causes",
        "charged",
        "client",
        "codes",
        "cost",
        "operation",
        "operation_type",
        "outcome",
        "request_id",
        "span",
        "stale",
        "started_at",
        "token",
        "upstream_requests",
    )

    def __init__(self, request_id: str, span: SpanContext | None = None) -> None:
        """`span` is the client's span, later replaced by the gateway's own."""
        self.request_id = request_id
        self.span = span
        # For fairness between clients; never logged.
        self.client = ""
        self.outcome: str | None = None
        self.codes: list[str] = []
        # The kinds of failures of its requests to osu!track, each once.
        self.causes: list[str] = []
        self.operation: str | None = None
        self.operation_type: str | None = None
        self.cost: int | None = None
        self.charged: int | None = None
        self.upstream_requests = 0
        self.stale = False
        # The place of the client's token in `GATEWAY_UPDATE_TOKENS`, from 1.
        self.token: int | None = None
        self.started_at = perf_counter()

    def set_operation(self, operation: str | None, operation_type: str, cost: int) -> None:
        """Record the operation and its maximum cost."""
        self.operation = operation and operation[:MAX_NAME]
        self.operation_type = operation_type
        self.cost = cost

    def refuse(self, codes: list[str]) -> None:
        """Record a response without data, and its error codes."""
        self.outcome, self.codes = "refused", codes

    @property
    def seconds(self) -> float:
        """The time since the start of the request."""
        return perf_counter() - self.started_at

    @property
    def log_ids(self) -> dict[str, Any]:
        """The IDs that every log line of this request has."""
        ids = {"request_id": self.request_id}
        return ids | {"trace_id": format_trace_id(self.span.trace_id)} if self.span else ids

    @property
    def operation_fields(self) -> dict[str, Any]:
        """The log fields of the operation, which are the same for every response from the cache."""
        facts = {"operation": self.operation, "operation_type": self.operation_type, "cost_requested": self.cost}
        return {name: value for name, value in facts.items() if value is not None}


current_request: ContextVar[RequestContext | None] = ContextVar("current_request", default=None)
