"""GraphiQL: examples, editing, documentation, errors, theme."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PHONE

STATIC = Path(__file__).parents[2] / "gateway/web/pages/static"
EXAMPLES = [example["name"] for example in json.loads((STATIC / "examples.json").read_text())]
EXAMPLE_TITLES = [name.capitalize() for name in EXAMPLES]


@pytest.fixture
def graphiql(session):
    """Opens GraphiQL and waits for its layout and the schema."""

    def opened(rest="", **view):
        page = session.open(f"/graphql{rest}", **view)
        page.locator(".graphiql-query-editor .cm-def").first.wait_for()
        page.get_by_label("Show Documentation Explorer").click()
        page.get_by_role("link", name="UserStats", exact=True).wait_for()
        page.get_by_label("Hide Documentation Explorer").click()
        return page

    return opened


def response(page):
    """The complete response in the result pane."""
    page.locator(".result-window .CodeMirror-code").get_by_text("}").last.wait_for()
    return json.loads(page.evaluate("document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"))


def background(page):
    """The background colour of the editor as red, green and blue."""
    colour = page.evaluate("getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor")
    return [int(part) for part in re.findall(r"\d+", colour)]


def run(page):
    page.get_by_label("Execute query").click()
    return response(page)


def select(page, title, variable):
    """Select the tab with this title and wait for its variables."""
    page.get_by_role("tab", name=title).click()
    page.locator(".graphiql-editor-tool").get_by_text(variable).first.wait_for()


def write(page, query):
    """Replace the editor's text by typing."""
    page.locator(".graphiql-query-editor .CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(query)


def titles(page):
    page.get_by_role("tab").last.wait_for()
    return page.get_by_role("tab").all_inner_texts()


def test_examples_open_as_tabs(session):
    assert titles(session.open("/graphql")) == EXAMPLE_TITLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_linked_example_opens_first_and_runs(graphiql, name):
    page = graphiql(f"#{name}")
    assert titles(page)[0] == name.capitalize()
    content = run(page)
    assert "errors" not in content
    assert all(content["data"].values())


def test_example_tabs_have_variables(graphiql):
    page = graphiql()
    select(page, "Compare", "131464")
    users = run(page)["data"]["users"]
    assert [user["id"] for user in users] == ["2", "131464"]


def test_stored_tabs_stay_beside_linked_example(graphiql):
    page = graphiql()
    select(page, "Today", "days")
    write(page, "query Mine { status { version } }")
    page.get_by_role("tab", name="Mine").wait_for()
    # GraphiQL stores tabs with a delay after typing.
    page.wait_for_function(STORED % "query Mine")
    reopened = graphiql("#update")
    assert titles(reopened) == ["Mine" if title == "Today" else title for title in EXAMPLE_TITLES]
    expect(reopened.get_by_role("tab", selected=True)).to_have_text("Update")


def test_query_is_typed_and_run_by_keyboard(graphiql):
    page = graphiql()
    write(page, "{ status { upstream version } }")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    assert response(page)["data"]["status"]["version"]


def test_editor_completes_fields(graphiql):
    page = graphiql()
    write(page, "{ user(id: 2) { profi")
    hints = page.get_by_role("listbox", name="Completions").get_by_role("option")
    expect(hints.first).to_have_text("profileUrl")
    expect(page.locator(".CodeMirror-hint")).to_have_count(hints.count())


def test_query_of_url_opens(graphiql):
    page = graphiql("?query=" + quote("query First { status { version } } query Second { status { upstream } }"))
    page.get_by_label("Execute query").click()
    page.get_by_role("menuitem", name="Second").click()
    assert response(page)["data"]["status"]["upstream"] in {"UP", "DEGRADED"}


def test_documentation_search_finds_fields(graphiql):
    page = graphiql()
    page.get_by_label("Show Documentation Explorer").click()
    page.locator(".graphiql-doc-explorer").get_by_role("combobox").fill("gain")
    page.get_by_role("option", name="UserStats.gain").first.click()
    explorer = page.locator(".graphiql-doc-explorer")
    expect(explorer).to_contain_text("measured from the last snapshot at or before")
    explorer.get_by_text("Gain", exact=True).last.click()
    explorer.get_by_role("heading", name="Fields").or_(explorer.get_by_text("Fields")).first.wait_for()
    expect(explorer).to_contain_text("False if the gain starts after the start")


def test_upstream_error_appears_in_response(graphiql, gateway):
    gateway.fault(kind="status", status=503)
    page = graphiql()
    write(page, "{ user(id: 1007) { stats { peak { globalRank } } } }")
    page.keyboard.press("Escape")
    [error] = run(page)["errors"]
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert "osu!track" in error["message"]


def test_unreachable_gateway_appears_in_response(graphiql, session):
    page = graphiql()
    page.route("**/graphql", lambda route: route.abort())
    [error] = run(page)["errors"]
    assert error["message"].startswith("The gateway is unreachable")
    session.errors.clear()  # the browser logs failed requests


def test_graphiql_follows_chosen_theme(graphiql):
    page = graphiql(color_scheme="light")
    page.get_by_label("Theme").select_option("dark")
    page.locator("body.graphiql-dark").wait_for()
    assert sum(background(page)) < 150


def test_missing_scripts_show_install_instructions(session):
    session.context.route("**/vendor/**", lambda route: route.abort())
    page = session.open("/graphql")
    expect(page.get_by_role("alert")).to_contain_text("python hatch_build.py")
    session.errors.clear()  # the browser logs failed requests


STORED = "() => Object.entries(sessionStorage).some(([key, value]) => /tabState/.test(key) && value.includes('%s'))"
BLOCKED = """for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });"""
ABSENT = "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { value: null });"
FULL = """Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"""
OTHER_PROJECT = """if (origin !== 'null') { localStorage.setItem('graphiql:tabState', JSON.stringify({ activeTabIndex: 0, tabs: [
  { id: '1', title: 'Other', query: '{ other }', variables: null, headers: null, operationName: null, response: null }
] })); localStorage.setItem('graphiql:query', '{ other }'); localStorage.setItem('graphiql:theme', 'dark'); }"""
INVALID = """for (let i = 0; i < 2 && origin !== 'null'; i++) localStorage.setItem(
  'osutrack-gateway / graphiql:tabState', ['{', '{"tabs": [{"query": 1}], "activeTabIndex": 0}'][i]);"""


def selected(page):
    return page.get_by_role("tab", selected=True).inner_text()


def is_profile(page):
    return set(run(page)["data"]) == {"user"}


@pytest.mark.parametrize("first", ["", "#compare", "?query=" + quote("query Linked { status { version } }")])
def test_second_visit_has_the_same_tabs(graphiql, first):
    page = graphiql(first)
    content = run(page)
    expected, active = titles(page), selected(page)
    page.wait_for_function(STORED % "activeTabIndex")
    page.close()

    for path in ("", "", first):
        again = graphiql(path)
        assert (titles(again), selected(again)) == (expected, active)
        assert run(again)["data"].keys() == content["data"].keys()
        again.close()


@pytest.mark.parametrize(
    "script", [BLOCKED, ABSENT, FULL, OTHER_PROJECT, INVALID], ids=["blocked", "absent", "full", "other", "invalid"]
)
def test_examples_open_with_any_storage(session, graphiql, script):
    session.context.add_init_script(script)
    for _ in range(2):
        page = graphiql()
        assert titles(page) == EXAMPLE_TITLES
        assert selected(page) == "Profile"
        assert is_profile(page)


def test_other_projects_keep_their_tabs(session, graphiql):
    session.context.add_init_script(OTHER_PROJECT)
    page = graphiql()
    write(page, "query Mine { status { version } }")
    page.wait_for_function(STORED % "query Mine")
    assert "{ other }" in page.evaluate("localStorage.getItem('graphiql:tabState')")


def test_reload_keeps_edits_of_a_linked_example(graphiql):
    page = graphiql("#compare")
    write(page, "query Mine { status { version } }")
    page.wait_for_function(STORED % "query Mine")
    for _ in range(2):
        page.reload()
        page.get_by_role("tab", name="Mine").wait_for()
        assert titles(page) == ["Mine", *(title for title in EXAMPLE_TITLES if title != "Compare")]
        assert selected(page) == "Mine"


def test_fragment_opens_an_example_later(graphiql):
    page = graphiql()
    page.evaluate("location.hash = '#today'")
    page.locator("[role=tab][aria-selected=true]", has_text="Today").wait_for()
    # GraphiQL stores the tabs with a delay: the example is among them, or before the others.
    assert sorted(titles(page)) == sorted(EXAMPLE_TITLES)


def test_back_button_keeps_tabs(graphiql, session):
    page = graphiql("#update")
    write(page, "query Mine { status { version } }")
    page.wait_for_function(STORED % "query Mine")
    page.get_by_role("link", name="Home").click()
    page.wait_for_url("**/")
    page.go_back()
    page.get_by_role("tab", name="Mine").wait_for()
    assert titles(page) == ["Mine", *EXAMPLE_TITLES[:-1]]
    assert selected(page) == "Mine"


def test_two_windows_keep_their_own_tabs(graphiql):
    first, second = graphiql(), graphiql()
    for page, name in ((first, "First"), (second, "Second")):
        write(page, f"query {name} {{ status {{ version }} }}")
        page.wait_for_function(STORED % f"query {name}")
    for page, name in ((first, "First"), (second, "Second")):
        page.reload()
        page.get_by_role("tab", name=name).wait_for()
        assert titles(page) == [name, *EXAMPLE_TITLES[1:]]
        assert selected(page) == name


def test_link_follows_the_query(graphiql, session):
    page = graphiql()
    write(page, "query Mine { status { version } }")
    page.locator("#query-link[href*=version]").wait_for()
    address = page.get_by_role("button", name="Copy link").get_attribute("href")
    select(page, "Today", "days")
    page.locator("#query-link[href*=Today]").wait_for()
    opened = graphiql("?" + address.split("?", 1)[1])
    assert selected(opened) == "Mine"
    assert run(opened)["data"]["status"]["version"]


def test_link_is_copied(graphiql, session):
    session.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = graphiql()
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Link copied").wait_for()
    assert "/graphql?query=%23+One+player" in page.evaluate("navigator.clipboard.readText()")


def test_query_builder_adds_a_field(graphiql):
    page = graphiql()
    page.get_by_label("Show Query builder").click()
    explorer = page.locator(".graphiql-explorer-root")
    explorer.get_by_text("status", exact=True).first.click()
    page.wait_for_function("() => /\\bstatus\\b/.test(document.querySelector('.CodeMirror').CodeMirror.getValue())")


def test_new_tab_takes_the_next_key(graphiql):
    page = graphiql()
    page.get_by_label("New tab").click()
    page.wait_for_function("() => document.activeElement.closest('.graphiql-query-editor')")
    page.keyboard.type("#a")
    assert page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()").strip() == "#a"


@pytest.mark.parametrize(
    "path,text",
    [
        (["user", "profileUrl"], 'user(id: "2") { profileUrl }'),
        (["userByName", "id"], 'userByName(username: "peppy") { id }'),
        (["users", "profileUrl"], 'users(ids: "2") { profileUrl }'),
    ],
)
def test_built_query_runs_without_a_change(graphiql, path, text):
    page = graphiql()
    page.get_by_label("New tab").click()
    page.get_by_label("Show Query builder").click()
    explorer = page.locator(".graphiql-explorer-root")
    for name in path:
        explorer.get_by_text(name, exact=True).first.click()
    page.locator(".graphiql-query-editor").get_by_text(path[-1], exact=True).wait_for()
    value = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
    assert text in " ".join(value.split())
    page.get_by_label("Execute query").click()
    result = page.locator(".result-window")
    result.get_by_text('"data"').wait_for()
    expect(result).not_to_contain_text('"errors"')


def test_query_builder_opens_at_its_start(graphiql):
    page = graphiql()
    page.get_by_label("Show Query builder").click()
    explorer = page.locator(".graphiql-explorer-root")
    explorer.get_by_text("user", exact=True).first.wait_for()
    assert page.evaluate("document.activeElement.className") == "graphiql-explorer-root"
    assert page.locator(".graphiql-plugin").evaluate("(plugin) => plugin.scrollTop") == 0
    expect(explorer.get_by_label("first", exact=True)).to_have_value("5")
    expect(explorer.get_by_label("bestPerBeatmap")).to_have_value("true")


@pytest.mark.parametrize("name", ["Query builder", "Documentation Explorer", "History"])
def test_panes_leave_space_for_the_query_on_phones(graphiql, name):
    page = graphiql(size=PHONE)
    page.get_by_label(f"Show {name}").click()
    pane = page.locator(".graphiql-plugin").bounding_box()
    editor = page.locator(".graphiql-query-editor").bounding_box()
    assert pane["width"] > 300
    assert editor["width"] > 300
    assert pane["y"] + pane["height"] <= editor["y"]
    assert min(pane["height"], editor["height"]) > 100
    assert page.locator(".graphiql-plugin").evaluate("(plugin) => plugin.scrollWidth - plugin.clientWidth") <= 0


@pytest.mark.parametrize("example", ["Profile", "Update"])
def test_query_builder_is_empty_in_a_new_tab(graphiql, example):
    page = graphiql()
    page.get_by_role("tab", name=example).click()
    page.get_by_label("Show Query builder").click()
    explorer = page.locator(".graphiql-explorer-root")
    explorer.locator(f"input[value={example}]").wait_for()
    page.get_by_label("New tab").click()
    explorer.locator("input[value=MyQuery]").wait_for()
    explorer.get_by_text("bestPlays", exact=True).first.click()
    page.wait_for_function("() => document.querySelector('.CodeMirror').CodeMirror.getValue().includes('bestPlays')")
    text = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
    assert text.split() == ["query", "MyQuery", "{", "bestPlays", "}"]


@pytest.mark.parametrize("name", ["Query builder", "Documentation Explorer", "History"])
def test_active_tab_is_visible_beside_a_pane(graphiql, name):
    page = graphiql()
    page.get_by_label("New tab").click()
    page.get_by_label(f"Show {name}").click()
    inside = """() => { const tab = document.querySelector('.graphiql-tab-active').getBoundingClientRect();
        const strip = document.querySelector('.graphiql-tabs').getBoundingClientRect();
        return tab.left >= strip.left - 1 && tab.right <= strip.right + 1; }"""
    page.wait_for_function(inside)
    page.get_by_role("tab", name=EXAMPLE_TITLES[0]).click()
    page.wait_for_function(inside)
    page.get_by_label("New tab").click()
    page.wait_for_function(inside)


def test_documentation_begins_with_the_schema(graphiql):
    page = graphiql()
    page.get_by_label("Show Documentation Explorer").click()
    page.locator(".graphiql-doc-explorer").get_by_text("osu!track's records of osu! players").wait_for()


def test_phone_has_one_line_of_links(graphiql):
    page = graphiql(size=PHONE)
    links = page.locator(".site-header nav a:visible")
    assert len({link.bounding_box()["y"] for link in links.all()}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator(".graphiql-editor-tool").first.bounding_box()["height"] > 60
