"""graphql-core's executor with compiled lists, for operations that are not compiled as a whole.

An operation that runs for the first time or has an error can still contain thousands of rows.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import strawberry
from graphql import parse
from graphql.pyutils import Path

from gateway.mods import mods_of
from gateway.records import Rows

from .compiler import FAILURES, compile_list, compile_operation
from .fields import record_field
from .programs import CompiledOperation, Run
from .strawberry_compat import (
    Executor,
    ListExecutor,
    Selection,
    arguments_of,
    core_schema,
    executor_for,
)
from .types.snapshots import Mods

# Shorter lists take less time than their compilation.
MIN_ROWS = 50


class CompiledListExecutor(ListExecutor):
    """Compiles long lists of records. Lists with a value outside of the success case are completed by graphql-core."""

    def complete_list(
        self, items: Any, item_type: Any, selection: Selection, path: Path, complete: Callable[[], Any]
    ) -> Any:
        """The response objects of a list."""
        if type(items) is Rows and len(items) >= MIN_ROWS:
            run = self._run(item_type, selection, path)
            if run.run(items):
                self.context_value.has_compiled_lists = True
                return run.data
            run.close()
        return complete()

    def _run(self, item_type: Any, selection: Selection, path: Path) -> Run:
        try:
            program = compile_list(self, item_type, selection, path)
            arguments = [arguments_of(self.schema, *call, self.variable_values) for call in program.calls]
        except FAILURES:
            return Run(self.context_value)
        return Run(self.context_value, program, arguments)


def is_supported() -> bool:
    """Self-check: a compiled operation, a compiled list and graphql-core return the same data."""
    query = f"{{ mods(count: {MIN_ROWS}) {{ n: bits ...F label @skip(if: false) }} }} fragment F on Mods {{ acronyms }}"
    context: Any = SimpleNamespace(mark=_ignore, reset=_ignore, count_values=_ignore, has_compiled_lists=False)
    try:
        expected, lists = (
            strawberry.Schema(_ProbeQuery, execution_context_class=executor).execute_sync(query, context_value=context)
            for executor in (Executor, CompiledListExecutor)
        )
        answers = [expected.data, lists.data, _compiled_data(query, context)]
    except (AttributeError, TypeError, ValueError, LookupError, *FAILURES):
        return False
    return context.has_compiled_lists and expected.errors is None and len({*map(msgspec.json.encode, answers)}) == 1


@strawberry.type(name="Query")
class _ProbeQuery:
    @record_field(list[Mods])
    def mods(self, count: int) -> Rows[Any]:
        return Rows(map(mods_of, range(count)))


def _compiled_data(query: str, context: Any) -> Any:
    executor = executor_for(core_schema(strawberry.Schema(_ProbeQuery)), parse(query), None, {})
    compiled = executor and CompiledOperation(executor, compile_operation(executor))
    run = compiled and Run(context, compiled.program, compiled.arguments({}) or ())
    return run.data if run and run.run() else None


def _ignore(*_: object) -> None:
    pass
