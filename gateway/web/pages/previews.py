"""The tags from which chats and search engines make a preview of a player page: title, description and image.

They contain cached data only: a crawler costs no points and causes no request to osu!track. The image does, if it is
fetched.
"""

import re
from html import escape
from urllib.parse import quote

from starlette.requests import Request

from gateway.errors import BadUserInput
from gateway.graph.inputs import user_id
from gateway.images.card import HEIGHT, summary
from gateway.images.frame import SAMPLE_DATA, WIDTH
from gateway.images.parameters import MODES
from gateway.images.profile import MODE_TITLES
from gateway.records import Mode, UserMode
from gateway.store.tracker import Tracker

SITE = "osutrack-gateway"
UNKNOWN = "Rank, pp, accuracy and hiscores over time, as recorded by osu!track."
# Clients choose the `Host` header: a name or an address, and a port.
HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


class Previews:
    """Writes the tags of player pages."""

    def __init__(
        self, tracker: Tracker, *, public_url: str | None, has_images: bool, is_sample_data: bool = False
    ) -> None:
        """`public_url` is the gateway's address; without it, that of the request. Previews need absolute URLs."""
        self._tracker = tracker
        self._public_url = public_url
        self._has_images = has_images
        self._is_sample_data = is_sample_data

    def tags(self, request: Request) -> str:
        """The tags as HTML, those of any page if the ID is invalid."""
        mode = MODES.get(request.query_params.get("mode", "osu").lower(), Mode.OSU)
        try:
            player = user_id(request.path_params["id"])
        except BadUserInput:
            return _html("Player", {"description": UNKNOWN}, {})
        title, description = f"{self._name(player)} · {MODE_TITLES[mode]}", self._description(UserMode(player, mode))
        base = self._public_url or _address(request)
        query = "" if mode is Mode.OSU else f"?mode={mode.name.lower()}"
        opened = {"og:url": f"{base}/players/{player}{query}"} if base else {}
        image = f"{base}/players/{player}/card.png{query}" if base and self._has_images else None
        return _html(
            title,
            {"description": description, **_twitter(title, description, image)},
            {"og:type": "profile", "og:site_name": SITE, "og:title": title, "og:description": description}
            | opened
            | _image(image, title),
        )

    def _name(self, player: int) -> str:
        known = self._tracker.names.known_usernames.peek(player, refresh=False)
        return known.value if known and isinstance(known.value, str) else f"Player {player}"

    def _description(self, user_mode: UserMode) -> str:
        entry = self._tracker.history.stored(user_mode)
        latest = entry.value.latest if entry else None
        if latest is None:
            return UNKNOWN
        stats = summary(
            at=latest.at,
            rank=latest.global_rank,
            pp=latest.pp,
            accuracy=latest.accuracy,
            plays=latest.play_count,
        )
        return f"{SAMPLE_DATA}. {stats}" if self._is_sample_data else stats


def _address(request: Request) -> str | None:
    """The gateway's address as the client sees it; None if the client sends no plausible one."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}{quote(request.scope.get('root_path', ''))}" if HOST.fullmatch(host) else None


def _image(url: str | None, title: str) -> dict[str, str]:
    if url is None:
        return {}
    sizes = {"og:image:width": str(WIDTH), "og:image:height": str(HEIGHT)}
    return {"og:image": url, "og:image:type": "image/png", **sizes, "og:image:alt": f"Card of {title}"}


def _twitter(title: str, description: str, image: str | None) -> dict[str, str]:
    tags = {"twitter:title": title, "twitter:description": description}
    return (
        {"twitter:card": "summary_large_image", **tags, "twitter:image": image}
        if image
        else {
            "twitter:card": "summary",
            **tags,
        }
    )


def _html(title: str, names: dict[str, str], properties: dict[str, str]) -> str:
    lines = [
        f"<title>{escape(title)} · {SITE}</title>",
        *(f'<meta name="{name}" content="{escape(text)}">' for name, text in names.items()),
        *(f'<meta property="{name}" content="{escape(text)}">' for name, text in properties.items()),
    ]
    return "\n  ".join(lines)
