"""Other addresses of players redirect to `/players/ID`, at any mount path, without a request to osu!track."""

from urllib.parse import urljoin

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.support.gateway import start_gateway

HTML = {"Accept": "text/html"}


async def target(gateway, path):
    """The URL after the redirect, as a browser resolves it."""
    response = await gateway.http.get(path, headers=HTML)
    assert response.status_code == 302
    assert response.headers["Cache-Control"] == "no-cache"
    location = response.headers["Location"]
    assert location.startswith(("../", "./"))
    return urljoin(f"http://gateway{path}", location).removeprefix("http://gateway")


@pytest.mark.parametrize(
    "path,expected",
    [
        ("/players/2/", "/players/2"),
        ("/u/2", "/players/2"),
        ("/u/2/", "/players/2"),
        ("/u/2?m=3", "/players/2?mode=mania"),
        ("/user/2", "/players/2"),
        ("/player/2", "/players/2"),
        ("/U/2", "/players/2"),
        ("/Players/2", "/players/2"),
        ("/USERS/2/MANIA", "/players/2?mode=mania"),
        ("/users/2", "/players/2"),
        ("/users/2/taiko", "/players/2?mode=taiko"),
        ("/users/2/TAIKO/", "/players/2?mode=taiko"),
        ("/players/2/taiko/2025", "/players/2/2025?mode=taiko"),
        ("/u/2/fruits/2025/?v=1", "/players/2/2025?mode=catch&v=1"),
        ("/users/2/fruits", "/players/2?mode=catch"),
        ("/users/2/osu", "/players/2?mode=osu"),
        ("/players/2%23top?mode=taiko", "/players/2?mode=taiko"),
        ("/u/peppy%23top/mania", "/players/peppy?mode=mania"),
        ("/u/2%3Fmode=taiko", "/players/2?mode=taiko"),
        ("/users/2%2Ftaiko", "/players/2?mode=taiko"),
        ("/players/2/mania", "/players/2?mode=mania"),
        ("/players/2/?mode=taiko&from=2026-01-01&compare=a%26b", "/players/2?mode=taiko&from=2026-01-01&compare=a%26b"),
        ("/players/%202%20", "/players/2"),
        ("/u/peppy", "/players/peppy"),
        ("/users/@peppy", "/players/peppy"),
        ("/users/@12345678", "/players/@12345678"),
        ("/users/Player%2000/osu", "/players/Player%2000?mode=osu"),
        ("/users/%5Bbrackets%5D-_x", "/players/%5Bbrackets%5D-_x"),
        ("/players", "/"),
        ("/players/", "/"),
        ("/u", "/"),
        ("/users/", "/"),
    ],
)
async def test_address_redirects_to_player_page(gateway, path, expected):
    assert await target(gateway, path) == expected
    assert not gateway.sandbox.requests


@pytest.mark.parametrize(
    "path",
    [
        "/u/x!",
        "/users/0",
        "/players/x!/",
        "/players/2/other",
        "/players/2/card.jpg",
        "/users/2/taiko/more",
        "/players/2/banana/2025",
        "/players/2/taiko/20255",
        "/users//2",
        "/users/https:%2F%2Fexample.com",
        "/u/%2F%2Fexample.com",
        "/u/..%2F..",
        "/u/%0D%0ALocation:%20x",
    ],
)
async def test_other_paths_are_not_found(gateway, path):
    response = await gateway.http.get(path, headers=HTML)
    assert (response.status_code, "Location" in response.headers) == (404, False)


async def test_known_name_redirects_to_the_id():
    async with start_gateway({"names_url": "http://sandbox/_names"}) as gateway:
        unknown = await gateway.http.get("/players/peppy", headers=HTML)
        assert unknown.status_code == 200
        await gateway.parts.tracker.names.learn(2, "peppy")
        for path in ("/players/peppy", "/players/PEPPY/", "/u/peppy", "/users/@Peppy"):
            assert await target(gateway, path) == "/players/2"
        assert await target(gateway, "/users/peppy/mania") == "/players/2?mode=mania"
        assert not gateway.sandbox.requests


async def test_name_of_digits_starts_with_at(gateway):
    await gateway.parts.tracker.names.learn(3000003, "12345678")
    assert await target(gateway, "/players/@12345678") == "/players/3000003"
    assert (await gateway.http.get("/players/12345678", headers=HTML)).status_code == 200


async def test_redirects_stay_below_the_mount_path(gateway):
    await gateway.parts.tracker.names.learn(2, "peppy")
    outer = httpx.ASGITransport(Starlette(routes=[Mount("/deep/down", gateway.app)]))
    async with httpx.AsyncClient(transport=outer, base_url="http://outer", follow_redirects=True) as http:
        for path in ("users/2/taiko", "players/2/", "u/peppy"):
            response = await http.get(f"/deep/down/{path}", headers=HTML)
            assert (response.status_code, response.url.path) == (200, "/deep/down/players/2")
        assert (await http.get("/deep/down/players", headers=HTML)).url.path == "/deep/down/"


async def test_head_and_post_are_as_for_pages(gateway):
    assert (await gateway.http.head("/u/2")).headers["Location"] == "../players/2"
    assert (await gateway.http.post("/u/2")).status_code == 405
