"""The notice of a gateway over the sandbox: on every page, also without scripts, and on no page otherwise."""

from typing import Any

import pytest

from gateway.cli.commands import sandbox_settings
from gateway.settings import Settings
from tests.support.gateway import start_gateway

PAGES = ["/", "/graphql", "/players/2", "/players/peppy", "/docs/operations", "/no/such/page", "/missing"]
HTML = {"Accept": "text/html"}


async def html(path, **settings):
    async with start_gateway(settings) as gateway:
        return (await gateway.http.get(path, headers=HTML)).text


@pytest.mark.parametrize("path", PAGES)
async def test_page_over_the_sandbox_is_marked(path):
    text = await html(path, sample_data=True)

    assert text.count("Sample data") == 1
    assert text.index("Sample data") < text.index("<header")


@pytest.mark.parametrize("path", PAGES)
async def test_page_over_osutrack_is_not_marked(path):
    assert "Sample data" not in await html(path)


def test_command_with_the_sandbox_marks_pages():
    settings: dict[str, Any] = sandbox_settings("http://127.0.0.1:8001")
    assert Settings(_env_file=None, **settings).sample_data
