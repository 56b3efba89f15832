"""The best plays of the day on the home page: from the cache only."""

import re

DAY = "{ bestPlays(window: {days: 1}, first: 10) { nodes { pp user { id } mods { label } } } }"
HOUR_S = 3600.0


async def home(gateway):
    return (await gateway.http.get("/", headers={"Accept": "text/html"})).text


async def test_home_page_without_cached_list_causes_no_request(gateway):
    html = await home(gateway)
    assert "last 24 hours" not in html
    assert not gateway.sandbox.requests


async def test_home_page_has_the_cached_best_plays(gateway):
    nodes = (await gateway.ask(DAY))["bestPlays"]["nodes"][:5]
    requests = len(gateway.sandbox.requests)
    await gateway.parts.tracker.names.learn(int(nodes[0]["user"]["id"]), "a[b]")
    html = await home(gateway)
    assert re.findall(r"<li><b>([\d,]+) pp</b>", html) == [f"{node['pp']:,.0f}" for node in nodes]
    assert f'<a href="players/{nodes[0]["user"]["id"]}">a[b]</a>' in html
    assert len(gateway.sandbox.requests) == requests


async def test_list_of_an_earlier_hour_is_shown(gateway):
    await gateway.ask(DAY)
    gateway.clock.move(HOUR_S)
    later = await home(gateway)
    gateway.clock.move(24 * HOUR_S)
    assert ("last 24 hours" in later, "last 24 hours" in await home(gateway)) == (True, False)
