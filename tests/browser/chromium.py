"""A real browser, Debian's Chromium, and the pages that a test opens in it. What they must not do is recorded."""

import re
import time
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

# No sandbox for root in a container; and nothing of what Chromium does in the background, nor anyone to ask.
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
# How long anything that a page does may take: the machine may be busy.
PATIENCE_MS = 15_000


class Served(NamedTuple):
    """A gateway and its sandbox, by their addresses."""

    address: str
    sandbox: str

    def fault(self, **fault: Any) -> None:
        """Switch a fault of osu!track on, as `gateway/sandbox/faults.py` describes it."""
        httpx.put(f"{self.sandbox}/_sandbox/faults", json=fault).raise_for_status()

    def well(self) -> None:
        """Switch all faults off."""
        httpx.delete(f"{self.sandbox}/_sandbox/faults").raise_for_status()


class Visit:
    """Opens pages in one fresh profile, and keeps what they do wrong."""

    def __init__(self, context: BrowserContext, served: Served) -> None:
        self.context = context
        self.served = served
        self.wrongs: list[str] = []
        context.on("request", self._asked)
        context.on("console", self._logged)
        context.on("weberror", lambda error: self.wrongs.append(f"exception: {error.error}"))
        # Also what is refused without a word on the console.
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', "
            "(event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"
        )

    def __call__(self, path: str, **view: Any) -> Page:
        """The page at this path. `view` is what `Page.emulate_media` takes, and `size`, like `PHONE`."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.set_viewport_size(view.pop("size", DESK))
        page.emulate_media(**view)
        page.goto(self.served.address + path)
        return page

    def wait_for_wrong(self, kind: str) -> None:
        """Until its pages have done something of this kind, or deadline ends."""
        ends_at = time.monotonic() + PATIENCE_MS / 1000
        while not any(kind in wrong for wrong in self.wrongs):
            assert time.monotonic() < ends_at, (kind, self.wrongs)
            self.context.pages[0].wait_for_timeout(20)  # what happens in the browser is heard of meanwhile

    def _asked(self, request: Request) -> None:
        if not re.match(rf"{re.escape(self.served.address)}/|data:|blob:", request.url):
            self.wrongs.append(f"request: {request.url}")

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrongs.append(f"console: {message.text}")
