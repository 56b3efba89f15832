"""Bounded LRU: eviction order, both bounds, and the total size."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.store.lru import LRU


def test_least_recently_used_entry_is_evicted_first():
    entries = LRU[str, str](3)
    for key in "abc":
        entries.put(key, key)
    entries.peek("a")
    entries.put("d", "d")

    assert [key for key in "abcd" if entries.peek(key)] == ["a", "c", "d"]
    assert entries.evictions == 1


def test_number_of_entries_is_bounded_separately():
    entries = LRU[str, str](1000, size_of=len, max_entries=2)
    for key in "abc":
        entries.put(key, key)

    assert (len(entries), entries.peek("a")) == (2, None)


def test_oversized_value_is_not_stored_and_evicts_nothing():
    entries = LRU[str, str](10, size_of=len)
    entries.put("a", "x")
    entries.put("large", "x" * 11)

    assert (entries.peek("large"), entries.peek("a")) == (None, "x")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3000), st.booleans()), max_size=60))
def test_size_stays_bounded_and_returns_to_zero(steps):
    entries = LRU[int, str](8_000, size_of=len)
    for key, size, is_put in steps:
        entries.put(key, "x" * size) if is_put else entries.discard(key)
        assert entries.size <= 8_000
    for key in range(10):
        entries.discard(key)

    assert (entries.size, len(entries)) == (0, 0)
