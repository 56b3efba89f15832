"""The HTML tags of a link preview, and the absolute URLs in them."""

import re
from html import escape
from typing import NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import Request

from gateway.images.card import HEIGHT
from gateway.images.frame import WIDTH

SITE = "osutrack-gateway"
SITE_IMAGE = "static/preview.png"
SITE_IMAGE_ALT = f"{SITE}: rank, pp and hiscores of osu! players over time"
# The accent of the light theme: Discord colours its previews with it, browsers their toolbars.
BRAND_COLOUR = "#b01e68"
# Clients choose the `Host` header: a name or an address, and a port.
HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


class PreviewImage(NamedTuple):
    """A PNG file of a certain height, with its text alternative."""

    url: str
    height: int
    alt: str


class Preview(NamedTuple):
    """The texts of a page for chats and search engines. Without `url`, the address of the gateway is not known."""

    title: str
    description: str
    type: str = "website"
    url: str | None = None
    image: PreviewImage | None = None

    def tags(self) -> str:
        """The tags for link previews."""
        named = {"theme-color": BRAND_COLOUR, "twitter:title": self.title, "twitter:description": self.description}
        properties = {
            "og:type": self.type,
            "og:site_name": SITE,
            "og:title": self.title,
            "og:description": self.description,
            **({"og:url": self.url} if self.url else {}),
        }
        if self.image is None:
            return meta(name={"twitter:card": "summary", **named}, property=properties)
        named = {"twitter:card": "summary_large_image", **named, "twitter:image": self.image.url}
        return meta(name=named, property=properties | _image(self.image))


def meta(**groups: dict[str, str]) -> str:
    """`meta` elements: of each group, an attribute with the key, and the content."""
    return "\n  ".join(
        f'<meta {attribute}="{key}" content="{escape(text)}">'
        for attribute, texts in groups.items()
        for key, text in texts.items()
    )


def base_url(request: Request, public_url: str | None) -> str | None:
    """The gateway's address as the client sees it; None if the client sends no plausible one."""
    if public_url:
        return public_url
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}{quote(request.scope.get('root_path', ''))}" if HOST.fullmatch(host) else None


def site_name(public_url: str | None) -> str:
    """The name of the gateway on images: its address, if it is known."""
    return public_url.partition("://")[2] if public_url else SITE


def site_image(base: str) -> PreviewImage:
    """The image of the site, for pages that are about no known player."""
    return PreviewImage(f"{base}/{SITE_IMAGE}", HEIGHT, SITE_IMAGE_ALT)


def query_string(parameters: dict[str, str]) -> str:
    """The parameters after a question mark; empty without any."""
    return f"?{urlencode(parameters, safe=',')}" if parameters else ""


def _image(image: PreviewImage) -> dict[str, str]:
    sizes = {"og:image:width": str(WIDTH), "og:image:height": str(image.height)}
    return {"og:image": image.url, "og:image:type": "image/png", **sizes, "og:image:alt": image.alt}
