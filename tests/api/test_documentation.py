"""The documentation on the site: `/docs`, Markdown twins, and `/llms.txt`."""

import json
import re
from html import unescape
from urllib.parse import parse_qs

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from docs.render import build
from tests.support.gateway import NAMES
from tests.support.processes import ROOT

# The tests do not depend on an earlier build of the package.
build(ROOT)
RENDERED = ROOT / "gateway/web/pages/rendered"
PAGES = sorted(path.relative_to(RENDERED).with_suffix("").as_posix() for path in RENDERED.rglob("*.html"))
EXAMPLES = [page for page in PAGES if "/examples/" in page and page != "docs/examples/errors"]
HTML = {"Accept": "text/html"}


async def get(gateway, path, **headers):
    return await gateway.http.get(path, headers=HTML | headers)


@pytest.mark.parametrize("page", PAGES)
async def test_page_has_title_policy_and_twin(gateway, page):
    response = await get(gateway, f"/{page}")
    title = re.search(r"<h1[^>]*>(.*)</h1>", response.text)
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|javascript:|\{\{", response.text) == []
    assert title
    assert f"<title>{title[1]} · osutrack-gateway</title>" in response.text
    [description] = re.findall(r'<meta name="description" content="([^"<>]{20,})">', response.text)
    assert " ".join(re.sub(r"<[^>]*>", "", response.text).split()).count(description) == 1
    [twin] = re.findall(r'<link rel="alternate" href="(\S+)" type="text/markdown">', response.text)
    markdown = await gateway.http.get(httpx.URL(f"http://gateway/{page}").join(twin))
    assert markdown.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert markdown.text.startswith("# ")


@pytest.mark.parametrize("page", PAGES)
async def test_links_lead_to_pages_and_headings(gateway, page):
    base = httpx.URL(f"http://gateway/{page}")
    texts = {"": (await get(gateway, f"/{page}")).text, ".md": (await get(gateway, f"/{page}.md")).text}
    links = re.findall(r'\b(?:href|src)="((?!https?:)[^"]+)"', texts[""])
    links += re.findall(r"\]\(((?!https?:)[^)\s]+)\)", re.sub(r"```.*?```", "", texts[".md"], flags=re.DOTALL))
    broken = []
    for link in sorted({unescape(link) for link in links}):
        target = base.join(link)
        response = await get(gateway, str(target.copy_with(fragment=None)))
        is_page = response.headers["Content-Type"].startswith("text/html") and target.path.startswith("/docs")
        if response.status_code != 200 or (
            is_page and target.fragment and f'id="{target.fragment}"' not in response.text
        ):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("path", ["/", "/best", "/players/2", "/players/2/2025"])
async def test_pages_link_to_existing_sections(gateway, path):
    links = re.findall(r'href="([^"]*\bdocs\b[^"]*)"', (await get(gateway, path)).text)
    targets = {httpx.URL(f"http://gateway{path}").join(link) for link in links}
    texts = {target: (await get(gateway, target.path)).text for target in targets}
    assert "/docs/players" in {target.path for target in targets}
    assert [target for target, text in texts.items() if f'id="{target.fragment or "article"}"' not in text] == []


def operations(text):
    """The operations and variables of the links to GraphiQL on a page, in order."""
    links = dict.fromkeys(re.findall(r'href="[^"]*/graphql\?([^"]*)"', text))
    for parameters in (parse_qs(unescape(link)) for link in links):
        yield {"query": parameters["query"][0], "variables": json.loads(parameters.get("variables", ["{}"])[0])}


@pytest.mark.parametrize("page", EXAMPLES)
@pytest.mark.parametrize("settings", [dict(NAMES)])
async def test_linked_operations_run_without_error(gateway, page):
    linked = list(operations((await get(gateway, f"/{page}")).text))
    responses = [(await gateway.http.post("/graphql", json=operation)).json() for operation in linked]
    assert responses
    assert [response for response in responses if "errors" in response] == []


async def test_linked_errors_are_those_of_the_page(gateway):
    text = (await get(gateway, "/docs/examples/errors")).text
    responses = [(await gateway.http.post("/graphql", json=operation)).json() for operation in operations(text)]
    codes = [error["extensions"]["code"] for response in responses for error in response.get("errors", [])]
    assert codes
    shown = unescape(re.sub(r"<[^>]*>", "", text))
    assert all(f'"{code}"' in shown for code in codes)


async def test_unknown_page_is_missing(gateway):
    for path in (
        "/docs/nothing",
        "/docs/nothing/",
        "/docs/../docs/errors.html",
        "/docs/errors.html",
        "/docs/%2e%2e/docs.md",
    ):
        assert (await get(gateway, path)).status_code == 404


async def test_page_is_revalidated_and_compressed(gateway):
    first = await get(gateway, "/docs/errors", **{"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert (await get(gateway, "/docs/errors", **{"If-None-Match": first.headers["ETag"]})).status_code == 304


async def test_documentation_works_at_any_mount_path(gateway):
    outer = httpx.ASGITransport(Starlette(routes=[Mount("/deep", gateway.app)]))
    async with httpx.AsyncClient(transport=outer, base_url="http://outer") as http:
        page = await http.get("/deep/docs/examples/errors", headers=HTML)
        [style, *_] = re.findall(r'href="(\S+\.css)"', page.text)
        assert (await http.get(str(page.url.join(style)))).status_code == 200


async def test_llms_txt_lists_the_twins(gateway):
    text = (await gateway.http.get("/llms.txt")).text
    assert text.startswith("# osutrack-gateway\n\n> ")
    twins = {f"{page}.md" for page in PAGES if page != "docs"}
    assert twins <= set(re.findall(r"\]\((\S+\.md)\)", text))


async def test_home_page_links_the_documentation(gateway):
    text = (await get(gateway, "/")).text
    for link in re.findall(r'href="(docs[^"#]*)', text):
        assert (await get(gateway, f"/{link}")).status_code == 200
    assert {"docs/errors", "docs/operations#limits"} <= set(re.findall(r'href="(docs[^"]*)"', text))
    assert "Contact" not in text


@pytest.mark.parametrize(
    "settings", [{"page_contact": "mailto:a@b.example?x=1&y=2", "repository_url": "https://c.example/d"}]
)
async def test_home_page_links_contact_and_source(gateway):
    text = (await get(gateway, "/")).text
    assert '<a href="mailto:a@b.example?x=1&amp;y=2">Contact</a>' in text
    assert '<a href="https://c.example/d">Source code</a>' in text


async def test_home_page_shows_code_in_descriptions_of_limits(gateway):
    text = (await get(gateway, "/")).text
    assert "<code>__schema</code>" in text
    assert "`" not in text.partition("<tbody>")[2].partition("</tbody>")[0]
