"""Bounded structures, filled with their largest permitted entries: `python -m tests.support.memory_fillers NAME`.

Each runs in a process of its own and prints the growth of the resident memory beside the counted or documented bound.
"""

import ctypes
import gc
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from resource import getpagesize
from types import SimpleNamespace
from typing import Any

from gateway.graph.inputs import user_id
from gateway.graph.prepare.documents import Documents
from gateway.graph.prepare.limits import Limits
from gateway.graph.schema import build_schema
from gateway.graph.types.paging import ORDERS
from gateway.graph.types.users import stats_of, user_of
from gateway.osutrack.client_turns import ClientTurns
from gateway.records import BestPlay, Hiscore, Hiscores, Mode, Rows, Snapshot, UserMode
from gateway.server.protocol import _cached_lines
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink
from gateway.store.cache import Cache, Entry
from gateway.store.history import History
from gateway.store.keys import BestPlays, BestPlaysKey, Username
from gateway.store.names import Names
from gateway.store.tags import MAX_TAGS, Generations, Validity
from gateway.store.update_records import Outcome
from gateway.store.update_registry import UpdateRegistry
from gateway.web.cache.cache_headers import CacheHeaders
from gateway.web.cache.cache_key import CacheKey, _form, _has_json
from gateway.web.cache.response_cache import ResponseCache
from gateway.web.client_limits import MAX_CLIENTS, ClientLimits
from gateway.web.documents.persisted_documents import PersistedDocuments

MB = 2**20
# Created before the measurement.
SCHEMA = build_schema()._schema  # noqa: SLF001
# Bytes counted by the structure itself; None: the bound in docs/operations.md.
Filler = Callable[[], tuple[Any, int | None]]


def entry(value: Any) -> Entry[Any]:
    """A cached value with the longest ETag."""
    return Entry(value=value, fetched_at=0.0, validated_at=0.0, loaded_at=0.0, generation=0, etag=f"{id(value):0200}")


def histories() -> tuple[Any, int | None]:
    """Histories without equal values, with everything that is computed from them."""
    cache = Cache(24 * MB)
    for number in range(1, 70):
        player = UserMode(number, Mode.OSU)
        history = History(player, Rows(snapshot(player, row) for row in range(1000)))
        for name in [name for name, value in vars(History).items() if isinstance(value, cached_property)]:
            getattr(history, name)
        cache.put(("history", player), entry(history))
    return cache, cache.used_bytes


def snapshot(player: UserMode, row: int) -> Snapshot:
    """A snapshot with values of its own."""
    number = player.user_id * 1000 + row
    return Snapshot(
        at=instant(number),
        pp=number / 7,
        global_rank=number,
        accuracy=90 + number / 10**9,
        level=number / 3,
        play_count=number + 10**6,
        ranked_score=number * 10**6,
        total_score=number * 10**7,
        count_300=number * 1000,
        count_100=number * 100,
        count_50=number * 10,
        count_ss=number + 10**5,
        count_s=number + 10**4,
        count_a=number + 10**3,
        user_mode=player,
    )


