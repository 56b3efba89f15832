"""The preview of the page of best plays. It names the best play if the list is cached: a crawler causes no request."""

import time
from collections.abc import Callable

from gateway.graph.inputs import Window, span
from gateway.graph.types.best_plays import tier_keys
from gateway.images.formats import count
from gateway.images.frame import SAMPLE_DATA
from gateway.records import BestPlay
from gateway.store.tracker import Tracker

from .best_view import BestView, parse_best_view
from .site_page import SiteView


class BestPreviews:
    """Writes the texts of previews."""

    def __init__(
        self, tracker: Tracker, *, is_sample_data: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        self._tracker = tracker
        self._is_sample_data = is_sample_data
        self._clock = clock

    def view(self, query: str) -> SiteView:
        """The view in a query string. A filtered list has no best play: only the page filters."""
        parsed = parse_best_view(query)
        view, best = parsed.site_view, None if any(parsed.filters.values()) else self._best(parsed)
        if best is None:
            return view
        sample = f"{SAMPLE_DATA}. " * self._is_sample_data
        text = f"{sample}Best: {count(best.pp)} pp by {self._name(best.user_id)}. {view.description}"
        return view._replace(description=text)

    def _best(self, view: BestView) -> BestPlay | None:
        within = span(Window(days=view.days) if view.days else None, self._clock())
        for key in tier_keys(view.mode, within, 1):
            cached = self._tracker.best_plays.entry(key)
            plays = cached.value.within(within) if cached else ()
            if plays:
                return plays[0]
        return None

    def _name(self, player: int) -> str:
        known = self._tracker.names.known_usernames.peek(player, refresh=False)
        return known.value if known and isinstance(known.value, str) else f"ID {player}"
