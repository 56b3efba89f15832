"""Lists of records completed as a whole: where graphql-core would interpret each leaf of each row, one comprehension.

graphql-core itself says which fields are selected, so aliases, fragments, `@skip` and merging keep its semantics.
What is a plain attribute of the records, of a kind that goes out as it is, is projected; fields with resolvers are
completed by graphql-core, and whatever can't be proven is left to it altogether: correct, only slower. This builds on
methods of graphql-core that are not public: hence the narrow pins, and `works` at start-up.
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
from graphql.execution.collect_fields import CollectedFields, FieldDetails
from msgspec import Struct
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.records import Mode, Rows

from .fields import record_field
from .scalars import MAX_SAFE_INTEGER

Executor = StrawberryGraphQLCoreExecutionContext

# How a value of a record goes out, by its type in the schema; {} stands for the value.
UNCHANGED = {"Int", "Float", "String", "Boolean", "DateTime", "URL", "Grade"}
CONVERTED = {
    "ID": "(None if (v := {}) is None else str(v))",
    "BigInt": f"(v if -{MAX_SAFE_INTEGER} <= (v := {{}}) <= {MAX_SAFE_INTEGER} else unsafe())",
    "GameMode": "modes[{}]",
}
# Objects that are plain values of a record.
NESTED = {"Mods"}


class Column(NamedTuple):
    """One selected field: its name in the response, and an expression of a row `r`; None for graphql-core's part."""

    name: str
    expression: str | None


class _Unsafe(Exception):
    """A value for which the field has an error of its own: graphql-core is to make it."""


def _unsafe() -> None:
    raise _Unsafe


Project = Callable[[Rows[Any]], list[dict[str, Any]]]


@lru_cache(maxsize=512)
def _compiled(columns: tuple[Column, ...]) -> Project:
    """Rows to dictionaries, with None where graphql-core's part goes."""
    items = ", ".join(f"{name!r}: {expression}" for name, expression in columns)
    names = {"modes": [mode.name for mode in Mode], "unsafe": _unsafe, "str": str}
    # Field names are GraphQL's, expressions are ours: nothing else a client writes gets here.
    project: Project = eval(f"lambda rows: [{{{items}}} for r in rows]", names)  # noqa: S307
    return project


