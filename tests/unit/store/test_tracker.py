"""Loads of histories: full or tail, dropped rows."""

import httpx
import pytest

from gateway.deadline import Deadline
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, UserMode
from gateway.settings import Settings
from gateway.store.cache import Cache
from gateway.store.tracker import Tracker
from tests.support.snapshots import raw_snapshot, raw_snapshots

PLAYER = UserMode(7, Mode.OSU)
SECOND_DAY = "2026-01-02T00:00:00.000Z"


def days(result):
    return [int(row.at[8:10]) for row in result.value.rows]


class Osutrack:
    """The history endpoint. Tests change its rows; `starts` has the `from` parameter of each request."""

    def __init__(self):
        self.rows = raw_snapshots(1, 2, 3)
        self.starts = []

    def __call__(self, request):
        start = request.url.params.get("from")
        self.starts.append(start)
        return httpx.Response(200, json=[row for row in self.rows if start is None or row["timestamp"] >= start])


@pytest.fixture
def osutrack():
    return Osutrack()


@pytest.fixture
async def tracker(osutrack, clock):
    settings = Settings(upstream_url="http://osutrack", reads_per_minute=0, _env_file=None)
    upstream = Upstream(settings, transport=httpx.MockTransport(osutrack), clock=clock, monotonic=clock.monotonic)
    tracker = Tracker(upstream.client, Cache(100_000), settings, clock=clock, monotonic=clock.monotonic)
    yield tracker
    await tracker.close()
    await upstream.close()


async def read_invalidated(tracker):
    """The history after an invalidation, as by an update."""
    await tracker.invalidate(PLAYER)
    return await tracker.history.read(PLAYER, Deadline.from_timeout(5))


async def test_invalid_row_of_the_tail_counts_once(tracker, osutrack):
    osutrack.rows[2:2] = [raw_snapshot("2026-02-30T00:00:00.000Z")]

    assert [(await read_invalidated(tracker)).dropped for _ in range(4)] == [1, 1, 1, 1]


@pytest.mark.parametrize("day", ["2026-01-03", "2026-02-30"], ids=["same instant", "no instant"])
async def test_history_stays_abridged_once_a_row_is_missing(tracker, osutrack, day):
    assert not (await read_invalidated(tracker)).value.abridged
    osutrack.rows += [raw_snapshot(f"{day}T00:00:00.000Z", pp_rank=1)]

    assert [(await read_invalidated(tracker)).value.abridged for _ in range(2)] == [True, True]


async def test_invalidated_history_loads_only_its_tail(tracker, osutrack):
    await read_invalidated(tracker)
    osutrack.rows += raw_snapshots(4)
    result = await read_invalidated(tracker)

    assert osutrack.starts == [None, SECOND_DAY]
    assert days(result) == [1, 2, 3, 4]


async def test_missing_seam_causes_a_full_load(tracker, osutrack):
    await read_invalidated(tracker)
    osutrack.rows = raw_snapshots(1, 3, 4)
    result = await read_invalidated(tracker)

    assert osutrack.starts == [None, SECOND_DAY, None]
    assert days(result) == [1, 3, 4]


async def test_deleted_player_has_an_empty_history(tracker, osutrack):
    await read_invalidated(tracker)
    osutrack.rows = []

    assert (await read_invalidated(tracker)).value.rows == ()


async def test_single_row_is_always_loaded_in_full(tracker, osutrack):
    osutrack.rows = raw_snapshots(1)
    await read_invalidated(tracker)
    await read_invalidated(tracker)

    assert osutrack.starts == [None, None]


async def test_history_is_loaded_in_full_once_a_day(tracker, osutrack, clock):
    for _ in range(3):
        await read_invalidated(tracker)
        clock.move(13 * 3600)

    assert osutrack.starts == [None, SECOND_DAY, None]
