"""The pages of a gateway that is mounted in another application."""

import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.settings import Settings
from gateway.web.app import create_app
from tests.browser.chromium import RunningGateway
from tests.support.http_servers import serve


@pytest.fixture(scope="module")
def mounted(gateway):
    """The URL of a gateway that is mounted two levels deep."""
    inner = create_app(Settings(_env_file=None, upstream_url=gateway.sandbox, avatars=False))
    outer = Starlette(routes=[Mount("/deep/down", inner)])
    # Starlette does not run the lifespan of a mounted application.
    outer.router.lifespan_context = inner.router.lifespan_context
    with serve(outer) as address:
        yield f"{address}/deep/down"


@pytest.fixture
def session(session, mounted):
    session.gateway = RunningGateway(mounted, session.gateway.sandbox)
    return session


def test_landing_page_shows_endpoint_of_mount(session, mounted):
    page = session.open("/")
    page.get_by_text("responding").wait_for()
    expect(page.locator("#javascript")).to_contain_text(f'"{mounted}/graphql"')


def test_graphiql_works_below_mount(session):
    page = session.open("/")
    page.locator("summary", has_text="Examples").click()
    page.locator('a[href="graphql#profile"]').click()
    page.locator(".graphiql-query-editor .cm-def").first.wait_for()
    page.get_by_label("Show Documentation Explorer").click()
    page.get_by_role("link", name="UserStats", exact=True).wait_for()


def test_player_page_opens_below_mount(session, mounted):
    page = session.open("/")
    page.get_by_label("Find a player").fill("131464")
    page.keyboard.press("Enter")
    page.wait_for_selector("#progress[aria-busy=false]")
    page.wait_for_url(f"{mounted}/players/131464")
    page.locator("#plays tr").first.wait_for()


def test_best_plays_link_players_below_mount(session, mounted):
    page = session.open("/best")
    page.locator("#plays a").first.click()
    page.wait_for_url(f"{mounted}/players/*")
    page.wait_for_selector("#progress[aria-busy=false]")


def test_not_found_page_links_to_mount(session, mounted):
    page = session.open("/no/such/page")
    page.get_by_role("link", name="home page").click()
    page.wait_for_url(f"{mounted}/")
    session.errors.clear()  # the browser logs each 404
