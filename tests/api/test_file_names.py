"""Files of players by name: known names redirect to the ID, others are an error with advice. No upstream request is sent."""

import pytest

from tests.support.gateway import start_gateway

FILES = [
    f"{name}.{suffix}"
    for name, suffixes in {
        "card": ("svg", "png"),
        "chart": ("svg", "png"),
        "history": ("csv", "ndjson"),
        "hiscores": ("csv", "ndjson"),
    }.items()
    for suffix in suffixes
]
UPDATE = 'mutation { updateUser(id: "131464") { __typename } }'


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", ["ameo", "AMEO", "@Ameo"])
async def test_known_name_redirects_to_the_file(gateway, name, file):
    await gateway.ask(UPDATE)
    requests = len(gateway.sandbox.requests)
    response = await gateway.http.get(f"/players/{name}/{file}?mode=taiko", follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (302, f"../131464/{file}?mode=taiko")
    assert response.headers["Cache-Control"] == "no-cache"
    assert len(gateway.sandbox.requests) == requests


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", ["somebody", "Player%2000", "@12345678", "%5Bx%5D"])
async def test_unknown_name_is_an_error_with_advice(gateway, name, file):
    response = await gateway.http.get(f"/players/{name}/{file}", follow_redirects=False)
    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (404, "NOT_FOUND")
    assert f"as in `/players/2/{file}`" in error["message"]
    assert f"https://osu.ppy.sh/users/{name}." in error["message"]
    assert not gateway.sandbox.requests


async def test_unknown_name_is_stated_in_an_image(gateway):
    response = await gateway.http.get("/players/somebody/card.svg", headers={"Accept": "image/avif,image/*"})
    assert (response.status_code, response.headers["Content-Type"]) == (404, "image/svg+xml")
    assert "Unknown player name" in response.text


async def test_unknown_name_is_text_for_people(gateway):
    response = await gateway.http.get("/players/somebody/history.csv", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "https://osu.ppy.sh/users/somebody" in response.text


async def test_names_of_files_cost_nothing():
    async with start_gateway({"client_points": 10}) as gateway:
        for file in FILES:
            await gateway.http.get(f"/players/somebody/{file}")
        assert (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"] == 10


async def test_file_exists_once_the_name_is_known(gateway):
    before = await gateway.http.get("/players/ameo/history.csv")
    await gateway.ask(UPDATE)
    after = await gateway.http.get("/players/ameo/history.csv", follow_redirects=True)
    assert (before.status_code, after.status_code) == (404, 200)
