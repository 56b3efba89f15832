"""Request bodies that are read before the application is called, and replayed to it."""

import asyncio

import pytest

from gateway.web.cache.cache_key import MAX_TEXT_BYTES, BodyBuffer


def part(body, *, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


DISCONNECT = {"type": "http.disconnect"}
LONG = part(b" " * (MAX_TEXT_BYTES + 1), more=True)


def buffered(*messages):
    """A buffer over a client that sends these messages and then nothing."""
    queue: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    for message in messages:
        queue.put_nowait(message)
    return BodyBuffer(queue.get), queue


@pytest.mark.parametrize(
    "messages,body",
    [
        ([part(b"{}")], b"{}"),
        ([part(b"{", more=True), part(b"}")], b"{}"),
        ([part(b"{", more=True), DISCONNECT], None),
        ([part(b"{", more=True)], None),
        ([LONG, part(b"")], None),
    ],
    ids=["one part", "two parts", "disconnect", "late", "long"],
)
async def test_only_complete_short_bodies_are_read(messages, body):
    buffer, _ = buffered(*messages)
    assert await buffer.read(timeout_s=0) == body


@pytest.mark.parametrize("last", [part(b"}"), DISCONNECT], ids=["body", "disconnect"])
async def test_application_receives_late_body_completely(last):
    buffer, queue = buffered(first := part(b"{", more=True))
    await buffer.read(timeout_s=0)
    queue.put_nowait(last)
    assert [await buffer.receive(), await buffer.receive()] == [first, last]
