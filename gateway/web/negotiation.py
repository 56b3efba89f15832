"""Content negotiation: the only parser of `Accept…`, `Content-…` and `If-None-Match` headers."""

from starlette.datastructures import Headers
from starlette.requests import Request

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
# In the gateway's order of preference.
CODINGS = ("zstd", "br", "gzip")
IDENTITY = ""
# Its names in `charset`.
UTF_8 = {"utf-8", "utf8"}
# Further elements of a header are ignored: each takes microseconds.
MAX_ELEMENTS = 100


def is_page_view(request: Request) -> bool:
    """Whether the request is a browser's navigation to a page."""
    return request.method in {"GET", "HEAD"} and prefers_html(header_list(request.headers, "accept"))


def header_list(headers: Headers, name: str) -> str | None:
    """The value of a header that is a list: lines of the same name are one list (RFC 9110, section 5.3)."""
    return ", ".join(headers.getlist(name)) or None


def prefers_html(accept: str | None) -> bool:
    """Whether the client prefers HTML to both JSON media types."""
    qualities = _qualities(accept)
    return qualities.get(HTML, 0.0) > max(qualities.get(JSON, 0.0), qualities.get(GRAPHQL, 0.0))


def prefers_text(accept: str | None) -> bool:
    """Whether the client prefers any text, such as HTML or CSV, to JSON."""
    qualities = _qualities(accept)
    default = qualities.get("application/*", qualities.get("*/*", 0.0))
    texts = [quality for name, quality in qualities.items() if name.startswith("text/")]
    return max(texts, default=0.0) > qualities.get(JSON, default)


def media_type(accept: str | None) -> str | None:
    """The media type of the response; None if the client accepts neither. `application/json` if it prefers neither."""
    qualities = _qualities(accept)
    default = qualities.get("application/*", qualities.get("*/*", 0.0))
    json, graphql = qualities.get(JSON, default), qualities.get(GRAPHQL, default)
    if max(json, graphql) <= 0:
        return None
    return GRAPHQL if graphql > json or (graphql == json and GRAPHQL in qualities) else JSON


def coding(accept_encoding: str) -> str:
    """The content coding of the response, `IDENTITY` for none."""
    qualities = _qualities(accept_encoding) if accept_encoding else {}
    if "x-gzip" in qualities:
        # An older name of the same coding (RFC 9110, section 8.4.1.3).
        qualities.setdefault("gzip", qualities["x-gzip"])
    default = qualities.get("*", 0.0)
    best = max(CODINGS, key=lambda name: qualities.get(name, default))
    return best if qualities.get(best, default) > qualities.get("identity", 0.0) else IDENTITY


def is_json_in_utf_8(content_type: str) -> bool:
    """Whether the body is JSON in UTF-8, the only accepted form."""
    name, parameters = _parse(content_type)
    return name == JSON and _is_utf_8(parameters)


def is_plain(content_encoding: str) -> bool:
    """Whether the header names no coding of the body."""
    return all(name.strip().lower() in {"", "identity"} for name in content_encoding.split(","))


def matches(etag: bytes, if_none_match: bytes) -> bool:
    """Whether the header has the ETag, which is compared weakly (RFC 9110, section 13.1.2)."""
    given = (part.strip() for part in if_none_match.split(b","))
    return any(part == b"*" or part.removeprefix(b"W/") == etag.removeprefix(b"W/") for part in given)


def _qualities(accept: str | None) -> dict[str, float]:
    """The quality, from 0 to 1, of each media type, range or coding in the header."""
    qualities: dict[str, float] = {}
    for part in (accept or "*/*").split(",", MAX_ELEMENTS)[:MAX_ELEMENTS]:
        name, parameters = _parse(part)
        qualities[name] = max(_quality(parameters), qualities.get(name, 0.0))
    return qualities


def _quality(parameters: list[tuple[str, str]]) -> float:
    if not _is_utf_8(parameters):
        return 0.0
    try:
        quality = float(dict(parameters).get("q", "1"))
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def _is_utf_8(parameters: list[tuple[str, str]]) -> bool:
    return all(value.strip('"') in UTF_8 for name, value in parameters if name == "charset")


def _parse(part: str) -> tuple[str, list[tuple[str, str]]]:
    """The name and the parameters of one element of a header."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    return name, [parameter.partition("=")[::2] for parameter in parameters]
