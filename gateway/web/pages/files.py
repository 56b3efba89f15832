"""Static files in memory, each compressed once per coding, with an ETag for revalidation."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path, PurePath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.web.cache.compression import MIN_BYTES, THOROUGH, compress
from gateway.web.negotiation import IDENTITY, coding, header_list, matches

# The `mimetypes` module depends on the machine's configuration.
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".graphql": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    "": "text/plain; charset=utf-8",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class File:
    """A file as an endpoint. Its media type follows from the suffix of its name; `headers` are added."""

    def __init__(self, name: str, body: bytes, headers: Mapping[str, str]) -> None:
        self._bodies = {IDENTITY: body}
        # Weak: the codings share it.
        self._etag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
        self._headers = {
            "Content-Type": MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream"),
            "ETag": self._etag,
            "Cache-Control": "no-cache",
            **headers,
        }

    async def response(self, request: Request) -> Response:
        """The file in the coding that the client prefers, or 304."""
        if matches(self._etag.encode(), (header_list(request.headers, "if-none-match") or "").encode()):
            return Response(status_code=304, headers=self._headers)
        body, name = self._bodies[IDENTITY], coding(header_list(request.headers, "accept-encoding") or "")
        if len(body) < MIN_BYTES or name == IDENTITY:
            return Response(body, headers=self._headers)
        if name not in self._bodies:
            self._bodies[name] = await compress(body, name, THOROUGH)
        return Response(self._bodies[name], headers={**self._headers, "Content-Encoding": name})


@cache
def folder(path: Path, cache_control: str = "no-cache") -> Endpoint:
    """The files in the folder, by their relative path."""
    files = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    headers = {"Vary": "Accept-Encoding", "Cache-Control": cache_control}
    endpoints = {name: File(name, file.read_bytes(), headers).response for name, file in files.items()}

    async def select(request: Request) -> Response:
        endpoint = endpoints.get(request.path_params["name"])
        if endpoint is None:
            raise HTTPException(404)
        return await endpoint(request)

    return select
