"""What a request asks for, told by its bytes: the body or the query string, and the few headers that matter.

Nothing is parsed, and nothing is taken from the application, which reads the request as if nobody had.
"""

from collections import deque
from collections.abc import Callable, Generator
from functools import lru_cache
from typing import Any, NamedTuple

from starlette.types import Message, Receive, Scope

from .compression import coding
from .negotiation import media_type

# What an answer may depend on, beside the request's own text; no query depends on who asks.
KEY_HEADERS = {
    b"accept",
    b"accept-encoding",
    b"content-encoding",
    b"content-type",
    b"if-none-match",
    b"origin",
    b"sec-fetch-site",
}
# What makes no difference to the answer, and is told in the log.
LOGGED_HEADERS = {b"traceparent", b"x-request-id"}
READ_HEADERS = KEY_HEADERS | LOGGED_HEADERS
# Longer ones are seldom asked twice.
MAX_QUESTION_BYTES = 16 * 2**10
OWN_SITE = {b"none", b"same-origin"}


class CacheKey(NamedTuple):
    """What is asked, in what form the answer is wanted. `text` is the body of a POST, the query string of a GET."""

    method: str
    text: bytes
    media_type: str
    coding: str
    origin: bytes


def asked(scope: Scope, body: Callable[[], bytes | None]) -> tuple[dict[bytes, bytes], CacheKey | None]:
    """The headers that matter, and the key; `body` gives what a POST has, None if it is late.

    There is no key if the body is late or long, or if the application may have to refuse it, or shows a page.
    """
    pairs = [pair for pair in scope["headers"] if pair[0] in READ_HEADERS]
    headers = dict(pairs)
    # If a header comes twice, the application is to say which one counts.
    if len(headers) < len(pairs) or not _is_plain(scope, headers):
        return headers, None
    text = scope["query_string"] if scope["method"] == "GET" else body()
    return headers, _key(scope["method"], text, headers)


def _is_plain(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether this is asked as nearly everyone asks; what may have to be refused is for the application to look at."""
    if scope["method"] == "GET":
        return b"origin" not in headers and headers.get(b"sec-fetch-site", b"none") in OWN_SITE
    right_type = headers.get(b"content-type") == b"application/json"
    return scope["method"] == "POST" and right_type and b"content-encoding" not in headers


def _key(method: str, text: bytes | None, headers: dict[bytes, bytes]) -> CacheKey | None:
    """None if the text is not here or long, or no answer of ours or a page is wanted."""
    if text is None or len(text) > MAX_QUESTION_BYTES:
        return None
    form = _form(headers.get(b"accept", b""), headers.get(b"accept-encoding", b""))
    return None if form is None else CacheKey(method, text, *form, headers.get(b"origin", b""))


# Clients have a few dozen between them, and may send 64 KiB each.
@lru_cache(maxsize=128)
def _form(accept: bytes, accept_encoding: bytes) -> tuple[str, str] | None:
    wanted = accept.decode("latin-1")
    accepted = media_type(wanted or None)
    if accepted is None or "text/html" in wanted.lower():
        return None
    return accepted, coding(accept_encoding.decode("latin-1"))


class Early:
    """What a request has of its body when it is called, without waiting for the rest.

    A body that is late is the application's affair: a timer for each would cost more than all the rest here.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: deque[Message | _Begun] = deque()

    async def receive(self) -> Message:
        """What the application reads it from, as if nobody had."""
        first = self._read.popleft() if self._read else await self._receive()
        return await first if isinstance(first, _Begun) else first

    def body(self) -> bytes | None:
        """All of it, if it is here already and not long."""
        body = b""
        while len(body) <= MAX_QUESTION_BYTES:
            waiting = self._receive().__await__()
            try:
                self._read.append(_Begun(next(waiting), waiting))
            except StopIteration as done:
                message: Message = done.value
                self._read.append(message)
                body += message.get("body", b"")
                if not message.get("more_body"):
                    return body if message["type"] == "http.request" else None
            else:
                return None
        return None


class _Begun:
    """The rest of something that was awaited until it had to wait for `blocker`."""

    def __init__(self, blocker: Any, waiting: Generator[Any, Any, Message]) -> None:
        self._blocker = blocker
        self._waiting = waiting

    def __await__(self) -> Generator[Any, Any, Message]:
        yield self._blocker
        return (yield from self._waiting)
