"""How long a caller waits for osu!track, and how much it matters: handed down from the operation to each request."""

import asyncio
from typing import NamedTuple

# Who waits for a request that gives up in time waits so much longer for it to say why.
LAST_WORD_S = 0.25


class Patience(NamedTuple):
    """`deadline` is a time of the running loop's clock; background work gives way to people who wait."""

    deadline: float
    background: bool = False

    @property
    def last_word(self) -> float:
        """When to go without having been told why."""
        return self.deadline + LAST_WORD_S

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; 0 or less once it has passed."""
        return self.deadline - asyncio.get_running_loop().time()


def patience(timeout_s: float, *, background: bool = False) -> Patience:
    """Patience that ends `timeout_s` from now."""
    return Patience(until(timeout_s), background)


def until(timeout_s: float) -> float:
    """The deadline that is `timeout_s` from now."""
    return asyncio.get_running_loop().time() + timeout_s
