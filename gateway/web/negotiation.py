"""Content negotiation: `Accept` and `Accept-Encoding` headers, media types and page views."""

from starlette.requests import Request

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


def is_page_view(request: Request) -> bool:
    """Whether a browser wants to show something to somebody."""
    wanted = qualities(request.headers.get("accept"))
    html = wanted.get("text/html", 0.0)
    return request.method in {"GET", "HEAD"} and html > max(wanted.get(JSON, 0.0), wanted.get(GRAPHQL, 0.0))


def media_type(accept: str | None) -> str | None:
    """What to answer with; None if the client takes neither. `application/json` where it does not care."""
    named = qualities(accept)
    wild = named.get("application/*", named.get("*/*", 0.0))
    json, graphql = named.get(JSON, wild), named.get(GRAPHQL, wild)
    if max(json, graphql) <= 0:
        return None
    return GRAPHQL if graphql > json or (graphql == json and GRAPHQL in named) else JSON


def qualities(accept: str | None) -> dict[str, float]:
    """How much a client wants each type or range of types that it names, from 0 to 1."""
    named: dict[str, float] = {}
    for part in (accept or "*/*").split(","):
        name, quality = _preference(part)
        named[name] = max(quality, named.get(name, 0.0))
    return named


def _preference(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    given = dict(parameter.partition("=")[::2] for parameter in parameters)
    if given.get("charset", "utf-8").strip('"') != "utf-8":
        return name, 0.0
    try:
        return name, float(given.get("q", "1"))
    except ValueError:
        return name, 0.0
