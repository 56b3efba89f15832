"""Best plays come from the top of a list in three sizes: the smallest that does, and none twice."""

import pytest

PAGE = """query ($first: Int!, $after: String, $window: Window, $mode: GameMode! = OSU) {
  bestPlays(first: $first, after: $after, window: $window, mode: $mode) {
    nodes { pp beatmapId } pageInfo { hasNextPage endCursor }
  }
}"""


def limits(gateway):
    return [request.query.get("limit") for request in gateway.sandbox.requests if request.path == "/bestplays"]


async def page(gateway, first, after=None, **variables):
    return (await gateway.ask(PAGE, first=first, after=after, **variables))["bestPlays"]


async def pages(gateway, count):
    """The cursor behind so many pages of 500."""
    after = None
    for _ in range(count):
        after = (await page(gateway, 500, after))["pageInfo"]["endCursor"]
    return after


async def test_the_first_fifty_are_asked_for_without_a_limit(gateway):
    top = await page(gateway, 50)

    assert len(top["nodes"]) == 50
    assert limits(gateway) == [None]


async def test_more_than_a_hundred_are_cut_from_a_thousand(gateway):
    await page(gateway, 101)

    assert limits(gateway) == ["1000"]


async def test_pages_beyond_a_thousand_are_cut_from_ten_thousand(gateway):
    after = await pages(gateway, 3)
    await page(gateway, 500, after)

    assert limits(gateway) == ["1000", "10000"]


@pytest.mark.parametrize("first", [10, 100, 101, 500])
async def test_a_longer_list_that_is_held_answers_for_shorter_ones(gateway, first):
    await pages(gateway, 3)
    gateway.sandbox.reset_counts()

    await page(gateway, first)

    assert limits(gateway) == []


async def test_pages_come_in_one_order_whatever_list_they_are_cut_from(gateway):
    alone = await page(gateway, 50)
    await pages(gateway, 3)
    from_the_longest = await page(gateway, 50)

    assert alone == from_the_longest


async def test_only_the_age_of_the_list_that_a_page_is_cut_from_is_told(gateway):
    # Some of the top hundred are there twice: the list is too short for this page, and was asked for in vain.
    await page(gateway, 99)
    assert limits(gateway) == [None, "1000"]
    gateway.clock.move(3600)
    response = await gateway.send(PAGE, first=99)

    assert [warning["ageSeconds"] for warning in response["extensions"]["warnings"]] == [3600]


async def test_each_mode_has_a_list_of_its_own(gateway):
    await page(gateway, 10, mode="OSU")
    await page(gateway, 10, mode="MANIA")

    modes = [request.query["mode"] for request in gateway.sandbox.requests]
    assert modes == ["0", "3"]


async def test_a_window_of_days_reaches_osutrack_as_instants_that_leave_out_the_last_day(gateway):
    await page(gateway, 10, window={"between": {"from": "2026-11-01", "to": "2026-11-10"}})

    (asked,) = (request.query for request in gateway.sandbox.requests)
    assert asked["from"] == "2026-11-01T00:00:00.000Z"
    assert asked["to"] == "2026-11-09T23:59:59.999Z"


async def test_the_last_24_hours_are_asked_for_once_while_the_hour_lasts(gateway):
    await page(gateway, 10, window={"days": 1})
    gateway.clock.move(300)
    await page(gateway, 10, window={"days": 1})

    assert limits(gateway) == [None]
