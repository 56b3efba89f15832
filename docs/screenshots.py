"""The README's screenshots, taken by Chromium from a gateway over the sandbox: `make screenshots`."""

import shutil
import sys
from pathlib import Path

import httpx
from playwright.sync_api import Page, ViewportSize, sync_playwright

from gateway.images.card import HEIGHT
from gateway.images.drawing import Line
from gateway.images.message import message
from gateway.images.png import Renderer
from gateway.images.themes import THEMES
from gateway.sandbox.players import AMEO, ORDINARY
from gateway.web.files.png_files import FONTS
from gateway.web.pages import FOLDER as PAGES
from tests.browser.chromium import FLAGS
from tests.support.processes import gateway_process

IMAGES = Path(__file__).with_name("images")
VIEWPORT: ViewportSize = {"width": 1200, "height": 800}
MAX_BYTES = 150_000
COMPARED = (ORDINARY[9], ORDINARY[14], ORDINARY[24])


def player(page: Page, address: str) -> None:
    """The player page down to the first chart."""
    page.set_viewport_size(VIEWPORT | {"height": 1110})
    page.goto(f"{address}/players/{AMEO}", wait_until="networkidle")
    page.locator("canvas").first.wait_for()


def year(page: Page, address: str) -> None:
    """A player's year in review, its numbers only."""
    page.set_viewport_size(VIEWPORT | {"height": 660})
    page.goto(f"{address}/players/{AMEO}/2025", wait_until="networkidle")
    page.locator("#best[aria-busy=false]").wait_for()


def graphiql(page: Page, address: str) -> None:
    """GraphiQL with the response of its first example."""
    page.goto(f"{address}/graphql", wait_until="networkidle")
    page.get_by_label("Execute query").click()
    page.locator(".result-window .CodeMirror-code").get_by_text("data").first.wait_for()


def site_preview() -> bytes:
    """The image in previews of links to pages without a player."""
    theme = THEMES["dark"]
    text = "Rank, pp, accuracy and hiscores over time, years in review, comparisons, and the best plays of all players."
    drawing = message(HEIGHT, theme, "osu! players in numbers", text)
    curve = Line("M56 560C300 550 330 470 520 480S760 420 860 430S1040 360 1144 370", theme.accent)
    parts = (*drawing.parts, curve, f'<circle cx="1144" cy="370" r="9" fill="{theme.accent}"/>')
    return Renderer(path.read_bytes() for path in sorted(FONTS.glob("*.ttf"))).render(drawing._replace(parts=parts))


def main() -> None:
    """Write all images."""
    chromium = shutil.which("chromium") or sys.exit("Screenshots need Chromium (Debian: apt-get install chromium).")
    IMAGES.mkdir(exist_ok=True)
    with gateway_process() as gateway, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for view in (player, year, graphiql):
            page = browser.new_page(viewport=VIEWPORT, reduced_motion="reduce", color_scheme="light")
            view(page, gateway.url)
            image = IMAGES / f"{view.__name__}.png"
            page.screenshot(path=image)
            print(f"{image}: {image.stat().st_size} bytes")
            if image.stat().st_size > MAX_BYTES:
                sys.exit(f"{image} is larger than {MAX_BYTES} bytes: reduce the viewport.")
        browser.close()
        for player_id in (AMEO, *COMPARED):
            # The name is known from now on.
            httpx.post(f"{gateway.url}/graphql", json={"query": f"{{ user(id: {player_id}) {{ username }} }}"})
        compared = ",".join(map(str, COMPARED))
        for name, query in (("card", "window=all"), ("comparison", f"compare={compared}&window=all")):
            content = httpx.get(f"{gateway.url}/players/{AMEO}/card.png?{query}").raise_for_status().content
            (IMAGES / f"{name}.png").write_bytes(content)
    (PAGES / "static/preview.png").write_bytes(site_preview())


if __name__ == "__main__":
    main()
