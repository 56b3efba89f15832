"""The reads of one operation: its loaders, their time and price, and the validity of their values."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Generic, TypeVar

from msgspec import UnsetType

from gateway.deadline import Deadline
from gateway.records import Hiscores, Peak, UserMode
from gateway.store.history import History
from gateway.store.keys import BestPlays, BestPlaysKey, Name, Username
from gateway.store.tags import Validity
from gateway.store.tracker import Tracker

from .loaders import KnownNamesLoader, Loader, UsernamesLoader

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LazyLoader(Generic[K, V]):
    """An attribute that creates its loader when it is first used: most operations use one or two."""

    def __init__(self, source: Callable[[Tracker], Any], create: Callable[..., Loader[K, V]] = Loader) -> None:
        self._source = source
        self._create = create

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, reads: "Reads", _: type) -> Loader[K, V]:
        loader = self._create(self._source(reads.tracker), reads)
        reads.loaders.append(loader)
        # From now on, Python finds the loader there.
        reads.__dict__[self._name] = loader
        return loader


class Reads:
    """A loader for each resource. `charged` are the points of the requests to osu!track."""

    history = LazyLoader[UserMode, History](lambda tracker: tracker.history)
    hiscores = LazyLoader[UserMode, Hiscores](lambda tracker: tracker.hiscores)
    hiscores_by_name = LazyLoader[Name, Hiscores | None](lambda tracker: tracker.hiscores_by_name)
    peak = LazyLoader[UserMode, Peak](lambda tracker: tracker.peak)
    best_plays = LazyLoader[BestPlaysKey, BestPlays](lambda tracker: tracker.best_plays)
    usernames = LazyLoader[int, str | UnsetType | None](lambda tracker: tracker.names.usernames, UsernamesLoader)
    cooldowns = LazyLoader[UserMode, float](lambda tracker: tracker.cooldowns)
    user_ids = LazyLoader[Username, int | UnsetType | None](lambda tracker: tracker.names.user_ids)
    known_usernames = LazyLoader[int, str | UnsetType | None](
        lambda tracker: tracker.names.known_usernames, KnownNamesLoader
    )

    charged = 0

    def __init__(self, tracker: Tracker, *, cost: int, timeout_s: float) -> None:
        """`cost` is the operation's maximum cost in points."""
        self.tracker = tracker
        self.cost = cost
        self._timeout_s = timeout_s
        # Those that have been used.
        self.loaders: list[Loader[Any, Any]] = []

    @cached_property
    def deadline(self) -> Deadline:
        """The end of the operation's time, which begins when it first has to wait."""
        return Deadline.from_timeout(self._timeout_s)

    def charge(self, points: int) -> None:
        """Add the price of one request to osu!track."""
        self.charged += points

    def validity_of_reads(self, until: float) -> Validity:
        """The validity of all values that were read; without any, it ends at `until`, in monotonic time."""
        generations = set[tuple[str, int]]()
        for loader in self.loaders:
            for result in loader.results():
                until = min(until, result.fresh_until) if generations else result.fresh_until
                generations.add((result.tag, result.generation))
        return Validity(until, tuple(generations))

    def was_overtaken(self) -> bool:
        """Whether hiscores that this operation requested have updated the player, and earlier reads are outdated."""
        generations = self.tracker.generations
        tags = {result.tag for result in self.hiscores.results() if result.loaded}
        results = [result for loader in self.loaders for result in loader.results()]
        return any(result.tag in tags and result.generation < generations.of(result.tag) for result in results)

    def discard_reads(self) -> None:
        """Let later reads see new data."""
        for loader in self.loaders:
            loader.clear()

    def start_refreshes(self) -> None:
        """Start the background refreshes of the values that need one."""
        for loader in self.loaders:
            loader.start_refreshes()
