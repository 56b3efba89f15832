"""The printed schema equals that of the code, is compatible with the contract, and describes every field."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, build_schema
from graphql.utilities import find_breaking_changes

from gateway import records
from gateway.__main__ import main
from gateway.graph.schema import build_schema as build_strawberry_schema
from gateway.graph.schema import sdl
from gateway.graph.schema_changes import elements
from gateway.graph.strawberry_compat import core_schema

HERE = Path(__file__).parent
PRINTED = HERE.parents[1] / "schema.graphql"
CONTRACT = HERE / "contract.graphql"
SCHEMA = core_schema(build_strawberry_schema())


def test_printed_schema_equals_the_code():
    assert PRINTED.read_text() == sdl(), "run `make schema`"


def test_schema_is_compatible_with_the_contract():
    assert find_breaking_changes(build_schema(CONTRACT.read_text()), build_schema(sdl())) == []


@pytest.mark.parametrize(
    "content,reason",
    [
        (None, "No such file"),
        (b"not a schema", "Syntax Error"),
        (b"type Query { a: Nothing }", "Nothing"),
        (b"\xff", "utf-8"),
    ],
)
def test_command_reports_an_invalid_schema_file(tmp_path, capsys, content, reason):
    old = tmp_path / "old.graphql"
    if content is not None:
        old.write_bytes(content)
    assert main(["schema", "--check", str(old)]) == 2
    assert reason in capsys.readouterr().err


def test_command_reports_a_breaking_change(tmp_path, capsys):
    old = tmp_path / "old.graphql"
    old.write_text(sdl().replace("totalHits: BigInt!", "totalHits: BigInt!\n  retiredField: Int"))
    assert main(["schema", "--check", str(old)]) == 1
    assert "retiredField" in capsys.readouterr().out


def test_command_accepts_an_equal_schema():
    assert main(["schema", "--check", str(PRINTED)]) == 0


def test_every_element_has_a_description():
    undescribed = [name for name, element in elements(SCHEMA) if not (element.description or "").strip()]
    assert undescribed == []


def test_descriptions_state_the_prices():
    """Introspection has no directives."""
    fields = re.findall(r'"""((?:(?!""").)*)"""\s+(\w+)(?:\(.*?\n  \))?(: [^\n]*)', sdl(), re.DOTALL)
    stated = [(name, re.findall(r"Cost: ([1-9]\d*) \(resource `(.+)`\)\.$", text.strip())) for text, name, _ in fields]
    price = re.compile(r'@upstreamCost\(points: (\d+), resource: "(.+?)"\)')
    assert stated == [(name, price.findall(declaration)) for _, name, declaration in fields]
    assert sum(bool(prices) for _, prices in stated) == sdl().count("@upstreamCost(points")


def test_arguments_refer_to_arguments_of_their_field():
    types = [kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLObjectType) and kind.name[0] != "_"]
    fields = {f"{kind.name}.{name}": field for kind in types for name, field in kind.fields.items()}
    names = {argument for field in fields.values() for argument in field.args}
    unrelated = [
        (name, word)
        for name, field in fields.items()
        for argument in field.args.values()
        for word in re.findall(r"`(\w+)`", argument.description or "")
        if word in names - field.args.keys()
    ]
    assert unrelated == []


@pytest.mark.parametrize(
    "name,record",
    [
        ("Snapshot", records.Snapshot),
        ("StatsDelta", records.Delta),
        ("Peak", records.Peak),
        ("Hiscore", records.Hiscore),
        ("BestPlay", records.BestPlay),
        ("NewHiscore", records.NewHiscore),
    ],
)
def test_plain_fields_are_attributes_of_the_record(name, record):
    kind: Any = SCHEMA.type_map[name]
    fields = kind.fields.values()
    plain = [field.extensions["strawberry-definition"] for field in fields]
    attributes = [field.python_name for field in plain if field.is_basic_field]
    assert [attribute for attribute in attributes if not hasattr(record, attribute)] == []
