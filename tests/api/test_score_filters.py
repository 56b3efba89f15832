"""Filters of hiscores and best plays: counts, pages and cursors, requests, and invalid values."""

import pytest

from gateway.sandbox import Fault, players
from tests.support.input_errors import input_error

HISCORES = """query ($id: ID!, $filter: ScoreFilter, $order: ScoreOrder! = PP_DESC, $best: Boolean! = false,
  $window: Window, $first: Int! = 10000, $after: String) { user(id: $id) { stats {
  list: hiscores(filter: $filter, orderBy: $order, bestPerBeatmap: $best, window: $window, first: $first, after: $after)
  { totalCount nodes { beatmapId score pp grade playedAt mods { bits acronyms } } pageInfo { hasNextPage endCursor } }
} } }"""
BY_NAME = """query ($filter: ScoreFilter) {
  list: hiscoresByUsername(username: "peppy", filter: $filter, first: 10000)
  { totalCount nodes { beatmapId score pp grade playedAt mods { bits acronyms } } pageInfo { hasNextPage endCursor } }
}"""
BEST_PLAYS = """query ($filter: ScoreFilter, $window: Window, $first: Int! = 10000, $after: String) {
  list: bestPlays(filter: $filter, window: $window, first: $first, after: $after)
  { nodes { beatmapId score pp grade playedAt mods { acronyms } user { id } } pageInfo { hasNextPage endCursor } }
}"""
HIDDEN = {"modsAll": ["HD"]}
FAST = {"modsAny": ["DT", "HR"], "modsNone": ["FL"], "grades": ["S", "SH", "X", "XH"], "ppAtLeast": 50}


@pytest.fixture
def settings():
    return {"response_cache_max_bytes": 0}


async def hiscores(gateway, **variables):
    """The list; the third response is that of the compiled operation."""
    arguments = {"id": str(players.HEAVY), **variables}
    responses = [await gateway.ask(HISCORES, **arguments) for _ in range(3)]
    assert responses == responses[:1] * 3
    return responses[0]["user"]["stats"]["list"]


async def best_plays(gateway, **variables):
    return (await gateway.ask(BEST_PLAYS, **variables))["list"]


def is_hidden(play):
    return "HD" in play["mods"]["acronyms"]


def is_fast(play):
    mods = set(play["mods"]["acronyms"])
    good = play["grade"] in {"S", "SH", "X", "XH"} and play["pp"] >= 50
    return good and bool(mods & {"DT", "NC", "HR"}) and "FL" not in mods


cases = pytest.mark.parametrize("score_filter, matches", [(HIDDEN, is_hidden), (FAST, is_fast)])


@cases
@pytest.mark.parametrize("order", ["PP_DESC", "PLAYED_AT_ASC", "RECORDED_AT_DESC"])
async def test_hiscores_and_total_count_are_filtered(gateway, score_filter, matches, order):
    every = await hiscores(gateway, order=order)
    found = await hiscores(gateway, order=order, filter=score_filter)

    assert found["nodes"] == [play for play in every["nodes"] if matches(play)]
    assert 0 < found["totalCount"] == len(found["nodes"]) < every["totalCount"]


@cases
async def test_hiscores_by_name_are_filtered(gateway, score_filter, matches):
    every = (await gateway.ask(BY_NAME))["list"]
    found = (await gateway.ask(BY_NAME, filter=score_filter))["list"]

    assert found["nodes"] == [play for play in every["nodes"] if matches(play)]
    assert found["totalCount"] == len(found["nodes"])


async def test_best_per_beatmap_is_chosen_among_matching(gateway):
    every = await hiscores(gateway, id=str(players.REPEATER), filter=HIDDEN)
    best = await hiscores(gateway, id=str(players.REPEATER), filter=HIDDEN, best=True)

    assert {play["beatmapId"] for play in best["nodes"]} == {play["beatmapId"] for play in every["nodes"]}
    assert best["totalCount"] == len(best["nodes"]) < every["totalCount"]


async def test_window_and_filter_both_apply(gateway):
    window = {"between": {"from": "2020-01-01", "to": "2024-01-01"}}
    inside = await hiscores(gateway, window=window)
    found = await hiscores(gateway, window=window, filter=HIDDEN)

    assert found["nodes"] == [play for play in inside["nodes"] if is_hidden(play)]


@pytest.mark.parametrize("read, variables", [(hiscores, {"order": "PLAYED_AT_ASC"}), (best_plays, {})])
async def test_pages_of_a_filtered_list_are_complete(gateway, read, variables):
    every = await read(gateway, **variables, filter=FAST)
    nodes, after, more = [], None, True
    while more:
        page = await read(gateway, **variables, filter=FAST, first=251, after=after)
        nodes += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    assert nodes == every["nodes"]


@pytest.mark.parametrize("query", [HISCORES, BEST_PLAYS])
@pytest.mark.parametrize("one, other", [(HIDDEN, FAST), (HIDDEN, None), (None, HIDDEN)])
async def test_cursor_of_another_filter_is_refused(gateway, query, one, other):
    variables = {"id": "2"} if query is HISCORES else {}
    data = await gateway.ask(query, **variables, filter=one, first=5)
    after = (data.get("list") or data["user"]["stats"]["list"])["pageInfo"]["endCursor"]

    error = await gateway.error(query, **variables, filter=other, first=5, after=after)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "another list" in error["message"]


