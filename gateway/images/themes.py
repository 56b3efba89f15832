"""The colours of images, and the patterns of lines: those of the pages (`site.css`, `player/charts.css`)."""

from typing import NamedTuple


class Theme(NamedTuple):
    """The colours of one theme, as SVG has them."""

    name: str
    background: str
    pattern: str
    surface: str
    border: str
    text: str
    muted: str
    accent: str
    area: str
    good: str
    bad: str
    warn: str
    # Of the lines of a comparison.
    players: tuple[str, ...]


# The lengths of dashes and gaps in pixels, by player: twice those of `player/colours.js`, as is the width of a line.
DASHES = ((), (14, 8), (6, 6), (22, 6, 4, 6), (40, 8))


THEMES = {
    "dark": Theme(
        name="dark",
        background="#131118",
        pattern="#1a1721",
        surface="#1c1924",
        border="#332e40",
        text="#ece8f3",
        muted="#aea5bf",
        accent="#ff86b9",
        area="#291622",
        good="#6fd39b",
        bad="#ff938a",
        warn="#f0b95b",
        players=("#ff86b9", "#56c7de", "#8ea6ff", "#ff9a4d", "#ece8f3"),
    ),
    "light": Theme(
        name="light",
        background="#f7f5f8",
        pattern="#f1edf4",
        surface="#ffffff",
        border="#ddd7e3",
        text="#211c2b",
        muted="#5d556b",
        accent="#b01e68",
        area="#f9edf4",
        good="#17703f",
        bad="#b3261e",
        warn="#8a5300",
        players=("#b01e68", "#0a6f86", "#3b6fe0", "#b85c00", "#211c2b"),
    ),
}
