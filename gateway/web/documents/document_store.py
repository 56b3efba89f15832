"""Registered documents in memory, fair between the clients that register them."""

from collections import OrderedDict
from sys import getsizeof

# The digest, and the entry in each of the mappings.
ENTRY_BYTES = 600


class DocumentStore:
    """Documents by digest, bounded in number and bytes.

    The client with the largest part of the store loses its least recently used document first, so that no client can
    evict those of others by registering many. A document belongs to the client that registered it first.
    """

    def __init__(self, *, max_documents: int, max_bytes: int) -> None:
        self.size = 0
        self.evictions = 0
        self._max_documents = max_documents
        self._max_bytes = max_bytes
        self._owners: dict[str, str] = {}
        # The documents of each client with their sizes, in the order of their use, and the bytes of all of them.
        self._documents: dict[str, OrderedDict[str, tuple[str, int]]] = {}
        self._bytes: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._owners)

    def find(self, digest: str) -> str | None:
        """The document, which becomes the most recently used of its client."""
        owner = self._owners.get(digest)
        if owner is None:
            return None
        documents = self._documents[owner]
        documents.move_to_end(digest)
        text, _ = documents[digest]
        return text

    def put(self, digest: str, text: str, client: str) -> None:
        """Store a document that the store does not have."""
        size = getsizeof(text) + ENTRY_BYTES
        if size > self._max_bytes:
            return
        self._owners[digest] = client
        self._documents.setdefault(client, OrderedDict())[digest] = text, size
        self._add_bytes(client, size)
        while len(self) > self._max_documents or self.size > self._max_bytes:
            self._evict()

    def _evict(self) -> None:
        self.evictions += 1
        client = max(self._documents, key=self._part)
        documents = self._documents[client]
        digest, (_, size) = documents.popitem(last=False)
        del self._owners[digest]
        self._add_bytes(client, -size)
        if not documents:
            del self._documents[client], self._bytes[client]

    def _part(self, client: str) -> float:
        return max(len(self._documents[client]) / self._max_documents, self._bytes[client] / self._max_bytes)

    def _add_bytes(self, client: str, size: int) -> None:
        self.size += size
        self._bytes[client] = self._bytes.get(client, 0) + size
