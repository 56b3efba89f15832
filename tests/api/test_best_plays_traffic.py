"""Upstream requests for best plays, which are read in tiers of 100, 1000 and 10,000 plays."""

import pytest

from gateway.sandbox import Fault

PAGE = """query ($first: Int!, $after: String, $window: Window, $mode: GameMode! = OSU) {
  bestPlays(first: $first, after: $after, window: $window, mode: $mode) {
    nodes { pp beatmapId } pageInfo { hasNextPage endCursor }
  }
}"""


def limits(gateway):
    """The `limit` of each upstream request."""
    return [query.get("limit") for query in gateway.upstream_queries("/bestplays")]


async def page(gateway, first, after=None, **variables):
    return (await gateway.ask(PAGE, first=first, after=after, **variables))["bestPlays"]


async def pages(gateway, count):
    """The end cursor of the last of `count` pages of 500."""
    after = None
    for _ in range(count):
        after = (await page(gateway, 500, after))["pageInfo"]["endCursor"]
    return after


async def test_first_fifty_are_requested_without_a_limit(gateway):
    top = await page(gateway, 50)

    assert len(top["nodes"]) == 50
    assert limits(gateway) == [None]


async def test_more_than_a_hundred_use_limit_1000(gateway):
    await page(gateway, 101)

    assert limits(gateway) == ["1000"]


async def test_pages_beyond_a_thousand_use_limit_10000(gateway):
    after = await pages(gateway, 3)
    await page(gateway, 500, after)

    assert limits(gateway) == ["1000", "10000"]


@pytest.mark.parametrize("first", [10, 100, 101, 500])
async def test_cached_tier_serves_smaller_pages(gateway, first):
    await pages(gateway, 3)
    gateway.sandbox.reset_counts()

    await page(gateway, first)

    assert limits(gateway) == []


async def test_page_is_equal_from_every_tier(gateway):
    smallest = await page(gateway, 50)
    await pages(gateway, 3)
    largest = await page(gateway, 50)

    assert smallest == largest


async def test_warning_has_the_age_of_the_used_tier(gateway):
    # The top hundred contain duplicates, so they are too few for this page and the next tier is requested.
    await page(gateway, 99)
    assert limits(gateway) == [None, "1000"]
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    gateway.clock.move(3600)
    response = await gateway.send(PAGE, first=99)

    assert [warning["ageSeconds"] for warning in response["extensions"]["warnings"]] == [3600]


async def test_stale_tier_without_enough_rows_is_skipped(gateway):
    await page(gateway, 99)
    gateway.clock.move(3600)
    gateway.sandbox.reset_counts()
    response = await gateway.send(PAGE, first=99)

    assert set(response["extensions"]) == {"cost"}
    assert limits(gateway) == ["1000"]


@pytest.mark.parametrize("minutes", [11, 21])
async def test_fresh_tier_is_used_before_an_older_one(gateway, minutes):
    await page(gateway, 50)
    gateway.clock.move(minutes * 60 - 1)
    await page(gateway, 500)
    gateway.sandbox.reset_counts()
    response = await gateway.send(PAGE, first=50)
    await gateway.finish_refreshes()

    assert set(response["extensions"]) == {"cost"}
    assert limits(gateway) == []


async def test_tier_without_enough_rows_is_not_refreshed(gateway):
    await page(gateway, 99)
    gateway.clock.move(601)
    await page(gateway, 500)
    await gateway.finish_refreshes()
    gateway.sandbox.reset_counts()
    await page(gateway, 99)
    await gateway.finish_refreshes()

    assert limits(gateway) == []


async def test_each_mode_is_requested_separately(gateway):
    await page(gateway, 10, mode="OSU")
    await page(gateway, 10, mode="MANIA")

    modes = [request.query["mode"] for request in gateway.sandbox.requests]
    assert modes == ["0", "3"]


async def test_window_is_sent_as_half_open_instants(gateway):
    await page(gateway, 10, window={"between": {"from": "2026-11-01", "to": "2026-11-10"}})

    [query] = gateway.upstream_queries("/bestplays")
    assert query["from"] == "2026-11-01T00:00:00.000Z"
    assert query["to"] == "2026-11-09T23:59:59.999Z"


async def test_rolling_window_is_requested_once_per_hour(gateway):
    await page(gateway, 10, window={"days": 1})
    gateway.clock.move(300)
    await page(gateway, 10, window={"days": 1})

    assert limits(gateway) == [None]
