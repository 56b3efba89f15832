"""Names and IDs of players, known or looked up."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from graphql.pyutils import Path
from msgspec import UnsetType

from gateway.graph.context import Info
from gateway.store.keys import Username

V = TypeVar("V")
R = TypeVar("R")


def username_of(info: Info, user_id: int, convert: Callable[[str], R] = str) -> R | Awaitable[R | None] | None:  # type: ignore[assignment]  # mypy does not check a default against R
    """The player's name, converted; None if it is not known. Inside a list nothing is looked up."""
    context, listed = info.context, _is_listed(info.path)
    select = _selector(info, convert, silent=listed)
    return context.read(info, context.known_usernames if listed else context.usernames, user_id, select)


def user_id_of(info: Info, username: str, convert: Callable[[int], R]) -> R | Awaitable[R | None] | None:
    """The ID of the player with this name, converted; None if it is not known."""
    context = info.context
    return context.read(info, context.user_ids, Username(username), _selector(info, convert))


def _selector(
    info: Info, convert: Callable[[V], R], *, silent: bool = False
) -> Callable[[V | UnsetType | None], R | None]:
    def select(value: V | UnsetType | None) -> R | None:
        if not isinstance(value, UnsetType):
            return None if value is None else convert(value)
        if not silent:
            text = "The player's name and ID are not known together: neither an update nor a names service has told."
            info.context.warn(info, "USERNAME_UNRESOLVED", text, cacheable=True)
        return None

    return select


def _is_listed(path: Path | None) -> bool:
    while path:
        if isinstance(path.key, int):
            return True
        path = path.prev
    return False
