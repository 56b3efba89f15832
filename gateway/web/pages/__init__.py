"""The HTML pages, the same for every visitor, except for the tags for link previews.

Their scripts fetch data from `/graphql`.

A new page is a file `NAME.html` in this folder and a `Route(PATH, page("NAME.html", settings))` in `page_routes`. It
can use files in `static/` (the gateway's own) and `vendor/` (third-party, installed by `hatch_build.py`) by URLs
relative to the root of the gateway: they are adapted to the page's path, so that they work at any mount path, and
`bundles.py` replaces them by bundles. `{{NAME}}` inserts `parts/NAME.html`.
Browsers block inline scripts, inline styles and other origins, except avatars of players.
"""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gateway.settings import Settings

from .best_preview import BestPreviews
from .best_today import BestToday, HomePage
from .bundles import BUNDLES, CACHE_CONTROL, with_bundles
from .documentation import documents, texts
from .files import File, folder
from .limits import limit_rows
from .menu import page_links
from .player_page import IsMissing, PlayerPage
from .player_redirects import FindID, PlayerRedirects
from .previews import Previews
from .site_page import SitePage
from .well_known import well_known_routes
from .year import YearPage

FOLDER = Path(__file__).parent
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# Avatars, if the setting allows them: the only content of another origin.
AVATARS = "https://a.ppy.sh"


def _content_security_policy(image_origins: str = "") -> str:
    sources = CONTENT_SECURITY_POLICY | {"img-src": f"{CONTENT_SECURITY_POLICY['img-src']} {image_origins}".strip()}
    return "; ".join(f"{name} {value}" for name, value in sources.items())


PAGE_HEADERS = {
    "Content-Security-Policy": _content_security_policy(),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # `/graphql` and unknown paths have JSON for other clients.
    "Vary": "Accept, Accept-Encoding",
}
AVATARS_HEADERS = PAGE_HEADERS | {"Content-Security-Policy": _content_security_policy(AVATARS)}
# Scripts show avatars only if it is present.
AVATARS_META = f'<meta name="avatars" content="{AVATARS}">'
# Levels of an unknown path above the gateway's own.
MAX_DEPTH = 16
RELATIVE_URL = re.compile(r'\b(href|src)="(?!#|https?:)')

SAMPLE_DATA = (
    '<aside class="sample-data" aria-label="Notice"><strong>Sample data</strong> from a simulated osu!track. '
    "No player or play is real.</aside>"
)

RESTRICTION = (
    '<aside class="sample-data" aria-label="Restriction">This gateway accepts only documents of its operator and of '
    "its own pages: the examples run unchanged, and other queries are refused.</aside>"
)

Endpoint = Callable[[Request], Awaitable[Response]]


def page(name: str, settings: Settings, base: str = "", **values: str) -> Endpoint:
    """The page in that file, read once. Each `{{NAME}}` is replaced by the HTML in `values`.

    `base` is the way from the page's URL to the root of the gateway, such as `../`; for pages at any depth.
    """
    template, headers = _html_and_headers(name, settings, base)
    return SitePage(name, _insert(template, values), headers, public_url=settings.public_url).response


def page_routes(
    settings: Settings,
    previews: Previews,
    best_previews: BestPreviews,
    find_id: FindID,
    *,
    is_missing: IsMissing,
    clock: Callable[[], float] = time.time,
) -> list[Route]:
    """The routes of all pages and their files, except GraphiQL's: the endpoint serves it at `/graphql`."""
    return [
        Route("/", _landing_page(settings, best_previews)),
        Route("/best", _best_page(settings, best_previews)),
        Route(f"/{BUNDLES}/{{name}}", folder(FOLDER / "bundles", CACHE_CONTROL)),
        Route("/static/{name:path}", folder(FOLDER / "static")),
        Route("/vendor/{name:path}", folder(FOLDER / "vendor")),
        *_documentation_routes(settings),
        *well_known_routes(settings),
        *_year_page(settings, previews, find_id, clock).routes(),
        *PlayerRedirects(_player_page(settings, previews, is_missing), find_id).routes(),
    ]


