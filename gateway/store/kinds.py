"""What a resource is made with, and what it gives."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

from .cache import Cache, Held
from .generations import Generations
from .packing import Packing
from .second_level import SecondLevel

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lifetime(NamedTuple):
    """For how long a value is fresh, and for how long after that it may be served; seconds since it was fetched."""

    fresh_s: float
    stale_s: float


class Kind(NamedTuple, Generic[K, V]):
    """What is particular to a resource. `tag` tells which updates make a key's value old.

    Values that are not `refreshable` are read again only for somebody who waits.
    """

    name: str
    lifetime: Lifetime
    tag: Callable[[K], str]
    packing: Packing[V]
    refreshable: Callable[[V], bool] = lambda _: True


class Memory(NamedTuple):
    """What all resources share. `timeout_s` bounds one load, whoever waits for it."""

    cache: Cache
    generations: Generations
    second: SecondLevel
    timeout_s: float = 20.0
    clock: Callable[[], float] = time.time


class Served(NamedTuple, Generic[V]):
    """An answer to a reader. `age_s` is None while it is fresh; `loaded` says that osu!track was asked for it.

    It holds until `fresh_until` (seconds since 1970), and while its `tag` has that `generation`.
    """

    value: V
    age_s: float | None = None
    dropped: int = 0
    fresh_until: float = 0.0
    loaded: bool = False
    tag: str = ""
    generation: int = 0


class Loaded(NamedTuple, Generic[V]):
    """What there is now; `asked` if osu!track had to be asked for it."""

    held: Held[V]
    asked: bool = False
