"""The memory: bounded, least recently used leaves first, and bytes counted right."""

import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.osutrack import decode
from gateway.records import Mode, Rows, UserMode
from gateway.store.cache import ENTRY_BYTES, Cache, Entry, size_of
from gateway.store.history import History
from tests.support import recordings

ROOM_FOR_THREE = 3 * (ENTRY_BYTES + 2 * size_of("x"))


def held(value="x"):
    return Entry(value, 0.0)


def test_what_was_kept_is_there_and_what_was_forgotten_is_not():
    cache = Cache(10_000)
    cache.put("a", held())
    cache.put("b", held())
    cache.discard("a")

    assert cache.peek("a") is None
    assert cache.peek("b") == held()


def test_what_was_used_least_recently_leaves_first():
    cache = Cache(ROOM_FOR_THREE)
    for key in "abc":
        cache.put(key, held())
    cache.peek("a")
    cache.put("d", held())

    assert [key for key in "abcd" if cache.peek(key)] == ["a", "c", "d"]
    assert cache.evictions == 1


def test_what_is_larger_than_the_bound_is_not_kept_and_nothing_leaves_for_it():
    cache = Cache(ROOM_FOR_THREE)
    cache.put("a", held())
    cache.put("large", held("x" * 10_000))

    assert cache.peek("large") is None
    assert cache.peek("a") == held()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3000), st.booleans()), max_size=60))
def test_the_bound_holds_and_the_count_returns_to_zero(steps):
    cache = Cache(8_000)
    for key, size, keep in steps:
        cache.put(key, held("x" * size)) if keep else cache.discard(key)
        assert cache.used_bytes <= cache.max_bytes
    for key in range(10):
        cache.discard(key)

    assert (cache.used_bytes, len(cache)) == (0, 0)


def history_of(user_id):
    template = recordings.rows("stats_history_pp_rank_zero")[-1]
    rows = [template | {"timestamp": f"{year}-01-01T00:00:00.000Z"} for year in range(2000, 5000)]
    player = UserMode(user_id, Mode.OSU)
    return History(player, decode.history(msgspec.json.encode(rows), player).value, 0.0)


def plays_of(user_id):
    template = recordings.rows("hiscores_fresh_id_first_update")[0]
    rows = [template | {"beatmap_id": 1000 + place, "score": user_id} for place in range(3000)]
    return decode.hiscores(msgspec.json.encode(rows), Mode.OSU).value


@pytest.mark.parametrize("make", [history_of, plays_of])
def test_the_estimate_is_near_what_python_says_it_took(make):
    make(1)
    tracemalloc.start()
    values = [make(user_id) for user_id in range(1000, 1003)]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sum(map(size_of, values)) == pytest.approx(taken, rel=0.2)


def test_no_rows_have_a_size_too():
    assert 0 < size_of(Rows()) < 100


async def test_aiocaches_own_verbs_do_the_same():
    cache = Cache(10_000)
    await cache.set("a", held())
    await cache.set("b", held())
    await cache.delete("a")

    assert await cache.get("a") is None
    assert await cache.get("b") == held()
    await cache.clear()
    assert (len(cache), cache.used_bytes) == (0, 0)
