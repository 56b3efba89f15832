"""Invalid cursors, instants, dates and usernames; see `test_bad_input`."""

import base64

import pytest

from gateway.sandbox import players
from tests.support.input_errors import (
    BEST_PLAYS,
    BY_NAME,
    HISCORES,
    INTERNALS,
    SNAPSHOT_AT,
    SNAPSHOTS,
    USER,
    input_error,
)

PAGE = """query ($id: ID!, $orderBy: ScoreOrder! = PP_DESC, $best: Boolean! = false, $after: String, $mode: GameMode! = OSU) {
  user(id: $id) { stats(mode: $mode) {
    hiscores(first: 3, orderBy: $orderBy, bestPerBeatmap: $best, after: $after) { pageInfo { endCursor } }
  } }
}"""


async def cursor(gateway, **variables):
    data = await gateway.ask(PAGE, **variables)
    return data["user"]["stats"]["hiscores"]["pageInfo"]["endCursor"]


@pytest.mark.parametrize("query", [HISCORES, BEST_PLAYS])
@pytest.mark.parametrize(
    "after",
    [
        "x",
        "0",
        "===",
        "null",
        "é",
        "a" * 5000,
        "\0",
        base64.b64encode(b"[1,2,3]").decode(),
        "k83Q",
        "kwEBwA",
        "lAEBkMA",
    ],
)
async def test_invented_cursor_is_refused(gateway, query, after):
    await input_error(gateway, query, "after", first=5, after=after)


@pytest.mark.parametrize(
    "other",
    [
        {"id": str(players.AMEO)},
        {"orderBy": "PLAYED_AT_ASC"},
        {"orderBy": "RECORDED_AT_DESC"},
        {"mode": "MANIA"},
        {"best": True},
    ],
)
async def test_cursor_from_another_list_is_refused(gateway, other):
    foreign = await cursor(gateway, **({"id": "2"} | other))
    gateway.sandbox.reset_counts()

    error = await input_error(gateway, PAGE, "after", id="2", after=foreign)

    assert error["extensions"]["argument"] == "after"


async def test_hiscores_cursor_is_refused_by_best_plays(gateway):
    foreign = await cursor(gateway, id="2")
    gateway.sandbox.reset_counts()

    await input_error(gateway, BEST_PLAYS, "after", first=5, after=foreign)


@pytest.mark.parametrize("place", range(0, 40, 3))
async def test_changed_cursor_is_refused_or_still_valid(gateway, place):
    genuine = await cursor(gateway, id="2")
    changed = genuine[:place] + ("A" if genuine[place : place + 1] != "A" else "B") + genuine[place + 1 :]

    response = await gateway.send(PAGE, id="2", after=changed)

    codes = [error["extensions"]["code"] for error in response.get("errors", [])]
    assert codes in ([], ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    "at",
    [
        "",
        "yesterday",
        "2025-01-01",
        "2025-01-01T12:00:00",
        "2025-01-01 12:00:00Z",
        "2025-13-01T00:00:00Z",
        "2025-02-30T00:00:00Z",
        "2025-01-01T25:00:00Z",
        "2025-01-01T12:00:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "10000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2025-W01-1T00:00:00Z",
        1735689600,
        True,
        None,
    ],
)
async def test_invalid_instant_is_refused(gateway, at):
    await input_error(gateway, SNAPSHOT_AT, "at", at=at)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2025-01-01t00:00:00z"])
async def test_first_and_last_instants_are_accepted(gateway, at):
    data = await gateway.ask(SNAPSHOT_AT, at=at)

    assert set(data["user"]["stats"]) == {"snapshotAt"}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_first_and_last_days_are_accepted(gateway, day):
    response = await gateway.ask(SNAPSHOTS)

    since = await gateway.ask(SNAPSHOTS, window={"between": {"from": day}})
    until = await gateway.ask(SNAPSHOTS, window={"between": {"to": day}})

    halves = [since["user"]["stats"]["snapshots"], until["user"]["stats"]["snapshots"]]
    assert sorted(halves) == sorted([[], response["user"]["stats"]["snapshots"]])


@pytest.mark.parametrize(
    "name",
    ["", " ", "a" * 16, "a&b", "a#b", "a;b", "name%20", "näme", "٢", "a\nb", " ameo", "ameo ", "../x", "\0", "💥"],
)
async def test_impossible_username_is_refused(gateway, name):
    error = await input_error(gateway, BY_NAME, "username", username=name)

    assert error["extensions"]["argument"] == "username"


async def test_unknown_username_error_hides_the_upstream_message(gateway):
    error = await gateway.error(BY_NAME, username="nobody_at_all")

    assert error["extensions"]["code"] == "USER_NOT_FOUND"
    assert "userMode" not in error["message"]
    assert not INTERNALS.search(str(error))


async def test_bad_input_is_not_logged_as_an_error(gateway, caplog):
    await input_error(gateway, USER, "id", id="abc")

    assert [record for record in caplog.records if record.levelname in {"ERROR", "WARNING"}] == []
