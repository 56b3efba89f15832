"""SVG markup. Every text and attribute value is escaped here; attributes have all styles, which no policy forbids."""

import re
from html import escape as escape_html

# Characters that XML does not allow.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """The text for element content and attribute values."""
    return escape_html(FORBIDDEN.sub("\ufffd", text))


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """An element with escaped attributes; `content` is markup. An underscore in a name becomes a hyphen."""
    listed = "".join(
        f' {key.replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{listed}>{content}</{name}>" if content else f"<{name}{listed}/>"


def number(value: float) -> str:
    """A coordinate, rounded to a tenth of a pixel."""
    return f"{round(value, 1):.10g}"
