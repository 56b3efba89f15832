"""Registered documents: bounds, and fairness between clients."""

import pytest

from gateway.web.documents.document_store import ENTRY_BYTES, DocumentStore


@pytest.fixture
def store():
    return DocumentStore(max_documents=6, max_bytes=100_000)


def put(store, client, count):
    for number in range(count):
        store.put(f"{client}{number}", "{ a }", client)


def found(store, client, count=9):
    return [number for number in range(count) if store.find(f"{client}{number}")]


def test_least_recently_used_document_is_evicted(store):
    put(store, "a", 6)
    store.find("a0")
    store.put("a6", "{ a }", "a")
    assert found(store, "a") == [0, 2, 3, 4, 5, 6]


def test_client_with_many_documents_evicts_its_own(store):
    put(store, "b", 2)
    put(store, "a", 9)
    assert (found(store, "a"), found(store, "b")) == ([5, 6, 7, 8], [0, 1])


def test_many_clients_share_the_store(store):
    put(store, "a", 6)
    for client in "bcd":
        put(store, client, 2)
    parts = [len(found(store, client)) for client in "abcd"]
    assert sum(parts) == 6
    assert min(parts) >= 1


def test_client_with_large_documents_evicts_its_own(store):
    store.put("b0", "{ a }", "b")
    for number in range(3):
        store.put(f"a{number}", "x" * 45_000, "a")
    assert (found(store, "a"), found(store, "b")) == ([1, 2], [0])
    assert store.size <= 100_000


def test_document_beyond_the_bound_is_not_stored(store):
    store.put("a0", "x" * 100_000, "a")
    assert (len(store), store.size) == (0, 0)


def test_wide_characters_count_in_full(store):
    store.put("a0", "\N{CAT FACE}" * 1000, "a")
    assert store.size > 4000 + ENTRY_BYTES


def test_empty_store_uses_no_bytes(store):
    put(store, "a", 20)
    for client in "bcdefg":
        put(store, client, 1)
    assert found(store, "a") == []
    assert store.size == 6 * store.size // len(store)
