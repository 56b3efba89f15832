"""Sharing pages: the copied link holds the view, and the card image is that of the link preview."""

import json
import re
from html import unescape
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from starlette.datastructures import QueryParams

from gateway.sandbox.players import AMEO, HEAVY
from gateway.web.pages.player_view import parse_view
from tests.browser.chromium import CHARTS_DRAWN

CLIPBOARD = "navigator.clipboard.readText()"
QUERIES = [query for query, _ in json.loads((Path(__file__).parents[1] / "support/windows.json").read_text("utf-8"))]
WINDOWS = """async (queries) => {
    const { readWindow, windowText } = await import("./static/shared/windows.js");
    return queries.map((query) => windowText(readWindow(new URLSearchParams(query))));
}"""


@pytest.fixture
def page(session):
    session.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = session.open(f"/players/{AMEO}?mode=taiko&from=2026-01-01")
    page.wait_for_selector(CHARTS_DRAWN)
    return page


def copied(page):
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Link copied").wait_for()
    return page.evaluate(CLIPBOARD)


def test_copied_link_has_the_state(page, gateway):
    page.get_by_role("button", name="Week").click()
    page.wait_for_url("**every=week")
    assert copied(page) == f"{gateway.address}/players/{AMEO}?mode=taiko&from=2026-01-01&every=week"
    expect(page.locator("#live-region")).to_have_text("Link copied.")
    page.get_by_role("button", name="Copy link").wait_for()


def test_link_of_best_plays_has_the_period(session):
    session.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = session.open("/best?mode=taiko&days=365")
    page.get_by_role("button", name="All time").click()
    page.wait_for_url("**/best?mode=taiko&days=all")
    assert copied(page) == page.url


def test_link_is_copied_without_clipboard_access(page):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    button = page.get_by_role("button", name="Copy link")
    button.click()
    page.get_by_role("button", name="Link copied").wait_for()
    page.evaluate("delete navigator.clipboard")
    assert page.evaluate(CLIPBOARD) == page.url
    assert page.evaluate("document.activeElement.id") == "copy-link"


def test_failed_copy_names_the_address_bar(page):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copy the address bar").wait_for()


def test_windows_of_addresses_are_those_of_previews(session):
    windows = [parse_view(QueryParams(query), 2).window for query in QUERIES]
    assert session.open("/").evaluate(WINDOWS, QUERIES) == [window and window.text for window in windows]


def preview_image(url):
    """The URL of the preview's image."""
    [image] = re.findall('property="og:image" content="([^"]*)"', httpx.get(url).text)
    return unescape(image)


def without_version(url):
    return re.sub(r"[?&]v=\d{14}(-\d{14})?$", "", url)


def version_of(gateway, mode="OSU"):
    """The time of the player's last snapshot in the addresses of images."""
    query = f'{{ user(id: "{AMEO}") {{ stats(mode: {mode}) {{ latest {{ at }} }} }} }}'
    data = httpx.post(f"{gateway.address}/graphql", json={"query": query}).json()["data"]
    return re.sub(r"\D", "", data["user"]["stats"]["latest"]["at"])[:14]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?days=90",
        "?days=730&mode=taiko",
        "?from=2026-01-01",
        "?to=2026-02-01",
        "?from=2025-01-01&to=2026-01-01&mode=fruits",
        "?days=x&from=2026-02-30",
        f"?compare={HEAVY}",
        f"?compare={HEAVY},someone&days=30&series=Accuracy,plays",
        f"?compare={HEAVY},2&compare=1010&series=x,rank&from=2025-01-05&to=2026-02-01",
        "/2025",
        "/2026?mode=taiko&days=7",
    ],
)
def test_card_is_that_of_the_preview(session, path):
    page = session.open(f"/players/{AMEO}{path}")
    file = without_version(preview_image(page.url)).partition(f"/players/{AMEO}/")[2]
    href = re.compile(rf"(^|/){re.escape(file)}$")
    expect(page.get_by_role("link", name="Card image")).to_have_attribute("href", href)


