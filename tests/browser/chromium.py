"""Debian's Chromium, and a session that opens pages in it and records their errors."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.support.processes import gateway_process

# No sandbox, because containers run as root; no background traffic; no DNS.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=OptimizationHints,MediaRouter",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}
# Timeout for every wait; generous, because the machine may be busy.
TIMEOUT_MS = 15_000
# The charts of the player page.
CHARTS_DRAWN = "#progress[aria-busy=false]"


class RunningGateway(NamedTuple):
    """The URLs of a gateway and its sandbox."""

    address: str
    sandbox: str

    def fault(self, **fault: Any) -> None:
        """Add a fault to osu!track; `gateway/sandbox/faults.py` describes the fields."""
        httpx.put(f"{self.sandbox}/_sandbox/faults", json=fault).raise_for_status()

    def switch(self, **switches: bool) -> None:
        """Set switches of osu!track (`Switches` in `gateway/sandbox/state.py`)."""
        httpx.put(f"{self.sandbox}/_sandbox/switches", json=switches).raise_for_status()

    def clear_faults(self) -> None:
        """Remove all faults."""
        httpx.delete(f"{self.sandbox}/_sandbox/faults").raise_for_status()


@contextmanager
def running_gateway(**settings: str) -> Iterator[RunningGateway]:
    """A gateway with a sandbox, whose limit of five updates a minute is too low for the tests of a module."""
    with gateway_process(**settings) as process:
        gateway = RunningGateway(process.url, process.sandbox_url)
        gateway.switch(rate_limits=False)
        yield gateway


class BrowserSession:
    """A fresh browser profile that opens pages and records their errors."""

    def __init__(self, context: BrowserContext, gateway: RunningGateway) -> None:
        self.context = context
        self.gateway = gateway
        self.errors: list[str] = []
        context.on("request", self._record_request)
        context.on("console", self._record_message)
        context.on("weberror", lambda error: self.errors.append(f"exception: {error.error}"))
        # Some violations of the Content-Security-Policy are not logged by the browser.
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', "
            "(event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"
        )

    def open(self, path: str, **view: Any) -> Page:
        """The page at this path. `view`: the arguments of `Page.emulate_media`, and `size`, like `PHONE`."""
        page = self.context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.set_viewport_size(view.pop("size", DESK))
        page.emulate_media(**view)
        page.goto(self.gateway.address + path)
        return page

    def open_player(self, rest: str | int, *, hiscores: bool = False, **view: Any) -> Page:
        """The page `/players/` + `rest`, once its charts are drawn, and its hiscores shown if they matter."""
        page = self.open(f"/players/{rest}", **view)
        page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
        if hiscores:
            page.wait_for_selector("#hiscores[aria-busy=false]")
        return page

    def wait_for_error(self, kind: str) -> None:
        """Wait until an error that contains `kind` is recorded."""
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        while not any(kind in error for error in self.errors):
            assert time.monotonic() < deadline, (kind, self.errors)
            self.context.pages[0].wait_for_timeout(20)  # lets Playwright dispatch events

    def _record_request(self, request: Request) -> None:
        if not re.match(rf"{re.escape(self.gateway.address)}/|data:|blob:", request.url):
            self.errors.append(f"request: {request.url}")

    def _record_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"console: {message.text}")
