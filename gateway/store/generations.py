"""What an update has made old: a number for each tag, raised when what was known under it no longer counts."""

import time
from collections.abc import Callable
from typing import NamedTuple


class Lasting(NamedTuple):
    """How long what is made of things remembered holds: `until` (seconds since 1970), or until a tag is raised."""

    until: float
    generations: tuple[tuple[str, int], ...]


class Generations:
    """Starts at 0 for every tag; a later number is always a higher one, whatever the tag.

    What was asked for under a lower number than its tag has now does not count any more. A tag's number is forgotten
    after `memory_s`, which must be as long as anything is remembered: else what it made old would count again.
    """

    def __init__(self, memory_s: float, *, clock: Callable[[], float] = time.time) -> None:
        self._memory_s = memory_s
        self._clock = clock
        self._raised = 0
        # The longest unraised first.
        self._current: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._current)

    def of(self, tag: str) -> int:
        """The tag's number now."""
        return self._current.get(tag, (0, 0.0))[0]

    def hold(self, numbers: tuple[tuple[str, int], ...]) -> bool:
        """Whether none of the tags has been raised above its number."""
        return all(self.of(tag) <= number for tag, number in numbers)

    def raise_(self, tag: str) -> None:
        """Whatever was asked for before this moment does not count any more."""
        self._raised += 1
        self._current.pop(tag, None)
        self._current[tag] = (self._raised, self._clock())
        self._forget_old()

    def _forget_old(self) -> None:
        horizon = self._clock() - self._memory_s
        while (oldest := next(iter(self._current))) and self._current[oldest][1] < horizon:
            del self._current[oldest]
