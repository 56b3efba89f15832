"""The chart of a player: one series over time, with its current value and its change."""

from collections.abc import Iterator

from .card import title
from .drawing import Drawing, Text
from .formats import day
from .frame import LABEL_SIZE, PADDING, SUBTITLE_Y, WIDTH, change, footer, heading
from .plot import PLOT_LEFT, Box, plot
from .profile import Profile

HEIGHT = 480
PLOT = Box(PLOT_LEFT, 200, WIDTH - PADDING, 364)


def chart(profile: Profile) -> Drawing:
    """The chart of a player with snapshots."""
    parameters, theme = profile.parameters, profile.parameters.theme
    current = (profile.latest or {}).get("current")
    shown = "Unranked" if current is None else parameters.series.format(current)
    subtitle = f"{profile.mode_title} · {parameters.series.title}"
    parts = (
        *heading(profile, subtitle, shown, [*_change(profile)]),
        *plot([profile], PLOT),
        *footer([profile], HEIGHT - 24),
    )
    return Drawing(WIDTH, HEIGHT, theme, f"{title(profile)} · {parameters.series.title}", description(profile), parts)


def description(profile: Profile) -> str:
    """The values at both ends of the plot in one sentence."""
    series, window = profile.parameters.series, profile.parameters.window
    values = _values(profile, profile.gain_start) or _values(profile)
    if not values:
        return f"{series.title}: no values ({window.title})."
    until = f" on {day(profile.latest['at'])}" if profile.latest else ""
    return f"{series.title}: from {series.format(values[0])} to {series.format(values[-1])}{until} ({window.title})."


def _values(profile: Profile, start: float = 0) -> list[float]:
    """The values of the points from this instant on."""
    return [point.value for point in profile.points if point.value is not None and point.at >= start]


def _change(profile: Profile) -> Iterator[Text]:
    """The difference between the last and the first value; of ranks, the number gained."""
    series, values = profile.parameters.series, _values(profile, profile.gain_start)
    if len(values) < 2:
        note = profile.gap_note if profile.delta is None else ""
        yield Text(WIDTH - PADDING, SUBTITLE_Y, note, LABEL_SIZE, profile.parameters.theme.muted, "end")
        return
    difference = values[0] - values[-1] if series.is_rank else values[-1] - values[0]
    shown = series.format(abs(difference)).removeprefix("#")
    theme = profile.parameters.theme
    period = Text(WIDTH - PADDING, SUBTITLE_Y, profile.period, LABEL_SIZE, theme.muted, "end")
    yield period
    yield from change(WIDTH - PADDING - period.width - 12, SUBTITLE_Y, difference, shown, theme)
