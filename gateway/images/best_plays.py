"""The image of the best plays of all players: a table of the first ones."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.records import Mode

from .card import FOOTER_Y, HEIGHT
from .drawing import Drawing, Part, Text
from .formats import count
from .frame import LABEL_SIZE, NAME_SIZE, NAME_Y, PADDING, SUBTITLE_Y, WIDTH, badge
from .profile import MODE_TITLES
from .themes import THEMES, Theme

MAX_ROWS = 5
TOP, ROW_HEIGHT, ROW_SIZE = 184, 76, 44
NAME_START, NAME_END, MODS_START, PP_END = PADDING + 64, 600, 640, WIDTH - PADDING


class PlayRow(NamedTuple):
    """A play: the player's name, the mods and the pp."""

    name: str
    mods: str
    pp: float


def best_plays(title: str, mode: Mode, plays: Sequence[PlayRow]) -> Drawing:
    """The image of one to five plays, highest pp first."""
    theme = THEMES["dark"]
    left = PADDING + 112
    heading = Text(left, NAME_Y, title, NAME_SIZE, theme.text, strong=True)
    parts = (
        badge(mode, theme, PADDING + 44, NAME_Y - 2),
        heading.fitted(WIDTH - PADDING - left),
        Text(left, SUBTITLE_Y, MODE_TITLES[mode], LABEL_SIZE, theme.muted),
        *(part for index, play in enumerate(plays) for part in _row(index, play, theme)),
        Text(PADDING, FOOTER_Y, "osu!track", LABEL_SIZE, theme.accent, strong=True),
    )
    description = " · ".join(f"{play.name}: {count(play.pp)} pp ({play.mods})" for play in plays)
    return Drawing(WIDTH, HEIGHT, theme, f"{title} · {MODE_TITLES[mode]}", description, parts)


def _row(index: int, play: PlayRow, theme: Theme) -> Iterator[Part]:
    y = TOP + index * ROW_HEIGHT + 54
    yield Text(PADDING, y, f"{index + 1}", ROW_SIZE, theme.muted)
    yield Text(NAME_START, y, play.name, ROW_SIZE, theme.text, strong=True).fitted(NAME_END - NAME_START)
    points = Text(PP_END, y, f"{count(play.pp)} pp", ROW_SIZE, theme.accent, "end", strong=True)
    yield Text(MODS_START, y, play.mods, ROW_SIZE, theme.muted).fitted(PP_END - points.width - 24 - MODS_START)
    yield points
