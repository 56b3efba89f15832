"""Persisted documents: GraphQL documents that requests name by SHA-256 instead of sending them.

Clients register them by Apollo's protocol, automatic persisted queries; the operator provides trusted documents.
"""

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from sys import getsizeof

from redis.asyncio import Redis

from gateway.shared.redis_link import PREFIX, RedisLink, RedisUnavailable
from gateway.store.lru import LRU

from .graphql_request import GraphQLRequest, HTTPError

# Bounds of the documents in memory. The client of an evicted document sends it once more.
MAX_DOCUMENTS = 1000
MAX_BYTES = 16 * 2**20
# Bounds of the documents in Redis.
INDEX = f"{PREFIX}:documents"
MAX_SHARED_BYTES = 16 * 2**10
TTL_S = 24 * 3600


class SharedDocuments:
    """Registered documents in Redis: the most recent ones, for a day. Long documents are not shared."""

    def __init__(self, redis_link: RedisLink) -> None:
        self._redis_link = redis_link

    async def find(self, digest: str) -> str | None:
        """The document; None if it is unknown or Redis is unavailable."""
        try:
            document = await self._redis_link.run(lambda redis: redis.get(_key(digest)))
        except RedisUnavailable:
            return None
        # Redis is untrusted input: another document must not be executed under this digest.
        is_genuine = document and sha256(document).hexdigest() == digest
        return document.decode("utf-8", "surrogatepass") if is_genuine else None

    async def put(self, digest: str, text: str) -> None:
        """Share the document with the other processes, if Redis is available."""
        document = text.encode("utf-8", "surrogatepass")
        if len(document) <= MAX_SHARED_BYTES:
            with suppress(RedisUnavailable):
                await self._redis_link.run(lambda redis: self._store(redis, digest, document))

    async def _store(self, redis: Redis, digest: str, document: bytes) -> None:
        # Redis' clock: those of the processes may differ.
        seconds, _ = await redis.time()
        async with redis.pipeline(transaction=True) as pipeline:
            pipeline.set(_key(digest), document, ex=TTL_S)
            pipeline.zadd(INDEX, {digest: seconds})
            pipeline.zrange(INDEX, 0, -MAX_DOCUMENTS - 1)
            *_, surplus = await pipeline.execute()
        for old in surplus:
            await redis.delete(_key(old.decode()))
            await redis.zrem(INDEX, old)


class PersistedDocuments:
    """Resolves a request's document: sent in full, registered by a client, or trusted."""

    def __init__(self, trusted: Mapping[str, str], shared: SharedDocuments, *, only_trusted: bool = False) -> None:
        """`trusted` maps IDs to documents; `only_trusted` rejects all others."""
        self._shared = shared
        self._trusted = trusted
        self._trusted_texts = frozenset(trusted.values())
        self._only_trusted = only_trusted
        self._registered: LRU[str, str] = LRU(MAX_BYTES, size_of=getsizeof, max_entries=MAX_DOCUMENTS)

    async def text(self, request: GraphQLRequest) -> str:
        """The document's text; raises `HTTPError` if it is missing, unknown or not trusted."""
        text = self.peek(request)
        if text is not None:
            return text
        digest = str(_digest(request))
        if request.query is not None:
            await self._register(digest, request.query)
        elif shared := await self._shared.find(digest):
            self._registered.put(digest, shared)
        text = self._registered.peek(digest)
        if text is None:
            # Apollo's clients compare this message, and then send the document.
            raise HTTPError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
        return text

    def peek(self, request: GraphQLRequest) -> str | None:
        """The document's text; None if it has to be registered or looked up."""
        digest = _digest(request)
        if digest is None:
            return self._check(request.query)
        # The IDs of a manifest can be any text.
        trusted = self._trusted.get(request.document_id or digest) or self._trusted.get(digest)
        if trusted is not None:
            return trusted
        if self._only_trusted:
            raise HTTPError("PERSISTED_QUERY_NOT_SUPPORTED", "Only trusted documents are accepted.")
        return self._registered.peek(digest) if request.query is None else None

    def _check(self, text: str | None) -> str:
        if text is None:
            raise HTTPError("BAD_REQUEST", "`query` is missing: it must be a GraphQL document.")
        if self._only_trusted and text not in self._trusted_texts:
            raise HTTPError("DOCUMENT_NOT_TRUSTED", "Only trusted documents are accepted.")
        return text

    async def _register(self, digest: str, text: str) -> None:
        if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != digest:
            raise HTTPError("BAD_REQUEST", "The persisted query's `sha256Hash` is not the SHA-256 of `query`.")
        if self._registered.peek(digest) is None:
            self._registered.put(digest, text)
            await self._shared.put(digest, text)


def _digest(request: GraphQLRequest) -> str | None:
    """The SHA-256 by which the request names a document."""
    if request.document_id is not None:
        return request.document_id.removeprefix("sha256:").lower()
    persisted = request.extensions.get("persistedQuery")
    match persisted:
        case None:
            return None
        case {"version": 1, "sha256Hash": str(digest)}:
            return digest.lower()
    raise HTTPError("BAD_REQUEST", "`extensions.persistedQuery` needs `version: 1` and a `sha256Hash`.")


def _key(digest: str) -> str:
    return f"{PREFIX}:document:{digest}"
