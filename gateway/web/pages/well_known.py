"""`/robots.txt` for crawlers, and `/.well-known/security.txt` (RFC 9116) with the contact for reports."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gateway.settings import Settings

# They fetch a page once per shared link, and run no scripts.
PREVIEW_BOTS = (
    "Bluesky Cardyb",
    "Discordbot",
    "facebookexternalhit",
    "LinkedInBot",
    "Mastodon",
    "Slackbot",
    "Slackbot-LinkExpanding",
    "TelegramBot",
    "Twitterbot",
    "WhatsApp",
)
# A crawler that runs the scripts of these pages would spend points and requests to osu!track.
DISALLOWED = ("/players", "/best", "/graphql")
IMAGES = ("/players/*.png$", "/players/*.svg$")
CACHED = {"Cache-Control": "public, max-age=86400"}
# RFC 9116 recommends less than a year.
EXPIRY = timedelta(days=180)


def well_known_routes(settings: Settings, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> list[Route]:
    """The routes of robots.txt and, if `GATEWAY_SECURITY_CONTACT` is set, of security.txt."""

    def security(_: Request) -> PlainTextResponse:
        expires = (now() + EXPIRY).strftime("%Y-%m-%dT%H:%M:%SZ")
        return PlainTextResponse(f"Contact: {settings.security_contact}\nExpires: {expires}\n", headers=CACHED)

    routes = [Route("/robots.txt", robots)]
    return [*routes, Route("/.well-known/security.txt", security)] if settings.security_contact else routes


def robots(request: Request) -> PlainTextResponse:
    """Player pages are for link previews only, images for all; the paths include the mount path."""
    root = request.scope.get("root_path", "")
    lines = [
        *(f"User-agent: {bot}" for bot in PREVIEW_BOTS),
        "Allow: /",
        "",
        "User-agent: *",
        *(f"Allow: {root}{path}" for path in IMAGES),
        *(f"Disallow: {root}{path}" for path in DISALLOWED),
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers=CACHED)
