"""The top of a player page: the avatar from osu!'s server, or initials; never a request that the setting forbids."""

import re

import pytest
from playwright.sync_api import Request, expect

from gateway.sandbox.players import AMEO
from gateway.web.pages import AVATARS
from tests.browser.chromium import CHARTS_DRAWN, DESK, PHONE, BrowserSession, RunningGateway
from tests.support.processes import gateway_process

# One pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000"
    "1ff56c72f0d0000000049454e44ae426082"
)
UNKNOWN = 1060


@pytest.fixture(scope="module")
def avatars(gateway):
    """A second gateway over the same sandbox, with avatars."""
    with gateway_process(upstream_url=gateway.sandbox) as process:
        yield RunningGateway(process.url, gateway.sandbox)


@pytest.fixture
def outside(browser, avatars):
    """A session of the gateway with avatars; requests to other hosts are expected."""
    context = browser.new_context(reduced_motion="reduce")
    yield BrowserSession(context, avatars)
    context.close()


def opened(session, answer, user=AMEO, **view):
    """The loaded page; `answer` handles the requests for avatars, which are returned."""
    requests: list[Request] = []
    session.context.on("request", lambda request: requests.extend([request] * request.url.startswith(AVATARS)))
    session.context.route(f"{AVATARS}/**", answer)
    page = session.open(f"/players/{user}", **view)
    page.wait_for_selector(CHARTS_DRAWN)
    return page, requests


def shifts(page):
    return page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) =>
            resolve(list.getEntries().flatMap((entry) => entry.sources.map(({node}) => node?.closest?.(".identity"))
            .filter(Boolean)).length)).observe({type: "layout-shift", buffered: true}) || setTimeout(resolve, 200, 0))"""
    )


@pytest.mark.parametrize("size,width", [(DESK, 96), (PHONE, 48)], ids=["desk", "phone"])
def test_avatar_is_loaded_without_referrer(outside, size, width):
    page, requests = opened(outside, lambda route: route.fulfill(body=PNG, content_type="image/png"), size=size)
    image = page.get_by_role("img", name=re.compile(r"Avatar of \w+"))
    expect(image).to_be_visible()
    assert [request.url for request in requests] == [f"{AVATARS}/{AMEO}"]
    assert "referer" not in requests[0].all_headers()
    expect(image).to_have_attribute("referrerpolicy", "no-referrer")
    expect(image).to_have_attribute("loading", "lazy")
    assert image.bounding_box()["width"] == page.locator(".avatar").bounding_box()["width"] == width
    assert [error for error in outside.errors if AVATARS not in error] == []


@pytest.mark.parametrize(
    "answer",
    [
        lambda route: route.abort("blockedbyclient"),
        lambda route: route.fulfill(status=404),
        lambda route: route.fulfill(body="no image", content_type="text/html"),
        lambda route: route.fulfill(status=302, headers={"Location": "https://example.org/avatar.png"}),
    ],
    ids=["blocked", "missing", "unreadable", "redirected"],
)
def test_initials_replace_an_image_that_fails(outside, answer):
    page, _ = opened(outside, answer)
    expect(page.locator(".avatar img")).to_have_count(0)
    expect(page.locator(".avatar")).to_have_text(re.compile(r"^(?:#|\w{2})$"))
    assert page.locator(".avatar").bounding_box()["width"] == 96
    assert shifts(page) == 0


def test_initials_stay_while_the_image_loads(outside):
    page, _ = opened(outside, lambda _: None)
    expect(page.locator(".avatar")).to_have_text(re.compile(r"^(?:#|\w{2})$"))
    expect(page.locator(".avatar img")).to_be_hidden()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", [f"/players/{AMEO}/2025", "/best"])
def test_other_pages_show_avatars_without_shift(outside, path, size):
    outside.context.route(f"{AVATARS}/**", lambda route: route.fulfill(body=PNG, content_type="image/png"))
    page = outside.open(path, size=size)
    page.locator(".avatar img.loaded").first.wait_for()
    expect(page.locator(".avatar img").first).to_have_attribute("src", re.compile(f"^{AVATARS}/"))
    shifts = """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(
        list.getEntries().reduce((sum, { value }) => sum + value, 0)
    )).observe({ type: "layout-shift", buffered: true }) || setTimeout(resolve, 200, 0))"""
    assert page.evaluate(shifts) <= 0.05
    assert [error for error in outside.errors if AVATARS not in error] == []


@pytest.mark.parametrize("path", [f"/players/{AMEO}/2025", "/best"])
def test_other_pages_show_initials_without_images(outside, path):
    outside.context.route(f"{AVATARS}/**", lambda route: route.abort("blockedbyclient"))
    page = outside.open(path)
    page.locator(".avatar").first.wait_for()
    expect(page.locator(".avatar").first.locator("img")).to_have_count(0)
    expect(page.locator(".avatar").first).to_have_text(re.compile(r"^(?:#|\w{1,2})$"))


def test_update_keeps_the_image(outside):
    page, requests = opened(outside, lambda route: route.fulfill(body=PNG, content_type="image/png"), UNKNOWN)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"ID {UNKNOWN}")
    page.locator(".avatar img").evaluate("(image) => (image.dataset.first = true)")
    page.get_by_role("button", name="Update").click()
    page.locator("#update-result .result").wait_for()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(f"ID {UNKNOWN}")
    name = page.get_by_role("heading", level=1).inner_text()
    expect(page.locator(".avatar img[data-first]")).to_have_attribute("alt", f"Avatar of {name}")
    expect(page.locator(".avatar img")).to_have_count(1)
    assert len(requests) == 1


def test_sandbox_shows_initials_only(session):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    expect(page.locator(".avatar")).to_have_text("AM")
    expect(page.locator(".avatar img")).to_have_count(0)


@pytest.mark.parametrize(
    "name,letters",
    [
        ("Player 2", "P2"),
        ("peppy", "PE"),
        ("a", "A"),
        ("[Toy]", "TO"),
        ("- Cookie_Ez -", "CE"),
        ("__", "?"),
        ("ID 1056", "#"),
        ("たこ焼", "たこ"),
        ("𝔞𝔟𝔠", "𝔞𝔟"),
    ],
)
def test_initials_are_letters_of_the_name(session, name, letters):
    page = session.open("/")
    script = "(name) => import('./static/shared/avatar.js').then((it) => it.initials(name))"
    assert page.evaluate(script, name) == letters
