"""The reference of the schema as a page in Markdown: each type with its fields, arguments and descriptions.

Descriptions contain the costs: `gateway/graph/fields.py` adds them.
"""

from collections.abc import Iterable, Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_specified_directive,
    print_ast,
)

INTRODUCTION = """\
# Schema

All types of `/graphql`, with their fields and arguments. The same as a file for tools:
[schema.graphql](../schema.graphql). `!` marks a value that is never null, and `[…]` a list. A field's cost, in
points, is the price of the requests to osu!track that it may need: see [limits](operations.md#limits).
"""
GROUPS: Mapping[str, type[GraphQLNamedType]] = {
    "Objects": GraphQLObjectType,
    "Interfaces": GraphQLInterfaceType,
    "Unions": GraphQLUnionType,
    "Inputs": GraphQLInputObjectType,
    "Enums": GraphQLEnumType,
    "Scalars": GraphQLScalarType,
}
HEADER = "| {} | type | description |\n|---|---|---|"
NULL_ON_ERROR = "semanticNonNull"

Element = GraphQLField | GraphQLArgument | GraphQLInputField | GraphQLEnumValue


def schema_page(sdl: str) -> str:
    """The page of a schema in the schema definition language."""
    schema = build_schema(sdl)
    roots = [root for root in (schema.query_type, schema.mutation_type) if root]
    parts = [INTRODUCTION, "## Operations\n", *(_type(schema, root) for root in roots)]
    others = [each for each in schema.type_map.values() if each not in roots and not is_introspection_type(each)]
    for title, kind in GROUPS.items():
        members = sorted((each for each in others if isinstance(each, kind)), key=lambda each: each.name)
        parts += [f"## {title}\n", *(_type(schema, each) for each in members)] if members else []
    directives = [each for each in schema.directives if not is_specified_directive(each)]
    parts += ["## Directives\n", *map(_directive, directives)] if directives else []
    return "\n".join(parts)


def _type(schema: GraphQLSchema, each: GraphQLNamedType) -> str:
    return _section(f"`{each.name}`", each.description, *_relations(schema, each), *_table(each))


def _directive(each: GraphQLDirective) -> str:
    rows = [_row(name, argument) for name, argument in each.args.items()]
    return _section(f"`@{each.name}`", each.description, "\n".join([HEADER.format("argument"), *rows]))


def _section(title: str, description: str | None, *parts: str) -> str:
    return "\n\n".join([f"### {title}", *filter(None, [description, *parts])]) + "\n"


def _relations(schema: GraphQLSchema, each: GraphQLNamedType) -> Iterator[str]:
    """The interfaces of an object, and the objects of an interface or union."""
    match each:
        case GraphQLObjectType() if each.interfaces:
            yield f"Implements {_links(each.interfaces)}."
        case GraphQLInterfaceType():
            yield f"Implemented by {_links(schema.get_possible_types(each))}."
        case GraphQLUnionType():
            yield f"One of {_links(each.types)}."


def _table(each: GraphQLNamedType) -> Iterator[str]:
    match each:
        case GraphQLEnumType():
            rows = [f"| `{name}` | {_description(value)} |" for name, value in each.values.items()]
            yield "\n".join(["| value | description |\n|---|---|", *rows])
        case GraphQLObjectType() | GraphQLInterfaceType() | GraphQLInputObjectType():
            yield "\n".join([HEADER.format("field"), *_field_rows(each.fields)])


def _field_rows(fields: Mapping[str, GraphQLField | GraphQLInputField]) -> Iterator[str]:
    """A row for each field, followed by those of its arguments."""
    for name, field in fields.items():
        yield _row(name, field)
        for argument_name, argument in getattr(field, "args", {}).items():
            yield _row(f"{name}({argument_name}:)", argument)


def _row(name: str, element: GraphQLField | GraphQLArgument | GraphQLInputField) -> str:
    default = getattr(element.ast_node, "default_value", None)
    value = f" = `{print_ast(default)}`" if default else ""
    return f"| `{name}` | {_link(element.type)}{value} | {_description(element)} |"


def _description(element: Element) -> str:
    """The description as one line of a table."""
    parts = [element.description or ""]
    directives = (element.ast_node and element.ast_node.directives) or ()
    if any(each.name.value == NULL_ON_ERROR for each in directives):
        parts.append("Null only on error.")
    if element.deprecation_reason:
        parts.append(f"Deprecated: {element.deprecation_reason}")
    return " ".join(" ".join(parts).split()).replace("|", r"\|")


def _links(types: Iterable[GraphQLNamedType]) -> str:
    return ", ".join(map(_link, types))


def _link(each: GraphQLType) -> str:
    return f"[`{each}`](#{get_named_type(each).name.lower()})"