@pytest.mark.parametrize("preset,query", [("30 days", "&window=30d"), ("1 year", "&window=1y"), ("All", "")])
def test_card_link_follows_the_range(page, preset, query):
    page.get_by_role("button", name=preset, exact=True).click()
    link = page.get_by_role("link", name="Card image")
    expect(link).to_have_attribute("href", f"{AMEO}/card.png?mode=taiko{query}")
    page.go_back()
    expect(link).to_have_attribute("href", f"{AMEO}/card.png?mode=taiko&window=2026-01-01..")


def test_card_link_follows_the_mode(page, gateway):
    link = page.get_by_role("link", name="Card image")
    expect(link).to_have_attribute("href", f"{AMEO}/card.png?mode=taiko&window=2026-01-01..")
    page.get_by_role("link", name="osu!", exact=True).click()
    page.wait_for_selector(CHARTS_DRAWN)
    expect(link).to_have_attribute("href", f"{AMEO}/card.png?window=2026-01-01..")
    assert httpx.get(f"{gateway.address}/players/{AMEO}/card.png").headers["Content-Type"] == "image/png"


def opened_dialog(page):
    page.get_by_role("link", name="Card image").click()
    dialog = page.get_by_role("dialog", name="Card image")
    dialog.wait_for()
    return dialog


