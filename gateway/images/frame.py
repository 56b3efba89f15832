"""The parts that cards and charts share: badge of the mode, name, differences, footer, and mark of sample data."""

from collections.abc import Iterator, Sequence

from gateway.records import Mode

from .drawing import Drawing, Part, Text
from .formats import MINUS, duration, signed
from .markup import element
from .profile import Profile
from .ranges import range_title
from .themes import Theme

WIDTH, PADDING = 1200, 56
SAMPLE_DATA = "Sample data"
# Chats show images 400 pixels wide: there, the smallest text has 11 pixels.
LABEL_SIZE = 33
NAME_SIZE, NAME_Y, SUBTITLE_Y = 56, 112, 158
LABEL_Y, MAX_SITE_WIDTH = 46, 600
ICONS = {
    Mode.OSU: '<circle r="24" fill="none" stroke-width="7"/><circle r="11" stroke="none"/>',
    Mode.TAIKO: '<circle r="24" fill="none" stroke-width="7"/><path d="M0-24V24" stroke-width="7"/>',
    Mode.CATCH: '<path d="M-24-4a24 24 0 0 0 48 0z" stroke="none"/><circle cy="-19" r="8" stroke="none"/>',
    Mode.MANIA: '<path d="M-18-8V22M0-22V22M18-2V22" stroke-width="11" stroke-linecap="round"/>',
}


def heading(profile: Profile, subtitle: str, value: str, notes: Sequence[Part]) -> Iterator[Part]:
    """The mode's icon, the player's name and the current value, and below them a line each."""
    theme, left, right = profile.parameters.theme, PADDING + 112, WIDTH - PADDING
    current = Text(right, NAME_Y, value, NAME_SIZE, theme.accent, "end", strong=True).fitted(470)
    notes_start = min((note.x - note.width for note in notes if isinstance(note, Text)), default=right)
    yield badge(profile.parameters.mode, theme, PADDING + 44, NAME_Y - 2)
    yield Text(left, NAME_Y, profile.name, NAME_SIZE, theme.text, strong=True).fitted(right - current.width - 32 - left)
    yield Text(left, SUBTITLE_Y, subtitle, LABEL_SIZE, theme.muted).fitted(notes_start - 48 - left)
    yield current
    yield from notes


def badge(mode: Mode, theme: Theme, x: float, y: float, *, scale: float = 1) -> str:
    """The mode's icon in a square around a point."""
    square = element("rect", x=-44, y=-44, width=88, height=88, rx=22, fill=theme.accent)
    icon = element("g", ICONS[mode], fill=theme.background, stroke=theme.background)
    return element("g", square + icon, transform=f"translate({x} {y}) scale({scale})")


def change(x: float, y: float, value: float | None, shown: str, theme: Theme) -> Iterator[Text]:
    """A signed difference that ends at `x`: green if positive, red if negative, nothing if unknown."""
    if value is None:
        return
    label = signed(shown, value)
    yield Text(x, y, label, LABEL_SIZE, sign_colour(label, theme), "end", strong=True)


def sign_colour(text: str, theme: Theme) -> str:
    """The colour of a text by its sign."""
    return theme.bad if text.startswith(MINUS) else theme.good if text.startswith("+") else theme.muted


def footer(profiles: Sequence[Profile], y: float, caption: str = "") -> Iterator[Text]:
    """The source of the data, the caption of the plot, and its days or, without any, the window."""
    theme, age_s = profiles[0].parameters.theme, profiles[0].age_s
    days = range_title(profiles) or profiles[0].parameters.window.title
    brand = Text(PADDING, y, "osu!track", LABEL_SIZE, theme.accent, strong=True)
    yield brand
    yield Text(PADDING + brand.width + 14, y, caption, LABEL_SIZE, theme.muted)
    status, fill = (days, theme.muted) if age_s is None else (f"Data is {duration(age_s)} old", theme.warn)
    yield Text(WIDTH - PADDING, y, status, LABEL_SIZE, fill, "end").fitted(560)


def labelled(drawing: Drawing, site: str, *, is_sample_data: bool) -> Drawing:
    """The drawing with the gateway's name or address above its other parts, and a mark if its data is the sandbox's."""
    address = Text(WIDTH - PADDING, LABEL_Y, site, LABEL_SIZE, drawing.theme.muted, "end").fitted(MAX_SITE_WIDTH)
    if not is_sample_data:
        return drawing._replace(parts=(*drawing.parts, address))
    mark = Text(address.x - address.width - 20, LABEL_Y, SAMPLE_DATA, LABEL_SIZE, drawing.theme.warn, "end")
    description = f"{SAMPLE_DATA}. {drawing.description}"
    return drawing._replace(description=description, parts=(*drawing.parts, address, mark))
