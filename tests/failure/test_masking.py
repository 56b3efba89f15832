"""Unhandled exceptions are logged in full and masked in responses."""

import asyncio
import logging

import pytest

from tests.support.broken import SECRET, BrokenTransport
from tests.support.gateway import start_gateway

QUERY = "query($id: ID!) { user(id: $id) { id stats { latest { pp } } } }"


@pytest.fixture
async def http():
    async with start_gateway(transport=BrokenTransport()) as gateway:
        yield gateway.http


async def test_unhandled_exception_is_masked_for_concurrent_requests(http, caplog):
    caplog.set_level(logging.ERROR)
    bodies = [{"query": QUERY, "variables": {"id": str(user)}} for user in range(1, 51)]
    responses = await asyncio.gather(*(http.post("/graphql", json=body) for body in bodies))
    assert {response.status_code for response in responses} == {200}
    assert not [response for response in responses if "RuntimeError" in response.text or "password" in response.text]
    errors = [response.json()["errors"][0] for response in responses]
    assert {error["extensions"]["code"] for error in errors} == {"INTERNAL_SERVER_ERROR"}
    assert len({error["extensions"]["requestId"] for error in errors}) == 50
    assert SECRET in caplog.text


async def test_unhandled_exception_keeps_the_other_fields(http):
    response = (await http.post("/graphql", json={"query": QUERY, "variables": {"id": "7"}})).json()
    assert response["data"] == {"user": {"id": "7", "stats": {"latest": None}}}


async def test_disconnect_during_the_body_logs_nothing(gateway, caplog):
    async def receive():
        return {"type": "http.disconnect"}

    async def send(_):
        pass

    headers = [(b"content-type", b"application/json"), (b"content-length", b"10")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await gateway.app(scope, receive, send)
    assert caplog.records == []
