"""The cache of compiled operations, and their execution.

An operation has a program for each combination of its Boolean variables, which `@skip` and `@include` use. The
arguments of its resolvers can depend on all variables; they are computed for each request, or taken from a cache.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from types import EllipsisType
from typing import Any, TypeAlias

import msgspec
from graphql import GraphQLError, GraphQLSchema, VariableDefinitionNode, get_variable_values

from gateway.store.lru import LRU

from .call_stack import call_on_large_stack
from .compiler import FAILURES, Call, Program, compile_operation
from .context import Context
from .prepare.documents import Operation
from .response_size import TurnNeeded
from .strawberry_compat import Executor, arguments_of, executor_for

# The keyword arguments of each call of a program.
Arguments: TypeAlias = Sequence[Mapping[str, Any]]

# Operations that need more rounds are executed by graphql-core; so are those with a slow round, because a round is a
# barrier: reads that depend on its fast values would start late.
MAX_ROUNDS = 6
ROUND_S = 2.0
# In points. The requests of such an operation take far longer than its compilation.
COSTLY = 20
# Approximate memory of all programs, with the documents that they refer to; and of one, by the length of its texts.
MAX_BYTES = 32 * 2**20
PROGRAM_BYTES = 20_000
BYTES_PER_CHARACTER = 7
DOCUMENT_BYTES_PER_CHARACTER = 200
# The arguments cached for each program: their number, their memory, and the longest variables that have an entry.
MAX_ARGUMENTS = 500
ARGUMENTS_BYTES = 125_000
MAX_KEY_BYTES = 200


class Run:
    """An operation that is being executed: by its program, in rounds, or by graphql-core if there is none.

    In each round the program collects the awaitables that it meets. They are awaited together, and the program runs
    again, when the loaders have their values.
    """

    def __init__(self, context: Context, program: Program | None = None, arguments: Arguments = ()) -> None:
        self.context = context
        self.data: Any = None
        # Whether the last run ended because the operation has to wait for its turn.
        self.needs_turn = False
        self.was_compiled = program is not None
        self._program = program
        self._arguments = arguments
        self._pending: list[Coroutine[Any, Any, Any]] = []
        self._mark = context.mark()

    def run(self, source: object = None, place: Sequence[int] = ()) -> bool:
        """Whether the program has completed `data`. An incomplete or failed run leaves no trace in the context.

        `source` and `place` are the items and the position of a list.
        """
        if self._program is None:
            return False
        self._pending, self.needs_turn = [], False
        try:
            self.data = self._call(self._program.function, source, place)
            # Those outside of lists, which are few.
            self.context.count_values(self._program.values)
        except TurnNeeded:
            self.needs_turn = True
        except Exception:  # noqa: BLE001  # graphql-core meets the same exception, and creates its error
            self.close()
        else:
            if not self._pending:
                return True
        self.context.reset(self._mark)
        return False

    def _call(self, function: Callable[..., Any], source: object, place: Sequence[int]) -> Any:
        parameters = self.context, self._arguments, self._pending.append, source, place
        # A large stack takes longer than a small operation.
        return call_on_large_stack(function, *parameters) if self.context.size.has_turn else function(*parameters)

    async def rounds(self) -> bool:
        """Whether the program has completed `data` after some rounds; otherwise graphql-core has to."""
        for _ in range(MAX_ROUNDS):
            if not (self._pending or self.needs_turn):
                return False
            arrived = not self._pending or await _arrived(self._pending)
            # The awaited resolvers have added warnings, and will be called again.
            self.context.reset(self._mark)
            if not arrived:
                return False
            if self.needs_turn:
                await self.context.wait_for_turn()
            if self.run():
                return True
        self.close()
        return False

    def close(self) -> None:
        """Discard the program and its awaitables."""
        for awaitable in self._pending:
            awaitable.close()
        self._program, self._pending = None, []


async def _arrived(pending: Iterable[Coroutine[Any, Any, Any]]) -> bool:
    """Whether all values have arrived within one round. The reads of late ones continue."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in pending]
    for task in tasks:
        task.add_done_callback(_has_failed)
    try:
        done, late = await asyncio.wait(tasks, timeout=ROUND_S)
    finally:
        for task in tasks:
            task.cancel()
    return not late and not any(map(_has_failed, done))


def _has_failed(task: asyncio.Task[Any]) -> bool:
    """Whether the task has no value. Retrieves its exception, which asyncio would log otherwise."""
    return task.cancelled() or task.exception() is not None


class CompiledOperation:
    """A program and the arguments of its calls."""

    def __init__(self, executor: Executor, program: Program) -> None:
        self.program = program
        definitions = executor.operation.variable_definitions or ()
        bind = partial(_bind, executor.schema, definitions, program.calls)
        self._bind = lru_cache(MAX_ARGUMENTS // (1 + len(program.calls)) if definitions else 1)(bind)
        # Approximate memory, without the document.
        arguments_bytes = ARGUMENTS_BYTES if definitions else 0
        self.size_bytes = PROGRAM_BYTES + BYTES_PER_CHARACTER * len(program.expression) + arguments_bytes

    def arguments(self, variables: Mapping[str, Any]) -> Arguments | None:
        """The arguments with these variables; None if they are invalid."""
        # Unlike a dictionary, JSON distinguishes 1, 1.0 and true.
        key = msgspec.json.encode(variables) if variables else b"{}"
        return self._bind(key) if len(key) <= MAX_KEY_BYTES else self._bind.__wrapped__(key)


def _bind(
    schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode], calls: Sequence[Call], variables: bytes
) -> Arguments | None:
    values = get_variable_values(schema, definitions, msgspec.json.decode(variables), max_errors=1)
    if isinstance(values, list):
        return None
    try:
        return [arguments_of(schema, *call, values) for call in calls]
    except GraphQLError:
        return None


class Programs:
    """The compiled operations of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.cache: LRU[tuple[Operation, tuple[Any, ...]], CompiledOperation] = LRU(MAX_BYTES)

    def get(
        self, operation: Operation, variables: Mapping[str, Any], cost: int = 0, *, at_once: bool = False
    ) -> CompiledOperation | None:
        """The compiled operation; None if graphql-core has to execute it.

        The n-th compilation of an operation takes place at its 2^n-th use: a document that is used once is not
        compiled, and neither many combinations of variables nor evictions make the compiler work for each request.
        A costly operation is compiled one use earlier, so at its first, and with `at_once` in any case: an operation
        with a large response.
        """
        operation.uses += not at_once
        if not operation.is_query:
            return None
        conditions = tuple([variables.get(name, ...) for name in operation.booleans]) if operation.booleans else ()
        if conditions and not all(isinstance(condition, bool | EllipsisType) for condition in conditions):
            return None
        compiled = self.cache.peek((operation, conditions))
        uses = operation.uses + (cost >= COSTLY)
        if compiled is None and (at_once or uses >= 2 ** (operation.compilations + 1)):
            compiled = self._compile(operation, variables)
            if compiled is not None:
                size = compiled.size_bytes + DOCUMENT_BYTES_PER_CHARACTER * len(operation.text)
                self.cache.put((operation, conditions), compiled, size=size)
        return compiled

    def _compile(self, operation: Operation, variables: Mapping[str, Any]) -> CompiledOperation | None:
        operation.compilations += 1
        executor = executor_for(self._schema, operation.document, operation.name, variables)
        try:
            return CompiledOperation(executor, compile_operation(executor)) if executor else None
        except FAILURES:
            return None
