"""Avatars: the only images of another origin, on pages with players only, and by a setting."""

import pytest

from gateway.cli.commands import sandbox_settings
from gateway.settings import Settings
from tests.support.gateway import start_gateway

HTML = {"Accept": "text/html"}
META = '<meta name="avatars" content="https://a.ppy.sh">'


async def get(path, **settings):
    async with start_gateway(settings) as gateway:
        return await gateway.http.get(path, headers=HTML)


def sources(response):
    """Each directive of the policy with its sources."""
    return dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("path", ["/", "/players/2", "/players/2?mode=mania", "/players/2/2025", "/best"])
async def test_page_of_players_allows_images_of_one_host(path):
    response = await get(path)
    policy = sources(response)

    assert policy.pop("img-src") == "'self' data: https://a.ppy.sh"
    assert [value for value in policy.values() if "http" in value or "*" in value] == []
    assert META in response.text


@pytest.mark.parametrize("path", ["/graphql", "/docs", "/nothing/here"])
async def test_other_pages_allow_no_outside_images(path):
    assert sources(await get(path))["img-src"] == "'self' data:"


@pytest.mark.parametrize("setting", [{"avatars": False}, {"sample_data": True}], ids=["off", "sandbox"])
@pytest.mark.parametrize("path", ["/", "/players/2", "/players/2/2025", "/best"])
async def test_setting_removes_the_outside_origin(path, setting):
    response = await get(path, **setting)

    assert sources(response)["img-src"] == "'self' data:"
    assert "a.ppy.sh" not in response.text


def test_avatars_are_off_in_the_sandbox():
    settings = Settings(_env_file=None)

    assert settings.shows_avatars
    assert not settings.model_copy(update=sandbox_settings("http://127.0.0.1:8001")).shows_avatars
