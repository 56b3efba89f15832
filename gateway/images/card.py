"""The card of a player: rank, current stats with their changes, and the plot of a series; of a year, its highlights."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .drawing import Drawing, Part, Text
from .figures import Figure
from .formats import count, day, decimal, short, signed
from .frame import LABEL_SIZE, PADDING, SUBTITLE_Y, WIDTH, footer, heading, sign_colour
from .markup import element
from .plot import PLOT_LEFT, Box, plot
from .profile import Profile
from .rank_changes import rank_change
from .themes import Theme

HEIGHT = 630
PLOT_GAP, PLOT_BOTTOM, FOOTER_Y = 34, 514, 606
TILES_TOP, TILE_HEIGHT, TILE_GAP, TILE_PADDING = 184, 108, 16, 22
VALUE_SIZE = 46
# osu! has neither pp nor a rank of players who have not played for long.
INACTIVE = "Inactive"


def card(profile: Profile) -> Drawing:
    """The card of a player with snapshots."""
    parameters = profile.parameters
    # The peak can be later than the end of the window.
    peak = f"peak #{count(profile.peak_rank)}" if profile.peak_rank and not profile.is_over else ""
    subtitle = " · ".join(filter(None, (profile.mode_title, profile.review, peak)))
    tiles = [row for row in (_stats(profile), profile.highlights) if row]
    tops = [TILES_TOP + index * (TILE_HEIGHT + TILE_GAP) for index in range(len(tiles))]
    box = Box(PLOT_LEFT, tops[-1] + TILE_HEIGHT + PLOT_GAP, WIDTH - PADDING, PLOT_BOTTOM)
    parts = (
        *heading(profile, subtitle, _rank(profile.latest or {}), [*_notes(profile)]),
        *(part for top, row in zip(tops, tiles, strict=True) for part in _tiles(parameters.theme, top, row)),
        *plot([profile], box),
        *footer([profile], FOOTER_Y, parameters.series.title),
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
    stats = summary(
        at=latest["at"],
        rank=latest["globalRank"],
        pp=latest["pp"],
        accuracy=latest["accuracy"],
        plays=latest["playCount"],
    )
    return " ".join([stats, *(f"{label.capitalize()}: {value} ({note})." for label, value, note in profile.highlights)])


def summary(*, at: str, rank: int | None, pp: float, accuracy: float, plays: int) -> str:
    """The stats of a snapshot in one sentence."""
    ranked = (
        f"{'Unranked' if rank is None else f'Global rank #{count(rank)}'}, {count(pp)} pp" if rank or pp else INACTIVE
    )
    return f"{ranked}, {decimal(accuracy)}% accuracy, {count(plays)} plays on {day(at)}."


def _rank(latest: Mapping[str, Any]) -> str:
    rank = latest.get("globalRank")
    return f"#{count(rank)}" if rank else "Unranked" if latest.get("pp") else INACTIVE


def _notes(profile: Profile) -> Iterator[Part]:
    """The ranks gained, and the time of all changes, or the day of the values."""
    theme, delta, right = profile.parameters.theme, profile.delta, WIDTH - PADDING
    is_year = profile.period == f"{profile.parameters.window.year}"
    note = f"{'in ' * is_year}{profile.period}" if delta else profile.gap_note
    if note.startswith("since") and (profile.latest or {}).get("globalRank") is None:
        note = f"changes {note}"  # not the time without a rank
    period = Text(right, SUBTITLE_Y, note, LABEL_SIZE, theme.muted, "end")
    if period.content:
        yield period
    yield from rank_change(right - period.width - 12, SUBTITLE_Y, (delta or {}).get("ranksGained"), theme)


def _stats(profile: Profile) -> list[Figure]:
    latest, delta = profile.latest or {}, profile.delta
    shown = {
        "pp": ("pp", count(latest["pp"]), short),
        "accuracy": ("accuracy", f"{decimal(latest['accuracy'])}%", decimal),
        "playCount": ("plays", count(latest["playCount"]), count),
    }
    is_inactive = _rank(latest) == INACTIVE
    level = [Figure("level", decimal(latest["level"]))] if is_inactive else []
    figures = [
        Figure(label, value, signed(form(abs(delta[field])), delta[field]) if delta else "")
        for field, (label, value, form) in shown.items()
        if field != "pp" or not is_inactive
    ]
    return [*figures, *level]


def _tiles(theme: Theme, top: float, figures: Sequence[Figure]) -> Iterator[Part]:
    """A row of tiles that fill the width."""
    width = (WIDTH - 2 * PADDING + TILE_GAP) // len(figures) - TILE_GAP
    for index, figure in enumerate(figures):
        left = PADDING + index * (width + TILE_GAP)
        size = {"width": width, "height": TILE_HEIGHT, "rx": 16}
        yield element("rect", x=left, y=top, **size, fill=theme.surface, stroke=theme.border)
        label = Text(left + TILE_PADDING, top + 42, figure.label, LABEL_SIZE, theme.muted)
        yield label
        yield Text(left + TILE_PADDING, top + 91, figure.value, VALUE_SIZE, theme.text, strong=True)
        right = left + width - TILE_PADDING
        fill = sign_colour(figure.detail, theme)
        detail = Text(right, top + 42, figure.detail, LABEL_SIZE, fill, "end", strong=True)
        yield detail.fitted(width - 2 * TILE_PADDING - label.width - 12)
