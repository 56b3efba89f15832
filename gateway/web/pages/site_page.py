"""Pages that depend on their address only, with this gateway's address in examples and previews."""

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from gateway.images.card import HEIGHT
from gateway.store.lru import LRU

from .files import File
from .preview_tags import SITE, Preview, PreviewImage, base_url, meta, site_image

_TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
_DESCRIPTION = re.compile('<meta name="description" content="([^"]*)">')
# Of examples in the documentation.
DOCUMENTED = "http://127.0.0.1:8000"
# Clients choose the query string, and the address if there is no public one.
MAX_FILES = 16


class SiteView(NamedTuple):
    """A view of a page: its title and description, its query string with the question mark, and the path of its image.

    Without one, the preview has the image of the site.
    """

    title: str
    description: str
    query: str = ""
    image: str = ""


# The view in a query string.
ParseView = Callable[[str], SiteView]


class SitePage:
    """A page whose preview has its title, its description and its image, or that of the site.

    Title and description are those in the HTML, or those of the view.
    """

    def __init__(
        self,
        name: str,
        html: str,
        headers: Mapping[str, str],
        *,
        public_url: str | None,
        parse_view: ParseView | None = None,
    ) -> None:
        self._name = name
        self._html = html
        self._headers = headers
        self._public_url = public_url
        self._parse_view = parse_view
        self._files: LRU[str, File] = LRU(MAX_FILES)

    async def response(self, request: Request) -> Response:
        """The page with the address that the client uses."""
        base = base_url(request, self._public_url)
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        view = self._parse_view(request.url.query) if self._parse_view else _only_view(self._html)
        tags = _preview(view, base, path).tags()
        file = self._files.peek(tags) or File(self._name, self._with(base, view, tags), self._headers)
        self._files.put(tags, file)
        return await file.response(request)

    def _with(self, base: str | None, view: SiteView, tags: str) -> bytes:
        html = _with_view(self._html, view) if self._parse_view else self._html
        html = html.replace(DOCUMENTED, escape(base or DOCUMENTED))
        return html.replace("</title>", f"</title>\n  {tags}", 1).encode()


def _only_view(html: str) -> SiteView:
    title, description = (_content(pattern, html) for pattern in (_TITLE, _DESCRIPTION))
    return SiteView(title.removesuffix(f" · {SITE}"), description)


def _with_view(html: str, view: SiteView) -> str:
    title = f"<title>{escape(view.title)} · {SITE}</title>"
    html = _TITLE.sub(lambda _: title, html, count=1)
    return _DESCRIPTION.sub(lambda _: meta(name={"description": view.description}), html, count=1)


def _preview(view: SiteView, base: str | None, path: str) -> Preview:
    if base is None:
        return Preview(view.title, view.description)
    image = PreviewImage(f"{base}/{view.image}", HEIGHT, view.title) if view.image else site_image(base)
    return Preview(view.title, view.description, url=f"{base}{path}{view.query}", image=image)


def _content(pattern: re.Pattern[str], html: str) -> str:
    found = pattern.search(html)
    return unescape(found[1]) if found else ""
