"""What an update has made old: a number for each tag, raised when what was known under it no longer counts."""

import time
from collections.abc import Callable

# A load that began longer ago than this has ended: its tag's number need not be known any more.
MEMORY_S = 600.0
SWEEP_ABOVE = 1000


class Generations:
    """Starts at 0 for every tag. Numbers are never used twice, so forgetting a tag can't bring an old load back."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._raised = 0
        self._current: dict[str, tuple[int, float]] = {}

    def of(self, tag: str) -> int:
        """The tag's number now."""
        return self._current.get(tag, (0, 0.0))[0]

    def raise_(self, tag: str) -> None:
        """Whatever was asked for before this moment does not count any more."""
        self._raised += 1
        self._current[tag] = (self._raised, self._clock())
        if len(self._current) > SWEEP_ABOVE:
            self._sweep()

    def _sweep(self) -> None:
        horizon = self._clock() - MEMORY_S
        self._current = {tag: (number, at) for tag, (number, at) in self._current.items() if at > horizon}
