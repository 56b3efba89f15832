"""The tags from which chats and search engines make a preview of a player page: title, description and image.

They contain cached data only: a crawler costs no points and causes no request to osu!track. The image does, if it is
fetched.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import escape
from urllib.parse import quote

from starlette.requests import Request

from gateway.errors import BadUserInput
from gateway.graph.inputs import user_id
from gateway.images import card, chart, comparison
from gateway.images.card import summary
from gateway.images.formats import count, rank_change, signed
from gateway.images.frame import SAMPLE_DATA
from gateway.images.parameters import Window, parse_window
from gateway.images.profile import MODE_TITLES, review_title
from gateway.images.window_starts import is_before, is_distant, is_near
from gateway.records import Mode, Snapshot, UserMode
from gateway.store.history import History, Span
from gateway.store.keys import Username
from gateway.store.tracker import Tracker

from .player_addresses import PlayerAddress, parse_address
from .player_view import PlayerView, parse_view
from .preview_tags import SITE, Preview, PreviewImage, base_url, meta, query_string, site_image

UNKNOWN = "Rank, pp, accuracy and hiscores over time, as recorded by osu!track."


class Previews:
    """Writes the tags of player pages."""

    def __init__(
        self,
        tracker: Tracker,
        *,
        public_url: str | None,
        has_images: bool,
        is_sample_data: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`public_url` is the gateway's address; without it, that of the request. Previews need absolute URLs."""
        self._tracker = tracker
        self._public_url = public_url
        self._has_images = has_images
        self._is_sample_data = is_sample_data
        self._clock = clock

    def tags(self, request: Request, year: int | None = None) -> str:
        """The tags of a player page, or of the page of a year, as HTML; those of any page if the ID is invalid."""
        try:
            player = user_id(request.path_params["id"])
        except BadUserInput:
            return self._other_tags(request)
        view = self._with_ids(parse_view(request.query_params, player), player)
        if year:
            view = PlayerView(view.mode, parse_window("..".join(_days(year))), None, ())
        title, description = self._title(player, view, year), self._description(player, view)
        base = base_url(request, self._public_url)
        if base is None:
            return _head(title, description, Preview(title, description, "profile"))
        mode = {} if view.mode is Mode.OSU else {"mode": view.mode.name.lower()}
        shown = {} if year else _shown(request, view)
        path = f"/players/{player}/{year}" if year else f"/players/{player}"
        url = f"{base}{path}{query_string(mode | shown)}"
        image = self._image(f"{base}/players/{player}", title, view, mode) if self._has_images else None
        return _head(title, description, Preview(title, description, "profile", url, image))

    def _other_tags(self, request: Request) -> str:
        """The tags of the page of a name without a known ID, and of an invalid address."""
        address = parse_address(request.path_params["id"])
        if address is None or address.username is None:
            return _head("Player", UNKNOWN)
        title, base = address.username, base_url(request, self._public_url)
        if base is None:
            return _head(title, UNKNOWN, Preview(title, UNKNOWN, "profile"))
        url = f"{base}/players/{quote(address.segment, safe='@')}"
        # The page's script takes the suffix of its images from the preview.
        image = site_image(base) if self._has_images else None
        return _head(title, UNKNOWN, Preview(title, UNKNOWN, "profile", url, image))

    def _image(self, base: str, title: str, view: PlayerView, mode: dict[str, str]) -> PreviewImage:
        """The card of a comparison, the chart of a chosen series, or else the card. It has players with known IDs."""
        ids = [str(player.id) for player in view.compared if player.id]
        compared = {"compare": ",".join(ids)} if ids else {}
        kind, height = ("chart", chart.HEIGHT) if view.series and not ids else ("card", card.HEIGHT)
        series = {"series": view.series.name} if view.series else {}
        window = {"window": view.window.text} if view.window else {}
        shown = f"Chart of {view.series.title.lower()}" if view.series and not ids else "Card"
        query = query_string(mode | compared | series | window)
        return PreviewImage(f"{base}/{kind}.png{query}", height, f"{shown}: {title}")

    def _with_ids(self, view: PlayerView, player: int) -> PlayerView:
        """The view with IDs in place of known names, each player once."""
        players = dict.fromkeys([PlayerAddress(id=player), *map(self._with_id, view.compared)])
        return view._replace(compared=tuple(players)[1:])

    def _with_id(self, player: PlayerAddress) -> PlayerAddress:
        found = self._tracker.names.user_ids.peek_known(Username(player.username)) if player.username else None
        return PlayerAddress(id=found.value) if found and isinstance(found.value, int) else player

    def _title(self, player: int, view: PlayerView, year: int | None) -> str:
        name = self._known_name(player) or f"Player {player}"
        names = comparison.versus([name, *map(self._name, view.compared)])
        series = [view.series.title] if view.series else []
        window = [review_title(year, self._clock())] if year else [view.window.title] if view.window else []
        return " · ".join([names, MODE_TITLES[view.mode], *series, *window])

    def _name(self, player: PlayerAddress) -> str:
        if player.id is None:
            return str(player.username)
        return self._known_name(player.id) or f"ID {player.id}"

    def _known_name(self, player: int) -> str | None:
        known = self._tracker.names.known_usernames.peek(player, refresh=False)
        return known.value if known and isinstance(known.value, str) else None

    def _description(self, player: int, view: PlayerView) -> str:
        history = self._history(player, view.mode)
        if view.compared:
            stats = self._comparison(player, view) or UNKNOWN
        elif history is None or history.latest is None:
            stats = UNKNOWN
        else:
            stats = _review(history, view.window, self._clock()) if view.window else _summary(history.latest)
        return f"{SAMPLE_DATA}. {stats}" if self._is_sample_data and stats != UNKNOWN else stats

    def _comparison(self, player: int, view: PlayerView) -> str:
        """The cached stats of the compared players; empty without any."""
        players = [PlayerAddress(id=player), *view.compared]
        known = [(each, self._history(each.id, view.mode)) for each in players if each.id]
        latest = [(each, history.latest) for each, history in known if history and history.latest]
        return " · ".join(
            f"{self._name(each)}: {comparison.summary(rank=snapshot.global_rank, pp=snapshot.pp)}"
            for each, snapshot in latest
        )

    def _history(self, player: int, mode: Mode) -> History | None:
        entry = self._tracker.history.stored(UserMode(player, mode))
        return entry.value if entry else None


