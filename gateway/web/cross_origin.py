"""Requests from pages of other origins: the CORS headers of responses, and cross-site GET requests."""

from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Message, Send

from .graphql_request import HTTPError

# Values of `Sec-Fetch-Site` for requests that no page of another site has sent.
TRUSTED_SITES = {"none", "same-origin"}
# Browsers send these headers to another site only after a CORS preflight. The last two are Apollo's.
PREFLIGHTED = {"graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"}


def allows(origins: Collection[str], origin: str) -> bool:
    """Whether the setting allows the origin. Browsers send origins in lower case: other spellings are other origins."""
    return "*" in origins or origin in origins


def is_cross_site(site: str | None, origin: str | None, origins: Collection[str]) -> bool:
    """Whether a page of another site may have sent the GET, and its origin is not known to be allowed.

    `site` is the header `Sec-Fetch-Site`, which older browsers do not send. Links, images and scripts have no `Origin`.
    """
    if origin is not None and allows(origins, origin):
        return False
    default = "none" if origin is None else "cross-site"
    return (site or default).strip().lower() not in TRUSTED_SITES


def check_cross_site(headers: Mapping[str, str], origins: Collection[str]) -> None:
    """Raise `HTTPError` for a GET that a browser sends for a page of another site without a CORS preflight."""
    cross_site = is_cross_site(headers.get("sec-fetch-site"), headers.get("origin"), origins)
    if cross_site and PREFLIGHTED.isdisjoint(headers):
        raise HTTPError(
            "CROSS_SITE_REQUEST",
            "Cross-site GET requests need an allowed `Origin` or the header `GraphQL-Require-Preflight`."
            " Alternatively, use POST.",
        )


def is_followed_link(headers: Mapping[str, str]) -> bool:
    """Whether a user has followed a link, or typed the URL: other requests of pages do not have `Sec-Fetch-User`."""
    return headers.get("sec-fetch-user") == "?1" and headers.get("sec-fetch-mode") == "navigate"


class CORS(CORSMiddleware):
    """Starlette's middleware, with responses that HTTP caches can share between origins.

    If all origins are allowed, every response says so, also that to a request without `Origin`. If some are listed,
    every response has `Vary: Origin`.
    """

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:
        """Add the headers to the start of the response."""
        if message["type"] == "http.response.start":
            headers, origin = MutableHeaders(scope=message), request_headers.get("origin")
            if self.allow_all_origins:
                headers.update(self.simple_headers)
            else:
                headers.add_vary_header("Origin")
                if origin is not None and self.is_allowed_origin(origin):
                    headers.update({"Access-Control-Allow-Origin": origin, **self.simple_headers})
        await send(message)
