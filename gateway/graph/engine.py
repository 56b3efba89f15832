"""The GraphQL engine: prepares and prices operations, executes them, and formats their errors."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import strawberry
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from gateway.deadline import Deadline
from gateway.errors import LimitExceeded, OperationTimeout
from gateway.store.tags import Validity

from .context import Context, PointsBalance, Services
from .prepare.documents import Documents, Operation
from .prepare.errors import RequestError, format_error, request_error
from .prepare.limits import Limits
from .programs import Programs, Run
from .strawberry_compat import core_schema

# Each field times out at the deadline; the operation as a whole a little later, if a field does not.
GRACE_S = 1.0
OPERATION_TYPES = (OperationType.QUERY, OperationType.MUTATION)


class PricedOperation(NamedTuple):
    """An operation with its variables and its maximum cost in points."""

    operation: Operation
    variables: Mapping[str, Any]
    cost: int


class OperationResult(NamedTuple):
    """The response (`data`, `errors`, `extensions`), the number of its values, and its validity for caches.

    The validity is None if the response must not be cached.
    """

    content: dict[str, Any]
    values: int
    validity: Validity | None


class Engine:
    """Prepares and executes the operations of one schema."""

    def __init__(
        self,
        schema: strawberry.Schema,
        services: Services,
        limits: Limits,
        *,
        timeout_s: float,
        compiled: bool = True,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`timeout_s` bounds each operation as a whole. Without `compiled`, graphql-core executes all operations."""
        # The number of operations by way of execution: compiled, lists (compiled in part), interpreted.
        self.tally: Counter[str] = Counter()
        self._programs = Programs(core_schema(schema)) if compiled else None
        self._schema = schema
        self._services = services
        self._limits = limits
        self._timeout_s = timeout_s
        self._clock = clock
        self._monotonic = monotonic
        self._documents = Documents(core_schema(schema), limits)

    def prepare(self, query: str, variables: Mapping[str, Any], operation_name: str | None) -> PricedOperation:
        """The named operation and its cost; raises `RequestError` if the document or the cost is not acceptable."""
        operations = self._documents.prepare(query)
        if isinstance(operations, RequestError):
            # A copy: a cached exception that is raised repeatedly accumulates tracebacks.
            raise RequestError(operations.errors)
        operation = _select_operation(operation_name, operations)
        cost = operation.cost(variables)
        try:
            self._limits.check_cost(cost)
        except LimitExceeded as exc:
            raise RequestError([format_error(exc)]) from exc
        return PricedOperation(operation=operation, variables=variables, cost=cost)

    async def execute(self, priced: PricedOperation, points: PointsBalance, *, may_update: bool) -> OperationResult:
        """The result of the operation; raises `RequestError` if the variables are invalid."""
        started = self.start(priced, points, may_update=may_update)
        return started if isinstance(started, OperationResult) else await self.finish(started)

    def start(self, priced: PricedOperation, points: PointsBalance, *, may_update: bool) -> OperationResult | Run:
        """The result, if the operation is compiled and its data is cached; else a run, which needs `finish`."""
        context = Context(
            services=self._services,
            operation=priced.operation,
            variables=priced.variables,
            cost=priced.cost,
            points=points,
            may_update=may_update,
            now=self._clock(),
            started_at=self._monotonic(),
            deadline=Deadline.from_timeout(self._timeout_s),
        )
        compiled = self._programs.get(priced.operation, priced.variables) if self._programs else None
        arguments = compiled.arguments(priced.variables) if compiled else None
        if compiled is None or arguments is None:
            return Run(context)
        started = Run(context, compiled.program, arguments)
        if not started.run():
            return started
        context.start_refreshes()
        return self._compiled_result(started)

    async def finish(self, started: Run) -> OperationResult:
        """The result of an operation that has to wait, or that graphql-core executes."""
        context = started.context
        try:
            async with asyncio.timeout_at(context.deadline.at + GRACE_S):
                if not await started.rounds():
                    result = await self._execute(context)
                elif not context.was_overtaken():
                    return self._compiled_result(started)
                if context.operation.is_query and context.was_overtaken():
                    context.restart()
                    result = await self._execute(context)
        except TimeoutError as exc:
            raise OperationTimeout("The operation timed out. Request less data, or retry later.") from exc
        finally:
            context.start_refreshes()
        self.tally["lists" if context.has_compiled_lists else "interpreted"] += 1
        errors = [format_error(error) for error in result.errors or ()]
        if result.data is None and not any("path" in error for error in errors):
            raise RequestError(errors)
        return _result(context, result.data, errors)

    async def _execute(self, context: Context) -> ExecutionResult:
        return await self._schema.execute(
            context.operation.text,
            variable_values=dict(context.variables),
            context_value=context,
            operation_name=context.operation.name,
            allowed_operation_types=OPERATION_TYPES,
        )

    def _compiled_result(self, completed: Run) -> OperationResult:
        self.tally["compiled"] += 1
        return _result(completed.context, completed.data, [])


def _result(context: Context, data: Any, errors: list[dict[str, Any]]) -> OperationResult:
    content = {**({"errors": errors} if errors else {}), "data": data, "extensions": _extensions(context)}
    validity = context.validity() if context.operation.is_query and not errors else None
    return OperationResult(content, context.values, validity)


def _extensions(context: Context) -> dict[str, Any]:
    extensions: dict[str, Any] = {
        "cost": {"requested": context.cost, "charged": min(context.charged, context.cost)},
    }
    if context.revalidating:
        extensions["revalidating"] = True
    if context.warnings:
        extensions["warnings"] = context.warnings
    return extensions


def _select_operation(name: str | None, operations: Mapping[str | None, Operation]) -> Operation:
    if name is None and len(operations) == 1:
        return next(iter(operations.values()))
    if name is None or name not in operations:
        names = ", ".join(sorted(filter(None, operations))) or "none"
        raise request_error("BAD_USER_INPUT", f"`operationName` must be one of the document's operations: {names}.")
    return operations[name]
