"""The schema is the contract: the printed one is the code's, nothing in it breaks clients, everything is described."""

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema
from graphql.utilities import find_breaking_changes

from gateway import records
from gateway.__main__ import main
from gateway.graph.schema import build_schema as built
from gateway.graph.schema import sdl
from gateway.graph.strawberry_compat import core_schema

HERE = Path(__file__).parent
PRINTED = HERE.parents[1] / "schema.graphql"
CONTRACT = HERE / "contract.graphql"
SCHEMA = core_schema(built())
TYPES = [
    kind
    for name, kind in SCHEMA.type_map.items()
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType) and not name.startswith("__")
]


def test_the_printed_schema_is_that_of_the_code():
    assert PRINTED.read_text() == sdl(), "run `make schema`"


def test_clients_of_the_contract_are_not_broken():
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
def test_the_command_says_when_there_is_no_older_schema(tmp_path, capsys, content, reason):
    old = tmp_path / "old.graphql"
    if content is not None:
        old.write_bytes(content)
    assert main(["schema", "--check", str(old)]) == 2
    assert reason in capsys.readouterr().err


def test_the_command_finds_a_breaking_change(tmp_path, capsys):
    old = tmp_path / "old.graphql"
    old.write_text(sdl().replace("totalHits: BigInt!", "totalHits: BigInt!\n  retiredField: Int"))
    assert main(["schema", "--check", str(old)]) == 1
    assert "retiredField" in capsys.readouterr().out


def test_the_command_lets_the_same_schema_pass():
    assert main(["schema", "--check", str(PRINTED)]) == 0


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_every_type_and_field_is_described(kind):
    undescribed = [name for name, field in kind.fields.items() if not (field.description or "").strip()]
    assert kind.description
    assert undescribed == []


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
def test_a_type_names_the_attributes_of_its_record(name, record):
    kind: Any = SCHEMA.type_map[name]
    fields = kind.fields.values()
    plain = [field.extensions["strawberry-definition"] for field in fields]
    attributes = [field.python_name for field in plain if field.is_basic_field]
    assert [attribute for attribute in attributes if not hasattr(record, attribute)] == []
