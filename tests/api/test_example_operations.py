"""Every operation of `examples/operations.graphql`, and every example that GraphiQL opens, runs without error."""

import json

import pytest
from graphql import OperationDefinitionNode, parse

from tests.support.operations import OPERATIONS
from tests.support.processes import ROOT

STATIC = ROOT / "gateway/web/pages/static"
EXAMPLES = json.loads((STATIC / "examples.json").read_text())


def names(text):
    """The names of the document's operations."""
    nodes = [node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)]
    return [node.name.value for node in nodes if node.name]


NAMES = names(OPERATIONS)
VARIABLES = {
    "id": "131464",
    "ids": ["2", "131464"],
    "at": "2026-01-01T00:00:00Z",
    "filter": {"modsAll": ["HD"], "ppAtLeast": 100},
}


async def data_of(gateway, **request):
    response = await gateway.http.post("/graphql", json=request)
    assert "errors" not in response.json()
    return response.json()["data"]


@pytest.mark.parametrize("name", NAMES)
async def test_operation_runs(gateway, name):
    data = await data_of(gateway, query=OPERATIONS, operationName=name, variables=VARIABLES)
    assert all(data.values())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
async def test_example_of_graphiql_runs(gateway, example):
    text = (STATIC / f"examples/{example['name']}.graphql").read_text()
    assert names(text) == [example["name"].capitalize()]
    # The editor is narrow.
    assert max(map(len, text.splitlines())) <= 56
    data = await data_of(gateway, query=text, variables=example["variables"])
    assert all(data.values())


async def test_examples_select_the_computed_fields():
    texts = [OPERATIONS, "".join(path.read_text() for path in STATIC.glob("examples/*.graphql"))]
    fields = ["gains(", "milestones", "firstPlays(", "records(", "ranking(", "filter:"]
    assert [field for field in fields if not all(field in text for text in texts)] == []
