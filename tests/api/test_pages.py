"""HTML pages and static files: security headers, caching, compression and mount paths."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

PAGES = Path(__file__).parents[2] / "gateway/web/pages"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PATHS = ["/", "/best", "/graphql", "/players/2", "/nothing/here"]


async def get(gateway, path, **headers):
    return await gateway.http.get(path, headers=HTML | headers)


@pytest.mark.parametrize("path", PATHS)
async def test_page_blocks_third_party_content(gateway, path):
    headers = (await get(gateway, path)).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PATHS)
async def test_page_varies_by_accept_header(gateway, path):
    headers = (await get(gateway, path)).headers
    names = headers["Vary"].split(", ")
    assert "Accept" in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.name)
def test_page_has_relative_urls_only(page):
    addresses = re.findall(r'\b(?:href|src|action)="([^"]*)"', page.read_text())
    assert [address for address in addresses if address.startswith("/")] == []


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.name)
def test_page_has_no_inline_script_or_style(page):
    text = page.read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|javascript:", text) == []


@pytest.mark.parametrize(
    "path,media_type",
    [
        ("/static/site.css", "text/css; charset=utf-8"),
        ("/static/shared/graphql.js", "text/javascript; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/vendor/uplot/uplot.js", "text/javascript; charset=utf-8"),
        ("/vendor/uplot/LICENSE", "text/plain; charset=utf-8"),
    ],
)
async def test_file_has_the_media_type_of_its_suffix(gateway, path, media_type):
    response = await gateway.http.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/site.css", "/", "/graphql"])
async def test_unchanged_file_is_304(gateway, path):
    first = await get(gateway, path)
    second = await get(gateway, path, **{"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("suffix", ["js", "css"])
async def test_browsers_keep_bundles(gateway, suffix):
    page = (await get(gateway, "/players/2")).text
    address = re.search(rf'"\.\./(static/bundles/player[^"]*\.{suffix})"', page)
    assert address
    headers = (await gateway.http.get(f"/{address[1]}")).headers
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "X-Request-ID" not in headers


async def test_unknown_bundle_is_not_kept(gateway):
    response = await gateway.http.get("/static/bundles/player-main-00000000.js")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
async def test_files_are_compressed(gateway, coding):
    plain = await gateway.http.get("/static/site.css", headers={"Accept-Encoding": "identity"})
    small = await gateway.http.get("/static/site.css", headers={"Accept-Encoding": coding})
    assert small.headers["Content-Encoding"] == coding
    assert int(small.headers["Content-Length"]) < len(plain.content) / 2
    assert small.content == plain.content


@pytest.mark.parametrize(
    "path", ["/static/no.css", "/static/../__init__.py", "/static/%2e%2e/files.py", "/static/", "/graphql/"]
)
async def test_unknown_file_is_404(gateway, path):
    response = await gateway.http.get(path)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path,up", [("/nothing", ""), ("/nothing/here", "../"), ("/a/b/c", "../../")])
async def test_missing_page_links_its_files_relatively(gateway, path, up):
    response = await get(gateway, path)
    assert response.status_code == 404
    assert re.search(rf'href="{up}static/bundles/missing-\w+\.css"', response.text)


@pytest.mark.parametrize("path", ["/" * 20_000, "/a" * 10_000, "/" + "a" * 20_000, "//%2F" * 4_000])
async def test_missing_page_does_not_grow_with_the_url(gateway, path):
    short = await get(gateway, "/nothing")
    long = await gateway.http.get(f"http://gateway{path}", headers=HTML)
    assert long.status_code == 404
    assert len(long.content) < len(short.content) + 1000
    assert re.search(r'href="/?static/bundles/missing-\w+\.css"', long.text)


async def test_pages_work_at_any_mount_path(gateway):
    outer = httpx.ASGITransport(Starlette(routes=[Mount("/deep/down", gateway.app)]))
    async with httpx.AsyncClient(transport=outer, base_url="http://outer") as http:
        page = await http.get("/deep/down/graphql", headers=HTML)
        style = await http.get("/deep/down/static/site.css")
        missing = await http.get("/deep/down/no/thing", headers=HTML)
    assert "graphiql" in page.text.lower()
    assert style.status_code == 200
    assert re.search(r'href="\.\./static/bundles/missing-\w+\.css"', missing.text)


class TestWithOtherLimits:
    @pytest.fixture
    def settings(self):
        return {"max_depth": 5, "max_cost": 0, "max_values": 12_345}

    @pytest.mark.parametrize(
        "title,limit", [("Depth", "5"), ("Cost of an operation", "no limit"), ("Values", "12,345")]
    )
    async def test_landing_page_shows_the_configured_limits(self, gateway, title, limit):
        page = (await get(gateway, "/")).text
        assert re.search(rf'<th scope="row">{title} <small>[^<]+</small></th><td class="number">{limit}</td>', page)

    async def test_landing_page_has_no_placeholders(self, gateway):
        assert "{{" not in (await get(gateway, "/")).text


@pytest.mark.parametrize(
    "user,status", [("2", 200), ("2147483647", 200), ("2147483648", 404), ("0", 404), ("x!", 404), ("peppy", 200)]
)
async def test_player_page_exists_for_valid_addresses(gateway, user, status):
    response = await get(gateway, f"/players/{user}")
    assert (response.status_code, response.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


async def test_revalidated_page_of_invalid_player_is_not_empty(gateway):
    first = await gateway.http.get("/players/x!", headers={"Accept": "text/html"})
    second = await gateway.http.get(
        "/players/x!", headers={"Accept": "text/html", "If-None-Match": first.headers["ETag"]}
    )
    assert (first.status_code, second.status_code) == (404, 304)
