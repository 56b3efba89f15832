"""Registered documents in Redis: bounded, fair between clients, and forgotten after a day."""

from hashlib import sha256

import pytest
import redis.asyncio

from gateway.shared.redis_link import RedisLink
from gateway.web.documents.persisted_documents import INDEX, MAX_DOCUMENTS, OWNERS, TTL_S, SharedDocuments
from tests.support.redis_server import redis_server


@pytest.fixture
async def server(tmp_path):
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
async def documents(server):
    link = RedisLink(server.url)
    await link.start()
    yield SharedDocuments(link)
    await link.close()


@pytest.fixture
async def client(server):
    async with redis.asyncio.from_url(server.url) as client:
        yield client


def digest_of(text):
    return sha256(text.encode()).hexdigest()


async def register(documents, client, count):
    texts = [f"{client} {number}" for number in range(count)]
    for text in texts:
        await documents.put(digest_of(text), text, client)
    return texts


async def test_client_with_many_documents_evicts_its_own(documents, client):
    few = await register(documents, "few", 2)
    many = await register(documents, "many", MAX_DOCUMENTS)
    assert [await documents.find(digest_of(text)) for text in few] == few
    found = [text for text in many if await documents.find(digest_of(text))]
    assert len(found) == MAX_DOCUMENTS - 2
    assert await client.zcard(INDEX) == await client.hlen(OWNERS) == MAX_DOCUMENTS


async def test_expired_documents_leave_the_index(documents, client):
    seconds, _ = await client.time()
    await client.zadd(INDEX, {"old": seconds - TTL_S - 1})
    await client.hset(OWNERS, "old", "x")
    await register(documents, "a", 1)
    assert (await client.zcard(INDEX), await client.hlen(OWNERS)) == (1, 1)


async def test_addresses_of_clients_are_not_stored(documents, client):
    await register(documents, "203.0.113.7", 1)
    assert b"203.0.113.7" not in b"".join(await client.hvals(OWNERS))
