"""The README's screenshots, taken by Chromium from a gateway over the sandbox: `make screenshots`."""

import shutil
import sys
from pathlib import Path

import httpx
from playwright.sync_api import Page, ViewportSize, sync_playwright

from gateway.sandbox.players import AMEO
from tests.browser.chromium import FLAGS
from tests.support.processes import gateway_process

IMAGES = Path(__file__).with_name("images")
VIEWPORT: ViewportSize = {"width": 1200, "height": 800}
MAX_BYTES = 150_000


def player(page: Page, address: str) -> None:
    """The player page, with charts drawn."""
    page.goto(f"{address}/players/{AMEO}", wait_until="networkidle")
    page.locator("canvas").first.wait_for()


def graphiql(page: Page, address: str) -> None:
    """GraphiQL with the response of its first example."""
    page.goto(f"{address}/graphql", wait_until="networkidle")
    page.get_by_label("Execute query").click()
    page.locator(".result-window .CodeMirror-code").get_by_text("data").first.wait_for()


def main() -> None:
    """Write all images."""
    chromium = shutil.which("chromium") or sys.exit("Screenshots need Chromium (Debian: apt-get install chromium).")
    IMAGES.mkdir(exist_ok=True)
    with gateway_process() as gateway, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for view in (player, graphiql):
            page = browser.new_page(viewport=VIEWPORT, reduced_motion="reduce", color_scheme="light")
            view(page, gateway.url)
            image = IMAGES / f"{view.__name__}.png"
            page.screenshot(path=image)
            print(f"{image}: {image.stat().st_size} bytes")
            if image.stat().st_size > MAX_BYTES:
                sys.exit(f"{image} is larger than {MAX_BYTES} bytes: reduce the viewport.")
        browser.close()
        card = httpx.get(f"{gateway.url}/players/{AMEO}/card.png?window=all").raise_for_status()
        (IMAGES / "card.png").write_bytes(card.content)


if __name__ == "__main__":
    main()
