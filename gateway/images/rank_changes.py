"""Changes of rank: a triangle, because the font has none, and the number. Up and green is a better rank."""

from collections.abc import Iterator

from .drawing import Part
from .formats import count
from .frame import change
from .markup import element, number
from .themes import Theme

SIZE, GAP = 20, 7


def rank_change(x: float, y: float, gained: float | None, theme: Theme) -> Iterator[Part]:
    """A change of rank that ends at `x`; nothing if unknown."""
    for text in change(x, y, gained, count(abs(gained or 0)), theme):
        places = text._replace(content=text.content.lstrip("+−"))
        yield places
        if gained:
            yield _triangle(x - places.width - GAP - SIZE, y - 1, places.fill, -SIZE if gained > 0 else SIZE)


def _triangle(x: float, y: float, fill: str, height: int) -> str:
    """A triangle with its left edge at `x`; the point is up if the height is negative."""
    start = y if height < 0 else y - height
    return element("path", d=f"M{number(x)} {number(start)}h{SIZE}l{number(-SIZE / 2)} {height}z", fill=fill)
