"""graphql-core's executors, which count the size of lists, and complete long ones with compiled programs.

Operations that are not compiled as a whole, because they run for the first time or have an error, can still contain
thousands of rows.
"""

from collections.abc import Callable, Sized
from typing import Any

import strawberry
from graphql import get_named_type, is_leaf_type, parse
from graphql.pyutils import Path
from msgspec import to_builtins

from gateway.errors import ResultTooLarge
from gateway.mods import mods_of
from gateway.records import Rows

from .compiler import FAILURES, Program, compile_list, compile_operation
from .fields import record_field
from .programs import Arguments, CompiledOperation, Run
from .response_size import TurnNeeded
from .strawberry_compat import (
    ListExecutor,
    Selection,
    arguments_of,
    core_schema,
    executor_for,
)
from .types.snapshots import Mods
from .work import ItemSize, item_size

# Shorter lists take less time than their compilation.
MIN_ROWS = 50
# The estimated CPU time of compiling a list.
COMPILATION_US = 1000
# The query of the self-check.
PROBE = f"{{ mods(count: {MIN_ROWS}) {{ n: bits ...F label @skip(if: true) }} }} fragment F on Mods {{ acronyms }}"


class CountingExecutor(ListExecutor):
    """Counts the values and the work of each list before graphql-core completes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The size of an item by the identity of its selection, which graphql-core keeps alive.
        self._sizes: dict[int, ItemSize] = {}

    def complete_list(
        self, items: Any, item_type: Any, selection: Selection, path: Path, complete: Callable[[], Any]
    ) -> Any:
        """The response value of a list; an awaitable if a mutation has to wait for its turn."""
        context = self.context_value
        size = self._sizes.get(id(selection))
        if size is None:
            size = self._sizes[id(selection)] = item_size(self, item_type, selection)
        values = 0 if is_leaf_type(get_named_type(item_type)) else size.values
        try:
            context.count_list(_length(items), values, size.work_us)
        except TurnNeeded:
            if context.abandon():
                raise
            return self._complete_in_turn(items, item_type, selection, path, complete)
        return complete()

    async def _complete_in_turn(self, *list_: Any) -> Any:
        await self.context_value.wait_for_turn()
        completed = self.complete_list(*list_)
        return await completed if self.is_awaitable(completed) else completed


class CompiledListExecutor(CountingExecutor):
    """Compiles long lists. Lists with a value outside of the success case are completed by graphql-core."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._programs: dict[int, tuple[Program, Arguments] | None] = {}

    def complete_list(
        self, items: Any, item_type: Any, selection: Selection, path: Path, complete: Callable[[], Any]
    ) -> Any:
        """The response objects of a list."""
        compiled = self._program(item_type, selection, path) if _length(items) >= MIN_ROWS else None
        if compiled:
            run = Run(self.context_value, *compiled)
            if run.run(items, [key for key in path.as_list() if isinstance(key, int)]):
                self.context_value.has_compiled_lists = True
                return run.data
            run.close()
        return super().complete_list(items, item_type, selection, path, complete)

    def _program(self, item_type: Any, selection: Selection, path: Path) -> tuple[Program, Arguments] | None:
        """The program for all lists of this selection, and its arguments."""
        key = id(selection)
        if key not in self._programs:
            try:
                self.context_value.size.count_work(COMPILATION_US)
                program = compile_list(self, item_type, selection, path)
                arguments = [arguments_of(self.schema, *call, self.variable_values) for call in program.calls]
                self._programs[key] = program, arguments
            except (ResultTooLarge, *FAILURES):
                self._programs[key] = None
        return self._programs[key]


def _length(items: object) -> int:
    """The number of items; the schema's lists are all sized."""
    return len(items) if isinstance(items, Sized) else 0


def is_supported() -> bool:
    """Self-check: a compiled operation, and graphql-core with a compiled list, return the expected data."""
    expected = {"mods": [{"n": bits, "acronyms": list(mods_of(bits).acronyms)} for bits in range(MIN_ROWS)]}
    context: Any = _ProbeContext()
    try:
        schema = strawberry.Schema(_ProbeQuery, execution_context_class=CompiledListExecutor)
        lists = schema.execute_sync(PROBE, context_value=context).data
        executor: Any = executor_for(core_schema(schema), parse(PROBE), None, {})
        compiled = CompiledOperation(executor, compile_operation(executor))
        run = Run(context, compiled.program, compiled.arguments({}) or ())
        return run.run() and context.has_compiled_lists and to_builtins([lists, run.data]) == [expected] * 2
    except (AttributeError, TypeError, ValueError, LookupError, *FAILURES):
        return False


@strawberry.type(name="Query")
class _ProbeQuery:
    @record_field(list[Mods])
    def mods(self, count: int) -> Rows[Any]:
        return Rows(map(mods_of, range(count)))


class _ProbeContext:
    """A context without limits: its attributes and methods do nothing."""

    has_compiled_lists = False

    def __getattr__(self, _: str) -> "_ProbeContext":
        return self

    def __call__(self, *_: object) -> None:
        pass
