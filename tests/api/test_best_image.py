"""The image of best plays in link previews: cached plays only."""

import struct

import pytest

from gateway.web.files import png_files
from tests.support.gateway import start_gateway

READ = "{ bestPlays(mode: TAIKO, window: {days: 7}, first: 1) { nodes { pp user { id } } } }"
IMAGE = "/best/card.png?mode=taiko&days=7"
PAGE = "/best?mode=taiko&days=7"
MAX_PNG_BYTES = 60_000


async def preview(gateway, page=PAGE):
    html = (await gateway.http.get(page)).text
    return html.partition('property="og:image" content="')[2].partition('"')[0].replace("&amp;", "&")


async def test_image_has_the_cached_plays(gateway):
    await gateway.ask(READ)
    response = await gateway.http.get(IMAGE)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert struct.unpack(">II", response.content[16:24]) == (1200, 630)
    assert len(response.content) <= MAX_PNG_BYTES
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("query", ["", "?mode=taiko", "?mode=taiko&days=30", "?mode=taiko&days=7&mods=HD", "?mode=x"])
async def test_uncached_plays_have_the_image_of_the_site(gateway, query):
    await gateway.ask(READ)
    requests = len(gateway.sandbox.requests)
    response = await gateway.http.get(f"/best/card.png{query}", follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (307, "../static/preview.png")
    assert response.headers["Cache-Control"] == "no-store"
    assert (await preview(gateway, f"/best{query}")).endswith("/static/preview.png")
    assert len(gateway.sandbox.requests) == requests


async def test_preview_has_the_image_of_its_view(gateway):
    await gateway.ask(READ)
    image = await preview(gateway)
    assert image.startswith(f"http://gateway{IMAGE}&v=")
    assert (await gateway.http.get(image)).content == (await gateway.http.get(IMAGE)).content


async def test_plays_of_the_last_hour_are_used(gateway):
    await gateway.ask(READ)
    gateway.clock.move(3600)
    assert (await gateway.http.get(IMAGE)).status_code == 200


async def test_new_names_replace_the_image(gateway):
    [best] = (await gateway.ask(READ))["bestPlays"]["nodes"]
    before, address = (await gateway.http.get(IMAGE)).content, await preview(gateway)
    await gateway.parts.tracker.names.learn(int(best["user"]["id"]), "peppy")
    assert (await gateway.http.get(IMAGE)).content != before
    assert await preview(gateway) != address


async def test_without_renderer_previews_have_the_sites_image(monkeypatch):
    monkeypatch.setattr(png_files, "is_installed", lambda: False)
    async with start_gateway() as gateway:
        await gateway.ask(READ)
        assert (await gateway.http.get(IMAGE, follow_redirects=False)).status_code == 307
        assert (await preview(gateway)).endswith("/static/preview.png")
