"""Persisted documents: GraphQL documents that requests name by SHA-256 instead of sending them.

Clients register them by Apollo's protocol, automatic persisted queries; the operator provides trusted documents.
"""

from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

from gateway.graph.inputs import quoted
from gateway.shared.redis_content import PREFIX
from gateway.shared.redis_link import RedisLink, RedisUnavailable
from gateway.web.graphql_request import GraphQLRequest, HTTPError

from .document_store import DocumentStore

# Bounds of the documents in memory. The client of an evicted document sends it once more.
MAX_DOCUMENTS = 1000
MAX_BYTES = 16 * 2**20
# Bounds of the documents in Redis.
INDEX = f"{PREFIX}:documents"
MAX_SHARED_BYTES = 16 * 2**10
OWNERS = f"{PREFIX}:document-owners"
TTL_S = 24 * 3600
# Stores a document, by Redis' clock. While there are too many, the client with most documents loses its oldest one.
# Keys: the index by age, the owners, and the prefix of the documents. Arguments: the digest, the document, its client,
# the lifetime, and the maximum number.
STORE = """
local now, ttl, limit = tonumber(redis.call('TIME')[1]), tonumber(ARGV[4]), tonumber(ARGV[5])
local function remove(digest)
  redis.call('DEL', KEYS[3] .. digest)
  redis.call('ZREM', KEYS[1], digest)
  redis.call('HDEL', KEYS[2], digest)
end
redis.call('SET', KEYS[3] .. ARGV[1], ARGV[2], 'EX', ttl)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ttl)) do remove(old) end
while redis.call('ZCARD', KEYS[1]) > limit do
  local digests, counts, largest = redis.call('ZRANGE', KEYS[1], 0, -1), {}, nil
  for _, digest in ipairs(digests) do
    local owner = redis.call('HGET', KEYS[2], digest) or ''
    counts[owner] = (counts[owner] or 0) + 1
    if not largest or counts[owner] > counts[largest] then largest = owner end
  end
  for _, digest in ipairs(digests) do
    if (redis.call('HGET', KEYS[2], digest) or '') == largest then
      remove(digest)
      break
    end
  end
end
redis.call('EXPIRE', KEYS[1], ttl)
redis.call('EXPIRE', KEYS[2], ttl)
"""


class SharedDocuments:
    """Registered documents in Redis for a day, bounded and fair between clients. Long documents are not shared."""

    def __init__(self, redis_link: RedisLink) -> None:
        self._redis_link = redis_link

    async def find(self, digest: str) -> str | None:
        """The document; None if it is unknown or Redis is unavailable."""
        try:
            document: bytes | None = await self._redis_link.run(lambda redis: redis.get(_key(digest)))
        except RedisUnavailable:
            return None
        # Redis is untrusted input: another document must not be executed under this digest.
        if not document or sha256(document).hexdigest() != digest:
            return None
        try:
            return document.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return None

    async def put(self, digest: str, text: str, client: str) -> None:
        """Share the document with the other processes, if Redis is available."""
        document = text.encode("utf-8", "surrogatepass")
        if len(document) > MAX_SHARED_BYTES:
            return
        arguments = digest, document, sha256(client.encode()).hexdigest()[:16], TTL_S, MAX_DOCUMENTS
        with suppress(RedisUnavailable):
            run: Any = self._redis_link.run  # redis-py's types cover its sync client as well
            await run(lambda redis: redis.eval(STORE, 3, INDEX, OWNERS, _key(""), *arguments))


class PersistedDocuments:
    """Resolves a request's document: sent in full, registered by a client, or trusted."""

    def __init__(
        self,
        trusted: Mapping[str, str],
        shared: SharedDocuments,
        *,
        only_trusted: bool = False,
        of_pages: Container[str] = (),
    ) -> None:
        """`trusted` maps IDs to documents; `only_trusted` rejects all others, except for those of the pages."""
        self._shared = shared
        self._trusted = trusted
        self._trusted_texts = frozenset(trusted.values())
        self._only_trusted = only_trusted
        self._of_pages = of_pages
        self.registered = DocumentStore(max_documents=MAX_DOCUMENTS, max_bytes=MAX_BYTES)

    async def text(self, request: GraphQLRequest, client: str, charge: Callable[[], None]) -> str:
        """The document's text; raises `HTTPError` if it is missing, unknown or not trusted.

        `charge` is called before the client registers a document.
        """
        text = self.peek(request)
        if text is not None:
            return text
        digest = str(_digest(request))
        if request.query is not None:
            return await self._register(digest, request.query, client, charge)
        text = await self._shared.find(digest)
        if text is None:
            raise HTTPError("PERSISTED_QUERY_NOT_FOUND", _not_found(request))
        self._put(digest, text, client)
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
            text = f"Only trusted documents are accepted, and none has the ID {quoted(_name(request))}."
            raise HTTPError("PERSISTED_QUERY_NOT_SUPPORTED", text)
        return self.registered.find(digest) if request.query is None else None

    def _check(self, text: str | None) -> str:
        if text is None:
            raise HTTPError("BAD_REQUEST", "`query` is missing: it must be a GraphQL document.")
        if self._only_trusted and text not in self._trusted_texts and text not in self._of_pages:
            raise HTTPError("DOCUMENT_NOT_TRUSTED", "Only trusted documents are accepted.")
        return text

    async def _register(self, digest: str, text: str, client: str, charge: Callable[[], None]) -> str:
        if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != digest:
            raise HTTPError("BAD_REQUEST", "The persisted query's `sha256Hash` is not the SHA-256 of `query`.")
        if self.registered.find(digest) is None:
            charge()
            self.registered.put(digest, text, client)
            await self._shared.put(digest, text, client)
        return text

    def _put(self, digest: str, text: str, client: str) -> None:
        # Another request may have stored it meanwhile.
        if self.registered.find(digest) is None:
            self.registered.put(digest, text, client)


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


def _name(request: GraphQLRequest) -> str:
    return request.document_id or str(_digest(request))


def _not_found(request: GraphQLRequest) -> str:
    if request.document_id is None:
        # Apollo's clients compare this message, and then send the document.
        return "PersistedQueryNotFound"
    return f"No document has the `documentId` {quoted(request.document_id)}."


def _key(digest: str) -> str:
    return f"{PREFIX}:document:{digest}"
