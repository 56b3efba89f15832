"""Addresses of players as people enter and link them: IDs, names, and URLs of osu!, osu!track and the gateway.

The pages parse the same texts in `static/shared/address.js`.
"""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

from gateway.errors import BadUserInput
from gateway.graph.inputs import user_id, username
from gateway.images.parameters import MODES as IMAGE_MODES
from gateway.records import Mode

# The part of a URL before the player. Of these, `players` is the gateway's own word, on any host.
KEYWORDS = frozenset({"players", "player", "users", "user", "u"})
_AVATARS = "a.ppy.sh"
# Hosts of osu! and osu!track; other servers have other players with the same IDs.
_HOSTS = re.compile(r"(.+\.)?(ppy\.sh|ameobea\.me)(:[0-9]+)?", re.IGNORECASE)
# `ctb` is osu!track's word.
MODES = IMAGE_MODES | {"ctb": Mode.CATCH}
# At the start only: a search at every place of a long text would take seconds.
_SCHEME = re.compile(r"\A[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ENCODED_MARK = re.compile("#[^/?]*")
_DIGITS = re.compile("[0-9]+")


class PlayerAddress(NamedTuple):
    """A player by ID or by name, and the mode of the URL, if it has one."""

    id: int | None = None
    username: str | None = None
    mode: Mode | None = None

    @property
    def segment(self) -> str:
        """The player as in the path of a page. A name of digits has an `@`, as in osu!'s URLs."""
        if self.username is None:
            return str(self.id)
        return f"@{self.username}" if _DIGITS.fullmatch(self.username) else self.username


def parse_address(text: str) -> PlayerAddress | None:
    """The player in a text; None if there is none. Digits only are an ID."""
    raw_path, _, raw_query = _unquoted(_visible(text)).partition("#")[0].partition("?")
    # The whole text may be encoded, with its query and fragment.
    path, mark, query = _unquoted(_decoded(raw_path)).partition("?")
    query = query if mark else raw_query
    segments = [part.strip() for part in _SCHEME.sub("", path.strip(), count=1).split("/") if part.strip()]
    start = next((index for index, part in enumerate(segments[:-1], 1) if part.lower() in {*KEYWORDS, _AVATARS}), 0)
    player, mode, *_ = [*segments[start:], "", ""]
    # osu!'s address of a lookup has no player.
    if start and player.lower() == "lookup" and mode and mode.lower() not in MODES:
        return None
    if not start and segments[1:] not in ([], [mode] if mode.lower() in MODES else []):
        return None
    if start and segments[start - 1].lower() != "players" and _has_foreign_host(path.strip(), segments[0]):
        return None
    return _address(player, MODES.get(mode.lower(), _first_mode(query, _decoded(query))))


def _visible(text: str) -> str:
    """The text without invisible characters, which copied text can contain."""
    return "".join(each for each in text if unicodedata.category(each) != "Cf")


def _decoded(text: str) -> str:
    """The text in clear. An encoded `#` ends a segment only: what follows is no fragment for browsers."""
    return _ENCODED_MARK.sub("", _visible(unquote(text)))


def _unquoted(text: str) -> str:
    """A URL as chats quote it: `<https://...>` or `[text](https://...)`."""
    inner = text.strip()
    label, mark, url = inner.rpartition("](")
    if mark and label[:1] == "[" and url[-1:] == ")" and "/" in url:
        return _unquoted(url[:-1])
    return inner[1:-1] if inner[:1] == "<" and inner[-1:] == ">" and "/" in inner else inner


def _has_foreign_host(path: str, first: str) -> bool:
    has_host = bool(_SCHEME.match(path)) or (path[:1] != "/" and ("." in first or ":" in first))
    return has_host and not _HOSTS.fullmatch(first)


def _address(player: str, mode: Mode | None) -> PlayerAddress | None:
    try:
        if _DIGITS.fullmatch(player):
            return PlayerAddress(id=user_id(player), mode=mode)
        return PlayerAddress(username=username(player.removeprefix("@")), mode=mode)
    except BadUserInput:
        return None


def _first_mode(*queries: str) -> Mode | None:
    return next((mode for mode in map(query_mode, queries) if mode is not None), None)


def query_mode(query: str) -> Mode | None:
    """The mode of a query string; `m` is its number in osu!'s old URLs."""
    parameters = {name: values[-1].strip().lower() for name, values in parse_qs(query).items()}
    number = parameters.get("m", "")
    numbered = Mode(int(number)) if number in {"0", "1", "2", "3"} else None
    return MODES.get(parameters.get("mode", ""), numbered)
