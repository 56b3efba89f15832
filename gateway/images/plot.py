"""The plot of a series: grid, labels, and the line of each player within a box; of one player with an area."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby, pairwise
from math import ceil
from typing import NamedTuple

from .drawing import Line, Part, Text
from .formats import day_of, timestamp
from .frame import LABEL_SIZE, PADDING
from .markup import element, number
from .parameters import ImageParameters
from .profile import Point, Profile
from .scales import Scale, time_ticks, value_scale, value_ticks
from .themes import DASHES, Theme
from .window_starts import distant_s

# The least distances of two labels of the axes.
DATE_WIDTH, VALUE_HEIGHT = 128, 38
PLOT_LEFT = PADDING + 116
# More points are thinned: those of one player, and those of several together, whose lines take more of a file.
COLUMNS, SHARED_COLUMNS = 200, 80
# In pixels of vertical travel, of a single player. Soft edges of several lines soon fill the file.
ROUGH = 250
# The text of a single snapshot in place of a plot.
SINGLE_SIZE = 46


class Box(NamedTuple):
    """The area of a plot without its labels, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


Pixel = tuple[float, float]


def plot(profiles: Sequence[Profile], box: Box) -> Iterator[Part]:
    """The plot of players with equal parameters; a message if the window has no values."""
    parameters = profiles[0].parameters
    points = _thinned(profiles)
    values = [point.value for of_player in points for point in of_player if point.value is not None]
    if not values:
        yield _message(profiles, box)
        return
    if len(profiles) == len(profiles[0].points) == 1:
        yield _only_value(profiles[0], box)
        return
    across = Scale(*_bounds(profiles), box.left, box.right)
    up = value_scale(values, box.bottom, box.top, is_rank=parameters.series.is_rank)
    lines = [list(_lines(of_player, across, up, box)) for of_player in points]
    if len(lines) == 1:
        yield from (_area(line, parameters.theme, box) for line in lines[0] if len(line) > 1)
    yield from _grid(parameters, box, across, up)
    # The first player's line is above the others.
    for index, of_player in reversed([*enumerate(lines)]):
        gaps = [(across(start), across(end)) for start, end in _gaps(profiles[index])]
        yield from _drawn(of_player, gaps, parameters.theme.players[index], DASHES[index], ROUGH / len(lines) ** 2)


def _gaps(profile: Profile) -> list[tuple[float, float]]:
    """The times between distant snapshots, of which nothing is known."""
    least = distant_s(profile.parameters.window)
    instants = [at for at, _ in profile.points]
    return [(one, other) for one, other in pairwise(instants) if other - one > least]


def _bounds(profiles: Sequence[Profile]) -> tuple[float, float]:
    """The time of all players with snapshots."""
    shown = [profile for profile in profiles if profile.points]
    return min(profile.start for profile in shown), max(profile.end for profile in shown)