class FastListExecutor(Executor):
    """graphql-core's executor, which completes `Rows` as a whole where it can; `tally` counts how it went."""

    tally: Counter[str]

    def complete_iterable_value(  # as graphql-core has it
        self,
        item_type: GraphQLOutputType,
        field_details_list: list[FieldDetails],
        info: Any,
        path: Any,
        items: Any,
        position_context: Any,
    ) -> Any:
        def stock(details: list[FieldDetails]) -> Any:
            return Executor.complete_iterable_value(self, item_type, details, info, path, items, position_context)

        if type(items) is not Rows or not items:
            return stock(field_details_list)
        columns = self._columns(item_type, field_details_list, items[0], info)
        if columns is None:
            self.tally["declined"] += 1
            return stock(field_details_list)
        try:
            projected = _compiled(columns)(items)
        except _Unsafe:
            self.tally["declined"] += 1
            return stock(field_details_list)
        rest = [column.name for column in columns if column.expression is None]
        self.tally["mixed" if rest else "fast"] += 1
        if not rest:
            return projected
        others = stock(self._reduced(item_type, field_details_list, rest))
        return _later(projected, others) if self.is_awaitable(others) else _merged(projected, others)

    def _columns(
        self, item_type: GraphQLOutputType, details: list[FieldDetails], row: object, info: Any
    ) -> tuple[Column, ...] | None:
        object_type = item_type.of_type if isinstance(item_type, GraphQLNonNull) else None
        if not isinstance(object_type, GraphQLObjectType):
            return None
        if object_type.is_type_of is not None and object_type.is_type_of(row, info) is not True:
            return None
        grouped = self._plain(self.collect_subfields(object_type, details))
        if grouped is None:
            return None
        return tuple(Column(name, self._expression(object_type, fields, "r")) for name, fields in grouped.items())

    def _plain(self, collected: CollectedFields) -> dict[str, list[FieldDetails]] | None:
        grouped, deferred, forbidden = collected
        return None if deferred or forbidden else grouped

    def _expression(self, parent: GraphQLObjectType, fields: list[FieldDetails], source: str) -> str | None:
        name = fields[0].node.name.value
        if name == "__typename":
            return repr(parent.name)
        field = parent.fields[name]
        definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if (
            definition is None
            or not definition.is_basic_field
            or definition.extensions
            or definition.permission_classes
        ):
            return None
        value = f"{source}.{definition.python_name}"
        return self._completed(get_nullable_type(field.type), fields, value)

    def _completed(self, kind: Any, fields: list[FieldDetails], value: str) -> str | None:
        if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            return value if kind.name in UNCHANGED else CONVERTED.get(kind.name, "").format(value) or None
        if isinstance(kind, GraphQLList) and get_nullable_type(kind.of_type) == self.schema.type_map.get("String"):
            return f"[*{value}]"
        if isinstance(kind, GraphQLObjectType) and kind.is_type_of is None and kind.name in NESTED:
            return self._nested(kind, fields, value)
        return None

    def _nested(self, kind: GraphQLObjectType, fields: list[FieldDetails], value: str) -> str | None:
        grouped = self._plain(self.collect_subfields(kind, fields)) or {}
        parts = [(name, self._expression(kind, inner, "n")) for name, inner in grouped.items()]
        if not parts or any(expression is None for _, expression in parts):
            return None
        return f"[{{{', '.join(f'{name!r}: {expression}' for name, expression in parts)}}} for n in ({value},)][0]"

    def _reduced(self, item_type: Any, details: list[FieldDetails], names: list[str]) -> list[FieldDetails]:
        """The same selection with only these fields in it, for graphql-core."""
        collected = self.collect_subfields(item_type.of_type, details)
        reduced = list(details)
        grouped = {name: collected.grouped_field_set[name] for name in names}
        self._relevant_sub_fields[item_type.of_type, id(reduced)] = (
            reduced,
            collected._replace(grouped_field_set=grouped),
        )
        return reduced


Completed = list[dict[str, Any]]


def _merged(projected: Completed, others: Completed) -> Completed:
    for row, other in zip(projected, others, strict=True):
        row.update(other)
    return projected


async def _later(projected: Completed, others: Awaitable[Completed]) -> Completed:
    return _merged(projected, await others)


def fast_list_executor(tally: Counter[str]) -> type[FastListExecutor]:
    """The executor as Strawberry takes it: a class, here with its own tally."""
    return type("FastListExecutor", (FastListExecutor,), {"tally": tally})


def is_supported() -> bool:
    """Whether it gives what graphql-core gives, on a small schema: false when graphql-core has changed under us."""

    class Probe(Struct, frozen=True):
        number: int
        text: str

    @strawberry.type(name="Probe")
    class ProbeType:
        number: int
        text: str

        @strawberry.field
        def shout(self) -> str:
            return self.text.upper()

    @strawberry.type(name="Query")
    class Probes:
        @record_field(list[ProbeType])
        def probes(self) -> Rows[Probe]:
            return Rows([Probe(1, "a"), Probe(2, "b")])

    tally: Counter[str] = Counter()
    query = "{ probes { n: number ...F shout @include(if: true) __typename } } fragment F on Probe { number text }"
    try:
        plain, ours = (
            strawberry.Schema(Probes, execution_context_class=kind).execute_sync(query)
            for kind in (Executor, fast_list_executor(tally))
        )
    except (AttributeError, TypeError, ValueError, LookupError):
        return False
    return tally == {"mixed": 1} and plain.errors is None and repr(plain.data) == repr(ours.data)