def instant(number: int) -> str:
    """An instant of its own for each number."""
    return datetime.fromtimestamp(number, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def play(kind: Any, number: int, **fields: Any) -> Any:
    """A play with values of its own."""
    return kind(
        beatmap_id=number + 300,
        score=number * 100,
        pp=number / 7,
        mod_bits=number + 300,
        grade="A",
        played_at=instant(number),
        recorded_at=instant(number + 1),
        **fields,
    )


def hiscores() -> tuple[Any, int | None]:
    """Hiscores in all orders."""
    cache = Cache(24 * MB)
    for number in range(150):
        plays = Hiscores(play(Hiscore, number * 1000 + index) for index in range(1000))
        for order in ORDERS.values():
            plays.in_order(order)
        plays.played_within("1970", None)
        cache.put(("hiscores", UserMode(number, Mode.OSU)), entry(plays))
    return cache, cache.used_bytes


def best_plays() -> tuple[Any, int | None]:
    """The longest lists of best plays, with two records of each play."""
    cache = Cache(24 * MB)
    for number in range(8):
        rows = Rows(play(BestPlay, number * 10_000 + index, user_id=index) for index in range(10_000))
        plays = BestPlays(Rows((*rows, *rows[:1])), complete=True)
        len(plays._plays)  # noqa: SLF001
        cache.put(BestPlaysKey(Mode.OSU, str(number), None, 10_000), entry(plays))
    return cache, cache.used_bytes


def responses() -> tuple[Any, int | None]:
    """Small responses, the longest texts, many tags, and large bodies, a quarter each."""
    cache = Cache(32 * MB)
    stored = ResponseCache(cache, Generations(1), CacheHeaders(Settings(_env_file=None)))
    for number in range(4 * 2000):
        kind = number % 4
        tags = tuple((f"user:{number}{tag}:OSU", 10**12 + tag) for tag in range(400 if kind == 1 else 2))
        text = b"%0*d" % (16_000 if kind == 2 else 200, number)
        body = bytes(100_000 if kind == 3 else 200) + b"%d" % number
        headers = [(b"header-%d" % header, b"%0100d" % (number + header)) for header in range(12)]
        state = {"validity": Validity(1.0, tags), "request_context": SimpleNamespace(operation_fields={"a": number})}
        stored.put(CacheKey("POST", text, "application/json", "", ""), {"headers": headers}, body, b"", state)
    return cache, cache.used_bytes


def documents() -> tuple[Any, int | None]:
    """Documents with the largest number of tokens."""
    limits = Limits.of(Settings(_env_file=None))
    prepared = Documents(SCHEMA, limits)
    operations = " ".join(f"query q{number} {{ status {{ version }} }}" for number in range(120))
    for number in range(60):
        prepared.prepare(f"{operations} # {number}")
    return prepared, prepared.cache.size


def persisted_documents() -> tuple[Any, int | None]:
    """Documents whose characters take four bytes each."""
    known = PersistedDocuments({}, None)  # type: ignore[arg-type]  # without Redis
    for number in range(1200):
        known.registered.put(f"{number:064}", f"{number} \N{PARTY POPPER}" + "#" * 8000, f"client {number}")
    return known, known.registered.size


def clients() -> tuple[Any, int | None]:
    """The points and the turns of as many clients as are known."""
    limits, turns = ClientLimits(60, 60), ClientTurns()
    for number in range(2 * MAX_CLIENTS):
        client = f"2001:db8:{number:x}:ffff::/64"
        limits.bucket(client).take(1)
        turns.record([client])
        turns.record([client], background=True)
    return (limits, turns), None


def names() -> tuple[Any, int | None]:
    """The longest names, in both directions."""

    async def invalidate(*_: str) -> None:
        pass

    table = Names(None, redis_link=RedisLink(None), generations=Generations(1), invalidate=invalidate, timeout_s=1.0)
    for number in range(60_000):
        name = f"{number:032}"
        table.usernames.put(number + 300, name, 1e9)
        table.user_ids.put(Username(name), number + 300, 1e9)
    return table, None


def generations() -> tuple[Any, int | None]:
    """As many invalidated tags as are known."""
    known = Generations(86_400)
    for number in range(MAX_TAGS):
        known.bump(f"name:{number:015}:MANIA")
    return known, None


def updates() -> tuple[Any, int | None]:
    """The potential updates of fifteen minutes with ten times the default budgets."""
    registry = UpdateRegistry(RedisLink(None), cooldown_s=900.0, timeout_s=50.0)
    for number in range(15 * 340):
        run(registry.finish(UserMode(number, Mode.OSU), Outcome(900.0, is_answered=True)))
    return registry, None


def run(coroutine: Any) -> None:
    """Run a coroutine that does not wait."""
    try:
        coroutine.send(None)
    except StopIteration:
        return


def small_caches() -> tuple[Any, int | None]:
    """Header forms, header lines, IDs and players."""
    for number in range(1100):
        _form(b"application/json;x=%0900d" % number, b"gzip")
        _has_json({b"content-type": b"application/json;x=%0900d" % number})
        _cached_lines(tuple((b"header-%d" % header, b"%0100d" % (number + header)) for header in range(12)))
    for number in range(10**9, 10**9 + 5000):
        user_of(user_id(str(number), f"{number}"))
        stats_of(UserMode(number, Mode.OSU))
    return None, None


FILLERS: dict[str, Filler] = {
    function.__name__: function
    for function in (
        histories,
        hiscores,
        best_plays,
        responses,
        documents,
        persisted_documents,
        clients,
        names,
        generations,
        updates,
        small_caches,
    )
}


def resident_bytes() -> int:
    """The resident memory of this process, without free memory."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


def main(name: str) -> None:
    """Fill a structure, and print the growth and the counted bytes."""
    before = resident_bytes()
    filled, counted_bytes = FILLERS[name]()
    measured = {"growth_bytes": resident_bytes() - before, "counted_bytes": counted_bytes}
    del filled
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1])
