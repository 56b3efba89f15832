"""Drawings: texts, lines and other elements, written as SVG for browsers, or for the renderer of PNG files.

The renderer's PNG encoder is simple: soft edges are most of a file. Its variant of the SVG text has fewer of them.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from .glyph_widths import PLAIN_WIDTHS, STRONG_WIDTHS, UNKNOWN
from .markup import element, escape
from .themes import Theme

# The bundled font, and similar ones for programs that do not have it.
FAMILY = "Oxanium, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
PLAIN_FONT: Mapping[str, str | float] = {"font_weight": 500, "font_family": f"'Oxanium Medium', {FAMILY}"}
STRONG_FONT: Mapping[str, str | float] = {"font_weight": 700, "font_family": FAMILY}
# The share of a text's width on the left of its anchor.
ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}

# The opacity of faded lines: that of `player/distant.js`.
FADED = 0.35


class Text(NamedTuple):
    """One line of text with its baseline at `y`."""

    x: float
    y: float
    content: str
    size: float
    fill: str
    anchor: str = "start"
    strong: bool = False

    @property
    def width(self) -> float:
        """The width in the bundled font, in pixels."""
        return sum(self._advances())

    def fitted(self, width: float) -> "Text":
        """The text in the largest size, at most the present one, with which it is no wider than this."""
        return self._replace(size=int(self.size * min(1, width / max(1, self.width))))

    def svg(self) -> str:
        """The text for any program: another font is stretched to the width of the bundled one."""
        return self._element(x=self.x, text_anchor=self.anchor, textLength=self.width, lengthAdjust="spacingAndGlyphs")

    def aligned_svg(self) -> str:
        """The text with every character at a whole pixel: equal characters have equal pixels, which compress well."""
        advances = self._advances()
        rounded = [round(advance) for advance in advances]
        x = round(self.x - ANCHORS[self.anchor] * sum(rounded))
        # Relative: resvg shapes the text after each absolute position by itself, which takes much longer. Kerning would
        # move characters; resvg reads it from a style only.
        shifts = (f"{aligned - advance:.3f}" for advance, aligned in zip(advances, rounded, strict=True))
        return self._element(x=x, dx=" ".join(["0", *shifts][: len(advances)]), style="font-kerning:none")

    def _advances(self) -> list[float]:
        widths = STRONG_WIDTHS if self.strong else PLAIN_WIDTHS
        return [widths.get(character, UNKNOWN) * self.size / 1000 for character in self.content]

    def _element(self, **attributes: str | float) -> str:
        if not self.content:
            return ""
        font = STRONG_FONT if self.strong else PLAIN_FONT
        return element(
            "text", escape(self.content), y=round(self.y), font_size=self.size, fill=self.fill, **font, **attributes
        )


class Line(NamedTuple):
    """A line along a path. A rough one has many steep parts; `dash` are the lengths of dashes and gaps.

    A faded one crosses a time without snapshots.
    """

    path: str
    stroke: str
    is_rough: bool = False
    dash: tuple[int, ...] = ()
    is_faded: bool = False

    def svg(self) -> str:
        """The line for any program."""
        return self._element()

    def aligned_svg(self) -> str:
        """The line with hard edges if it is rough: the soft edges would be half of the file."""
        return self._element(shape_rendering="crispEdges") if self.is_rough else self._element()

    def _element(self, **attributes: str) -> str:
        dashes = {"stroke_dasharray": " ".join(map(str, self.dash))} if self.dash else {}
        fading = {"stroke_opacity": str(FADED)} if self.is_faded else {}
        return element(
            "path",
            d=self.path,
            fill="none",
            stroke=self.stroke,
            stroke_width=4,
            stroke_linejoin="round",
            # Round ends would fill the gaps.
            stroke_linecap="butt" if self.dash else "round",
            **dashes,
            **fading,
            **attributes,
        )


Part: TypeAlias = Text | Line | str


class Drawing(NamedTuple):
    """A complete image with its text alternative; a part that is a string is markup."""

    width: int
    height: int
    theme: Theme
    title: str
    description: str
    parts: tuple[Part, ...]

    def svg(self) -> str:
        """The SVG text for browsers."""
        return self._document(part if isinstance(part, str) else part.svg() for part in self.parts)

    def aligned_svg(self) -> str:
        """The SVG text for a renderer that has the bundled font."""
        return self._document(part if isinstance(part, str) else part.aligned_svg() for part in self.parts)

    def _document(self, parts: Iterator[str]) -> str:
        alternative = element("title", escape(self.title), id="title")
        alternative += element("desc", escape(self.description), id="description")
        background = element("rect", width=self.width, height=self.height, fill=self.theme.background)
        return element(
            "svg",
            "".join([alternative, background, *parts]),
            xmlns="http://www.w3.org/2000/svg",
            width=self.width,
            height=self.height,
            viewBox=f"0 0 {self.width} {self.height}",
            role="img",
            aria_labelledby="title description",
        )
