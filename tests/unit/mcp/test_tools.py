"""Tools, and the JSON Schemas of their arguments."""

import re

import pytest
from graphql import build_schema as parse_schema
from graphql import get_operation_ast, parse

from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import core_schema
from gateway.mcp.json_schema import SCALARS, variables_schema, violations
from gateway.mcp.tools import read_tools
from tests.support.processes import ROOT

SCHEMA = core_schema(build_schema())
TOOLS = {tool.name: tool for tool in read_tools(SCHEMA, with_updates=True)}
TYPES = parse_schema("""
    type Query { field(id: ID): Int }
    enum Color { RED GREEN }
    input Filter @oneOf { days: Int color: [Color!] }
    input Nested { filter: Filter! "A number." rate: Float = 1.5 }
""")


def only_operation(document):
    operation = get_operation_ast(parse(document))
    assert operation
    return operation


def properties(variables, schema=TYPES):
    return variables_schema(schema, only_operation(f"query ({variables}) {{ field }}"))


@pytest.mark.parametrize(
    "variables, expected",
    [
        ("$id: ID!", {"id": {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"}}),
        ("$x: Int = 3", {"x": {"type": "integer", "default": 3}}),
        ("$x: Boolean! = false", {"x": {"type": "boolean", "default": False}}),
        ("$x: Color! = RED", {"x": {"type": "string", "enum": ["RED", "GREEN"], "default": "RED"}}),
        (
            "$x: [[Color!]!]! = []",
            {
                "x": {
                    "type": "array",
                    "items": {"type": "array", "items": {"type": "string", "enum": ["RED", "GREEN"]}},
                    "default": [],
                }
            },
        ),
        ('"Text." $x: String = null', {"x": {"description": "Text.", "type": "string", "default": None}}),
        ("$ids: [ID!]!", {"ids": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 10}}),
    ],
    ids=range(7),
)
def test_variable_has_a_schema(variables, expected):
    assert properties(variables)["properties"] == expected


def test_variables_without_default_are_required():
    schema = properties("$a: Int, $b: Int!, $c: Int! = 1, $d: [Int!]!")
    assert schema["required"] == ["b", "d"]


def test_optional_variables_are_not_required():
    assert "required" not in properties("$a: Int, $b: Int! = 1")


def test_input_objects_have_properties():
    nested = properties("$x: Nested!")["properties"]["x"]
    days = {"type": "integer", "minimum": 1, "maximum": 36_500}
    color = {"type": "array", "items": {"type": "string", "enum": ["RED", "GREEN"]}}
    choice = {"type": "object", "properties": {"days": days, "color": color}, "minProperties": 1, "maxProperties": 1}
    rate = {"type": "number", "description": "A number."}
    assert nested["properties"] == {"filter": choice | {"additionalProperties": False}, "rate": rate}
    assert nested["required"] == ["filter"]


def test_every_scalar_of_the_schema_is_known():
    scalars = {name for name, kind in SCHEMA.type_map.items() if type(kind).__name__ == "GraphQLScalarType"}
    # Outputs only.
    assert scalars - SCALARS.keys() == {"URL"}


@pytest.mark.parametrize("name", TOOLS)
def test_operation_is_named_like_its_tool(name):
    operation_name = only_operation(TOOLS[name].document).name
    assert operation_name
    assert operation_name.value == f"mcp_{name}"


@pytest.mark.parametrize("name", TOOLS)
def test_every_argument_is_described(name):
    assert all(schema["description"] for schema in TOOLS[name].input_schema["properties"].values())


def test_update_is_a_separate_tool():
    queries = read_tools(SCHEMA, with_updates=False)
    assert TOOLS.keys() - {tool.name for tool in queries} == {"update_player"}
    assert all(tool.definition["annotations"]["readOnlyHint"] for tool in queries)
    assert not TOOLS["update_player"].definition["annotations"]["readOnlyHint"]


@pytest.mark.parametrize(
    "arguments, reasons",
    [
        ({}, 0),
        ({"ids": ["2"] * 10, "first": 50}, 0),
        ({"ids": "2", "first": "3"}, 0),
        ({"id": "peppy"}, 1),
        ({"id": "2\n3"}, 1),
        ({"id": "2\n"}, 1),
        ({"id": -1}, 1),
        ({"ids": []}, 1),
        ({"ids": ["2"] * 11}, 1),
        ({"first": 0}, 1),
        ({"first": 51}, 1),
        ({"first": 10**30}, 1),
        ({"first": 50.5}, 1),
        ({"other": 1, "a" * 1000: 2, "first": -1}, 3),
    ],
    ids=range(14),
)
def test_arguments_beyond_bounds_are_refused(arguments, reasons):
    found = list(violations(properties("$id: ID, $ids: [ID!], $first: Int"), arguments))
    assert len(found) == reasons
    assert all(len(reason) < 300 for reason in found)


def test_example_lists_every_tool():
    page = (ROOT / "examples/assistants.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == TOOLS.keys()
