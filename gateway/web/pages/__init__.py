"""What people see in a browser: files, the same for everyone. Whatever is about players, scripts ask `/graphql` for.

A new page is a file `NAME.html` here and a `Route(PATH, page("NAME.html"))` below. It may use what is in `static/`
(ours) and `vendor/` (others', put there by `hatch_build.py`), by addresses relative to its own, so that it works
wherever the gateway is mounted. What all pages have lies in `parts/`, and is put where `{{NAME}}` stands. Scripts and
styles inside of a page, and whatever lies elsewhere, browsers refuse.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gateway.errors import BadUserInput
from gateway.graph.inputs import user_id
from gateway.settings import Settings

from .files import File
from .limits import limits

FOLDER = Path(__file__).parent
POLICY = {
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
SECURITY = {
    "Content-Security-Policy": "; ".join(f"{what} {whence}" for what, whence in POLICY.items()),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # At one path there may be a page for browsers and JSON for others.
    "Vary": "Accept, Accept-Encoding",
}
ADDRESS = re.compile(r'\b(href|src)="(?!#)')

Endpoint = Callable[[Request], Awaitable[Response]]


def page(name: str, **places: str) -> Endpoint:
    """The page in that file, read now, with the headers that keep it safe. HTML is put where `{{place}}` stands."""
    return File(name, _filled(_text(name), places).encode(), SECURITY).response


def page_routes(settings: Settings) -> list[Route]:
    """All pages but GraphiQL, which shares its path with the endpoint; and the files that they use."""
    return [
        Route("/", page("landing.html", limits=limits(settings), version=version("osutrack-gateway"))),
        Route("/players/{id}", _player("player.html")),
        Route("/static/{name:path}", _folder("static")),
        Route("/vendor/{name:path}", _folder("vendor")),
    ]


def missing(request: Request) -> Response:
    """The page for an address that has none: it has to find its files from whatever depth."""
    depth = request.scope["path"].removeprefix(request.scope.get("root_path", "")).count("/") - 1
    html = ADDRESS.sub(rf"\g<0>{'../' * depth}", _text("missing.html"))
    return HTMLResponse(html, 404, SECURITY | {"Cache-Control": "no-store"})


@cache
def _text(name: str) -> str:
    parts = {path.stem: path.read_text("utf-8").strip() for path in (FOLDER / "parts").glob("*.html")}
    return _filled((FOLDER / name).read_text("utf-8"), parts)


def _filled(text: str, places: Mapping[str, str]) -> str:
    for place, html in places.items():
        text = text.replace(f"{{{{{place}}}}}", html)
    return text


def _player(name: str) -> Endpoint:
    """The page of a player, which is not found if there can't be one: the page itself says so, too."""
    found = page(name)

    async def player(request: Request) -> Response:
        response = await found(request)
        try:
            user_id(request.path_params["id"])
        except BadUserInput:
            response.status_code = HTTPStatus.NOT_FOUND
        return response

    return player


def _folder(name: str) -> Endpoint:
    folder = FOLDER / name
    files = {
        path.relative_to(folder).as_posix(): File(path.name, path.read_bytes(), {"Vary": "Accept-Encoding"})
        for path in folder.rglob("*")
        if path.is_file()
    }

    async def file(request: Request) -> Response:
        found = files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return await found.response(request)

    return file
