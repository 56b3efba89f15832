"""Answers operations: prepares the document, prices it, executes it, and says what went wrong in clients' terms."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import strawberry
from strawberry.types.graphql import OperationType

from gateway.deadline import Deadline
from gateway.errors import LimitExceeded, OperationTimeout
from gateway.store.tags import Validity

from .context import Context, OperationRequest, PointsBalance, Services
from .prepare.documents import Documents, Operation
from .prepare.errors import RequestError, format_error, request_error
from .prepare.limits import Limits
from .strawberry_compat import core_schema

# Fields give up at the deadline, each for itself; the whole a little later, should one not.
GRACE_S = 1.0
EVERY_TYPE = (OperationType.QUERY, OperationType.MUTATION)


class Admitted(NamedTuple):
    """An operation with its variables, and what it could cost."""

    operation: Operation
    variables: Mapping[str, Any]
    cost: int


class Answer(NamedTuple):
    """The response (data, errors, extensions), and for how long it is the same, None for now only."""

    content: dict[str, Any]
    validity: Validity | None


class Engine:
    """The schema at work."""

    def __init__(
        self,
        schema: strawberry.Schema,
        services: Services,
        limits: Limits,
        *,
        timeout_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`timeout_s` bounds an operation as a whole."""
        self._schema = schema
        self._services = services
        self._limits = limits
        self._timeout_s = timeout_s
        self._clock = clock
        self._documents = Documents(core_schema(schema), limits)

    def admit(self, query: str, variables: Mapping[str, Any], operation_name: str | None) -> Admitted:
        """The operation that is meant; raises `RequestError` if the document or its cost are not what they may be."""
        prepared = self._documents.prepare(query)
        if isinstance(prepared, RequestError):
            # A new one each time: an exception that is raised again drags its old tracebacks along.
            raise RequestError(prepared.errors)
        operation = _chosen(prepared, operation_name)
        cost = operation.cost(variables)
        try:
            self._limits.check_cost(cost)
        except LimitExceeded as exc:
            raise RequestError([format_error(exc)]) from exc
        return Admitted(operation, variables, cost)

    async def execute(self, admitted: Admitted, points: PointsBalance, *, may_update: bool) -> Answer:
        """What the operation comes to. Raises `RequestError` when the variables don't fit."""
        operation, variables, cost = admitted
        request = OperationRequest(operation, points, cost, may_update)
        context = Context(
            self._services, now=self._clock(), deadline=Deadline.from_timeout(self._timeout_s), request=request
        )
        try:
            async with asyncio.timeout(self._timeout_s + GRACE_S):
                result = await self._schema.execute(
                    operation.text,
                    variable_values=dict(variables),
                    context_value=context,
                    operation_name=operation.name,
                    allowed_operation_types=EVERY_TYPE,
                )
        except TimeoutError as exc:
            raise OperationTimeout("The operation took too long. Ask for less, or try again later.") from exc
        errors = [format_error(error) for error in result.errors or ()]
        if result.data is None and not any("path" in error for error in errors):
            raise RequestError(errors)
        extensions: dict[str, Any] = {"cost": {"requested": cost, "charged": min(context.charged, cost)}}
        if context.warnings:
            extensions["warnings"] = context.warnings
        content = {**({"errors": errors} if errors else {}), "data": result.data, "extensions": extensions}
        return Answer(content, context.validity() if operation.is_query and not errors else None)


def _chosen(operations: Mapping[str | None, Operation], name: str | None) -> Operation:
    if name is None and len(operations) == 1:
        return next(iter(operations.values()))
    if name is None or name not in operations:
        names = ", ".join(sorted(known for known in operations if known)) or "none"
        raise request_error("BAD_USER_INPUT", f"`operationName` must be one of the document's operations: {names}.")
    return operations[name]
