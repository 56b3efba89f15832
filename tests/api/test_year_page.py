"""The page of a player's year: its statuses, and its preview from cached data only."""

import pytest

from tests.api.test_previews import UPDATE, tags
from tests.support.clock import DAY_S
from tests.support.gateway import start_gateway

HTML = {"Accept": "text/html"}


async def status(gateway, path):
    return (await gateway.http.get(path, headers=HTML)).status_code


@pytest.mark.parametrize("year", ["2007", "2025", "2026"])
async def test_years_from_2007_have_a_page(gateway, year):
    assert await status(gateway, f"/players/2/{year}") == 200


@pytest.mark.parametrize("year", ["2006", "2027", "0", "02025", "20255", "9" * 20])
async def test_other_years_are_not_found(gateway, year):
    response = await gateway.http.get(f"/players/2/{year}", headers=HTML)
    assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")
    assert "<title>Invalid year" in response.text
    assert "og:" not in response.text


@pytest.mark.parametrize("path", ["/players/x!/2025", "/players/0/2025", "/players/2147483648/2025"])
async def test_invalid_player_is_not_found(gateway, path):
    assert await status(gateway, path) == 404


@pytest.mark.parametrize("segment", ["abcd", "-2025", "2025x", "card.gif", "٢٠٢٥", "9" * 5000, "2025/01"])
async def test_other_paths_show_the_missing_page(gateway, segment):
    response = await gateway.http.get(f"/players/2/{segment}", headers=HTML)
    assert response.status_code == 404
    assert "Page not found" in response.text


@pytest.mark.parametrize(
    "path,location",
    [
        ("/players/ameo/2025", "../131464/2025"),
        ("/players/@AMEO/2025?mode=taiko", "../131464/2025?mode=taiko"),
        ("/players/somebody/2025?mode=taiko", "../somebody?mode=taiko&year=2025"),
        ("/players/@12345678/2025", "../@12345678?year=2025"),
        ("/players/2/2025/", "../2025"),
        ("/players/2/2025/?mode=mania", "../2025?mode=mania"),
    ],
)
async def test_other_addresses_are_redirected(gateway, path, location):
    await gateway.ask(UPDATE % "OSU")
    requests = len(gateway.sandbox.requests)
    response = await gateway.http.get(path, headers=HTML, follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (302, location)
    assert len(gateway.sandbox.requests) == requests


async def test_modes_in_paths_are_no_years(gateway):
    response = await gateway.http.get("/players/2/taiko", headers=HTML, follow_redirects=False)
    assert response.headers["Location"].endswith("2?mode=taiko")


async def test_new_year_begins_by_the_clock(gateway):
    gateway.clock.step(60 * DAY_S)
    assert await status(gateway, "/players/2/2027") == 200


async def test_files_of_players_are_no_years(gateway):
    response = await gateway.http.get("/players/2/history.csv")
    assert response.headers["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize("mode,query", [("OSU", ""), ("TAIKO", "?mode=taiko")])
async def test_preview_has_the_gains_of_the_year(gateway, mode, query):
    await gateway.ask(UPDATE % mode)
    found = await tags(gateway, f"/players/131464/2025{query}")
    between = 'window: { between: { from: "2025-01-01", to: "2026-01-01" } }'
    data = await gateway.ask(
        f'{{ user(id: "131464") {{ stats(mode: {mode}) {{ gain({between}) {{ delta {{ playCount }} }} }} }} }}'
    )
    plays = data["user"]["stats"]["gain"]["delta"]["playCount"]
    assert f", +{plays:,} plays in 2025." in found["og:description"]
    assert found["og:title"].endswith(" · 2025 in review")
    assert found["og:url"] == f"http://gateway/players/131464/2025{query}"
    separator = "&" if query else "?"
    window = f"{separator}window=2025-01-01..2026-01-01"
    assert found["og:image"] == f"http://gateway/players/131464/card.png{query}{window}"


async def test_preview_gains_begin_within_the_year(gateway):
    await gateway.ask('{ user(id: "1010") { stats(mode: OSU) { latest { at } } } }')
    assert (await tags(gateway, "/players/1010/2026"))["og:description"].endswith(" plays since 24 Aug 2026.")


async def test_year_without_snapshots_has_a_general_preview(gateway):
    await gateway.ask(UPDATE % "OSU")
    found = await tags(gateway, "/players/131464/2008")
    assert found["og:description"].startswith("Rank, pp, accuracy")


async def test_preview_of_a_year_costs_nothing():
    async with start_gateway({"client_points": 10}) as gateway:
        await tags(gateway, "/players/2/2025")
        assert not gateway.sandbox.requests
        assert (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"] == 10


async def test_card_of_the_year_is_an_image(gateway):
    found = await tags(gateway, "/players/131464/2025")
    image = await gateway.http.get(found["og:image"])
    assert (image.status_code, image.headers["Content-Type"]) == (200, "image/png")
