"""Estimated CPU times of the parts of a response, in µs, and the size of a list's items.

The estimates are those of a slow core, and measured for the slowest field of each kind.
"""

from typing import Any, NamedTuple

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
)

from .strawberry_compat import Executor, Selection, operation_fields, strawberry_field, sub_fields


class Work(NamedTuple):
    """The CPU time of a leaf value, of an object or list, and of a resolver's call; `read` if it reads data."""

    leaf: float
    container: float
    arguments: float
    resolver: float
    read: float


COMPILED = Work(leaf=0.06, container=0.15, arguments=0.5, resolver=0.3, read=4.5)
INTERPRETED = Work(leaf=4.0, container=4.5, arguments=12.0, resolver=4.5, read=14.0)
# Additional time of fields that compute their values.
COMPUTED = {
    "Snapshot.id": 0.4,
    "HiscoreEdge.cursor": 3.0,
    "BestPlayEdge.cursor": 3.0,
    "PageInfo.startCursor": 3.0,
    "PageInfo.endCursor": 3.0,
    "Gain.delta": 3.0,
    "User.allStats": 2.0,
    "RankingEntry.gain": 40.0,
    "UserStats.gain": 40.0,
    "UserStats.gains": 30.0,
    "UserStats.hiscores": 70.0,
    "UserStats.snapshotAt": 12.0,
    "UserStats.snapshots": 30.0,
}
# The time for each row and kind of milestones.
MILESTONE_ROW_US = 0.1
# The time for each row that is sorted or looked up; and for each play that a window or a filter compares.
SCANNED_ROW_US = 1.2
WINDOW_ROW_US = 0.5
# The time for each calendar period.
PERIOD_US = 3.0


class ItemSize(NamedTuple):
    """The values of a list's item, without those of the lists in it, and the work of writing it."""

    values: int
    work_us: float


def field_work(work: Work, parent: str, name: str, field: GraphQLField) -> float:
    """The time of a field, without its selected fields."""
    definition = strawberry_field(field)
    resolver = definition.base_resolver if definition else None
    call_us = 0.0 if resolver is None else work.read if resolver.info_parameter else work.resolver
    arguments_us = work.arguments if field.args else 0.0
    value_us = work.leaf if is_leaf_type(get_nullable_type(field.type)) else work.container
    return value_us + call_us + arguments_us + COMPUTED.get(f"{parent}.{name}", 0.0)


def operation_values(executor: Executor) -> int:
    """The number of values of an operation, without those in lists."""
    fields = [_field_size(executor, *field) for field in operation_fields(executor)]
    return sum(field.values for field in fields)


def item_size(executor: Executor, item_type: Any, selection: Selection) -> ItemSize:
    """The size of an item that graphql-core completes."""
    named = get_named_type(item_type)
    if is_leaf_type(named):
        return ItemSize(1, INTERPRETED.leaf)
    types = executor.schema.get_possible_types(named) if is_abstract_type(named) else [named]
    sizes = [_object_size(executor, object_type, selection) for object_type in types]
    return ItemSize(max(size.values for size in sizes), max(size.work_us for size in sizes) + INTERPRETED.container)


def _object_size(executor: Executor, object_type: GraphQLObjectType, selection: Selection) -> ItemSize:
    values, work_us = 0, 0.0
    for selected in sub_fields(executor, object_type, selection).values():
        size = _field_size(executor, object_type, selected)
        values += size.values
        work_us += size.work_us
    return ItemSize(values, work_us)


def _field_size(executor: Executor, parent: GraphQLObjectType, selection: Selection) -> ItemSize:
    name = selection[0].node.name.value
    field = parent.fields.get(name)
    if field is None:
        # `__typename`, `__schema` and `__type`.
        return ItemSize(1, INTERPRETED.leaf)
    work_us = field_work(INTERPRETED, parent.name, name, field)
    field_type = get_nullable_type(field.type)
    if is_leaf_type(field_type):
        return ItemSize(1, work_us)
    if isinstance(field_type, GraphQLList):
        # A list of leaf values, such as acronyms, counts as one value; other lists are counted when they are written.
        return ItemSize(int(is_leaf_type(get_named_type(field_type))), work_us)
    size = item_size(executor, field_type, selection)
    return ItemSize(size.values, size.work_us + work_us - INTERPRETED.container)
