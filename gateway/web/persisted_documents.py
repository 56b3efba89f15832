"""Documents that clients name instead of sending: registered by themselves (Apollo's protocol), or by the operator."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from redis.asyncio import Redis

from gateway.shared.redis_link import PREFIX, RedisLink, RedisUnavailable
from gateway.store.lru import LRU

from .graphql_request import GraphQLRequest, HTTPError

# Beyond these the least recently used is forgotten; its client sends it again.
MAX_DOCUMENTS = 1000
MAX_BYTES = 16 * 2**20
INDEX = f"{PREFIX}:documents"
# In Redis: the longest document, and the time that it is kept.
MAX_SHARED_BYTES = 16 * 2**10
LIFE_S = 24 * 3600


class SharedDocuments:
    """By digest. The ones registered last stay, for a day; long ones are not taken, and none while Redis is away."""

    def __init__(self, redis_link: RedisLink, *, clock: Callable[[], float] = time.time) -> None:
        self._redis_link = redis_link
        self._clock = clock

    async def find(self, digest: str) -> str | None:
        """The document, if any process has been sent it."""
        try:
            found = await self._redis_link.run(lambda redis: redis.get(_key(digest)))
        except RedisUnavailable:
            return None
        # Whoever can write to Redis has no say in what is executed.
        return found.decode("utf-8", "surrogatepass") if found and sha256(found).hexdigest() == digest else None

    async def put(self, digest: str, text: str) -> None:
        """Let every process have it."""
        document = text.encode("utf-8", "surrogatepass")
        if len(document) <= MAX_SHARED_BYTES:
            with suppress(RedisUnavailable):
                await self._redis_link.run(lambda redis: self._kept(redis, digest, document))

    async def _kept(self, redis: Redis, digest: str, document: bytes) -> None:
        async with redis.pipeline(transaction=True) as pipeline:
            pipeline.set(_key(digest), document, ex=LIFE_S)
            pipeline.zadd(INDEX, {digest: self._clock()})
            pipeline.zrange(INDEX, 0, -MAX_DOCUMENTS - 1)
            *_, surplus = await pipeline.execute()
        for old in surplus:
            await redis.delete(_key(old.decode()))
            await redis.zrem(INDEX, old)


class PersistedDocuments:
    """Finds the text of the document that a request means."""

    def __init__(self, trusted: Mapping[str, str], shared: SharedDocuments, *, only_trusted: bool = False) -> None:
        """`trusted` maps SHA-256 digests, in hexadecimal, to documents; with `only_trusted` there are no others."""
        self._shared = shared
        self._trusted = trusted
        self._trusted_texts = frozenset(trusted.values())
        self._only_trusted = only_trusted
        self._registered: LRU[str, str] = LRU(MAX_BYTES, size_of=len, max_entries=MAX_DOCUMENTS)

    async def text(self, asked: GraphQLRequest) -> str:
        """The document; raises `HTTPError` if it is not known, or not wanted."""
        digest = _digest(asked)
        if digest is None or digest in self._trusted:
            return self._wanted(self._trusted[digest] if digest else asked.query)
        if self._only_trusted:
            raise HTTPError(
                "PERSISTED_QUERY_NOT_SUPPORTED", "Only documents registered by the operator are taken here."
            )
        if asked.query is not None:
            await self._register(digest, asked.query)
        elif self._registered.peek(digest) is None and (found := await self._shared.find(digest)):
            self._registered.put(digest, found)
        text = self._registered.peek(digest)
        if text is None:
            # Word for word: Apollo's clients send the document when they see either.
            raise HTTPError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
        return text

    def _wanted(self, text: str | None) -> str:
        if text is None:
            raise HTTPError("BAD_REQUEST", "`query` is missing: it must be a GraphQL document.")
        if self._only_trusted and text not in self._trusted_texts:
            raise HTTPError("DOCUMENT_NOT_TRUSTED", "Only documents registered by the operator are taken here.")
        return text

    async def _register(self, digest: str, text: str) -> None:
        if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != digest:
            raise HTTPError("BAD_REQUEST", "The persisted query's `sha256Hash` is not the SHA-256 of `query`.")
        if self._registered.peek(digest) is None:
            self._registered.put(digest, text)
            await self._shared.put(digest, text)


def trusted_documents(folder: Path) -> dict[str, str]:
    """The documents in the folder's `*.graphql` files, by their SHA-256; raises `OSError` if it can't be read."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if path.suffix == ".graphql"]
    return {sha256(text.encode()).hexdigest(): text for text in texts}


def _digest(asked: GraphQLRequest) -> str | None:
    if asked.document_id is not None:
        return asked.document_id.removeprefix("sha256:").lower()
    named = asked.extensions.get("persistedQuery")
    if named is None:
        return None
    if isinstance(named, dict) and named.get("version") == 1 and isinstance(digest := named.get("sha256Hash"), str):
        return digest.lower()
    raise HTTPError("BAD_REQUEST", "`extensions.persistedQuery` needs `version: 1` and a `sha256Hash`.")


def _key(digest: str) -> str:
    return f"{PREFIX}:document:{digest}"
