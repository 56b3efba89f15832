"""What was not foreseen is logged in full and told to nobody, however many fail at once."""

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


async def test_a_bug_is_masked_for_all_who_meet_it_at_once(http, caplog):
    caplog.set_level(logging.ERROR)
    bodies = [{"query": QUERY, "variables": {"id": str(user)}} for user in range(1, 51)]
    answers = await asyncio.gather(*(http.post("/graphql", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert not [answer for answer in answers if "RuntimeError" in answer.text or "password" in answer.text]
    errors = [answer.json()["errors"][0] for answer in answers]
    assert {error["extensions"]["code"] for error in errors} == {"INTERNAL_SERVER_ERROR"}
    assert len({error["extensions"]["requestId"] for error in errors}) == 50
    assert SECRET in caplog.text


async def test_the_rest_of_the_answer_is_there(http):
    answer = (await http.post("/graphql", json={"query": QUERY, "variables": {"id": "7"}})).json()
    assert answer["data"] == {"user": {"id": "7", "stats": {"latest": None}}}


async def test_a_client_that_hangs_up_before_its_request_is_whole_is_no_bug(gateway, caplog):
    async def receive():
        return {"type": "http.disconnect"}

    async def send(_):
        pass

    headers = [(b"content-type", b"application/json"), (b"content-length", b"10")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await gateway.app(scope, receive, send)
    assert caplog.records == []
