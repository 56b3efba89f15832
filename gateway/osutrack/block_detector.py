"""Detection of a block: osu!track, or a proxy in front of it, refuses all requests from the gateway's address."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager

MIN_REFUSALS = 5
MIN_KEYS = 3
FIRST_PAUSE_S = 120.0
MAX_PAUSE_S = 1800.0


class BlockDetector:
    """Counts consecutive refusals, which are answers with status 403 or an unreadable body.

    Five refusals of at least three different keys are a suspicion, which one probe then confirms or dispels: a single
    player's data can be unreadable without a block. After a confirmed block, of this process or another one, one
    refusal is a suspicion.
    """

    def __init__(self) -> None:
        self._refusals = 0
        self._keys: set[Hashable] = set()
        self._pauses = 0
        self._examining = False
        self._expecting = False

    def count(self, key: Hashable) -> None:
        """Count a refusal, unless a probe is in progress."""
        if not self._examining:
            self._refusals += 1
            self._keys.add(key)

    def reset(self) -> None:
        """Count from zero, after another answer."""
        self._expecting = False
        self._refusals = 0
        self._keys.clear()

    def dispel(self) -> None:
        """Count from zero, and forget earlier blocks: osu!track accepts requests."""
        self.reset()
        self._pauses = 0

    def expect(self) -> None:
        """Suspect a block after one refusal, until osu!track answers otherwise."""
        self._expecting = True

    @property
    def suspects(self) -> bool:
        """Whether a probe is due."""
        enough = self._refusals >= MIN_REFUSALS and len(self._keys) >= MIN_KEYS
        return enough or ((self._pauses > 0 or self._expecting) and self._refusals > 0)

    @contextmanager
    def examination(self) -> Iterator[None]:
        """Count nothing during the block, which sends the probe, and from zero afterwards."""
        self.reset()
        self._examining = True
        try:
            yield
        finally:
            self._examining = False

    def next_pause_s(self) -> float:
        """The duration of the pause after a confirmed block: two minutes, doubled each time up to half an hour."""
        pause_s = min(FIRST_PAUSE_S * 2.0**self._pauses, MAX_PAUSE_S)
        self._pauses += 1
        return pause_s
