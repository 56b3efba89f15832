"""The plot of a series: grid, labels, line and area within a box."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from .drawing import Line, Part, Text
from .markup import element, number
from .profile import Point, Profile
from .scales import Scale, time_ticks, value_scale, value_ticks
from .themes import Theme

LABEL_SIZE = 20
# The least distance of two labels of the time axis.
DATE_WIDTH = 80
# More points are thinned.
COLUMNS = 200
# In pixels of vertical travel.
ROUGH = 250


class Box(NamedTuple):
    """The area of a plot without its labels, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


Pixel = tuple[float, float]


def plot(profile: Profile, box: Box) -> Iterator[Part]:
    """The plot; a message if the window has no values."""
    points = list(_thinned(profile))
    values = [point.value for point in points if point.value is not None]
    if not values:
        yield _message(profile, box)
        return
    across = Scale(profile.start, profile.end, box.left, box.right)
    up = value_scale(values, box.bottom, box.top, is_rank=profile.parameters.series.is_rank)
    lines = list(_lines(points, across, up, box))
    yield from (_area(line, profile.parameters.theme, box) for line in lines if len(line) > 1)
    yield from _grid(profile, box, across, up)
    for line in lines:
        yield from _drawn(line, profile.parameters.theme)


def _thinned(profile: Profile) -> Iterator[Point]:
    """At most four points in each column: the first, the highest, the lowest and the last. All without a rank."""
    points, width_s = profile.points, (profile.end - profile.start) / COLUMNS
    if len(points) <= COLUMNS:
        yield from points
        return
    for (ranked, _), group in groupby(points, key=lambda point: (point.value is not None, point.at // width_s)):
        column = list(group)
        values = [point.value or 0 for point in column]
        kept = {0, values.index(min(values)), values.index(max(values)), len(column) - 1} if ranked else {0}
        yield from (column[index] for index in sorted(kept))


def _message(profile: Profile, box: Box) -> Text:
    theme, window = profile.parameters.theme, profile.parameters.window
    found = "Unranked" if profile.points else "No snapshots"
    center, middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return Text(center, middle, f"{found}: {window.title}", 30, theme.muted, "middle")


def _grid(profile: Profile, box: Box, across: Scale, up: Scale) -> Iterator[Part]:
    theme, series = profile.parameters.theme, profile.parameters.series
    for value in value_ticks(up, is_rank=series.is_rank):
        y = round(up(value)) + 0.5
        yield element("path", d=f"M{number(box.left)} {number(y)}H{number(box.right)}", stroke=theme.border)
        yield Text(box.left - 14, y + 7, series.tick(value), LABEL_SIZE, theme.muted, "end")
    previous = 0.0
    for at, label in time_ticks(profile.start, profile.end):
        x = across(at)
        # Labels of neighbouring months and years have different distances.
        if x - previous >= DATE_WIDTH and box.left + 20 <= x <= box.right - 20:
            previous = x
            yield Text(x, box.bottom + 34, label, LABEL_SIZE, theme.muted, "middle")


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


def _drawn(line: list[Pixel], theme: Theme) -> Iterator[Part]:
    """The line with a dot at its end."""
    if len(line) > 1:
        travel = sum([abs(end - start) for (_, start), (_, end) in pairwise(line)])
        yield Line(f"M{_path(line)}", theme.accent, is_rough=travel > ROUGH)
    yield element("circle", cx=line[-1][0], cy=line[-1][1], r=7, fill=theme.accent)
