"""The card of a comparison: a table of up to five players, and the plot of a series with a line of each."""

from collections.abc import Iterable, Iterator, Sequence

from .card import FOOTER_Y, HEIGHT, PLOT_BOTTOM
from .drawing import Drawing, Line, Part, Text
from .formats import count
from .frame import LABEL_SIZE, LABEL_Y, PADDING, WIDTH, badge, change, footer
from .plot import PLOT_LEFT, Box, plot
from .profile import Profile
from .themes import DASHES
from .window_starts import MAX_NEAR_S, start_of

HEADER, TOP = 104, 116
# The height of a row and the size of its text by the number of players.
ROWS = {2: (78, 46), 3: (66, 42), 4: (56, 38), 5: (45, 34)}
# The end of each column. The lines are as long as two of the longest dashes.
LINE_END, NAME_END, RANK_END, PP_END, GAIN_END = PADDING + 88, 486, 714, 902, WIDTH - PADDING
NAME_START = LINE_END + 24
# Beside gains that begin at another time than the window.
MARK = "*"


def comparison(profiles: Sequence[Profile]) -> Drawing:
    """The card of two to five players with equal parameters, with or without snapshots."""
    parameters = profiles[0].parameters
    height, size = ROWS[len(profiles)]
    has_gains = not _are_unlike(profiles)
    rows = [
        part
        for index, each in enumerate(profiles)
        for part in _row(round(TOP + height * (index + 0.72)), index, each, size, has_gains=has_gains)
    ]
    bottom, note = TOP + height * len(profiles), _footnote(profiles)
    box = Box(PLOT_LEFT, bottom + (62 if note else 32), WIDTH - PADDING, PLOT_BOTTOM)
    parts = (
        *_header(profiles[0], has_gains=has_gains),
        *rows,
        Text(GAIN_END, bottom + 30, note, LABEL_SIZE, parameters.theme.muted, "end"),
        *plot(profiles, box),
        *footer(profiles, FOOTER_Y, parameters.series.title),
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


def _header(profile: Profile, *, has_gains: bool) -> Iterator[Part]:
    theme = profile.parameters.theme
    yield badge(profile.parameters.mode, theme, PADDING + 22, LABEL_Y - 10, scale=0.5)
    mode = Text(PADDING + 62, LABEL_Y, profile.mode_title, LABEL_SIZE, theme.text, strong=True)
    yield mode
    yield Text(mode.x + mode.width + 16, LABEL_Y, profile.review, LABEL_SIZE, theme.muted).fitted(330)
    labels = ((RANK_END, "rank"), (PP_END, "pp"), *([(GAIN_END, "pp gained")] * has_gains))
    for x, label in labels:
        yield Text(x, HEADER, label, LABEL_SIZE, theme.muted, "end")


def _row(y: int, index: int, profile: Profile, size: int, *, has_gains: bool) -> Iterator[Part]:
    """The line as in the plot, and the name, the stats and the pp gained of a player."""
    theme, latest = profile.parameters.theme, profile.latest
    middle = y - round(size * 0.34)
    yield Line(f"M{PADDING} {middle}H{LINE_END}", theme.players[index], dash=DASHES[index])
    yield Text(NAME_START, y, profile.name, size, theme.text, strong=True).fitted(NAME_END - NAME_START)
    if latest is None:
        yield Text(WIDTH - PADDING, y, _missing(profile), LABEL_SIZE, theme.muted, "end")
        return
    rank = latest["globalRank"]
    # In one colour, equal digits of a row have equal pixels.
    shown = Text(RANK_END, y, "Unranked" if rank is None else f"#{count(rank)}", size, theme.text, "end", strong=True)
    yield shown.fitted(RANK_END - NAME_END - 24)
    yield Text(PP_END, y, count(latest["pp"]), size, theme.text, "end", strong=True).fitted(PP_END - RANK_END - 20)
    if has_gains:
        yield from _gain(profile, y)


def _are_unlike(profiles: Sequence[Profile]) -> bool:
    """Whether the gains are of several times that one note cannot state: they are not compared."""
    marked = {profile.period for profile in profiles if _is_marked(profile)}
    starts = [profile.gain_start for profile in profiles if profile.delta]
    is_stated = len(marked) < 2 and start_of(profiles[0].parameters.window, profiles[0].now) is not None
    return not is_stated and bool(starts) and max(starts) - min(starts) > MAX_NEAR_S


def _gain(profile: Profile, y: float) -> Iterator[Text]:
    """The pp gained, with a mark if they are those of another time than the window; without any, the reason."""
    theme = profile.parameters.theme
    if profile.delta is None:
        reason = Text(GAIN_END, y, profile.gap_note, LABEL_SIZE, theme.muted, "end")
        yield reason.fitted(GAIN_END - PP_END - 20)
        return
    gained = profile.delta["pp"]
    for text in change(GAIN_END, y, gained, count(abs(gained)), theme):
        yield text
        if _is_marked(profile):
            yield Text(GAIN_END + 2, y, MARK, LABEL_SIZE, theme.muted)


def _is_marked(profile: Profile) -> bool:
    """Whether the gain does not begin at the start of the window."""
    return profile.delta is not None and profile.period != profile.parameters.window.short_title


def _footnote(profiles: Sequence[Profile]) -> str:
    """The starts of gains that are not that of the window; empty without any."""
    if _are_unlike(profiles):
        return "gains begin on different days"
    if start_of(profiles[0].parameters.window, profiles[0].now) is None:
        starts = {profile.gain_start for profile in profiles if profile.delta}
        return "since each player's first snapshot" if len(starts) > 1 else ""
    periods = {profile.period for profile in profiles if _is_marked(profile)}
    if len(periods) > 1:
        return f"{MARK} since the first snapshot in this time"
    return f"{MARK} {periods.pop()}" if periods else ""
