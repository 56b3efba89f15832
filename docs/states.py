"""A screenshot of each state of the pages, on a phone and a desktop: `python -m docs.states FOLDER`."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from gateway.sandbox.players import AMEO, HEAVY, SINGLE_SNAPSHOT, UNTRACKED
from tests.browser.chromium import DESK, FLAGS, PHONE
from tests.support.processes import gateway_process

# Long enough for the notice that osu!track is slow.
SETTLE_MS = 4_500
HELD = {"kind": "latency", "seconds": 30}
SLOW = {"kind": "latency", "seconds": 6}
DOWN = {"kind": "status", "status": 503}
LIMITED = {"kind": "rate_limit", "retry_after": 60}
BLOCK_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } })"
)


class State(NamedTuple):
    """A path, a fault of osu!track, options and a preparation of the browser's profile, and the time to wait."""

    path: str
    fault: dict[str, object] | None = None
    options: dict[str, bool] = {}  # noqa: RUF012 - never changed
    prepare: Callable[[BrowserContext], None] = lambda _: None
    settle_ms: int = SETTLE_MS


def warn(context: BrowserContext) -> None:
    """Mark all data as stale."""

    def stale(route: Route) -> None:
        response = route.fetch()
        content = response.json()
        content.setdefault("extensions", {})["warnings"] = [{"code": "STALE_DATA", "ageSeconds": 7200, "message": ""}]
        route.fulfill(response=response, json=content)

    context.route("**/graphql", stale)


def block_storage(context: BrowserContext) -> None:
    """Let every access to the storage fail."""
    context.add_init_script(BLOCK_STORAGE)


# Each state has a player of its own where its fault would be hidden by the cache.
STATES = {
    "loaded": State(f"/players/{AMEO}"),
    "compared": State(f"/players/{AMEO}?compare={HEAVY},1010,1020,{UNTRACKED[1]}"),
    "loading": State("/players/1010", fault=HELD, settle_ms=1_500),
    "empty": State(f"/players/{UNTRACKED[0]}"),
    "one-snapshot": State(f"/players/{SINGLE_SNAPSHOT}"),
    "five-thousand-snapshots": State(f"/players/{HEAVY}?every=all"),
    "stale": State(f"/players/{AMEO}", prepare=warn),
    "down": State("/players/1011", fault=DOWN),
    "latency": State("/players/1012", fault=SLOW),
    "blocked-storage": State(f"/players/{AMEO}", prepare=block_storage),
    "no-script": State(f"/players/{AMEO}", options={"java_script_enabled": False}),
    "year-loaded": State(f"/players/{AMEO}/2025"),
    "year-empty": State(f"/players/{AMEO}/2010"),
    "year-untracked": State(f"/players/{UNTRACKED[0]}/2025"),
    "year-stale": State(f"/players/{AMEO}/2025", prepare=warn),
    "year-no-script": State(f"/players/{AMEO}/2025", options={"java_script_enabled": False}),
    "year-loading": State("/players/1014/2025", fault=HELD, settle_ms=1_500),
    # The gateway caches a list of best plays for each mode.
    "best-loaded": State("/best"),
    "best-empty": State("/best?mods=HD,HT,FL,EZ,NF,SO,PF"),
    "best-stale": State("/best", prepare=warn),
    "best-no-script": State("/best", options={"java_script_enabled": False}),
    "best-loading": State("/best?mode=taiko", fault=HELD, settle_ms=1_500),
    "home": State("/"),
    "home-no-script": State("/", options={"java_script_enabled": False}),
    # Failures open the circuit breaker, and a 429 pauses all requests: they come last.
    "year-down": State("/players/1016/2025", fault=DOWN),
    "best-down": State("/best?mode=mania", fault=DOWN),
    "rate-limited": State("/players/1013", fault=LIMITED),
    "year-rate-limited": State("/players/1015/2025", fault=LIMITED),
    "best-rate-limited": State("/best?mode=catch", fault=LIMITED),
}


def capture(browser: Browser, address: str, state: State, target: Path) -> None:
    """Write the screenshots of one state."""
    for size, view in (("phone", PHONE), ("desk", DESK)):
        scheme = "dark" if size == "phone" else "light"
        context = browser.new_context(viewport=view, color_scheme=scheme, reduced_motion="reduce", **state.options)  # type: ignore[arg-type]
        state.prepare(context)
        page: Page = context.new_page()
        page.goto(address + state.path)
        page.wait_for_timeout(state.settle_ms)
        page.screenshot(path=f"{target}-{size}.png", full_page=True)
        context.close()


def main() -> None:
    """Write all screenshots."""
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("Screenshots need Chromium (Debian: apt-get install chromium).")
    with gateway_process() as gateway, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        faults = f"{gateway.sandbox_url}/_sandbox/faults"
        for name, state in STATES.items():
            httpx.delete(faults).raise_for_status()
            if state.fault:
                httpx.put(faults, json=state.fault).raise_for_status()
            capture(browser, gateway.url, state, folder / name)
        browser.close()


if __name__ == "__main__":
    main()
