"""The preview of the page of best plays. It has the best plays if the list is cached: a crawler causes no request."""

import time
from collections.abc import Callable, Sequence
from zlib import crc32

from gateway.graph.inputs import Window, span
from gateway.graph.types.best_plays import tier_keys
from gateway.images.best_plays import MAX_ROWS, PlayRow, best_plays
from gateway.images.drawing import Drawing
from gateway.images.formats import count
from gateway.images.frame import SAMPLE_DATA
from gateway.records import BestPlay
from gateway.store.tracker import Tracker

from .best_view import BestView, parse_best_view
from .site_page import SiteView

BEST_IMAGE = "best/card.png"
# Each hour has lists of its own: those of the last hours are still good ones.
AGES_S = range(0, 6 * 3600, 3600)


class BestPreviews:
    """Writes the texts of previews, and draws their image."""

    def __init__(
        self,
        tracker: Tracker,
        *,
        has_images: bool = False,
        is_sample_data: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tracker = tracker
        self._has_images = has_images
        self._is_sample_data = is_sample_data
        self._clock = clock

    def view(self, query: str) -> SiteView:
        """The view in a query string. A filtered list has no best play: only the page filters."""
        parsed = parse_best_view(query)
        view, plays = parsed.site_view, self._plays(parsed)
        if not plays:
            return view
        best, sample = plays[0], f"{SAMPLE_DATA}. " * self._is_sample_data
        text = f"{sample}Best: {count(best.pp)} pp by {best.name}. {view.description}"
        # Chats keep their first copy of an image: other plays have another address.
        version = f"v={crc32(repr(plays).encode()):x}"
        image = f"{BEST_IMAGE}{view.query}{'&' if view.query else '?'}{version}" if self._has_images else ""
        return view._replace(description=text, image=image)

    def drawing(self, query: str) -> Drawing | None:
        """The image of the view, without a label; None if its plays are not cached."""
        view = parse_best_view(query)
        plays = self._plays(view)
        return best_plays(f"Best plays {view.period}", view.mode, plays) if plays else None

    def _plays(self, view: BestView) -> list[PlayRow]:
        plays = self.best(view)[:MAX_ROWS]
        return [PlayRow(self.name(play.user_id), play.mods.label, play.pp) for play in plays]

    def best(self, view: BestView) -> Sequence[BestPlay]:
        """The plays of the list without filters, if it is cached."""
        if any(view.filters.values()):
            return ()
        window, now = Window(days=view.days) if view.days else None, self._clock()
        within = span(window, now)
        keys = [key for age_s in AGES_S for key in tier_keys(view.mode, span(window, now - age_s), 1)]
        cached = filter(None, map(self._tracker.best_plays.entry, keys))
        return next(filter(None, (entry.value.within(within) for entry in cached)), ())

    def name(self, player: int) -> str:
        """The known name, or the ID."""
        known = self._tracker.names.known_usernames.peek(player, refresh=False)
        return known.value if known and isinstance(known.value, str) else f"ID {player}"
