"""The image that states a problem: an error, or that there is no data yet."""

from textwrap import wrap

from .drawing import Drawing, Text
from .frame import PADDING, WIDTH
from .themes import Theme

# Characters of a line, and lines of a message.
LINE, MAX_LINES = 60, 4


def message(height: int, theme: Theme, heading: str, explanation: str) -> Drawing:
    """An image with a heading and an explanation."""
    lines = wrap(explanation, LINE, max_lines=MAX_LINES, placeholder=" …")
    top = height / 2 - 20 * len(lines)
    parts = (
        Text(PADDING, PADDING + 30, "osu!track", 38, theme.accent, strong=True),
        Text(PADDING, top, heading, 50, theme.text, strong=True).fitted(WIDTH - 2 * PADDING),
        *(Text(PADDING, top + 20 + 46 * index, line, 35, theme.muted) for index, line in enumerate(lines, 1)),
    )
    return Drawing(WIDTH, height, theme, heading, explanation, parts)
