"""The GraphQL engine: prepares and prices operations, executes them, and formats their errors."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import strawberry
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from gateway.errors import LimitExceeded, OperationTimeout, ResultTooLarge
from gateway.store.lru import LRU
from gateway.store.tags import Validity

from .call_stack import on_large_stack
from .context import Context, Services
from .prepare.documents import Documents, Operation, PreparedDocument
from .prepare.errors import RequestError, format_error, request_error
from .prepare.limits import Limits
from .programs import Programs, Run
from .response_size import PointsBalance
from .strawberry_compat import core_schema, executor_for
from .work import operation_values

# Each field times out at the deadline; the operation as a whole a little later, if a field does not.
GRACE_S = 1.0
# In characters. A shorter document takes a few milliseconds to prepare, also a hostile one.
LONG_DOCUMENT = 1000
OPERATION_TYPES = (OperationType.QUERY, OperationType.MUTATION)


class PricedOperation(NamedTuple):
    """An operation with its variables and its maximum cost in points."""

    operation: Operation
    variables: Mapping[str, Any]
    cost: int


class OperationResult(NamedTuple):
    """The response (`data`, `errors`, `extensions`), the number of its values, and its validity for caches.

    The validity is None if the response must not be cached. With `request_points`, charged for requests to osu!track,
    only the response to an equal operation can be cached, which is not charged for them.
    """

    content: dict[str, Any]
    values: int
    request_points: int
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
        self.core_schema = core_schema(schema)
        self._programs = Programs(self.core_schema) if compiled else None
        self._schema = schema
        self._services = services
        self._limits = limits
        self._timeout_s = timeout_s
        self._clock = clock
        self._monotonic = monotonic
        self._documents = Documents(self.core_schema, limits)

    @property
    def caches(self) -> dict[str, LRU[Any, Any]]:
        """The caches of the engine, by name."""
        programs = {"programs": self._programs.cache} if self._programs else {}
        return {"documents": self._documents.cache, **programs}

    def prepare(self, query: str, variables: Mapping[str, Any], operation_name: str | None) -> PricedOperation:
        """The named operation and its cost; raises `RequestError` if the document or the cost is not acceptable."""
        operations = self._prepared(query)
        if isinstance(operations, RequestError):
            # A copy: a cached exception that is raised repeatedly accumulates tracebacks.
            raise RequestError(operations.errors)
        operation = _select_operation(operation_name, operations)
        try:
            self._limits.check_variables(variables)
            cost = operation.cost(variables)
            self._limits.check_cost(cost)
            operation.check_values(variables, self._services.max_values)
        except (LimitExceeded, ResultTooLarge) as exc:
            raise RequestError([format_error(exc)]) from exc
        return PricedOperation(operation=operation, variables=variables, cost=cost)

    def has_to_wait(self, query: str) -> bool:
        """Whether the document takes long to prepare, and has to wait for its turn."""
        return self._services.turns.are_paused and self._is_long(query)

    async def wait_to_prepare(self, query: str, client: object) -> None:
        """Wait for the turn of a document that takes long to prepare."""
        if self.has_to_wait(query):
            await self._services.turns.wait(client)

    def _is_long(self, query: str) -> bool:
        return len(query) > LONG_DOCUMENT and self._documents.cache.peek(query) is None

    def _prepared(self, query: str) -> PreparedDocument:
        if not self._is_long(query):
            return self._documents.prepare(query)
        started = time.thread_time()
        prepared = self._documents.prepare(query)
        self._services.turns.used(time.thread_time() - started)
        return prepared

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
            timeout_s=self._timeout_s,
        )
        started = self._compiled(context) or Run(context)
        if not started.run():
            return started
        context.end()
        return self._compiled_result(started)

    async def finish(self, started: Run) -> OperationResult:
        """The result of an operation that has to wait, or that graphql-core executes."""
        context = started.context
        try:
            async with asyncio.timeout_at(context.deadline.at + GRACE_S):
                result = None if await started.rounds() else await self._execute(context)
                if context.is_abandoned:
                    started, result = await self._execute_in_turn(started)
                if context.operation.is_query and context.was_overtaken():
                    context.restart()
                    result = await self._execute(context)
        except TimeoutError as exc:
            raise OperationTimeout("The operation timed out. Request less data, or retry later.") from exc
        finally:
            context.end()
        return self._interpreted_result(context, result) if result else self._compiled_result(started)

    def _compiled(self, context: Context, *, at_once: bool = False) -> Run | None:
        if self._programs is None:
            return None
        variables = context.variables
        compiled = self._programs.get(context.operation, variables, context.cost, at_once=at_once)
        arguments = compiled.arguments(variables) if compiled else None
        return Run(context, compiled.program, arguments) if compiled and arguments is not None else None

    async def _execute_in_turn(self, abandoned: Run) -> tuple[Run, ExecutionResult | None]:
        """The second execution of an operation with a large response, which is compiled at its first use."""
        context = abandoned.context
        await context.wait_for_turn()
        context.repeat()
        compiled = None if abandoned.was_compiled else self._compiled(context, at_once=True)
        if compiled and (compiled.run() or await compiled.rounds()):
            return compiled, None
        return abandoned, await self._execute(context)

    async def _execute(self, context: Context) -> ExecutionResult:
        operation = context.operation
        executor = executor_for(self.core_schema, operation.document, operation.name, context.variables)
        if executor:
            context.count_values(operation_values(executor))
        execution = self._schema.execute(
            operation.text,
            variable_values=dict(context.variables),
            context_value=context,
            operation_name=operation.name,
            allowed_operation_types=OPERATION_TYPES,
        )
        return await on_large_stack(execution)

    def _compiled_result(self, completed: Run) -> OperationResult:
        self.tally["compiled"] += 1
        return _result(completed.context, completed.data, [])

    def _interpreted_result(self, context: Context, result: ExecutionResult) -> OperationResult:
        self.tally["lists" if context.has_compiled_lists else "interpreted"] += 1
        errors = [format_error(error) for error in result.errors or ()]
        if result.data is None and not any("path" in error for error in errors):
            raise RequestError(errors)
        return _result(context, result.data, errors)


def _result(context: Context, data: Any, errors: list[dict[str, Any]]) -> OperationResult:
    content = {"data": data, "extensions": _extensions(context)}
    if errors:
        content = {"errors": errors, **content}
    validity = context.validity() if context.operation.is_query and not errors else None
    return OperationResult(content, context.size.values, context.request_points, validity)


def _extensions(context: Context) -> dict[str, Any]:
    size = context.size
    cost = {"requested": context.cost, "charged": context.request_points + size.charged}
    extensions: dict[str, Any] = {"cost": cost}
    if size.charged:
        cost["values"] = size.values
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
