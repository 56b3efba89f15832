"""The fast list path: completes a list of records with one comprehension instead of graphql-core's calls per field.

graphql-core collects the selected fields, so aliases, fragments, `@skip` and merging keep its semantics.
Fields that are plain attributes of a record are read directly; fields with resolvers are completed by graphql-core.
Any list that cannot be proven safe is completed by graphql-core: correct, but slower.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, NamedTuple

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    get_nullable_type,
)
from msgspec import Struct

from gateway.records import Mode, Rows

from .fields import record_field
from .scalars import MAX_SAFE_INTEGER
from .strawberry_compat import Executor, ListExecutor, Selection, strawberry_field

# Schema types with the same value in the record and in the response.
UNCHANGED = {"Int", "Float", "String", "Boolean", "DateTime", "URL", "Grade"}
# Conversion expressions of other schema types; {} is the record's value.
CONVERTED = {
    "ID": "(None if (v := {}) is None else str(v))",
    "BigInt": f"(v if -{MAX_SAFE_INTEGER} <= (v := {{}}) <= {MAX_SAFE_INTEGER} else reject_unsafe())",
    "GameMode": "modes[{}]",
}
# Object types with plain attributes only.
NESTED = {"Mods"}


class Column(NamedTuple):
    """One selected field: its response name, and an expression of a row `r`; None if graphql-core completes it."""

    name: str
    expression: str | None


class _UnsafeInteger(Exception):
    """A number outside the BigInt range: graphql-core creates the field's error."""


def _reject_unsafe() -> None:
    raise _UnsafeInteger


CompletedRows = list[dict[str, Any]]


@lru_cache(maxsize=512)
def _compile(columns: tuple[Column, ...]) -> Callable[[Rows[Any]], CompletedRows]:
    """A function from rows to response objects, with None in columns without an expression."""
    items = ", ".join(f"{name!r}: {expression}" for name, expression in columns)
    names = {"modes": [mode.name for mode in Mode], "reject_unsafe": _reject_unsafe, "str": str}
    # Safe to evaluate: expressions are built here, and names are GraphQL names.
    complete: Callable[[Rows[Any]], CompletedRows] = eval(f"lambda rows: [{{{items}}} for r in rows]", names)  # noqa: S307
    return complete


class FastListExecutor(ListExecutor):
    """An executor that completes `Rows` by the fast list path; `tally` counts lists by path taken."""

    tally: Counter[str]

    def complete_list(
        self,
        items: Any,
        item_type: GraphQLOutputType,
        selection: Selection,
        info: Any,
        complete: Callable[[Selection], Any],
    ) -> Any:
        """The response objects of a list."""
        if type(items) is not Rows or not items:
            return complete(selection)
        object_type: Any = item_type.of_type if isinstance(item_type, GraphQLNonNull) else None
        columns = self._columns(object_type, selection, items[0], info)
        if columns is None:
            self.tally["declined"] += 1
            return complete(selection)
        try:
            rows = _compile(columns)(items)
        except _UnsafeInteger:
            self.tally["declined"] += 1
            return complete(selection)
        remaining = [column.name for column in columns if column.expression is None]
        self.tally["mixed" if remaining else "fast"] += 1
        if not remaining:
            return rows
        others = complete(self.narrowed(object_type, selection, remaining))
        return _merge_later(rows, others) if self.is_awaitable(others) else _merge(rows, others)

    def _columns(self, object_type: Any, selection: Selection, row: object, info: Any) -> tuple[Column, ...] | None:
        if not isinstance(object_type, GraphQLObjectType):
            return None
        if object_type.is_type_of is not None and object_type.is_type_of(row, info) is not True:
            return None
        fields = self.selected_fields(object_type, selection)
        if fields is None:
            return None
        return tuple(Column(name, self._expression(object_type, nodes, "r")) for name, nodes in fields.items())

    def _expression(self, parent: GraphQLObjectType, selection: Selection, source: str) -> str | None:
        name = selection[0].node.name.value
        if name == "__typename":
            return repr(parent.name)
        field = parent.fields[name]
        definition = strawberry_field(field)
        if (
            definition is None
            or not definition.is_basic_field
            or definition.extensions
            or definition.permission_classes
        ):
            return None
        return self._conversion(get_nullable_type(field.type), selection, f"{source}.{definition.python_name}")

    def _conversion(self, field_type: Any, selection: Selection, value: str) -> str | None:
        if isinstance(field_type, GraphQLScalarType | GraphQLEnumType):
            return value if field_type.name in UNCHANGED else CONVERTED.get(field_type.name, "").format(value) or None
        if isinstance(field_type, GraphQLList):
            is_strings = get_nullable_type(field_type.of_type) == self.schema.type_map.get("String")
            return f"[*{value}]" if is_strings else None
        if isinstance(field_type, GraphQLObjectType) and field_type.is_type_of is None and field_type.name in NESTED:
            return self._nested_expression(field_type, selection, value)
        return None

    def _nested_expression(self, object_type: GraphQLObjectType, selection: Selection, value: str) -> str | None:
        fields = self.selected_fields(object_type, selection) or {}
        items = [(name, self._expression(object_type, nodes, "n")) for name, nodes in fields.items()]
        if not items or any(expression is None for _, expression in items):
            return None
        return f"[{{{', '.join(f'{name!r}: {expression}' for name, expression in items)}}} for n in ({value},)][0]"


def _merge(rows: CompletedRows, others: CompletedRows) -> CompletedRows:
    for row, other in zip(rows, others, strict=True):
        row.update(other)
    return rows


async def _merge_later(rows: CompletedRows, others: Awaitable[CompletedRows]) -> CompletedRows:
    return _merge(rows, await others)


def fast_list_executor(tally: Counter[str]) -> type[FastListExecutor]:
    """An executor class with a tally of its own: Strawberry takes a class and creates an instance per operation."""
    return type("FastListExecutor", (FastListExecutor,), {"tally": tally})


def is_supported() -> bool:
    """Self-check: the fast list path and graphql-core return the same data for a small schema."""

    class Probe(Struct, frozen=True):
        number: int
        text: str

    @strawberry.type(name="Probe")
    class ProbeType:
        number: int
        text: str

        @strawberry.field
        def upper(self) -> str:
            return self.text.upper()

    @strawberry.type(name="Query")
    class ProbeQuery:
        @record_field(list[ProbeType])
        def probes(self) -> Rows[Probe]:
            return Rows([Probe(1, "a"), Probe(2, "b")])

    tally: Counter[str] = Counter()
    query = "{ probes { n: number ...F upper @include(if: true) __typename } } fragment F on Probe { number text }"
    try:
        expected, actual = (
            strawberry.Schema(ProbeQuery, execution_context_class=executor).execute_sync(query)
            for executor in (Executor, fast_list_executor(tally))
        )
    except (AttributeError, TypeError, ValueError, LookupError):
        return False
    return tally == {"mixed": 1} and expected.errors is None and repr(expected.data) == repr(actual.data)
