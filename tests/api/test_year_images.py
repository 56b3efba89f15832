"""The card of a year: the most active month, and the best play if the hiscores are cached."""

from xml.etree import ElementTree as ET

import pytest

from gateway.sandbox.players import AMEO, ORDINARY
from tests.support.gateway import start_gateway

YEAR = "window=2025-01-01..2026-01-01"
READ_HISCORES = f'{{ user(id: "{AMEO}") {{ stats {{ hiscores(first: 1) {{ totalCount }} }} }} }}'
BEST = (
    'hiscores(window: { between: { from: "2025-01-01", to: "2026-01-01" } }, first: 1) { nodes { pp mods { label } } }'
)


async def texts(gateway, query=YEAR):
    response = await gateway.http.get(f"/players/{AMEO}/card.svg?{query}")
    return [
        "".join(element.itertext()) for element in ET.fromstring(response.text).iter("{http://www.w3.org/2000/svg}text")
    ]


async def test_year_has_its_most_active_month(gateway):
    found = await texts(gateway)
    assert found[found.index("most active month") + 1 :][:2] == ["September", "1,282 plays"]


async def test_year_has_the_best_play_of_cached_hiscores(gateway):
    [best] = (await gateway.ask(f'{{ user(id: "{AMEO}") {{ stats {{ {BEST} }} }} }}'))["user"]["stats"]["hiscores"][
        "nodes"
    ]
    found = await texts(gateway)
    assert found[found.index("best play") + 1] == f"{best['pp']:,.0f} pp"
    assert found[found.index("best play") + 2].startswith(f"{best['mods']['label']} · ")


async def test_image_requests_no_hiscores(gateway):
    assert "best play" not in await texts(gateway)
    assert {request.path for request in gateway.sandbox.requests} == {"/stats_history"}


@pytest.mark.parametrize("query", ["", "window=365d", f"{YEAR}&compare={ORDINARY[9]}", "window=2025-01-01..2025-02-01"])
async def test_other_cards_have_no_highlights(gateway, query):
    await gateway.ask(READ_HISCORES)
    assert not {"best play", "most active month"} & {*await texts(gateway, query)}


async def test_best_play_is_that_of_the_mode(gateway):
    await gateway.ask(READ_HISCORES)
    assert "best play" not in await texts(gateway, f"{YEAR}&mode=taiko")


async def test_description_has_the_highlights(gateway):
    await gateway.ask(READ_HISCORES)
    response = await gateway.http.get(f"/players/{AMEO}/card.svg?{YEAR}")
    assert "Best play: 315 pp (HR · 20 Sep). Most active month: September (1,282 plays)." in response.text


async def test_year_with_highlights_costs_one_point():
    async with start_gateway({"client_points": 10, "client_points_per_minute": 10}) as gateway:
        await texts(gateway)
        assert (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"] == 9


async def test_preview_names_the_best_play(gateway):
    await gateway.ask(f'{{ user(id: "{AMEO}") {{ stats {{ latest {{ pp }} hiscores(first: 1) {{ totalCount }} }} }} }}')
    head = (await gateway.http.get(f"/players/{AMEO}/2025")).text.partition("</head>")[0]
    assert head.count("plays in 2025. Best play: 315 pp (HR).") == 3
    assert "Best play" not in (await gateway.http.get(f"/players/{AMEO}?days=30")).text.partition("</head>")[0]


@pytest.mark.parametrize("year,parts", [(2025, 1), (2026, 2)])
async def test_version_of_preview_has_the_best_play(gateway, year, parts):
    page = f"/players/{AMEO}/{year}"
    await gateway.http.get(f"/players/{AMEO}/card.svg")
    before = (await gateway.http.get(page)).text
    await gateway.ask(READ_HISCORES)
    after = (await gateway.http.get(page)).text
    assert ("v=" in before) is (year == 2026)
    [version] = {part.split('"')[0] for part in after.split("&amp;v=")[1:]}
    assert len(version.split("-")) == parts
