"""Pages and the files that they use: the same for everyone, safe, kept by browsers, at any mount path."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

PAGES = Path(__file__).parents[2] / "gateway/web/pages"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PATHS = ["/", "/graphql", "/players/2", "/nothing/here"]


async def get(gateway, path, **headers):
    return await gateway.http.get(path, headers=HTML | headers)


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_lets_nothing_in_that_is_not_ours(gateway, path):
    headers = (await get(gateway, path)).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_may_be_one_of_two_answers_at_its_path(gateway, path):
    headers = (await get(gateway, path)).headers
    assert "Accept" in headers["Vary"].split(", ")


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.name)
def test_a_page_has_no_address_that_depends_on_where_the_gateway_is_mounted(page):
    addresses = re.findall(r'\b(?:href|src|action)="([^"]*)"', page.read_text())
    assert [address for address in addresses if address.startswith("/")] == []


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.name)
def test_a_page_has_no_script_or_style_inside(page):
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
async def test_a_file_is_what_its_name_says(gateway, path, media_type):
    answer = await gateway.http.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/site.css", "/", "/graphql"])
async def test_a_browser_is_told_when_it_has_the_same_already(gateway, path):
    first = await get(gateway, path)
    again = await get(gateway, path, **{"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


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
async def test_nothing_else_can_be_had(gateway, path):
    answer = await gateway.http.get(path)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path,up", [("/nothing", ""), ("/nothing/here", "../"), ("/a/b/c", "../../")])
async def test_a_browser_is_told_of_nothing_in_a_page_that_finds_its_files(gateway, path, up):
    answer = await get(gateway, path)
    assert answer.status_code == 404
    assert f'href="{up}static/site.css"' in answer.text


async def test_a_mounted_gateway_has_its_pages(gateway):
    outer = httpx.ASGITransport(Starlette(routes=[Mount("/deep/down", gateway.app)]))
    async with httpx.AsyncClient(transport=outer, base_url="http://outer") as http:
        page = await http.get("/deep/down/graphql", headers=HTML)
        style = await http.get("/deep/down/static/site.css")
        missing = await http.get("/deep/down/no/thing", headers=HTML)
    assert "graphiql" in page.text.lower()
    assert style.status_code == 200
    assert 'href="../static/site.css"' in missing.text


class TestWithOtherLimits:
    @pytest.fixture
    def settings(self):
        return {"max_depth": 5, "max_cost": 0, "max_rows": 12_345}

    @pytest.mark.parametrize("title,most", [("Depth", "5"), ("Cost of an operation", "no limit"), ("Rows", "12,345")])
    async def test_the_landing_page_tells_the_limits_as_they_are_set(self, gateway, title, most):
        page = (await get(gateway, "/")).text
        assert re.search(rf'<th scope="row">{title} <small>[^<]+</small></th><td class="number">{most}</td>', page)

    async def test_nothing_is_left_to_be_filled_in(self, gateway):
        assert "{{" not in (await get(gateway, "/")).text


@pytest.mark.parametrize("user,status", [("2", 200), ("2147483647", 200), ("2147483648", 404), ("0", 404), ("x", 404)])
async def test_there_is_a_page_for_everyone_who_could_be_a_player(gateway, user, status):
    answer = await get(gateway, f"/players/{user}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
