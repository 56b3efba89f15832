"""The versions of images in link previews: chats keep their first copy of an image until its URL is another one."""

import re
from collections.abc import Sequence

from gateway.images.parameters import Window
from gateway.images.window_starts import is_over
from gateway.records import Mode, UserMode
from gateway.store.tracker import Tracker

from .best_of_year import best_of_year

# Of a time up to its seconds.
VERSION_DIGITS = 14


def image_version(tracker: Tracker, ids: Sequence[int], mode: Mode, window: Window | None, now: float) -> str:
    """The times of the last cached snapshot and of the best play of a year, as `card-file.js` writes them.

    They are equal for all visitors, so that caches have few copies. In a past time, the snapshots do not change.
    """
    players = [UserMode(each, mode) for each in ids]
    entries = [] if window and is_over(window, now) else [tracker.history.stored(player) for player in players]
    latest = [entry.value.latest.at for entry in entries if entry and entry.value.latest]
    year = window.year if window and len(players) == 1 else None
    best = best_of_year(tracker.hiscores, players[0], year) if year else None
    instants = [*([max(latest)] if latest else []), *([best.played_at] if best else [])]
    return "-".join(re.sub(r"\D", "", instant)[:VERSION_DIGITS] for instant in instants)
