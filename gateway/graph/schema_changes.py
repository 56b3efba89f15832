"""The differences between two schemas that break clients (breaking) or can surprise them (dangerous).

graphql-core compares types, fields, arguments and directives. This module adds the root types, arguments that become
required, `@oneOf`, and the directives applied to each element.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
    is_wrapping_type,
    print_ast,
)
from graphql.utilities import BreakingChange, DangerousChange, SafeChangeType, find_schema_changes

# Operations without the argument or field receive another result. graphql-core counts it as safe.
ADDED_DEFAULTS = {SafeChangeType.ARG_DEFAULT_VALUE_ADDED, SafeChangeType.INPUT_FIELD_DEFAULT_VALUE_ADDED}
# Clients generate types from it: without it, a field can be null.
TYPE_DIRECTIVE = "semanticNonNull"
# Compared elsewhere, or without effect on clients.
IGNORED_DIRECTIVES = {"deprecated", "specifiedBy", "oneOf"}

# Directives by name, and the arguments of each use as text, defaults included.
Applied = dict[str, list[dict[str, str]]]
Fields = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType


class Changes(NamedTuple):
    """Sentences: changes that break clients, and those that can change the results of existing operations."""

    breaking: list[str]
    dangerous: list[str]


class SchemaFileError(Exception):
    """A file that cannot be read as a schema."""


def changes_since(old: str, sdl: str) -> Changes:
    """The changes from the schema in the file `old` to `sdl`; raises `SchemaFileError`."""
    try:
        old_schema = build_schema(Path(old).read_text("utf-8"))
    except OSError as exc:
        raise SchemaFileError(f"{old}: {exc.strerror}") from exc
    except (GraphQLError, TypeError, UnicodeDecodeError) as exc:
        reason = exc.message if isinstance(exc, GraphQLError) else exc
        raise SchemaFileError(f"{old} is not a valid SDL schema: {reason}") from exc
    return compare(old_schema, build_schema(sdl))


def compare(old: GraphQLSchema, new: GraphQLSchema) -> Changes:
    """All changes, each once."""
    changes = find_schema_changes(old, new)
    breaking = [change.description for change in changes if isinstance(change, BreakingChange)]
    dangerous = [
        change.description for change in changes if isinstance(change, DangerousChange) or change.type in ADDED_DEFAULTS
    ]
    before, after = dict(elements(old)), dict(elements(new))
    for coordinate in before.keys() & after.keys():
        if _is_required(after[coordinate]) and f"{coordinate} defaultValue was removed." in dangerous:
            dangerous.remove(f"{coordinate} defaultValue was removed.")
            breaking.append(f"{coordinate} is required: its default was removed.")
        if _is_one_of(after[coordinate]) and not _is_one_of(before[coordinate]):
            breaking.append(f"@oneOf was added to {coordinate}.")
        used, now_used = _applied(old, before[coordinate]), _applied(new, after[coordinate])
        for name, description in _directive_changes(coordinate, used, now_used):
            if old.get_directive(name) and not new.get_directive(name):
                continue  # its removal is one change
            is_lost = name == TYPE_DIRECTIVE and _levels(used) - _levels(now_used) - _non_null_levels(after[coordinate])
            (breaking if is_lost else dangerous).append(description)
    return Changes(sorted(breaking + _root_changes(old, new)), sorted(dangerous))


def elements(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Everything that can have directives, by its coordinate: the schema, types, fields, arguments, enum values."""
    yield "the schema", schema
    for directive in schema.directives:
        yield f"@{directive.name}", directive
        yield from _arguments(f"@{directive.name}", directive.args)
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, kind
        if isinstance(kind, Fields):
            for field_name, field in kind.fields.items():
                yield f"{name}.{field_name}", field
                yield from _arguments(f"{name}.{field_name}", getattr(field, "args", {}))
        if isinstance(kind, GraphQLEnumType):
            for value_name, value in kind.values.items():
                yield f"{name}.{value_name}", value


def _arguments(coordinate: str, arguments: dict[str, GraphQLArgument]) -> Iterator[tuple[str, Any]]:
    for name, argument in arguments.items():
        yield f"{coordinate}({name}:)", argument


def _is_required(element: Any) -> bool:
    if isinstance(element, GraphQLArgument):
        return is_required_argument(element)
    return isinstance(element, GraphQLInputField) and is_required_input_field(element)


def _is_one_of(element: Any) -> bool:
    return isinstance(element, GraphQLInputObjectType) and element.is_one_of


def _directive_changes(coordinate: str, old: Applied, new: Applied) -> Iterator[tuple[str, str]]:
    """The name of each directive that is applied differently, and a sentence."""
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield name, f"@{name} was removed from {coordinate}."
        elif name not in old:
            yield name, f"@{name} was added to {coordinate}."
        elif old[name] != new[name]:
            yield name, f"{coordinate} changed from {_text(name, old)} to {_text(name, new)}."


def _applied(schema: GraphQLSchema, element: Any) -> Applied:
    """The directives applied to an element and its extensions."""
    applied: Applied = {}
    for node in (element.ast_node, *(getattr(element, "extension_ast_nodes", None) or ())):
        for directive in (node and node.directives) or ():
            name = directive.name.value
            if name not in IGNORED_DIRECTIVES:
                given = {argument.name.value: print_ast(argument.value) for argument in directive.arguments or ()}
                applied.setdefault(name, []).append(_defaults(schema, name) | given)
    return applied


def _defaults(schema: GraphQLSchema, name: str) -> dict[str, str]:
    directive = schema.get_directive(name)
    nodes = {name: argument.ast_node for name, argument in directive.args.items()} if directive else {}
    return {name: print_ast(node.default_value) for name, node in nodes.items() if node and node.default_value}


def _text(name: str, applied: Applied) -> str:
    texts = (", ".join(f"{argument}: {value}" for argument, value in values.items()) for values in applied[name])
    return " ".join(f"@{name}({text})" if text else f"@{name}" for text in texts)


def _levels(applied: Applied) -> set[int]:
    """The list levels at which a value is null only on error; 0 is the value itself."""
    return {
        int(level)
        for values in applied.get(TYPE_DIRECTIVE, ())
        for level in re.findall(r"\d+", values.get("levels", "0"))
    }


def _non_null_levels(field: Any) -> set[int]:
    kind, level, levels = field.type, 0, set()
    while is_wrapping_type(kind):
        if is_non_null_type(kind):
            levels.add(level)
        else:
            level += 1
        kind = kind.of_type
    return levels


def _root_changes(old: GraphQLSchema, new: GraphQLSchema) -> list[str]:
    roots = {
        "query": (old.query_type, new.query_type),
        "mutation": (old.mutation_type, new.mutation_type),
        "subscription": (old.subscription_type, new.subscription_type),
    }
    return [
        f"The {name} type changed from {before} to {after}." if after else f"The {name} type {before} was removed."
        for name, (before, after) in roots.items()
        if before and str(before) != str(after)
    ]
