"""Bounds of arguments: the lengths of lists, page sizes, and values of pp; errors name the argument."""

from collections.abc import Iterable, Sequence, Sized
from math import inf

from strawberry import ID

from gateway.errors import BadUserInput

from .inputs import user_id

MAX_PAGE = 10_000
# In one list of IDs.
MAX_PLAYERS = 100


def check_length(name: str, items: Sized, maximum: int, noun: str) -> None:
    """Raise `BadUserInput` if a list is too long. `name` is an argument, or a field of it: `filter.grades`."""
    if len(items) > maximum:
        raise BadUserInput(name.partition(".")[0], f"`{name}` has {len(items)} {noun}; the maximum is {maximum}.")


def check_pp(name: str, values: Iterable[float]) -> None:
    """Raise `BadUserInput` if a value cannot be pp."""
    # Literals like 1e999 are infinite.
    if not all(0 <= value < inf for value in values):
        raise BadUserInput(name.partition(".")[0], f"`{name}` accepts finite numbers from 0.")


def page_size(first: int) -> int:
    """A valid value of `first`."""
    if not 0 <= first <= MAX_PAGE:
        raise BadUserInput("first", f"`first` must be from 0 to {MAX_PAGE:,}.")
    return first


def user_ids(texts: Sequence[ID]) -> list[int]:
    """The IDs of a list as numbers."""
    check_length("ids", texts, MAX_PLAYERS, "IDs")
    return [user_id(text, "ids", index) for index, text in enumerate(texts)]
