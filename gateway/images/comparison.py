"""The card of a comparison: a table of up to five players, and the plot of a series with a line of each."""

from collections.abc import Iterable, Iterator, Sequence

from .card import HEIGHT
from .drawing import Drawing, Line, Part, Text
from .formats import count
from .frame import LABEL_SIZE, PADDING, SMALL_SIZE, WIDTH, badge, footer
from .plot import Box, plot
from .profile import Profile
from .themes import DASHES

HEADER, TOP = 92, 112
# The height of a row by the number of players; the size of its text is a share of it.
ROW_HEIGHTS = {2: 76, 3: 62, 4: 52, 5: 46}
TEXT_SHARE = 0.5
# The end of each column. The lines are as long as two of the longest dashes.
LINE_END, NAME_END, RANK_END, PP_END = PADDING + 88, 600, 900, WIDTH - PADDING
NAME_START = LINE_END + 24
PLOT_LEFT, PLOT_BOTTOM = PADDING + 104, 526


def comparison(profiles: Sequence[Profile]) -> Drawing:
    """The card of two to five players with equal parameters, with or without snapshots."""
    parameters = profiles[0].parameters
    height = ROW_HEIGHTS[len(profiles)]
    rows = [part for index, profile in enumerate(profiles) for part in _row(index, profile, height)]
    box = Box(PLOT_LEFT, TOP + height * len(profiles) + 32, WIDTH - PADDING, PLOT_BOTTOM)
    caption = f"{parameters.series.title}, {parameters.window.title}"
    parts = (*_header(profiles[0]), *rows, *plot(profiles, box), *footer(profiles, HEIGHT - 26, caption))
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
    for x, label in ((RANK_END, "global rank"), (PP_END, "pp")):
        yield Text(x, HEADER, label, SMALL_SIZE, theme.muted, "end")


def _row(index: int, profile: Profile, height: float) -> Iterator[Part]:
    """The line as in the plot, and the name and stats of a player."""
    theme, latest = profile.parameters.theme, profile.latest
    size, y = int(height * TEXT_SHARE), round(TOP + height * (index + 0.72))
    middle = y - round(size * 0.34)
    yield Line(f"M{PADDING} {middle}H{LINE_END}", theme.players[index], dash=DASHES[index])
    yield Text(NAME_START, y, profile.name, size, theme.text, strong=True).fitted(NAME_END - NAME_START)
    if latest is None:
        yield Text(PP_END, y, _missing(profile), size, theme.muted, "end")
        return
    rank = latest["globalRank"]
    # In one colour, equal digits of a row have equal pixels.
    yield Text(RANK_END, y, "Unranked" if rank is None else f"#{count(rank)}", size, theme.text, "end", strong=True)
    yield Text(PP_END, y, count(latest["pp"]), size, theme.text, "end", strong=True)
