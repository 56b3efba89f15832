"""The descriptions in link previews of players, in the words of images."""

import re
from datetime import date

from gateway.graph.scalars import from_timestamp
from gateway.images import comparison
from gateway.images.card import summary
from gateway.images.formats import DAY_S, count, rank_change, signed
from gateway.images.parameters import Window
from gateway.images.series import Series
from gateway.images.window_starts import is_before, is_near, is_over
from gateway.records import Snapshot
from gateway.store.history import History, Span

UNKNOWN = "Rank, pp, accuracy and hiscores over time, as recorded by osu!track."


def stats_text(latest: Snapshot) -> str:
    """The stats of a snapshot in one sentence."""
    return summary(
        at=latest.at,
        rank=latest.global_rank,
        pp=latest.pp,
        accuracy=latest.accuracy,
        plays=latest.play_count,
    )


def compared_text(latest: Snapshot, series: Series | None) -> str:
    """Rank and pp of a compared player, and the value of the chosen series if it is another."""
    shown = comparison.summary(rank=latest.global_rank, pp=latest.pp)
    if series is None or series.name in {"rank", "pp"}:
        return shown
    return f"{shown}, {series.title}: {series.format(getattr(latest, _attribute(series.field)))}"


def _attribute(field: str) -> str:
    """The attribute of a field in the schema: `countSS` is `count_ss`."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", field).lower()


def gains_text(history: History, window: Window, now: float) -> str:
    """The gains of a window in one sentence, or its last stats."""
    span = _span(window, now)
    gain = history.gain(span)
    # As in images.
    is_outside = gain and is_before(window, gain.start.at, now)
    shown = history.gain(span, within=True) if is_outside else gain
    if gain is None:
        return UNKNOWN
    if shown is None:
        return stats_text(gain.end)
    delta = shown.delta
    parts = [f"{signed(count(abs(delta.pp)), delta.pp)} pp"]
    if delta.ranks_gained is not None:
        parts.append(f"{rank_change(delta.ranks_gained)} ranks")
    parts.append(f"{signed(count(abs(delta.play_count)), delta.play_count)} plays")
    start = None if is_near(window, shown.start.at, now) else date.fromisoformat(shown.start.at[:10])
    # The last day of a window that is not over has no gains yet.
    timed = window._replace(end=None) if start and not is_over(window, now) else window
    return f"{', '.join(parts)} {timed.gains_text(start)}."


def _span(window: Window, now: float) -> Span:
    if window.days:
        return Span(from_timestamp(max(now - window.days * DAY_S, 0)))
    return Span(*(None if day is None else f"{day}T00:00:00.000Z" for day in (window.first, window.end)))
