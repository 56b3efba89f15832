"""What the log will tell of a client's request, gathered wherever it is dealt with.

The tasks that a request begins inherit its request_context: what several wait for is counted for the one who began it.
"""

from contextvars import ContextVar
from typing import Any

from .trace_context import Trace

# A name is whatever the client wants; of one that is longer, this much is told.
MAX_NAME = 100


class RequestContext:
    """One request. What is None has no meaning for it, or is not known (yet). Never its variables or document."""

    __slots__ = (
        "charged",
        "codes",
        "cost",
        "operation",
        "operation_type",
        "outcome",
        "request_id",
        "stale",
        "trace",
        "upstream_requests",
    )

    def __init__(self, request_id: str, trace: Trace | None = None) -> None:
        self.request_id = request_id
        self.trace = trace
        self.outcome: str | None = None
        self.codes: list[str] = []
        self.operation: str | None = None
        self.operation_type: str | None = None
        self.cost: int | None = None
        self.charged: int | None = None
        self.upstream_requests = 0
        self.stale = False

    def set_operation(self, operation: str | None, operation_type: str, cost: int) -> None:
        """This is what is asked for, and the most it could cost."""
        self.operation = operation and operation[:MAX_NAME]
        self.operation_type = operation_type
        self.cost = cost

    def refuse(self, codes: list[str]) -> None:
        """It has no data, for these reasons."""
        self.outcome, self.codes = "refused", codes

    @property
    def log_ids(self) -> dict[str, Any]:
        """By what its lines in the log can be found."""
        return {"request_id": self.request_id} | ({"trace_id": self.trace.trace_id} if self.trace else {})

    @property
    def operation_fields(self) -> dict[str, Any]:
        """What it asked for: the same whenever the same is asked again."""
        facts = {"operation": self.operation, "operation_type": self.operation_type, "cost_requested": self.cost}
        return {name: value for name, value in facts.items() if value is not None}


current_request: ContextVar[RequestContext | None] = ContextVar("current_request", default=None)
