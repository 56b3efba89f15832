"""The gains of calendar periods: the same as windows of these periods, from one request for the history."""

from itertools import pairwise

import pytest

from gateway.sandbox import players

GAINS = """query ($id: ID!, $window: Window, $every: Interval!) { user(id: $id) { stats {
  gains(window: $window, every: $every) { ...Change }
  gain(window: {between: {}}) { ...Change } snapshots(window: $window, every: $every) { at }
} } }
fragment Change on Gain { start { at } end { at } delta { playCount totalScore } coversWholeWindow }"""
YEARS = {"between": {"from": "2020-02-15", "to": "2023-02-15"}}


@pytest.fixture
def settings():
    return {"response_cache_max_bytes": 0}


async def stats(gateway, user, window=None, every="MONTH"):
    """The player's gains; the third response is that of the compiled operation."""
    responses = [await gateway.ask(GAINS, id=str(user), window=window, every=every) for _ in range(3)]
    assert responses == responses[:1] * 3
    return responses[0]["user"]["stats"]


@pytest.mark.parametrize("every", ["DAY", "WEEK", "MONTH", "YEAR"])
async def test_gains_add_up_to_gain_of_history(gateway, every):
    found = await stats(gateway, players.HEAVY, every=every)

    gains, gain = found["gains"], found["gain"]
    assert all(one["end"] == other["start"] for one, other in pairwise(gains))
    assert (gains[0]["start"], gains[-1]["end"]) == (gain["start"], gain["end"])
    assert {name: sum(gain["delta"][name] for gain in gains) for name in gain["delta"]} == gain["delta"]


@pytest.mark.parametrize("every", ["DAY", "WEEK", "MONTH", "YEAR"])
async def test_each_period_with_snapshots_has_a_gain(gateway, every):
    found = await stats(gateway, players.HEAVY, YEARS, every)

    assert [gain["end"] for gain in found["gains"]] == found["snapshots"]


async def test_first_and_last_period_are_cut_by_window(gateway):
    window = {"between": {"from": "2020-02-15", "to": "2020-02-20"}}
    first, *_, last = (await stats(gateway, players.HEAVY, YEARS, "YEAR"))["gains"]
    [only] = (await stats(gateway, players.HEAVY, window, "YEAR"))["gains"]

    assert first["start"]["at"] <= "2020-02-15T00:00:00.000Z" < first["end"]["at"] < "2021-01-01"
    assert "2023-01-01" < last["end"]["at"] < "2023-02-15"
    assert first["start"] == only["start"]
    assert only["end"]["at"] < "2020-02-20"


async def test_only_first_period_of_tracking_is_incomplete(gateway):
    gains = (await stats(gateway, players.AMEO, every="YEAR"))["gains"]

    assert [gain["coversWholeWindow"] for gain in gains] == [False] + [True] * 11


@pytest.mark.parametrize("user", [players.SINGLE_SNAPSHOT, players.NO_SNAPSHOTS, 4040404])
@pytest.mark.parametrize("every", ["DAY", "YEAR"])
async def test_gains_are_empty_without_two_snapshots(gateway, user, every):
    assert (await stats(gateway, user, every=every))["gains"] == []


async def test_window_before_tracking_has_no_gains(gateway):
    assert (await stats(gateway, players.AMEO, {"between": {"to": "2010-01-01"}}))["gains"] == []


async def test_gains_cost_one_point_once(gateway):
    query = "{ user(id: 131464) { stats { gains(every: MONTH) { delta { pp } } years: gains(every: YEAR) { end { at } } } } }"
    costs = [(await gateway.send(query))["extensions"]["cost"] for _ in range(3)]

    assert costs == [{"requested": 1, "charged": charged} for charged in (1, 0, 0)]
    assert gateway.sandbox.count() == 1


@pytest.mark.parametrize("arguments", ["", "(every: null)", "(every: HOUR)", "(every: DAY, window: {days: 0})"])
async def test_invalid_periods_are_refused(gateway, arguments):
    error = await gateway.error(f"{{ user(id: 2) {{ stats {{ gains{arguments} {{ end {{ at }} }} }} }} }}")
    assert error["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}


class TestWithLimit:
    @pytest.fixture
    def settings(self):
        return {"max_values": 1000, "response_cache_max_bytes": 0}

    async def test_long_list_of_gains_is_refused(self, gateway):
        query = "{ user(id: 2) { stats { gains(every: DAY) { delta { pp level } } } } }"
        codes = [(await gateway.error(query))["extensions"]["code"] for _ in range(3)]
        assert codes == ["RESULT_TOO_LARGE"] * 3
