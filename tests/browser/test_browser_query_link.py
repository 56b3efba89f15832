"""The links "Open this page's query": the query and variables that the page sent, in a tab of GraphiQL that runs."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.sandbox.players import AMEO, HEAVY

LINK = "Open this page’s query"
# The path of each page, and the operation of its link.
PAGES = {
    "/": "Status",
    f"/players/{AMEO}": "Profile",
    f"/players/{AMEO}?mode=taiko&from=2026-01-01&compare={HEAVY}": "Profile",
    "/players/70000071": "Profile",
    f"/players/{AMEO}/2025": "Year",
}
RESPONSE = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"


def opened(session, path):
    """The page, and the first operation that it has sent."""
    with session.context.expect_event("request", lambda request: request.post_data) as first:
        page = session.open(path)
    return page, json.loads(first.value.post_data)


def link_request(page, name=LINK):
    address = page.get_by_role("link", name=name).evaluate("(link) => link.href")
    parameters = parse_qs(urlsplit(address).query)
    return {"query": parameters["query"][0], "variables": json.loads(parameters.get("variables", ["{}"])[0])}


def run_in_graphiql(page, name):
    """The response in GraphiQL, in which the selected tab has this name."""
    page.wait_for_url("**/graphql?query=*")
    page.get_by_role("tab", name=name, selected=True).wait_for()
    page.get_by_label("Execute query").click()
    page.locator(".result-window .CodeMirror-code").get_by_text("data").first.wait_for()
    return json.loads(page.evaluate(RESPONSE))


@pytest.mark.parametrize("path,name", PAGES.items())
def test_link_runs_the_request_of_the_page(session, path, name):
    page, sent = opened(session, path)
    request = link_request(page)
    assert request == sent
    assert request["query"].startswith(f"query {name}")
    assert request["query"].endswith("\n}")  # without the indentation of the script
    page.get_by_role("link", name=LINK).click()
    response = run_in_graphiql(page, name)
    assert "errors" not in response
    assert all(response["data"].values())


def test_link_follows_the_mode(session):
    page, _ = opened(session, f"/players/{AMEO}")
    page.get_by_role("link", name="taiko").click()
    page.wait_for_url("**mode=taiko")
    assert link_request(page)["variables"] == {"id": str(AMEO), "mode": "TAIKO"}
    page.go_back()
    page.wait_for_function("() => document.getElementById('query-link').href.includes('%22OSU%22')")


def test_example_query_opens_in_graphiql(session):
    page, _ = opened(session, "/")
    page.get_by_text("Examples", exact=True).click()
    with page.expect_request("**/graphql") as sent:
        page.get_by_role("button", name="Run").click()
    assert link_request(page, "Open in GraphiQL") == json.loads(sent.value.post_data)
    page.get_by_role("link", name="Open in GraphiQL").click()
    assert run_in_graphiql(page, "<untitled>")["data"]["user"]


def test_linked_tab_stays_on_later_visits(session):
    page, _ = opened(session, f"/players/{AMEO}?mode=taiko")
    page.get_by_role("link", name=LINK).click()
    run_in_graphiql(page, "Profile")
    # GraphiQL stores tabs with a delay.
    page.wait_for_function(
        "() => Object.entries(sessionStorage).some(([key, text]) => /tabState/.test(key) && /TAIKO/.test(text))"
    )
    page.goto(f"{session.gateway.address}/graphql")
    assert run_variables(page) == {"id": str(AMEO), "mode": "TAIKO"}


def run_variables(page):
    page.get_by_label("Execute query").wait_for()
    with page.expect_request(
        lambda request: "IntrospectionQuery" not in (request.post_data or "Introspection")
    ) as sent:
        page.get_by_label("Execute query").click()
    return json.loads(sent.value.post_data)["variables"]
