"""GraphiQL by keyboard: tabs, and scrolling of long texts."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def tabs(session):
    """GraphiQL with the focus on its first tab."""
    page = session.open("/graphql")
    page.get_by_role("tab", selected=True).focus()
    return page


def focused(page):
    return page.evaluate("document.activeElement.textContent")


def titles(page):
    return page.get_by_role("tab").all_inner_texts()


def test_arrow_keys_move_between_tabs(tabs):
    moved = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "ArrowLeft", "Home"):
        tabs.keyboard.press(key)
        moved.append(titles(tabs).index(focused(tabs)))
    last = len(titles(tabs)) - 1
    assert moved == [1, 2, 1, last, 0, last, 0]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_key_selects_a_tab(tabs, key):
    tabs.keyboard.press("ArrowRight")
    tabs.keyboard.press(key)
    tabs.get_by_role("tab", name="Gains", selected=True).wait_for()
    expect(tabs.get_by_role("tab", selected=True)).to_have_count(1)
    expect(tabs.locator("[role=tab][tabindex='0']")).to_have_text(["Gains"])


def test_delete_key_closes_tabs(tabs):
    before = titles(tabs)
    tabs.keyboard.press("End")
    for left in range(len(before) - 1, 0, -1):
        tabs.keyboard.press("Delete")
        tabs.wait_for_function(f"() => document.querySelectorAll('.graphiql-tab-button').length === {left}")
        tabs.wait_for_function("() => document.activeElement.matches('[role=tab]')")
    assert titles(tabs) == before[:1]
    tabs.keyboard.press("Delete")
    assert titles(tabs) == before[:1]


def test_new_tab_is_selected(tabs):
    tabs.get_by_label("New tab").click()
    tabs.get_by_role("tab", name="<untitled>", selected=True).wait_for()
    expect(tabs.get_by_role("tab", selected=True)).to_have_count(1)


def test_pointer_closes_a_tab(tabs):
    tabs.locator(".graphiql-tab-active .graphiql-tab-close").click()
    tabs.get_by_role("tab", name="Profile").wait_for(state="detached")


def test_keyboard_scrolls_long_texts(tabs):
    area = tabs.get_by_label("Text of Query Editor")
    area.focus()
    tabs.keyboard.press("End")
    tabs.wait_for_function("() => document.querySelector('.graphiql-query-editor .CodeMirror-scroll').scrollTop > 0")
