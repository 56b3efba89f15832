"""JSON Schemas of GraphQL variables (JSON Schema 2020-12), and the check of arguments beyond their types."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    get_named_type,
    is_required_input_field,
    type_from_ast,
    value_from_ast_untyped,
)

from gateway.graph.inputs import MAX_DAYS

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


def variables_schema(schema: GraphQLSchema, operation: OperationDefinitionNode) -> JSONSchema:
    """The schema of the object of an operation's variables."""
    definitions = operation.variable_definitions or ()
    return {
        "type": "object",
        "properties": {_name(item): _variable(schema, item) for item in definitions},
        **_required(_name(item) for item in definitions if item.default_value is None and _is_required(schema, item)),
        "additionalProperties": False,
    }


def violations(schema: JSONSchema, arguments: Mapping[str, Any]) -> Iterator[str]:
    """The reasons why arguments do not fit their schema, except for types, which GraphQL checks."""
    properties = schema["properties"]
    for name, value in arguments.items():
        if name not in properties:
            yield f"There is no argument `{name[:100]}`. The arguments are: {', '.join(properties)}."
        elif isinstance(value, str) and not re.match(properties[name].get("pattern", ""), value):
            yield f"`{name}` must match the pattern {properties[name]['pattern']}."
        elif isinstance(value, list) and len(value) > properties[name].get("maxItems", len(value)):
            yield f"`{name}` must have at most {properties[name]['maxItems']} items."
        elif isinstance(value, int | float) and not _is_within(properties[name], value):
            yield f"`{name}` must be from {properties[name]['minimum']} to {properties[name]['maximum']}."


def _is_within(schema: JSONSchema, value: float) -> bool:
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _variable(schema: GraphQLSchema, definition: VariableDefinitionNode) -> JSONSchema:
    default = definition.default_value
    return {
        **_description(definition.description.value if definition.description else None),
        **_of_type(_type(schema, definition), _name(definition)),
        **({} if default is None else {"default": value_from_ast_untyped(default)}),
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
        return _of_object(kind)
    return {**SCALARS[get_named_type(kind).name], **BOUNDS.get(name, {})}


def _of_object(kind: GraphQLInputObjectType) -> JSONSchema:
    return {
        "type": "object",
        "properties": {name: _input_field(field, name) for name, field in kind.fields.items()},
        **_required(name for name, field in kind.fields.items() if is_required_input_field(field)),
        **({"minProperties": 1, "maxProperties": 1} if kind.is_one_of else {}),
        "additionalProperties": False,
    }


def _input_field(field: GraphQLInputField, name: str) -> JSONSchema:
    return {**_description(field.description), **_of_type(field.type, name)}


def _description(text: str | None) -> JSONSchema:
    return {"description": text} if text else {}


def _required(names: Iterable[str]) -> JSONSchema:
    required = list(names)
    return {"required": required} if required else {}


def _type(schema: GraphQLSchema, definition: VariableDefinitionNode) -> Any:
    return type_from_ast(schema, definition.type)


def _is_required(schema: GraphQLSchema, definition: VariableDefinitionNode) -> bool:
    return isinstance(_type(schema, definition), GraphQLNonNull)


def _name(definition: VariableDefinitionNode) -> str:
    return definition.variable.name.value
