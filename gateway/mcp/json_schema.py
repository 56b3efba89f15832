"""JSON Schemas of GraphQL variables (JSON Schema 2020-12), and the check of arguments beyond their types."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    get_named_type,
    is_required_input_field,
    type_from_ast,
    value_from_ast_untyped,
)

from gateway.graph.inputs import MAX_DAYS, quoted

JSONSchema = dict[str, Any]

SCALARS: Mapping[str, JSONSchema] = {
    "ID": {"type": "string"},
    "String": {"type": "string"},
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "BigInt": {"type": "integer"},
    "Date": {"type": "string", "format": "date"},
    "DateTime": {"type": "string", "format": "date-time"},
}
# By the names of variables and input fields, as GraphQL types have no bounds. Those of `ids` and `first` bound the size
# of results.
BOUNDS: Mapping[str, JSONSchema] = {
    "id": {"pattern": "^[1-9][0-9]{0,9}$"},
    "ids": {"minItems": 1, "maxItems": 10},
    "username": {"minLength": 1, "maxLength": 15},
    "days": {"minimum": 1, "maximum": MAX_DAYS},
    "first": {"minimum": 1, "maximum": 50},
}
IDS = {"id", "ids"}


def variables_schema(schema: GraphQLSchema, operation: OperationDefinitionNode) -> JSONSchema:
    """The schema of the object of an operation's variables, which are like the fields of an input type."""
    definitions = operation.variable_definitions or ()
    return _of_fields({item.variable.name.value: _variable(schema, item) for item in definitions})


def violations(schema: JSONSchema, arguments: Mapping[str, Any]) -> Iterator[str]:
    """The reasons why arguments do not fit their schema, as far as GraphQL does not check them."""
    properties = schema["properties"]
    for name, value in arguments.items():
        expected = properties.get(name)
        if expected is None:
            yield f"There is no argument `{name[:100]}`. The arguments are: {', '.join(properties)}."
        elif bad := _bad_ids(name, value):
            yield f"`{name}` accepts numeric osu! user IDs, not {quoted(bad[0])}. `find_player` finds IDs by name."
        elif isinstance(value, list) and not _is_within(expected, "Items", len(value)):
            yield f"`{name}` must have {expected['minItems']} to {expected['maxItems']} items."
        elif isinstance(value, int | float) and not _is_within(expected, "imum", value):
            yield f"`{name}` must be from {expected['minimum']} to {expected['maximum']}."


def _bad_ids(name: str, value: Any) -> list[str]:
    """The texts among a player's ID, or a list of them, that are none."""
    given = value if isinstance(value, list) else [value]
    pattern = BOUNDS["id"]["pattern"]
    return [f"{text}" for text in given if name in IDS and text is not None and not re.fullmatch(pattern, f"{text}")]


def _is_within(schema: JSONSchema, bound: str, value: float) -> bool:
    return bool(schema.get(f"min{bound}", value) <= value <= schema.get(f"max{bound}", value))


def _variable(schema: GraphQLSchema, definition: VariableDefinitionNode) -> GraphQLInputField:
    default, description = definition.default_value, definition.description
    return GraphQLInputField(
        cast("GraphQLInputType", type_from_ast(schema, definition.type)),
        default_value=Undefined if default is None else value_from_ast_untyped(default),
        description=description.value if description else None,
    )


def _of_fields(fields: Mapping[str, GraphQLInputField]) -> JSONSchema:
    required = [name for name, field in fields.items() if is_required_input_field(field)]
    return {
        "type": "object",
        "properties": {name: _of_field(field, name) for name, field in fields.items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _of_field(field: GraphQLInputField, name: str) -> JSONSchema:
    return {
        **({"description": field.description} if field.description else {}),
        **_of_type(field.type, name),
        **({} if field.default_value is Undefined else {"default": field.default_value}),
    }


def _of_type(kind: GraphQLInputType, name: str) -> JSONSchema:
    """The schema of a type. `null` is left out: an optional value is omitted."""
    if isinstance(kind, GraphQLNonNull):
        return _of_type(kind.of_type, name)
    if isinstance(kind, GraphQLList):
        return {"type": "array", "items": _of_type(kind.of_type, ""), **BOUNDS.get(name, {})}
    if isinstance(kind, GraphQLEnumType):
        return {"type": "string", "enum": list(kind.values)}
    if isinstance(kind, GraphQLInputObjectType):
        return _of_fields(kind.fields) | ({"minProperties": 1, "maxProperties": 1} if kind.is_one_of else {})
    return {**SCALARS[get_named_type(kind).name], **BOUNDS.get(name, {})}
