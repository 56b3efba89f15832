"""What is particular to histories: bad rows near the end, and which request a refresh is."""

import httpx
import pytest

from gateway.deadline import Deadline
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, UserMode
from gateway.settings import Settings
from gateway.store.cache import Cache
from gateway.store.tracker import Tracker
from tests.support import recordings

PLAYER = UserMode(7, Mode.OSU)
TEMPLATE = recordings.rows("stats_history_one_day_window")[0]


def rows(*days):
    return [TEMPLATE | {"timestamp": f"2026-01-{day:02}T00:00:00.000Z"} for day in days]


class Osutrack:
    """A history that tests change; keeps from where it was asked for."""

    def __init__(self):
        self.rows = rows(1, 2, 3)
        self.asked = []

    def __call__(self, request):
        since = request.url.params.get("from")
        self.asked.append(since)
        return httpx.Response(200, json=[row for row in self.rows if since is None or row["timestamp"] >= since])


@pytest.fixture
def osutrack():
    return Osutrack()


@pytest.fixture
async def tracker(osutrack, clock):
    settings = Settings(upstream_url="http://osutrack", reads_per_minute=0, _env_file=None)
    connection = Upstream(settings, transport=httpx.MockTransport(osutrack), clock=clock)
    tracker = Tracker(connection.client, Cache(100_000), settings, clock=clock)
    yield tracker
    await tracker.close()
    await connection.close()


async def read_anew(tracker):
    """As after an update, which makes old what is held."""
    await tracker.updated(PLAYER, None)
    return await tracker.history.load(PLAYER, Deadline.from_timeout(5))


async def test_a_bad_row_that_every_refresh_meets_is_counted_once(tracker, osutrack):
    osutrack.rows[2:2] = [TEMPLATE | {"timestamp": "2026-02-30T00:00:00.000Z"}]

    assert [(await read_anew(tracker)).dropped for _ in range(4)] == [1, 1, 1, 1]


@pytest.mark.parametrize("day", ["2026-01-03", "2026-02-30"], ids=["same instant", "no instant"])
async def test_a_history_is_abridged_from_the_refresh_on_that_meets_a_row_too_many(tracker, osutrack, day):
    assert not (await read_anew(tracker)).value.abridged
    osutrack.rows += [TEMPLATE | {"timestamp": f"{day}T00:00:00.000Z", "pp_rank": 1}]

    assert [(await read_anew(tracker)).value.abridged for _ in range(2)] == [True, True]


async def test_after_an_update_only_the_end_is_read(tracker, osutrack):
    await read_anew(tracker)
    osutrack.rows += rows(4)
    served = await read_anew(tracker)

    assert osutrack.asked == [None, "2026-01-02T00:00:00.000Z"]
    assert [row.at[8:10] for row in served.value.rows] == ["01", "02", "03", "04"]


async def test_a_vanished_seam_makes_it_read_the_whole(tracker, osutrack):
    await read_anew(tracker)
    osutrack.rows = rows(1, 3, 4)
    served = await read_anew(tracker)

    assert osutrack.asked == [None, "2026-01-02T00:00:00.000Z", None]
    assert [row.at[8:10] for row in served.value.rows] == ["01", "03", "04"]


async def test_somebody_who_vanished_is_empty(tracker, osutrack):
    await read_anew(tracker)
    osutrack.rows = []

    assert (await read_anew(tracker)).value.rows == ()


async def test_a_single_row_is_read_whole_each_time(tracker, osutrack):
    osutrack.rows = rows(1)
    await read_anew(tracker)
    await read_anew(tracker)

    assert osutrack.asked == [None, None]


async def test_a_day_after_it_was_last_read_whole_it_is_so_again(tracker, osutrack, clock):
    for _ in range(3):
        await read_anew(tracker)
        clock.move(13 * 3600)

    assert osutrack.asked == [None, "2026-01-02T00:00:00.000Z", None]
