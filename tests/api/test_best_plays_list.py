"""The list of best plays is the same for every sequence of page sizes and tiers."""

import asyncio
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.best_play_rows import best_plays_upstream, distinct_plays, identity, random_rows
from tests.support.gateway import start_gateway

PAGE = """query ($first: Int!, $after: String, $window: Window) {
  bestPlays(first: $first, after: $after, window: $window) {
    nodes { pp beatmapId score playedAt recordedAt mods { bits } user { id } } pageInfo { hasNextPage endCursor }
  }
}"""
DAY = {"days": 1}
# The clock of the tests stands at 12:00, so the window begins within an hour.
MINUTES = 60 * 25.5
SINCE = "2026-11-19T12:25:30.000Z"

few_examples = settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
sizes = st.lists(st.sampled_from([1, 2, 49, 99, 100, 101, 333, 999, 1000, 2000, 10_000]), min_size=1, max_size=5)


def as_row(node):
    return {
        "user": int(node["user"]["id"]),
        "beatmap_id": int(node["beatmapId"]),
        "mods": node["mods"]["bits"],
        "score": node["score"],
        "pp": node["pp"],
        "score_time": node["playedAt"],
        "update_time": node["recordedAt"],
    }


async def page(gateway, first, after=None, window=None):
    return (await gateway.ask(PAGE, first=first, after=after, window=window))["bestPlays"]


async def pages(gateway, first_sizes, window=None):
    """The nodes of pages with these sizes; the last size repeats."""
    nodes: list[Any] = []
    after, more, remaining = None, True, list(first_sizes)
    while more and len(nodes) < 3000:
        first = remaining.pop(0) if len(remaining) > 1 else max(remaining[0], 250)
        found = await page(gateway, first, after, window)
        nodes += found["nodes"]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    return nodes


async def list_of(rows, seed, first_sizes, window=None, seconds=0.0):
    async with start_gateway(transport=best_plays_upstream(rows, seed=seed)) as gateway:
        gateway.clock.move(seconds)
        return await pages(gateway, first_sizes, window)


def plays_of(nodes):
    return [{"identity": identity(as_row(node)), "pp": node["pp"]} for node in nodes]


def assert_lists_equal(lists, expected):
    assert lists == [lists[0]] * len(lists)
    plays = plays_of(lists[0])
    assert len({play["identity"] for play in plays}) == len(plays)
    assert [play["pp"] for play in plays] == [play["pp"] for play in expected]
    assert sorted(map(repr, plays)) == sorted(map(repr, expected))


@few_examples
@given(st.integers(0, 10**6), st.lists(sizes, min_size=2, max_size=2), st.sampled_from([60, 800, 1700]))
def test_sequences_of_page_sizes_return_one_list(seed, sequences, count):
    rows = random_rows(seed, plays=count)
    lists = [asyncio.run(list_of(rows, seed + n, each)) for n, each in enumerate([[10_000], *sequences])]
    assert_lists_equal(lists, distinct_plays(rows))


@few_examples
@given(st.integers(0, 10**6), st.lists(sizes, min_size=2, max_size=2))
def test_rolling_windows_return_one_list(seed, sequences):
    rows = random_rows(seed, plays=1500)
    lists = [asyncio.run(list_of(rows, seed + n, each, DAY, MINUTES)) for n, each in enumerate([[10_000], *sequences])]
    assert_lists_equal(lists, distinct_plays(rows, SINCE))


async def test_plays_keep_their_places_in_larger_pages():
    rows = random_rows(7, plays=1700)
    async with start_gateway(transport=best_plays_upstream(rows, seed=7)) as gateway:
        small = [(await page(gateway, first))["nodes"] for first in (50, 100, 900)]
        large = (await page(gateway, 10_000))["nodes"]
        cached = [(await page(gateway, first))["nodes"] for first in (50, 100, 900)]
    assert small == cached == [large[:50], large[:100], large[:900]]


async def test_hiscores_have_pages_of_10000_too(gateway):
    data = await gateway.ask("""{
      user(id: 2) { stats { hiscores(first: 10000) { totalCount nodes { pp } } } }
      hiscoresByUsername(username: "peppy", first: 10000) { totalCount nodes { pp } }
    }""")

    found = data["hiscoresByUsername"]
    assert len(found["nodes"]) == found["totalCount"] > 2000
    assert data["user"]["stats"]["hiscores"] == found
