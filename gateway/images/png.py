"""The renderer of PNG files: resvg, with the bundled font only.

It holds Python's lock for the whole time, and belongs to the thread that creates it.
"""

from collections.abc import Iterable
from importlib.util import find_spec

from .drawing import Drawing

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def is_installed() -> bool:
    """Whether PNG files can be rendered: resvg is in the extra `images`."""
    return find_spec("resvg") is not None


class Renderer:
    """Renders drawings as PNG files."""

    def __init__(self, fonts: Iterable[bytes]) -> None:
        """`fonts` are TrueType files."""
        from resvg import usvg  # noqa: PLC0415 - an optional dependency

        self._options = usvg.Options.default()
        for font in fonts:
            self._options.load_font_data(font)

    def render(self, drawing: Drawing) -> bytes:
        """The PNG file."""
        from resvg import render, usvg  # noqa: PLC0415 - an optional dependency

        return render(usvg.Tree.from_str(drawing.aligned_svg(), self._options), IDENTITY)