def _landing_page(settings: Settings, best_previews: BestPreviews) -> Endpoint:
    addresses = {"Contact": settings.page_contact, "Source code": settings.repository_url}
    links = [f'<li><a href="{escape(address)}">{name}</a></li>' for name, address in addresses.items() if address]
    values = {"limits": limit_rows(settings), "version": version("osutrack-gateway"), "links": "".join(links)}
    template, headers = _html_and_headers("landing.html", settings)
    html = _insert(template, values)

    def make(best: str) -> SitePage:
        return SitePage("landing.html", _insert(html, {"today": best}), headers, public_url=settings.public_url)

    return HomePage(make, BestToday(best_previews).html).response


def _best_page(settings: Settings, previews: BestPreviews) -> Endpoint:
    html, headers = _html_and_headers("best.html", settings)
    return SitePage("best.html", html, headers, public_url=settings.public_url, parse_view=previews.view).response


def graphiql_page(settings: Settings) -> Endpoint:
    """GraphiQL, which the endpoint serves at `/graphql`."""
    return page("graphiql.html", settings, restriction=RESTRICTION if settings.only_trusted_documents else "")


def missing_page(request: Request, settings: Settings) -> Response:
    """The page for an unknown path; its relative URLs are adapted to the path's depth."""
    root_path: str = request.scope.get("root_path", "")
    depth = request.scope["path"].removeprefix(root_path).count("/") - 1
    # Clients choose the depth. A proxy may serve the gateway at another path, but no link has so many levels.
    base = "../" * depth if depth <= MAX_DEPTH else f"{quote(root_path)}/"
    html = RELATIVE_URL.sub(lambda link: link[0] + base, _marked(_template("missing.html"), settings))
    return HTMLResponse(html, 404, PAGE_HEADERS | {"Cache-Control": "no-store"})


def _marked(html: str, settings: Settings) -> str:
    """The page with a notice above its header if the data comes from the sandbox."""
    return html.replace("<body>", f"<body>\n  {SAMPLE_DATA}") if settings.sample_data else html


@cache
def _template(name: str) -> str:
    """The file's HTML with its parts inserted, and with bundles."""
    parts = {path.stem: path.read_text("utf-8").strip() for path in (FOLDER / "parts").glob("*.html")}
    html = _insert(with_bundles((FOLDER / name).read_text("utf-8")), parts)
    return _insert(html, {"page-links": page_links(name)})


def _insert(html: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        html = html.replace(f"{{{{{name}}}}}", value)
    return html


def _html_and_headers(name: str, settings: Settings, base: str = "") -> tuple[str, dict[str, str]]:
    """The HTML of a page at that base, and its headers, which allow avatars if the page has a place for the tag."""
    html = RELATIVE_URL.sub(lambda link: link[0] + base, _marked(_template(name), settings))
    shows_avatars = settings.shows_avatars and "{{avatars}}" in html
    values = {"avatars": AVATARS_META if shows_avatars else ""}
    return _insert(html, values), AVATARS_HEADERS if shows_avatars else PAGE_HEADERS


def _player_page(settings: Settings, previews: Previews, is_missing: IsMissing) -> Endpoint:
    template, headers = _html_and_headers("player.html", settings, base="../")
    return PlayerPage(template, headers, previews=previews, is_missing=is_missing).response


def _year_page(settings: Settings, previews: Previews, find_id: FindID, clock: Callable[[], float]) -> YearPage:
    template, headers = _html_and_headers("year.html", settings, base="../../")
    return YearPage(template, headers, previews=previews, find_id=find_id, clock=clock)


def _documentation_routes(settings: Settings) -> list[Route]:
    """The routes of the documentation; none if it was not rendered."""
    endpoints: dict[str, Endpoint] = {
        path: File(path, body, {"Vary": "Accept-Encoding"}).response for path, body in texts()
    }
    for path, title, description, content in documents():
        values = {"title": title, "description": description, "twin": f"{path}.md", "content": content}
        endpoints[path] = page("documentation.html", settings, "../" * path.count("/"), **values)
    return [Route(f"/{path}", endpoint) for path, endpoint in endpoints.items()]
