"""The memory cache: size estimates and the aiocache interface; eviction is in test_lru."""

import tracemalloc

import msgspec
import pytest

from gateway.osutrack import decode
from gateway.records import Mode, Rows, UserMode
from gateway.store.cache import ENTRY_BYTES, Cache, size_of
from gateway.store.history import History
from tests.support import recordings
from tests.support.resources import entry


def test_entries_are_counted_with_their_overhead():
    cache = Cache(3 * (ENTRY_BYTES + 2 * size_of("x")))
    for key in "abcd":
        cache.put(key, entry("x"))

    assert [key for key in "abcd" if cache.peek(key)] == ["b", "c", "d"]
    assert cache.used_bytes > 3 * ENTRY_BYTES


def history_of(user_id):
    template = recordings.rows("stats_history_pp_rank_zero")[-1]
    rows = [template | {"timestamp": f"{year}-01-01T00:00:00.000Z"} for year in range(2000, 5000)]
    player = UserMode(user_id, Mode.OSU)
    return History(player, decode.history(msgspec.json.encode(rows), player).value)


def plays_of(user_id):
    template = recordings.rows("hiscores_fresh_id_first_update")[0]
    rows = [template | {"beatmap_id": 1000 + place, "score": user_id} for place in range(3000)]
    return decode.hiscores(msgspec.json.encode(rows), Mode.OSU).value


@pytest.mark.parametrize("make", [history_of, plays_of])
def test_estimated_size_matches_traced_memory(make):
    make(1)
    tracemalloc.start()
    values = [make(user_id) for user_id in range(1000, 1003)]
    traced_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sum(map(size_of, values)) == pytest.approx(traced_bytes, rel=0.2)


def test_empty_rows_have_a_size():
    assert 0 < size_of(Rows()) < 100


async def test_aiocache_interface_uses_the_same_entries():
    cache = Cache(10_000)
    await cache.set("a", entry("x"))
    await cache.set("b", entry("y"))
    await cache.delete("a")

    assert await cache.get("a") is None
    assert cache.peek("b") == entry("y")
