"""Requirements of GraphQL over HTTP without another test; docs/graphql-over-http.md lists all with their tests."""

import json

import httpx
import pytest

from gateway.cli.gateway_client import Target, execute
from gateway.cli.operation import Operation
from gateway.errors import OperationTimeout

PLAIN, STRICT = "application/json", "application/graphql-response+json"
TYPENAME = "{ __typename }"


async def test_query_command_sends_the_media_types():
    requests = []

    def respond(request):
        requests.append(request)
        return httpx.Response(200, json={"data": {"__typename": "Query"}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http:
        await execute(Target(http, httpx.URL("http://gateway/graphql")), Operation(TYPENAME, {}, None), token="")
    headers = requests[0].headers
    assert (headers["Accept"], headers["Content-Type"]) == (STRICT, PLAIN)
    assert json.loads(requests[0].content).keys() == {"query", "variables", "operationName"}


@pytest.mark.parametrize("name", ["operationName", "variables", "extensions"])
async def test_empty_parameters_of_get_are_missing(gateway, name):
    response = await gateway.http.get("/graphql", params={"query": f"query A {TYPENAME}", name: ""})
    assert response.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}])
async def test_response_without_accept_header_is_json(gateway, headers):
    request = gateway.http.build_request("POST", "/graphql", json={"query": TYPENAME})
    del request.headers["Accept"]
    request.headers.update(headers)
    response = await gateway.http.send(request)
    assert response.headers["Content-Type"] == f"{PLAIN}; charset=utf-8"


class TestWithFailure:
    @pytest.fixture(params=["2025", "2026"])
    def settings(self, request):
        return {"http_statuses": request.param}

    async def test_failure_of_the_server_is_5xx(self, gateway, settings, monkeypatch):
        def fail(*_):
            raise OperationTimeout("late")

        monkeypatch.setattr(gateway.app.state.gateway.engine, "prepare", fail)
        assert (await gateway.post(TYPENAME, Accept=STRICT)).status_code == 503
        plain = await gateway.post(TYPENAME, Accept=PLAIN)
        assert plain.status_code == (200 if settings["http_statuses"] == "2025" else 503)
