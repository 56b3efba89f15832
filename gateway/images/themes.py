"""The colours of images: those of the pages (gateway/web/pages/static/site.css)."""

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
    ),
}