def _shown(request: Request, view: PlayerView) -> dict[str, str]:
    """The parameters of the view, except the mode."""
    compared = {"compare": ",".join(player.segment for player in view.compared)} if view.compared else {}
    names = [*(("days", "from", "to") if view.window else ()), *(("series",) if view.series else ())]
    return compared | {name: text for name in names if (text := request.query_params.get(name))}


def _summary(latest: Snapshot) -> str:
    return summary(
        at=latest.at,
        rank=latest.global_rank,
        pp=latest.pp,
        accuracy=latest.accuracy,
        plays=latest.play_count,
    )


def _review(history: History, window: Window, now: float) -> str:
    span = _span(window, now)
    gain = history.gain(span)
    # As in images.
    is_outside = gain and not window.year and is_before(window, gain.start.at, now)
    shown = history.gain(span, within=True) if is_outside else gain
    if gain is None:
        return UNKNOWN
    if shown is None or is_distant(window, shown.start.at):
        return _summary(gain.end)
    delta = shown.delta
    parts = [f"{signed(count(abs(delta.pp)), delta.pp)} pp"]
    if delta.ranks_gained is not None:
        parts.append(f"{rank_change(delta.ranks_gained)} ranks")
    parts.append(f"{signed(count(abs(delta.play_count)), delta.play_count)} plays")
    start = None if is_near(window, shown.start.at, now) else date.fromisoformat(shown.start.at[:10])
    return f"{', '.join(parts)} {window.gains_text(start)}."


def _span(window: Window, now: float) -> Span:
    today = datetime.fromtimestamp(now, UTC).date()
    start = window.first if window.days is None else today - timedelta(window.days)
    return Span(*(None if day is None else f"{day}T00:00:00.000Z" for day in (start, window.end)))


def _days(year: int) -> tuple[str, str]:
    """The first day of the year, and of the next one."""
    return f"{year}-01-01", f"{year + 1}-01-01"


def _head(title: str, description: str, preview: Preview | None = None) -> str:
    lines = [f"<title>{escape(title)} · {SITE}</title>", meta(name={"description": description})]
    return "\n  ".join([*lines, *([preview.tags()] if preview else [])])
