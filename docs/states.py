"""Screenshots of each state of the pages, on a phone and a desktop, in both themes: `python -m docs.states FOLDER`.

Each has a second one of a second visit, ending with `-2`: the browser's storage and the gateway's cache are not empty
then. Further arguments name the states; by default, all.
"""

import json
import shutil
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import Browser, BrowserContext, Route, sync_playwright

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
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
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


def store_players(context: BrowserContext) -> None:
    """Store an own player, and some recent ones without stats."""
    players = [{"id": str(player), "name": f"ID {player}", "isPinned": False} for player in (AMEO, HEAVY, 1010, 1020)]
    context.add_init_script(
        f"localStorage.players ??= JSON.stringify({json.dumps(players)}); localStorage['own-player'] ??= '{AMEO}';"
    )


def block_storage(context: BrowserContext) -> None:
    """Let every access to the storage fail."""
    context.add_init_script(BLOCK_STORAGE)


STATES = {
    "loaded": State(f"/players/{AMEO}"),
    "compared": State(f"/players/{AMEO}?compare={HEAVY},1010,1020,{UNTRACKED[1]}"),
    "loading": State(f"/players/{AMEO}", fault=HELD, settle_ms=1_500),
    "empty": State(f"/players/{UNTRACKED[0]}"),
    "one-snapshot": State(f"/players/{SINGLE_SNAPSHOT}"),
    "five-thousand-snapshots": State(f"/players/{HEAVY}?every=all"),
    "stale": State(f"/players/{AMEO}", prepare=warn),
    "down": State(f"/players/{AMEO}", fault=DOWN),
    "latency": State(f"/players/{AMEO}", fault=SLOW),
    "blocked-storage": State(f"/players/{AMEO}", prepare=block_storage),
    "no-script": State(f"/players/{AMEO}", options={"java_script_enabled": False}),
    "year-loaded": State(f"/players/{AMEO}/2025"),
    "year-empty": State(f"/players/{AMEO}/2010"),
    "year-untracked": State(f"/players/{UNTRACKED[0]}/2025"),
    "year-stale": State(f"/players/{AMEO}/2025", prepare=warn),
    "year-no-script": State(f"/players/{AMEO}/2025", options={"java_script_enabled": False}),
    "year-loading": State(f"/players/{AMEO}/2025", fault=HELD, settle_ms=1_500),
    "best-loaded": State("/best"),
    "best-empty": State("/best?mods=HD,HT,FL,EZ,NF,SO,PF"),
    "best-stale": State("/best", prepare=warn),
    "best-no-script": State("/best", options={"java_script_enabled": False}),
    "best-loading": State("/best", fault=HELD, settle_ms=1_500),
    "home": State("/"),
    "home-returning": State("/", prepare=store_players),
    "home-down": State("/", fault=DOWN, prepare=store_players),
    "home-no-script": State("/", options={"java_script_enabled": False}),
    "year-down": State(f"/players/{AMEO}/2025", fault=DOWN),
    "best-down": State("/best", fault=DOWN),
    "rate-limited": State(f"/players/{AMEO}", fault=LIMITED),
    "year-rate-limited": State(f"/players/{AMEO}/2025", fault=LIMITED),
    "best-rate-limited": State("/best", fault=LIMITED),
}


VIEWS: dict[str, dict[str, Any]] = {
    f"{size}-{theme}": {"viewport": viewport, "color_scheme": theme}
    for size, viewport in (("phone", PHONE), ("desk", DESK))
    for theme in ("light", "dark")
}


def capture(browser: Browser, address: str, state: State, view: dict[str, Any], target: Path) -> None:
    """Write the screenshots of the state: of the first visit and of the second."""
    context = browser.new_context(reduced_motion="reduce", **view, **state.options)
    state.prepare(context)
    page = context.new_page()
    for file in (target, target.with_stem(f"{target.stem}-2")):
        page.goto(address + state.path, wait_until="load" if state.fault else "networkidle")
        # Some parts are loaded when they are near.
        page.mouse.wheel(0, 100_000)
        page.wait_for_timeout(state.settle_ms if state.fault else 500)
        page.screenshot(path=file, full_page=True)
    # A request can still be on its way.
    context.unroute_all(behavior="ignoreErrors")
    context.close()


def capture_fault(browser: Browser, state: State, view: dict[str, Any], target: Path) -> None:
    """The same with a new gateway: another has cached data, an open circuit breaker, or a pause after a 429."""
    with gateway_process() as gateway:
        address = gateway.url
        httpx.put(f"{gateway.sandbox_url}/_sandbox/faults", json=state.fault).raise_for_status()
        capture(browser, address, state, view, target)


def main() -> None:
    """Write the screenshots."""
    folder, *names = sys.argv[1:]
    Path(folder).mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("Screenshots need Chromium (Debian: apt-get install chromium).")
    with gateway_process() as gateway, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, view in product(names or STATES, VIEWS):
            state, target = STATES[name], Path(folder) / f"{name}-{view}.png"
            if state.fault:
                capture_fault(browser, state, VIEWS[view], target)
            else:
                capture(browser, gateway.url, state, VIEWS[view], target)
        browser.close()


if __name__ == "__main__":
    main()
