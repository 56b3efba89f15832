"""The card of a player: rank, current stats with their changes, and the plot of a series."""

from collections.abc import Iterator
from typing import Any

from .drawing import Drawing, Part, Text
from .formats import count, day, decimal, short
from .frame import LABEL_SIZE, PADDING, WIDTH, change, footer, heading
from .markup import element
from .plot import Box, plot
from .profile import Profile
from .rank_changes import rank_change

HEIGHT = 630
PLOT = Box(PADDING + 104, 340, WIDTH - PADDING, 526)
TILE_TOP, TILE_WIDTH, TILE_HEIGHT, TILE_GAP = 180, 350, 124, 19


def card(profile: Profile) -> Drawing:
    """The card of a player with snapshots."""
    parameters = profile.parameters
    since = f"since {profile.since[:4]}" if profile.since else ""
    subtitle = " · ".join(filter(None, (profile.mode_title, profile.review or since)))
    parts = (
        *heading(profile, 106, subtitle, width=600),
        *_rank(profile),
        *_tiles(profile),
        *plot([profile], PLOT),
        *footer([profile], HEIGHT - 26, f"{parameters.series.title}, {parameters.window.title}"),
    )
    return Drawing(WIDTH, HEIGHT, parameters.theme, title(profile), description(profile), parts)


def title(profile: Profile) -> str:
    """The title of images and link previews."""
    return " · ".join(filter(None, (profile.name, profile.mode_title, profile.review)))


def description(profile: Profile) -> str:
    """The current stats in one sentence."""
    latest = profile.latest
    if latest is None:
        return f"osu!track has no data of {profile.name} in {profile.mode_title}."
    return summary(
        at=latest["at"],
        rank=latest["globalRank"],
        pp=latest["pp"],
        accuracy=latest["accuracy"],
        plays=latest["playCount"],
    )


def summary(*, at: str, rank: int | None, pp: float, accuracy: float, plays: int) -> str:
    """The stats of a snapshot in one sentence."""
    ranked = "Unranked" if rank is None else f"Global rank #{count(rank)}"
    return f"{ranked}, {count(pp)} pp, {decimal(accuracy)}% accuracy, {count(plays)} plays on {day(at)}."


def _rank(profile: Profile) -> Iterator[Part]:
    theme, latest = profile.parameters.theme, profile.latest or {}
    right: float = WIDTH - PADDING
    rank = latest.get("globalRank")
    yield Text(right, 106, "Unranked" if rank is None else f"#{count(rank)}", 52, theme.accent, "end", strong=True)
    # The peak can be later than the end of the window.
    if profile.peak_rank and not profile.is_over:
        peak = Text(right, 144, f"peak #{count(profile.peak_rank)}", LABEL_SIZE, theme.muted, "end")
        yield peak
        right -= peak.width + 24
    gained = (profile.delta or {}).get("ranksGained")
    note = profile.age_note if gained is None else profile.period
    if note:
        period = Text(right, 144, note, LABEL_SIZE, theme.muted, "end")
        yield period
        right -= period.width + 10
    yield from rank_change(right, 144, gained, theme)


def _tiles(profile: Profile) -> Iterator[Part]:
    latest, delta = profile.latest or {}, profile.delta or {}
    gained = {name: abs(delta.get(name) or 0) for name in ("pp", "accuracy", "playCount")}
    yield from _tile(0, profile, "pp", count(latest["pp"]), delta.get("pp"), short(gained["pp"]))
    accuracy = f"{decimal(latest['accuracy'])}%"
    yield from _tile(1, profile, "accuracy", accuracy, delta.get("accuracy"), decimal(gained["accuracy"]))
    yield from _tile(
        2, profile, "plays", count(latest["playCount"]), delta.get("playCount"), count(gained["playCount"])
    )


def _tile(
    index: int, profile: Profile, label: str, shown: str, difference: Any, shown_difference: str
) -> Iterator[Part]:
    theme, x = profile.parameters.theme, PADDING + index * (TILE_WIDTH + TILE_GAP)
    size = {"width": TILE_WIDTH, "height": TILE_HEIGHT, "rx": 16}
    yield element("rect", x=x, y=TILE_TOP, **size, fill=theme.surface, stroke=theme.border)
    name = Text(x + 24, TILE_TOP + 40, label, LABEL_SIZE, theme.muted)
    yield name
    yield Text(x + 24, TILE_TOP + 98, shown, 44, theme.text, strong=True)
    right = x + TILE_WIDTH - 24
    note = profile.age_note if difference is None else profile.period
    if not note:
        return
    period = Text(right, TILE_TOP + 40, note, LABEL_SIZE, theme.muted, "end")
    yield period.fitted(TILE_WIDTH - 64 - name.width)
    yield from change(right, TILE_TOP + 98, difference, shown_difference, theme)
