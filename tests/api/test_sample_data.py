"""The notice of a gateway over the sandbox: on every page, also without scripts, image and preview; on none otherwise."""

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


@pytest.mark.parametrize("player", [2, 70000001], ids=["data", "no data"])
@pytest.mark.parametrize("image", ["card", "chart"])
async def test_image_over_the_sandbox_is_marked(image, player):
    async with start_gateway({"sample_data": True}) as marked, start_gateway() as plain:
        svg, usual = [(await gateway.http.get(f"/players/{player}/{image}.svg")).text for gateway in (marked, plain)]
        png = await marked.http.get(f"/players/{player}/{image}.png")
        assert png.content != (await plain.http.get(f"/players/{player}/{image}.png")).content

    assert ">Sample data<" in svg
    assert '<desc id="description">Sample data. ' in svg
    assert "Sample data" not in usual
    assert len(png.content) <= 50_000


@pytest.mark.parametrize("is_sample", [True, False])
async def test_preview_over_the_sandbox_is_marked(is_sample):
    async with start_gateway({"sample_data": is_sample}) as gateway:
        await gateway.ask('{ user(id: "2") { stats { latest { pp } } } }')
        html = (await gateway.http.get("/players/2")).text

    assert ('<meta property="og:description" content="Sample data. ' in html) == is_sample


@pytest.mark.parametrize("is_sample", [True, False])
async def test_assistants_over_the_sandbox_are_told(is_sample):
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}}
    async with start_gateway({"sample_data": is_sample}) as gateway:
        result = (await gateway.http.post("/mcp", json=message)).json()["result"]

    assert ("sample data" in result["instructions"]) == is_sample