def test_card_opens_in_a_dialog(page, gateway):
    dialog = opened_dialog(page)
    version = version_of(gateway, "TAIKO")
    image = f"{gateway.address}/players/{AMEO}/card.png?mode=taiko&window=2026-01-01..&v={version}"
    expect(dialog.get_by_role("img")).to_have_attribute("src", image)
    assert dialog.get_by_role("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1200
    dialog.get_by_role("button", name="Copy image link").click()
    dialog.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate(CLIPBOARD) == image
    download = dialog.get_by_role("link", name="Download")
    expect(download).to_have_attribute("download", f"osutrack-{AMEO}-card.png")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "card-link"


def test_comparison_has_its_own_card(session, gateway):
    page = session.open(f"/players/{AMEO}?compare={HEAVY},unknown_player")
    page.locator("#comparison .player-1").get_by_text("peppy").wait_for()
    dialog = opened_dialog(page)
    image = re.compile(rf"/players/{AMEO}/card\.png\?compare={HEAVY}&window=all&v=\d{{14}}$")
    expect(dialog.get_by_role("img")).to_have_attribute("src", image)
    assert dialog.get_by_role("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1200
    expect(dialog.get_by_role("img")).to_have_attribute("alt", "osu!track card: ameo vs peppy · osu!")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove peppy").click()
    expect(page.locator("#card-link")).to_have_attribute("href", f"{AMEO}/card.png")


@pytest.mark.parametrize(
    "view", ["", "?mode=taiko&days=30", f"?compare={HEAVY}&series=rank", "?to=2026-01-01", "/2026", "/2025"]
)
def test_copied_image_is_that_of_the_preview(session, view):
    page = session.open(f"/players/{AMEO}{view}")
    expect(page.locator("#main")).to_have_attribute("aria-busy", "false")
    if "compare" in view:
        page.locator("#comparison .player-1").get_by_text("peppy").wait_for()
    if view.startswith("/"):
        page.locator("#best[aria-busy=false]").wait_for()
    dialog = opened_dialog(page)
    expect(dialog.get_by_role("img")).to_have_attribute("src", preview_image(page.url))
    expect(dialog.get_by_role("link", name="Open image")).to_have_attribute("href", preview_image(page.url))


def test_choices_change_image_and_snippets(page, gateway):
    dialog = opened_dialog(page)
    base = f"{gateway.address}/players/{AMEO}"
    expect(dialog.get_by_label("Range").locator("option")).to_have_text(
        ["Since 1 Jan 2026", "Past 30 days", "Past 90 days", "Past year", "All time"]
    )
    dialog.get_by_label("Range").select_option("Past 90 days")
    dialog.get_by_label("Theme").select_option("Light")
    image = f"{base}/card.png?mode=taiko&window=90d&theme=light"
    expect(dialog.get_by_role("img")).to_have_attribute("src", f"{image}&v={version_of(gateway, 'TAIKO')}")
    expect(dialog.get_by_label("BBCode", exact=True)).to_have_value(
        f"[url={base}?mode=taiko&days=90][img]{image}[/img][/url]"
    )
    assert dialog.get_by_role("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1200
    dialog.get_by_label("Range").select_option("All time")
    expect(dialog.get_by_label("BBCode", exact=True)).to_have_value(
        f"[url={base}?mode=taiko][img]{image.replace('90d', 'all')}[/img][/url]"
    )
    dialog.get_by_label("Range").select_option("Since 1 Jan 2026")
    dialog.get_by_label("Theme").select_option("Dark")
    expect(dialog.get_by_label("BBCode", exact=True)).to_have_value(
        f"[url={page.url}][img]{base}/card.png?mode=taiko&window=2026-01-01..[/img][/url]"
    )


@pytest.mark.parametrize("query,chosen", [("", "1y"), ("?days=30", "30d"), ("?days=365", "1y"), ("?days=7", "7d")])
def test_chosen_range_is_that_of_the_page(session, query, chosen):
    page = session.open(f"/players/{AMEO}{query}")
    page.wait_for_selector(CHARTS_DRAWN)
    expect(opened_dialog(page).get_by_label("Range")).to_have_value(chosen)


def test_card_of_a_year_has_its_range_only(session):
    page = session.open(f"/players/{AMEO}/2025")
    page.locator("#best[aria-busy=false]").wait_for()
    dialog = opened_dialog(page)
    dialog.get_by_label("Theme").select_option("Light")
    image = re.compile(r"card\.png\?window=2025-01-01\.\.2026-01-01&theme=light&v=\d{14}$")
    expect(dialog.get_by_role("img")).to_have_attribute("src", image)
    expect(dialog.get_by_label("Range")).to_have_count(0)


@pytest.mark.parametrize("name,start", [("Markdown", "[![osu!track card"), ("BBCode", "[url="), ("HTML", "<a href=")])
def test_snippets_embed_image_and_link(page, gateway, name, start):
    dialog = opened_dialog(page)
    dialog.get_by_role("button", name=f"Copy {name}").click()
    dialog.get_by_role("button", name=f"Copy {name}").get_by_text("Copied").wait_for()
    text = page.evaluate(CLIPBOARD)
    expect(dialog.get_by_label(name, exact=True)).to_have_value(text)
    assert text.startswith(start)
    for url in (f"{gateway.address}/players/{AMEO}/card.png?mode=taiko&window=2026-01-01..", page.url):
        assert url.replace("&", "&#38;" if name == "HTML" else "&") in text


def test_snippet_is_copied_without_clipboard_access(page):
    dialog = opened_dialog(page)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    dialog.get_by_role("button", name="Copy BBCode").click()
    dialog.get_by_role("button", name="Copy BBCode").get_by_text("Copied").wait_for()
    page.evaluate("delete navigator.clipboard")
    assert page.evaluate(CLIPBOARD).startswith("[url=")


def test_dialog_works_by_keyboard(page):
    page.locator("#card-link").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    focused = "document.activeElement.closest('dialog') !== null"
    assert page.evaluate(focused)
    page.get_by_role("button", name="Close").press("Enter")
    page.get_by_role("dialog").wait_for(state="detached")


def test_image_opens_without_the_dialog(session, gateway):
    session.context.route("**/card-dialog-*.js", lambda route: route.abort())
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    page.get_by_role("link", name="Card image").click()
    page.wait_for_url("**/card.png")
    session.errors.clear()  # the browser logs the failed script


@pytest.mark.parametrize("file", ["card.png", "card.svg", "chart.png"])
def test_image_opens_without_console_errors(session, file):
    session.open(f"/players/{AMEO}/{file}").wait_for_load_state()
    assert session.errors == []


def test_phones_share_by_their_own_sheet(session, gateway):
    session.context.add_init_script(
        "navigator.share = async (shared) => { window.shared = shared; };"
        "window.matchMedia = ((real) => (query) => query === '(pointer: coarse)' ? {matches: true} : real(query))("
        "window.matchMedia.bind(window));"
    )
    page = session.open(f"/players/{AMEO}?days=30")
    page.wait_for_selector(CHARTS_DRAWN)
    page.get_by_role("button", name="Share link").click()
    assert page.evaluate("window.shared.url") == page.url
