"""A gateway that is part of another application has its pages all the same."""

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.settings import Settings
from gateway.web.app import create_app
from tests.browser.chromium import Served
from tests.support.http_servers import served


@pytest.fixture(scope="module")
def mounted(gateway):
    """The address below which it lies, two folders deep."""
    inner = create_app(Settings(_env_file=None, upstream_url=gateway.sandbox))
    outer = Starlette(routes=[Mount("/deep/down", inner)])
    # What is mounted is not begun and ended by itself.
    outer.router.lifespan_context = inner.router.lifespan_context
    with served(outer) as address:
        yield f"{address}/deep/down"


@pytest.fixture
def page(visit, mounted):
    visit.served = Served(mounted, visit.served.sandbox)
    return visit


def test_the_landing_page_knows_the_endpoint(page, mounted):
    landing = page("/")
    landing.get_by_text("answering").wait_for()
    assert f'"{mounted}/graphql"' in landing.locator("#javascript").inner_text()


def test_graphiql_opens_from_there(page):
    landing = page("/")
    landing.get_by_role("link", name="A profile").click()
    landing.locator(".graphiql-query-editor .cm-def").first.wait_for()
    landing.get_by_label("Show Documentation Explorer").click()
    landing.get_by_role("link", name="UserStats", exact=True).wait_for()


def test_a_player_is_found_from_there(page, mounted):
    landing = page("/")
    landing.get_by_label("Look at a player").fill("131464")
    landing.keyboard.press("Enter")
    landing.wait_for_selector("#progress[aria-busy=false]")
    assert landing.url == f"{mounted}/players/131464"
    landing.locator("#plays tr").first.wait_for()


def test_a_page_that_is_not_there_leads_back(page, mounted):
    missing = page("/no/such/page")
    missing.get_by_role("link", name="the start").click()
    assert missing.url == f"{mounted}/"
    page.wrongs.clear()  # the browser logs each 404
