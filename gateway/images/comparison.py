"""The card of a comparison: a table of up to five players, and the plot of a series with a line of each."""

from collections.abc import Iterable, Iterator, Sequence

from .card import HEIGHT
from .drawing import Drawing, Line, Part, Text
from .formats import count
from .frame import LABEL_SIZE, PADDING, SMALL_SIZE, WIDTH, badge, change, footer
from .plot import Box, plot
from .profile import Profile
from .themes import DASHES

HEADER, TOP = 92, 112
# The height of a row and the size of its text by the number of players. Larger text would make the PNG file too large.
ROWS = {2: (76, 38), 3: (62, 31), 4: (52, 23), 5: (46, 18)}
# The end of each column. The lines are as long as two of the longest dashes.
LINE_END, NAME_END, RANK_END, PP_END, GAIN_END = PADDING + 88, 540, 790, 960, WIDTH - PADDING
NAME_START = LINE_END + 24
PLOT_LEFT, PLOT_BOTTOM = PADDING + 104, 526


def comparison(profiles: Sequence[Profile]) -> Drawing:
    """The card of two to five players with equal parameters, with or without snapshots."""
    parameters = profiles[0].parameters
    height, size = ROWS[len(profiles)]
    rows = [part for index, profile in enumerate(profiles) for part in _row(index, profile, height, size)]
    box = Box(PLOT_LEFT, TOP + height * len(profiles) + 32, WIDTH - PADDING, PLOT_BOTTOM)
    parts = (
        *_header(profiles[0]),
        *rows,
        *plot(profiles, box),
        *footer(profiles, HEIGHT - 26, parameters.series.title),
    )
    return Drawing(WIDTH, HEIGHT, parameters.theme, title(profiles), description(profiles), parts)


def title(profiles: Sequence[Profile]) -> str:
    """The title of the image."""
    names = versus(profile.name for profile in profiles)
    return " · ".join(filter(None, (names, profiles[0].mode_title, profiles[0].review)))


def description(profiles: Sequence[Profile]) -> str:
    """The stats of all players in one line."""
    return " · ".join(f"{profile.name}: {_summary(profile)}" for profile in profiles)


def versus(names: Iterable[str]) -> str:
    """The names of compared players: `mrekk vs Vaxei, WhiteCat`."""
    first, *others = names
    return f"{first} vs {', '.join(others)}" if others else first


def summary(*, rank: int | None, pp: float) -> str:
    """The stats of a snapshot in few words."""
    return f"{'unranked' if rank is None else f'#{count(rank)}'}, {count(pp)} pp"


def _summary(profile: Profile) -> str:
    latest = profile.latest
    return summary(rank=latest["globalRank"], pp=latest["pp"]) if latest else _missing(profile)


def _missing(profile: Profile) -> str:
    if not profile.is_available:
        return "not available"
    return "no data of this time" if profile.since else "no data yet"


def _header(profile: Profile) -> Iterator[Part]:
    theme = profile.parameters.theme
    yield badge(profile.parameters, PADDING + 26, HEADER - 12, 0.6)
    mode = Text(PADDING + 72, HEADER, profile.mode_title, 34, theme.text, strong=True)
    yield mode
    yield Text(mode.x + mode.width + 16, HEADER, profile.review, LABEL_SIZE, theme.muted)
    gains = f"pp, {profile.parameters.window.short_title}"
    for x, label in ((RANK_END, "global rank"), (PP_END, "pp"), (GAIN_END, gains)):
        yield Text(x, HEADER, label, SMALL_SIZE, theme.muted, "end").fitted(GAIN_END - PP_END - 16)


def _row(index: int, profile: Profile, height: float, size: int) -> Iterator[Part]:
    """The line as in the plot, and the name, the stats and the pp gained of a player."""
    theme, latest = profile.parameters.theme, profile.latest
    y = round(TOP + height * (index + 0.72))
    middle = y - round(size * 0.34)
    yield Line(f"M{PADDING} {middle}H{LINE_END}", theme.players[index], dash=DASHES[index])
    yield from _name(profile, y, size)
    if latest is None:
        yield Text(WIDTH - PADDING, y, _missing(profile), size, theme.muted, "end")
        return
    rank = latest["globalRank"]
    # In one colour, equal digits of a row have equal pixels.
    yield Text(RANK_END, y, "Unranked" if rank is None else f"#{count(rank)}", size, theme.text, "end", strong=True)
    yield Text(PP_END, y, count(latest["pp"]), size, theme.text, "end", strong=True)
    yield from _gain(profile, y, size)


def _gain(profile: Profile, y: float, size: int) -> Iterator[Text]:
    """The pp gained: muted if they are those of another time than the window."""
    theme = profile.parameters.theme
    if profile.delta is None:
        yield Text(GAIN_END, y, "\N{EN DASH}", min(size, LABEL_SIZE), theme.muted, "end", strong=True)
        return
    gained = profile.delta["pp"]
    for text in change(GAIN_END, y, gained, count(abs(gained)), theme, size):
        yield text._replace(fill=theme.muted) if _start_note(profile) else text


def _name(profile: Profile, y: float, size: int) -> Iterator[Text]:
    """The name, and below it the day of the values, or the start of the gains if it is not that of the window."""
    theme, width = profile.parameters.theme, NAME_END - NAME_START
    note = profile.age_note or _start_note(profile)
    raised = y - round(size * 0.3) if note else y
    yield Text(NAME_START, raised, profile.name, size, theme.text, strong=True).fitted(width)
    if note:
        yield Text(NAME_START, raised + SMALL_SIZE, note, SMALL_SIZE - 2, theme.muted).fitted(width)


def _start_note(profile: Profile) -> str:
    """The start of the gains, or why there are none; empty if it is that of the window, or without data."""
    if profile.latest is None:
        return ""
    if profile.delta is None:
        is_first = profile.since == profile.latest["at"]
        return "one snapshot so far" if is_first else "one snapshot in this time"
    return "" if profile.period == profile.parameters.window.short_title else profile.period
