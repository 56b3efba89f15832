"""Addresses with a slash at the end redirect to those without it, at any mount path; unknown ones stay unknown."""

from urllib.parse import urljoin

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

HTML = {"Accept": "text/html"}


def paths(gateway):
    """The paths of all routes for GET, with a player, a year and a mode in place of their parameters."""
    routes = [route for route in gateway.app.routes if isinstance(route, Route) and "GET" in (route.methods or {"GET"})]
    filled = (
        route.path.replace("{id}", "2").replace("{year:digits}", "2025").replace("{mode}", "taiko") for route in routes
    )
    return [path for path in filled if not path.endswith(("/", "}"))]


async def test_every_address_accepts_a_slash(gateway):
    for path in paths(gateway):
        response = await gateway.http.get(f"{path}/?a=b%26c", headers=HTML)
        assert (path, response.status_code) == (path, 302)
        target = urljoin(f"http://gateway{path}/", response.headers["Location"])
        assert "//" not in target.removeprefix("http://")
    assert not gateway.sandbox.requests


@pytest.mark.parametrize(
    "path,location",
    [
        ("/docs/", "../docs"),
        ("/docs//", "../../docs"),
        ("/docs/errors/", "../errors"),
        ("/docs/examples/compare/?a=b%26c", "../compare?a=b%26c"),
        ("/best/?days=7&grades=SS,S", "../best?days=7&grades=SS,S"),
        ("/graphql/?query=%7Bstatus%7D", "../graphql?query=%7Bstatus%7D"),
        ("/players/2/2025/?mode=mania", "../2025?mode=mania"),
        ("/players/2/card.png/", "../card.png"),
        ("/players/Player%2000/history.csv/", "../history.csv"),
        ("/schema.graphql/", "../schema.graphql"),
    ],
)
@pytest.mark.parametrize("mount", ["", "/osu"])
async def test_slash_is_removed(gateway, mount, path, location):
    app = Starlette(routes=[Mount(mount, app=gateway.app)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        response = await client.get(f"{mount}{path}", headers=HTML)
    assert (response.status_code, response.headers["Location"]) == (302, location)
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/nothing/", "/docs/nothing/", "/static/site.css/more/", "/players/2/other/", "/mcp/"]
)
async def test_unknown_paths_are_not_found(gateway, path):
    response = await gateway.http.get(path, headers=HTML)
    assert (response.status_code, "Location" in response.headers) == (404, False)


async def test_queries_are_not_redirected(gateway):
    response = await gateway.http.post("/graphql/", json={"query": "{ status { version } }"})
    assert (response.status_code, "`/graphql`" in response.text) == (404, True)