@pytest.mark.parametrize(
    "same",
    [
        {"modsAll": ["HD", "HD"], "grades": []},
        {"modsAll": ["HD"], "ppAtLeast": 0},
        {"modsAll": ["HD"], "ppAtLeast": -0.0},
    ],
)
async def test_cursor_is_valid_for_an_equal_filter(gateway, same):
    first = await hiscores(gateway, filter=HIDDEN, first=5)
    rest = await hiscores(gateway, filter=same, first=5, after=first["pageInfo"]["endCursor"])

    assert len(rest["nodes"]) == 5
    assert rest["nodes"] != first["nodes"]


@pytest.mark.parametrize("empty", [None, {}, {"modsAll": [], "modsAny": [], "grades": None}])
async def test_filter_without_conditions_changes_nothing(gateway, empty):
    assert await hiscores(gateway, filter=empty) == await hiscores(gateway)
    assert await best_plays(gateway, filter=empty, first=50) == await best_plays(gateway, first=50)
    assert [query.get("limit") for query in gateway.upstream_queries("/bestplays")] == [None]


async def test_contradictory_conditions_match_nothing(gateway):
    found = await hiscores(gateway, filter={"modsAll": ["HD"], "modsNone": ["HD"]})
    assert (found["totalCount"], found["nodes"]) == (0, [])


@cases
async def test_filtered_best_plays_need_one_request(gateway, score_filter, matches):
    found = await best_plays(gateway, filter=score_filter, first=60)
    assert [query.get("limit") for query in gateway.upstream_queries("/bestplays")] == ["10000"]

    every = await best_plays(gateway)
    assert found["nodes"] == [play for play in every["nodes"] if matches(play)][:60]
    assert gateway.sandbox.count() == 1


async def test_filters_of_best_plays_share_one_list(gateway):
    query = """{ a: bestPlays(filter: {modsAll: ["HD"]}) { nodes { pp } } b: bestPlays(filter: {ppAtMost: 800})
      { nodes { pp } } c: bestPlays(first: 10000) { pageInfo { endCursor } } }"""
    costs = [(await gateway.send(query))["extensions"]["cost"] for _ in range(2)]

    assert [cost["requested"] for cost in costs] == [6, 6]
    assert [cost["charged"] for cost in costs] == [2, 0]
    assert gateway.sandbox.count() == 1


async def test_filtered_window_of_best_plays_is_requested_whole(gateway):
    window = {"between": {"from": "2026-11-01", "to": "2026-11-10"}}
    found = await best_plays(gateway, filter=HIDDEN, window=window)

    [query] = gateway.upstream_queries("/bestplays")
    assert (query["from"], query["limit"]) == ("2026-11-01T00:00:00.000Z", "10000")
    assert found["nodes"] == [play for play in (await best_plays(gateway, window=window))["nodes"] if is_hidden(play)]


async def test_stale_list_is_filtered_with_a_warning(gateway):
    await best_plays(gateway, filter=HIDDEN, first=5)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    gateway.clock.move(3600)
    response = await gateway.send(BEST_PLAYS, filter=FAST, first=5)

    assert len(response["data"]["list"]["nodes"]) == 5
    assert [warning["code"] for warning in response["extensions"]["warnings"]] == ["STALE_DATA"]


async def test_unknown_grades_and_no_mods_can_be_filtered(gateway):
    plays = (await hiscores(gateway, id=str(players.UNKNOWN_VALUES)))["nodes"]
    every_grade = ["XH", "X", "SH", "S", "A", "B", "C", "D", "F"]
    graded = (await hiscores(gateway, id=str(players.UNKNOWN_VALUES), filter={"grades": every_grade}))["nodes"]
    plain = (await hiscores(gateway, filter={"modsAny": ["NM"]}))["nodes"]

    assert graded == [play for play in plays if play["grade"]] != plays
    assert plain
    assert {play["mods"]["bits"] for play in plain} == {0}


@pytest.mark.parametrize("query", [HISCORES, BEST_PLAYS, BY_NAME])
@pytest.mark.parametrize(
    "invalid, mentioned",
    [
        ({"modsAll": ["XX"]}, "filter.modsAll"),
        ({"modsAny": ["hd"]}, "in upper case: `HD`"),
        ({"modsNone": [""]}, "filter.modsNone"),
        ({"modsNone": ["HD"] * 41}, "41 items"),
        ({"grades": ["SS"]}, "grades"),
        ({"grades": ["S"] * 41}, "41 items"),
        ({"grades": [None]}, "grades"),
        ({"ppAtLeast": 2, "ppAtMost": 1}, "ppAtMost"),
        ({"ppAtLeast": -0.5}, "from 0"),
        ({"ppAtMost": -1}, "from 0"),
        ({"ppAtMost": "100"}, "ppAtMost"),
        ({"mods": ["HD"]}, "mods"),
    ],
)
async def test_invalid_filter_is_refused(gateway, query, invalid, mentioned):
    variables = {"id": "2"} if query is HISCORES else {}
    await input_error(gateway, query, mentioned, **variables, filter=invalid)


@pytest.mark.parametrize(
    "number, mentioned", [("1e999", "ppAtMost"), ("-1e999", "ppAtMost"), ("NaN", "Float"), ("Infinity", "Float")]
)
async def test_numbers_that_are_not_finite_are_refused(gateway, number, mentioned):
    await input_error(gateway, f"{{ bestPlays(filter: {{ppAtMost: {number}}}) {{ nodes {{ pp }} }} }}", mentioned)


async def test_equal_bounds_match_one_value(gateway):
    best = (await hiscores(gateway, first=1))["nodes"][0]
    found = await hiscores(gateway, filter={"ppAtLeast": best["pp"], "ppAtMost": best["pp"]})
    assert best in found["nodes"]
    assert {play["pp"] for play in found["nodes"]} == {best["pp"]}
