"""Anomalies, snapshots with pp 0 and accuracy 0 beside a rank, are excluded from every field unless requested."""

import itertools

import msgspec
import pytest

from gateway.sandbox import players

FIELDS = """query ($at: DateTime!, $window: Window!) { user(id: 3000010) { stats {
  tracked latest { at pp } earliest { at pp } snapshotAt(at: $at) { at }
  nearest: snapshotAt(at: $at, match: NEAREST) { at }
  gain(window: {days: 36500}) { start { at } end { at } delta { pp } }
  recent: gain(window: $window) { start { at } end { at } delta { pp } }
  snapshots { at pp accuracy delta { pp } } months: snapshots(every: MONTH) { pp }
  gains(every: YEAR) { start { at } end { at } }
  peak { globalRank accuracy pp }
} } }"""
ALL = """{ user(id: 3000010) { stats { all: snapshots(includeAnomalies: true) { at pp globalRank delta { pp playCount } }
  days: snapshots(includeAnomalies: true, every: DAY) { at } regular: snapshots { at playCount }
} } }"""


@pytest.fixture
def anomalous(gateway):
    """A function that makes rows of a player anomalous, by index, and returns all its rows."""

    def change(*indexes):
        rows = gateway.sandbox.database.snapshots(players.ANOMALY, 0)
        for index in indexes:
            rows[index] = msgspec.structs.replace(rows[index], pp_raw=0, accuracy=0, pp_rank=1)
        return rows

    return change


def is_regular(row):
    return row.pp_raw != 0 or row.accuracy != 0


@pytest.mark.parametrize("indexes", [(0,), (-1,), (0, 1, -2, -1), (7, 8), ()], ids=repr)
async def test_no_field_uses_an_anomaly(gateway, anomalous, indexes):
    rows = anomalous(*indexes)
    regular = [row for row in rows if is_regular(row)]
    window = {"between": {"from": rows[-1].timestamp[:10]}}

    stats = (await gateway.ask(FIELDS, at=rows[-1].timestamp, window=window))["user"]["stats"]

    first, last = regular[0], regular[-1]
    assert [row["at"] for row in stats["snapshots"]] == [row.timestamp for row in regular]
    assert (stats["latest"]["at"], stats["earliest"]["at"]) == (last.timestamp, first.timestamp)
    assert stats["snapshotAt"]["at"] == stats["nearest"]["at"] == last.timestamp
    assert (stats["gain"]["start"]["at"], stats["gain"]["end"]["at"]) == (first.timestamp, last.timestamp)
    assert stats["gain"]["delta"]["pp"] == pytest.approx(last.pp_raw - first.pp_raw)
    assert stats["recent"] is None or stats["recent"]["start"]["at"] < stats["recent"]["end"]["at"] == last.timestamp
    assert (stats["gains"][0]["start"]["at"], stats["gains"][-1]["end"]["at"]) == (first.timestamp, last.timestamp)
    assert [row["delta"]["pp"] for row in stats["snapshots"][1:]] == [
        pytest.approx(later.pp_raw - earlier.pp_raw) for earlier, later in itertools.pairwise(regular)
    ]
    assert min(month["pp"] for month in stats["months"]) > 0
    assert stats["peak"] == {
        "globalRank": min(row.pp_rank for row in regular),
        "accuracy": max(row.accuracy for row in regular),
        "pp": max(row.pp_raw for row in regular),
    }


async def test_anomalies_are_returned_on_request(gateway, anomalous):
    rows = anomalous(0, -1)

    stats = (await gateway.ask(ALL))["user"]["stats"]

    assert [row["at"] for row in stats["all"]] == [row.timestamp for row in rows]
    assert [row["pp"] for row in stats["all"]].count(0) == 3
    assert stats["days"][-1]["at"] == rows[-1].timestamp
    assert stats["all"][0]["delta"] is None
    assert stats["all"][-1]["delta"] == {
        "pp": pytest.approx(-rows[-2].pp_raw),
        "playCount": rows[-1].playcount - rows[-2].playcount,
    }


async def test_equal_snapshot_ids_have_equal_values(gateway, anomalous):
    anomalous(0, 7, -1)
    fields = "{ id at pp playCount delta { pp ranksGained } }"
    lists = f"a: snapshots {fields} b: snapshots(includeAnomalies: true) {fields} c: snapshots(every: MONTH) {fields}"

    stats = (await gateway.ask(f"{{ user(id: {players.ANOMALY}) {{ stats {{ {lists} }} }} }}"))["user"]["stats"]

    rows = [*stats["a"], *stats["b"], *stats["c"]]
    by_id = {row["id"]: row for row in rows}
    assert len(by_id) == len(stats["b"])
    assert [row for row in rows if row != by_id[row["id"]]] == []


async def test_player_with_anomalies_only_is_tracked_without_data(gateway, anomalous):
    count = len(gateway.sandbox.database.snapshots(players.ANOMALY, 0))
    anomalous(*range(count))

    stats = (await gateway.ask(FIELDS, at="2099-01-01T00:00:00Z", window={"days": 30}))["user"]["stats"]

    assert stats.pop("tracked") is True
    assert stats.pop("snapshots") == stats.pop("months") == stats.pop("gains") == []
    assert set(map(repr, stats.values())) == {"None"}


@pytest.mark.parametrize("row", [{"pp_rank": 0}, {"pp_raw": 1}, {"accuracy": 1}])
async def test_other_zeros_are_regular(gateway, anomalous, row):
    rows = anomalous(-1)
    rows[-1] = msgspec.structs.replace(rows[-1], **row)

    stats = (await gateway.ask(FIELDS, at=rows[-1].timestamp, window={"days": 30}))["user"]["stats"]

    assert stats["latest"]["at"] == rows[-1].timestamp
