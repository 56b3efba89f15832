"""Content negotiation: the only parser of `Accept`, `Accept-Encoding` and `Content-Type` headers."""

from starlette.requests import Request

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
# In the gateway's order of preference.
CODINGS = ("zstd", "br", "gzip")
IDENTITY = ""
# Further elements of a header are ignored: each takes microseconds.
MAX_ELEMENTS = 100


def is_page_view(request: Request) -> bool:
    """Whether the request is a browser's navigation to a page."""
    return request.method in {"GET", "HEAD"} and prefers_html(request.headers.get("accept"))


def prefers_html(accept: str | None) -> bool:
    """Whether the client prefers HTML to both JSON media types."""
    qualities = _qualities(accept)
    return qualities.get(HTML, 0.0) > max(qualities.get(JSON, 0.0), qualities.get(GRAPHQL, 0.0))


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
    default = qualities.get("*", 0.0)
    best = max(CODINGS, key=lambda name: qualities.get(name, default))
    return best if qualities.get(best, default) > qualities.get("identity", 0.0) else IDENTITY


def is_json_in_utf_8(content_type: str) -> bool:
    """Whether the body is JSON in UTF-8, the only accepted form."""
    name, parameters = _parse(content_type)
    return name == JSON and _is_utf_8(parameters)


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
        return float(dict(parameters).get("q", "1"))
    except ValueError:
        return 0.0


def _is_utf_8(parameters: list[tuple[str, str]]) -> bool:
    return all(value.strip('"') == "utf-8" for name, value in parameters if name == "charset")


def _parse(part: str) -> tuple[str, list[tuple[str, str]]]:
    """The name and the parameters of one element of a header."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    return name, [parameter.partition("=")[::2] for parameter in parameters]