def _thinned(profiles: Sequence[Profile]) -> list[list[Point]]:
    """The points of each player, as many as the plot has space for."""
    columns, thin = (SHARED_COLUMNS // len(profiles), _ends) if len(profiles) > 1 else (COLUMNS, _extremes)
    return [
        [*thin(profile.points, (profile.end - profile.start) / columns)]
        if len(profile.points) > columns
        else [*profile.points]
        for profile in profiles
    ]


def _ends(points: Sequence[Point], width_s: float) -> Iterator[Point]:
    """The first point, and the last one in each column."""
    yield points[0]
    for _, group in groupby(points[1:], key=lambda point: (point.value is not None, point.at // width_s)):
        *_, last = group
        yield last


def _extremes(points: Sequence[Point], width_s: float) -> Iterator[Point]:
    """At most four points in each column: the first, the highest, the lowest and the last. All without a rank."""
    for (ranked, _), group in groupby(points, key=lambda point: (point.value is not None, point.at // width_s)):
        column = list(group)
        values = [point.value or 0 for point in column]
        kept = {0, values.index(min(values)), values.index(max(values)), len(column) - 1} if ranked else {0}
        yield from (column[index] for index in sorted(kept))


def _message(profiles: Sequence[Profile], box: Box) -> Text:
    theme, window = profiles[0].parameters.theme, profiles[0].parameters.window
    missing = "No gains" if profiles[0].parameters.series.is_gain else "No snapshots"
    found = "Unranked" if any(profile.points for profile in profiles) else missing
    center, middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return Text(center, middle, f"{found}: {window.title}", LABEL_SIZE, theme.muted, "middle")


def _only_value(profile: Profile, box: Box) -> Text:
    """The day of a single snapshot: a dot in a plot would look broken."""
    at = next(point.at for point in profile.points if point.value is not None)
    is_first = bool(profile.since) and timestamp(profile.since or "") >= at
    content = f"{'First' if is_first else 'One'} snapshot: {day_of(datetime.fromtimestamp(at, UTC).date())}"
    return Text(
        (PADDING + box.right) / 2,
        (box.top + box.bottom) / 2,
        content,
        SINGLE_SIZE,
        profile.parameters.theme.muted,
        "middle",
    )


def _grid(parameters: ImageParameters, box: Box, across: Scale, up: Scale) -> Iterator[Part]:
    theme, series = parameters.theme, parameters.series
    for value in _distant(value_ticks(up, is_rank=series.is_rank), up):
        y = round(up(value)) + 0.5
        yield element("path", d=f"M{number(box.left)} {number(y)}H{number(box.right)}", stroke=theme.border)
        yield Text(box.left - 14, y + 11, series.tick(value), LABEL_SIZE, theme.muted, "end")
    previous = 0.0
    for at, label in time_ticks(across.low, across.high):
        x = across(at)
        # Labels of neighbouring months and years have different distances.
        if x - previous >= DATE_WIDTH and box.left + 30 <= x <= box.right - 44:
            previous = x
            yield Text(x, box.bottom + 42, label, LABEL_SIZE, theme.muted, "middle")


def _distant(values: Sequence[float], up: Scale) -> Sequence[float]:
    """Every value, or every second or third one and so on, so that their labels do not overlap."""
    least = min([abs(up(one) - up(other)) for one, other in pairwise(values)], default=VALUE_HEIGHT)
    return values[:: ceil(VALUE_HEIGHT / least)]


def _lines(points: Iterable[Point], across: Scale, up: Scale, box: Box) -> Iterator[list[Pixel]]:
    """The lines between the times without a rank, clipped at the left edge."""
    for ranked, group in groupby(points, key=lambda point: point.value is not None):
        line = [(across(at), up(value)) for at, value in group if value is not None]
        if ranked:
            yield _clipped(line, box.left)


def _clipped(line: list[Pixel], left: float) -> list[Pixel]:
    """The line from the left edge on. Only its first point can be before."""
    if len(line) < 2 or line[0][0] >= left:
        return [(max(x, left), y) for x, y in line]
    (before, start), (after, end) = line[:2]
    share = (left - before) / (after - before)
    return [(left, start + share * (end - start)), *line[1:]]


def _path(line: list[Pixel]) -> str:
    return "L".join([f"{x:.1f} {y:.1f}" for x, y in line])


def _area(line: list[Pixel], theme: Theme, box: Box) -> str:
    """The area below a line."""
    path = f"M{number(line[0][0])} {number(box.bottom)}L{_path(line)}V{number(box.bottom)}Z"
    return element("path", d=path, fill=theme.area)


def _drawn(
    lines: Iterable[list[Pixel]], gaps: Sequence[tuple[float, float]], colour: str, dash: tuple[int, ...], rough: float
) -> Iterator[Part]:
    """The lines of a player, faded across gaps, each with a dot at its end."""
    for line in lines:
        travel = sum([abs(end - start) for (_, start), (_, end) in pairwise(line)])
        for is_faded, group in groupby(pairwise(line), key=lambda pair: _is_faded(pair, gaps)):
            pairs = list(group)
            path = f"M{_path([pairs[0][0], *[end for _, end in pairs]])}"
            yield Line(path, colour, is_rough=travel > rough, dash=dash, is_faded=is_faded)
        yield element("circle", cx=line[-1][0], cy=line[-1][1], r=7, fill=colour)


def _is_faded(pair: tuple[Pixel, Pixel], gaps: Iterable[tuple[float, float]]) -> bool:
    """Whether most of a part of a line is in a gap: lines are thinned and clipped, gaps are not."""
    (left, _), (right, _) = pair
    return any(min(right, end) - max(left, start) > (right - left) / 2 for start, end in gaps)
