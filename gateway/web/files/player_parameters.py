"""The parameters in URLs of players' files, as variables of a GraphQL document.

GraphQL validates their values: an invalid one has the same code as in a query.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from enum import Enum
from typing import Any

from starlette.requests import Request

from gateway.errors import BadUserInput
from gateway.graph.inputs import MAX_DAYS, GameMode, quoted
from gateway.images.parameters import parse_window

from .player_names import checked_id

# Both forms of a window, of which a URL can have one.
DAYS, WINDOW = ("days", "from", "to"), "window"
# Python takes long to parse longer numbers.
_WHOLE_NUMBER = re.compile("[0-9]{1,10}")
# Of an unknown parameter's name, which an error repeats.
MAX_NAME = 40


def variables_of(request: Request, others: Collection[str] = ()) -> dict[str, Any]:
    """`id`, `mode` and `window`, and the parameters in `others` as text.

    Raises `BadUserInput` for any other parameter, and `HTTPError` for a name in place of the ID.
    """
    given = parameters_of(request, ("mode", *DAYS, WINDOW, *others))
    variables = {
        "id": checked_id(request),
        "mode": _mode(given.get("mode", "osu")),
        "window": parse_window(given[WINDOW].lower()).variables["window"] if WINDOW in given else _window(given),
        **{name: given[name] for name in others if name in given},
    }
    return {name: value for name, value in variables.items() if value is not None}


def window_text(given: Mapping[str, str]) -> str | None:
    """The window in the form of images, such as `30d`, also if it is given as `days`, or as `from` and `to`."""
    if given.keys().isdisjoint(DAYS):
        return given.get(WINDOW)
    window = _window(given) or {}
    return f"{window['days']}d" if "days" in window else f"{given.get('from', '')}..{given.get('to', '')}"


def parameters_of(request: Request, names: Collection[str]) -> Mapping[str, str]:
    """The parameters of the URL; raises `BadUserInput` for one that has another name, or is repeated."""
    pairs = request.query_params.multi_items()
    for name, _ in pairs:
        if name not in names:
            known = ", ".join(f"`{known}`" for known in names)
            raise BadUserInput(
                name[:MAX_NAME], f"The URL has the unknown parameter {quoted(name)}. It can have {known}."
            )
        if len(request.query_params.getlist(name)) > 1:
            raise BadUserInput(name, f"`{name}` appears more than once in the URL.")
    given = dict(pairs)
    if WINDOW in given and not given.keys().isdisjoint(DAYS):
        raise BadUserInput(WINDOW, "The window is either `window`, or `days`, or `from` and `to`.")
    return given


def _mode(text: str) -> str:
    """The mode's name in the schema; osu!api v2 has another one for catch."""
    return "CATCH" if text.lower() == "fruits" else option("mode", text, GameMode)


def option(parameter: str, text: str, options: type[Enum]) -> str:
    """The name of an enum's value in the schema, in upper or lower case."""
    name = text.upper()
    if name not in options.__members__:
        known = ", ".join(f"`{option.lower()}`" for option in options.__members__)
        raise BadUserInput(parameter, f"`{parameter}` must be one of {known}.")
    return name


def _window(given: Mapping[str, str]) -> dict[str, Any] | None:
    """The input `Window`."""
    days = given.get("days")
    between = {name: _day(name, given[name]) for name in ("from", "to") if name in given}
    if days is not None and between:
        raise BadUserInput("days", "The window is either `days`, or `from` and `to`.")
    if days is None:
        return {"between": between} if between else None
    if not _WHOLE_NUMBER.fullmatch(days) or not 1 <= int(days) <= MAX_DAYS:
        raise BadUserInput("days", f"`days` must be a whole number from 1 to {MAX_DAYS:,}.")
    return {"days": int(days)}


def _day(parameter: str, text: str) -> str:
    try:
        # Python accepts other forms of ISO 8601 too, and writes this one.
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise BadUserInput(parameter, f"`{parameter}` must be a day in UTC, such as 2026-01-31.")
