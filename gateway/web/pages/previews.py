"""The tags from which chats and search engines make a preview of a player page: title, description and image.

They contain cached data only: a crawler costs no points and causes no request to osu!track. The image does, if it is
fetched.
"""

import time
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from starlette.requests import Request

from gateway.errors import BadUserInput
from gateway.graph.inputs import user_id
from gateway.images import card, chart, comparison
from gateway.images.formats import count
from gateway.images.frame import SAMPLE_DATA
from gateway.images.parameters import Window, parse_window
from gateway.images.profile import MODE_TITLES, review_title
from gateway.records import Mode, UserMode
from gateway.store.history import History
from gateway.store.keys import Username
from gateway.store.tracker import Tracker

from .best_of_year import best_of_year
from .image_versions import image_version
from .player_addresses import PlayerAddress, parse_address
from .player_view import PlayerView, parse_view
from .preview_tags import SITE, Preview, PreviewImage, base_url, meta, query_string, site_image
from .preview_texts import UNKNOWN, compared_text, gains_text, stats_text


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
        shown = {} if year else _shown(request, view)
        path = f"/players/{player}/{year}" if year else f"/players/{player}"
        url = f"{base}{path}{query_string(_mode(view) | shown)}"
        image = self._image(base, player, title, view) if self._has_images else None
        return _head(title, description, Preview(title, description, "profile", url, image))

    def _other_tags(self, request: Request) -> str:
        """The tags of the page of a name without a known ID, and of an invalid address."""
        address = parse_address(request.path_params["id"])
        if address is None or address.username is None:
            return _head("Player", UNKNOWN)
        # No profile: there may be no such player.
        title, base = address.username, base_url(request, self._public_url)
        if base is None:
            return _head(title, UNKNOWN, Preview(title, UNKNOWN))
        url = f"{base}/players/{quote(address.segment, safe='@')}"
        # The page's script takes the suffix of its images from the preview.
        image = site_image(base) if self._has_images else None
        return _head(title, UNKNOWN, Preview(title, UNKNOWN, url=url, image=image))

    def _image(self, base: str, player: int, title: str, view: PlayerView) -> PreviewImage:
        """The card of a comparison, the chart of a chosen series, or else the card. It has players with known IDs."""
        ids = [str(player.id) for player in view.compared if player.id]
        compared = {"compare": ",".join(ids)} if ids else {}
        kind, height = ("chart", chart.HEIGHT) if view.series and not ids else ("card", card.HEIGHT)
        series = {"series": view.series.name} if view.series else {}
        # A page without a range has all gains of compared players.
        shown_window = view.window or (Window() if ids else None)
        window = {"window": shown_window.text} if shown_window else {}
        shown = f"Chart of {view.series.title.lower()}" if view.series and not ids else "Card"
        query = query_string(_mode(view) | compared | series | window | self._version(player, view))
        return PreviewImage(f"{base}/players/{player}/{kind}.png{query}", height, f"{shown}: {title}")

    def _version(self, player: int, view: PlayerView) -> dict[str, str]:
        ids = [player, *(each.id for each in view.compared if each.id)]
        version = image_version(self._tracker, ids, view.mode, view.window, self._clock())
        return {"v": version} if version else {}

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
            stats = gains_text(history, view.window, self._clock()) if view.window else stats_text(history.latest)
            stats = " ".join(filter(None, (stats, self._best_play(player, view))))
        return f"{SAMPLE_DATA}. {stats}" if self._is_sample_data and stats != UNKNOWN else stats

    def _best_play(self, player: int, view: PlayerView) -> str:
        """The best play of the year, if the view is one and its hiscores are cached."""
        year = view.window.year if view.window else None
        play = best_of_year(self._tracker.hiscores, UserMode(player, view.mode), year) if year else None
        return f"Best play: {count(play.pp)} pp ({play.mods.label})." if play else ""

    def _comparison(self, player: int, view: PlayerView) -> str:
        """The cached stats of the compared players; empty without any."""
        players = [PlayerAddress(id=player), *view.compared]
        known = [(each, self._history(each.id, view.mode)) for each in players if each.id]
        latest = [(each, history.latest) for each, history in known if history and history.latest]
        return " · ".join(f"{self._name(each)}: {compared_text(snapshot, view.series)}" for each, snapshot in latest)

    def _history(self, player: int, mode: Mode) -> History | None:
        entry = self._tracker.history.stored(UserMode(player, mode))
        return entry.value if entry else None


def missing_head(name: str) -> str:
    """The title and description of the page of a name without a player. It has no preview."""
    return _head("No such player", f"osu! has no player with the name “{name}”.")


def _mode(view: PlayerView) -> dict[str, str]:
    return {} if view.mode is Mode.OSU else {"mode": view.mode.name.lower()}


def _shown(request: Request, view: PlayerView) -> dict[str, str]:
    """The parameters of the view, except the mode."""
    compared = {"compare": ",".join(player.segment for player in view.compared)} if view.compared else {}
    names = [*(("days", "from", "to") if view.window else ()), *(("series",) if view.series else ())]
    return compared | {name: text for name in names if (text := request.query_params.get(name))}


def _days(year: int) -> tuple[str, str]:
    """The first day of the year, and of the next one."""
    return f"{year}-01-01", f"{year + 1}-01-01"


def _head(title: str, description: str, preview: Preview | None = None) -> str:
    lines = [f"<title>{escape(title)} · {SITE}</title>", meta(name={"description": description})]
    return "\n  ".join([*lines, *([preview.tags()] if preview else [])])
