"""Budgets of the pages: compressed size, first paint, and layout shifts on a slow phone. The numbers are printed."""

import pytest

from tests.browser.chromium import DESK, PHONE
from tests.browser.pages import PAGES

PLAYER_PATH = "/players/131464"
MAX_PLAYER_BYTES = 130_000
MAX_LCP_MS = 500
MAX_SHIFT = 0.05
# The fastest of a few visits: other programs may use the processor.
VISITS = 5
# A phone of the middle class, on a slow mobile network.
SLOWDOWN = 5
SLOW_NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
OBSERVE = """
window.shift = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
    window.largestPaint = list.getEntries().at(-1).startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""


def report(text):
    """Print a number that was measured: `pytest -s` shows it, and a failure too."""
    print(text)  # noqa: T201 - the report of the test


@pytest.fixture
def visit(session):
    """Opens a page in a new tab and waits until it is loaded and idle."""
    session.context.add_init_script(OBSERVE)

    def opened(path, *, slow=False, size=DESK):
        page = session.context.new_page()
        page.set_viewport_size(size)
        devtools = session.context.new_cdp_session(page)
        devtools.send("Network.enable")
        sizes, headers = [], []
        devtools.on("Network.responseReceived", lambda event: headers.append(event["response"]["encodedDataLength"]))
        devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        if slow:
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
            devtools.send("Network.emulateNetworkConditions", SLOW_NETWORK)
        page.goto(session.gateway.address + path, timeout=60_000)
        page.wait_for_load_state("networkidle", timeout=60_000)
        page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))")
        return page, sum(sizes) - sum(headers), sum(headers)

    return opened


def is_fast(visit):
    page, *_ = visit(PLAYER_PATH)
    paint_ms = page.evaluate("window.largestPaint")
    report(f"{PLAYER_PATH}: LCP {paint_ms:.0f} ms")
    return paint_ms <= MAX_LCP_MS


def test_player_page_is_small(visit):
    page, size, headers = visit(PLAYER_PATH)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    report(f"{PLAYER_PATH}: {size:,} bytes of compressed files and data, and {headers:,} bytes of headers")
    assert 50_000 < size <= MAX_PLAYER_BYTES


def test_player_page_is_painted_fast(visit):
    assert any(is_fast(visit) for _ in range(VISITS))


@pytest.mark.parametrize("path", [page.path for page in PAGES if page.template != "graphiql.html"])
def test_slow_phone_shows_no_shifts(session, visit, path):
    first, second = (visit(path, slow=True, size=PHONE)[0].evaluate("window.shift") for _ in range(2))
    report(f"{path}: CLS {first:.3f} at the first visit, {second:.3f} at the second")
    assert max(first, second) <= MAX_SHIFT
    session.errors[:] = [error for error in session.errors if "404" not in error]


def test_observer_counts_late_content(visit):
    page, *_ = visit(PLAYER_PATH)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('afterbegin', '<p>Late</p>'.repeat(9))")
    page.wait_for_function(f"() => window.shift > {MAX_SHIFT}")
