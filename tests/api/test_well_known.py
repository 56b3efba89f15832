"""robots.txt, as a crawler reads it, and security.txt."""

from datetime import UTC, datetime
from urllib.robotparser import RobotFileParser

import httpx
import pytest
from starlette.applications import Starlette

from gateway.settings import Settings
from gateway.web.pages.well_known import well_known_routes

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def robots(text):
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    return parser


async def test_crawlers_skip_player_pages(gateway):
    response = await gateway.http.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    crawler = robots(response.text)
    for path in ("/players/2", "/players/2?mode=mania", "/graphql?query={__typename}"):
        assert not crawler.can_fetch("Googlebot", path)
    assert crawler.can_fetch("Googlebot", "/")


@pytest.mark.parametrize("bot", ["Twitterbot", "facebookexternalhit", "Slackbot", "Discordbot", "TelegramBot"])
async def test_link_previews_may_read_player_pages(gateway, bot):
    assert robots((await gateway.http.get("/robots.txt")).text).can_fetch(f"{bot}/1.0", "/players/2")


async def test_images_are_allowed_for_all(gateway):
    everyone = (await gateway.http.get("/robots.txt")).text.partition("User-agent: *")[2]
    assert everyone.splitlines()[1:3] == ["Allow: /players/*.png$", "Allow: /players/*.svg$"]


@pytest.mark.parametrize("path", ["/players", "/best", "/graphql"])
async def test_pages_with_costly_scripts_are_disallowed(gateway, path):
    everyone = (await gateway.http.get("/robots.txt")).text.partition("User-agent: *")[2]
    assert f"Disallow: {path}" in everyone.splitlines()


async def get(path, root_path="", **settings):
    app = Starlette(routes=well_known_routes(Settings(_env_file=None, **settings), now=lambda: NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, root_path=root_path)) as http:
        return await http.get(f"http://gateway{path}")


async def test_paths_include_the_mount_path():
    assert "Disallow: /osu/players\n" in (await get("/osu/robots.txt", root_path="/osu")).text


async def test_security_contact_is_served():
    response = await get("/.well-known/security.txt", security_contact="mailto:me@example.org")
    assert response.text == "Contact: mailto:me@example.org\nExpires: 2027-05-25T12:00:00Z\n"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


async def test_without_contact_there_is_no_security_file(gateway):
    assert (await gateway.http.get("/.well-known/security.txt")).status_code == 404
