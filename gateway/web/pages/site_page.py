"""Pages that are the same for all visitors, with this gateway's address in examples and previews."""

import re
from collections.abc import Mapping
from html import escape, unescape

from starlette.requests import Request
from starlette.responses import Response

from gateway.images.card import HEIGHT
from gateway.store.lru import LRU

from .files import File
from .preview_tags import SITE, Preview, PreviewImage, address

_TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
_DESCRIPTION = re.compile('<meta name="description" content="([^"]*)">')
IMAGE = "static/preview.png"
# Of examples in the documentation.
DOCUMENTED = "http://127.0.0.1:8000"
ALT = f"{SITE}: rank, pp and hiscores of osu! players over time"
# Clients choose the address, if there is no public one.
MAX_ADDRESSES = 4


class SitePage:
    """A page whose preview has its title, its description and the image of the site."""

    def __init__(self, name: str, html: str, headers: Mapping[str, str], *, public_url: str | None) -> None:
        self._name = name
        self._html = html
        self._headers = headers
        self._public_url = public_url
        self._files: LRU[str, File] = LRU(MAX_ADDRESSES)

    async def response(self, request: Request) -> Response:
        """The page with the address that the client uses."""
        base = address(request, self._public_url)
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        tags = self._preview(base, path).tags()
        file = self._files.peek(tags) or File(self._name, self._with(base, tags), self._headers)
        self._files.put(tags, file)
        return await file.response(request)

    def _preview(self, base: str | None, path: str) -> Preview:
        title, description = (_content(pattern, self._html) for pattern in (_TITLE, _DESCRIPTION))
        title = title.removesuffix(f" · {SITE}")
        if base is None:
            return Preview(title, description)
        image = PreviewImage(f"{base}/{IMAGE}", HEIGHT, ALT)
        return Preview(title, description, url=f"{base}{path}", image=image)

    def _with(self, base: str | None, tags: str) -> bytes:
        html = self._html.replace(DOCUMENTED, escape(base or DOCUMENTED))
        return html.replace("</title>", f"</title>\n  {tags}", 1).encode()


def _content(pattern: re.Pattern[str], html: str) -> str:
    found = pattern.search(html)
    return unescape(found[1]) if found else ""
