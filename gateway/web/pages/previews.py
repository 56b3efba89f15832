"""The tags from which chats and search engines make a preview of a player page: title, description and image.

They contain cached data only: a crawler costs no points and causes no request to osu!track. The image does, if it is
fetched.
"""

import re
from html import escape
from urllib.parse import quote, urlencode

from starlette.requests import Request

from gateway.errors import BadUserInput
from gateway.graph.inputs import user_id
from gateway.images.card import HEIGHT, summary
from gateway.images.formats import count, day, signed
from gateway.images.frame import SAMPLE_DATA, WIDTH
from gateway.images.parameters import MODES
from gateway.images.profile import MODE_TITLES
from gateway.records import Mode, Snapshot, UserMode
from gateway.store.history import History, Span
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

    def tags(self, request: Request, year: int | None = None) -> str:
        """The tags of a player page, or of the page of a year, as HTML; those of any page if the ID is invalid."""
        mode = MODES.get(request.query_params.get("mode", "osu").lower(), Mode.OSU)
        try:
            player = user_id(request.path_params["id"])
        except BadUserInput:
            return _html("Player", {"description": UNKNOWN}, {})
        title, description = (
            f"{self._name(player)} · {MODE_TITLES[mode]}",
            self._description(UserMode(player, mode), year),
        )
        base = self._public_url or _address(request)
        query = {} if mode is Mode.OSU else {"mode": mode.name.lower()}
        path, window = f"/players/{player}", {}
        if year:
            title, path = f"{title} · {year} in review", f"{path}/{year}"
            window = {"window": "..".join(_days(year))}
        opened = {"og:url": f"{base}{path}{_query(query)}"} if base else {}
        image = f"{base}/players/{player}/card.png{_query(query | window)}" if base and self._has_images else None
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

    def _description(self, user_mode: UserMode, year: int | None) -> str:
        entry = self._tracker.history.stored(user_mode)
        latest = entry.value.latest if entry else None
        if entry is None or latest is None:
            return UNKNOWN
        stats = _review(entry.value, year) if year else _summary(latest)
        return f"{SAMPLE_DATA}. {stats}" if self._is_sample_data and stats != UNKNOWN else stats


def _summary(latest: Snapshot) -> str:
    return summary(
        at=latest.at,
        rank=latest.global_rank,
        pp=latest.pp,
        accuracy=latest.accuracy,
        plays=latest.play_count,
    )


def _review(history: History, year: int) -> str:
    first, end = _days(year)
    gain = history.gain(Span(f"{first}T00:00:00.000Z", f"{end}T00:00:00.000Z"))
    if gain is None:
        return UNKNOWN
    delta = gain.delta
    parts = [f"{signed(count(abs(delta.pp)), delta.pp)} pp"]
    if delta.ranks_gained is not None:
        parts.append(f"{signed(count(abs(delta.ranks_gained)), delta.ranks_gained)} ranks")
    parts.append(f"{signed(count(abs(delta.play_count)), delta.play_count)} plays")
    return f"{', '.join(parts)} from {day(gain.start.at)} to {day(gain.end.at)}."


def _days(year: int) -> tuple[str, str]:
    """The first day of the year, and of the next one."""
    return f"{year}-01-01", f"{year + 1}-01-01"


def _query(parameters: dict[str, str]) -> str:
    return f"?{urlencode(parameters)}" if parameters else ""


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
