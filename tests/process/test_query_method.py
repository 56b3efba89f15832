"""The method QUERY and the forms of headers, through the server's parser and its synchronous responses."""

from functools import partial

import httpx
import pytest

from gateway.server.config import ServerConfig
from tests.support.http_servers import serve_gateway

QUERY = {"query": '{ user(id: "2") { stats { latest { pp } } } }'}
CROSS_SITE = {"Origin": "https://site.example", "Sec-Fetch-Site": "cross-site"}
FORMS = ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]


@pytest.fixture(scope="module")
def running():
    with serve_gateway(partial(ServerConfig, header_timeout_s=5)) as (app, url), httpx.Client(base_url=url) as client:
        yield app.state.lookup.__self__.responses, client


@pytest.mark.parametrize("method", ["QUERY", "POST"])
@pytest.mark.parametrize("content_type", FORMS)
def test_each_form_of_a_body_hits_the_cache(running, method, content_type):
    responses, client = running
    send = partial(client.request, method, "/graphql", json=QUERY, headers={"Content-Type": content_type} | CROSS_SITE)
    for _ in range(2):
        original = send()
    hits = responses.hits
    # The second one is not parsed.
    repeated = [send() for _ in range(2)]
    assert {response.content for response in repeated} == {original.content}
    assert responses.hits == hits + 2
    assert {response.headers.get("Cache-Control") == "no-store" for response in repeated} == {method == "POST"}


def test_cross_origin_get_hits_the_cache(running):
    responses, client = running
    send = partial(client.get, "/graphql", params=QUERY, headers=CROSS_SITE)
    original = [send() for _ in range(2)][-1]
    hits = responses.hits
    repeated = [send() for _ in range(2)]
    assert responses.hits == hits + 2
    assert {response.headers["ETag"] for response in repeated} == {original.headers["ETag"]}
    assert {response.headers["Access-Control-Allow-Origin"] for response in repeated} == {"*"}


def test_mutation_by_query_is_refused(running):
    _, client = running
    body = {"query": 'mutation { updateUser(id: "2") { __typename } }'}
    response = client.request("QUERY", "/graphql", json=body)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_body_of_query_may_be_late(running):
    _, client = running
    parts = iter([b'{"query": "{ __typename', b' }"}'])
    response = client.request("QUERY", "/graphql", content=parts, headers={"Content-Type": "application/json"})
    assert response.json()["data"] == {"__typename": "Query"}
