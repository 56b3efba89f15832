"""GraphiQL in a real browser: the examples run, a query can be typed, and the documentation found."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

STATIC = Path(__file__).parents[2] / "gateway/web/pages/static"
EXAMPLES = [example["name"] for example in json.loads((STATIC / "examples.json").read_text())]


@pytest.fixture
def graphiql(session):
    """Opens GraphiQL and waits until it has put everything in its place, and knows the schema."""

    def opened(rest="", **view):
        page = session.open(f"/graphql{rest}", **view)
        page.locator(".graphiql-query-editor .cm-def").first.wait_for()
        page.get_by_label("Show Documentation Explorer").click()
        page.get_by_role("link", name="UserStats", exact=True).wait_for()
        page.get_by_label("Hide Documentation Explorer").click()
        return page

    return opened


def answer(page):
    """What the right half shows, once it is a whole answer."""
    page.locator(".result-window .CodeMirror-code").get_by_text("}").last.wait_for()
    return json.loads(page.evaluate("document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"))


def ground(page):
    """Red, green and blue behind the editor."""
    colour = page.evaluate("getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor")
    return [int(part) for part in re.findall(r"\d+", colour)]


def run(page):
    page.get_by_label("Execute query").click()
    return answer(page)


def select(page, title, variable):
    """The tab with this title, once its variables are there too."""
    page.get_by_role("tab", name=title).click()
    page.locator(".graphiql-editor-tool").get_by_text(variable).first.wait_for()


def write(page, query):
    """Replace what the editor has by typing."""
    page.locator(".graphiql-query-editor .CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(query)


def titles(page):
    page.get_by_role("tab").last.wait_for()
    return page.get_by_role("tab").all_inner_texts()


def test_it_opens_with_the_examples(session):
    assert titles(session.open("/graphql")) == ["Profile", "Compare", "Today", "Update"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_that_the_address_names_is_open_and_runs(graphiql, name):
    page = graphiql(f"#{name}")
    assert titles(page)[0] == name.capitalize()
    content = run(page)
    assert "errors" not in content
    assert all(content["data"].values())


def test_the_tabs_have_their_variables_too(graphiql):
    page = graphiql()
    select(page, "Compare", "131464")
    users = run(page)["data"]["users"]
    assert [user["id"] for user in users] == ["2", "131464"]


def test_who_has_own_tabs_keeps_them_beside_the_example(graphiql):
    page = graphiql()
    select(page, "Today", "days")
    write(page, "query Mine { status { version } }")
    page.get_by_role("tab", name="Mine").wait_for()
    # It keeps tabs only when nothing more has been typed for a while.
    kept = "() => localStorage.getItem('graphiql:tabState')?.includes('query Mine { status { version } }')"
    page.wait_for_function(kept)
    again = graphiql("#update")
    assert titles(again) == ["Profile", "Compare", "Mine", "Update"]
    assert again.get_by_role("tab", selected=True).inner_text() == "Update"


def test_a_query_can_be_typed_and_run_by_keyboard(graphiql):
    page = graphiql()
    write(page, "{ status { upstream version } }")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    assert answer(page)["data"]["status"]["version"]


def test_fields_are_proposed_while_one_types(graphiql):
    page = graphiql()
    write(page, "{ user(id: 2) { profi")
    assert page.locator(".CodeMirror-hint").first.inner_text() == "profileUrl"


def test_a_query_in_the_address_is_opened(graphiql):
    page = graphiql("?query=" + quote("query First { status { version } } query Second { status { upstream } }"))
    page.get_by_label("Execute query").click()
    page.get_by_role("menuitem", name="Second").click()
    assert answer(page)["data"]["status"]["upstream"] in {"UP", "DEGRADED"}


def test_the_documentation_is_searched(graphiql):
    page = graphiql()
    page.get_by_label("Show Documentation Explorer").click()
    page.locator(".graphiql-doc-explorer").get_by_role("combobox").fill("gain")
    page.get_by_role("option", name="UserStats.gain").first.click()
    shown = page.locator(".graphiql-doc-explorer")
    assert "It is measured from the last snapshot at or before" in shown.inner_text()
    shown.get_by_text("Gain", exact=True).last.click()
    shown.get_by_role("heading", name="Fields").or_(shown.get_by_text("Fields")).first.wait_for()
    assert "False when tracking began inside the window" in shown.inner_text()


def test_what_fails_can_be_read(graphiql, gateway):
    gateway.fault(kind="status", status=503)
    page = graphiql()
    write(page, "{ user(id: 1007) { stats { peak { globalRank } } } }")
    page.keyboard.press("Escape")
    [error] = run(page)["errors"]
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert "osu!track" in error["message"]


def test_a_gateway_that_is_not_there_is_told(graphiql, session):
    page = graphiql()
    page.route("**/graphql", lambda route: route.abort())
    [error] = run(page)["errors"]
    assert error["message"].startswith("The gateway can't be reached")
    session.errors.clear()  # the browser logs what it could not load


def test_the_colours_that_are_chosen_are_its_own_too(graphiql):
    page = graphiql(color_scheme="light")
    page.get_by_label("Colours").select_option("dark")
    page.locator("body.graphiql-dark").wait_for()
    assert sum(ground(page)) < 150


def test_without_its_scripts_the_page_says_how_to_get_them(session):
    session.context.route("**/vendor/**", lambda route: route.abort())
    page = session.open("/graphql")
    assert "python hatch_build.py" in page.get_by_role("alert").inner_text()
    session.errors.clear()  # the browser logs what it could not load
