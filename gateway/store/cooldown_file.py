"""Cooldowns on disk, so that they survive a restart: the process before may have updated a player a moment ago."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from gateway.settings import BadSettings, Settings

FILE = "cooldowns.jsonl"
# After so many lines the ended cooldowns are removed from the file.
MAX_LINES = 1000

log = logging.getLogger(__name__)

_decoder = msgspec.json.Decoder(tuple[str, float])


def cooldown_file(settings: Settings, *, clock: Callable[[], float] = time.time) -> "CooldownFile | None":
    """The file of the settings, if they name a folder; raises `BadSettings` if it cannot be written."""
    if settings.state_dir is None:
        return None
    return CooldownFile(settings.state_dir, cooldown_s=settings.update_cooldown_s, clock=clock)


def check_state_dir(settings: Settings) -> None:
    """Raise `BadSettings` if the folder of the settings cannot be written or created; changes nothing."""
    folder = settings.state_dir
    if folder is None:
        return
    existing = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    effective = os.access in os.supports_effective_ids
    if not os.access(existing, os.W_OK | os.X_OK, effective_ids=effective) or not existing.is_dir():
        raise BadSettings(f"GATEWAY_STATE_DIR: {folder} is not writable")


class CooldownFile:
    """A file with a line for each change of a cooldown: its key, and its end in seconds since 1970.

    The last line of a key counts. Unreadable lines are logged and dropped: a process may have been killed while it
    wrote one.
    """

    def __init__(self, folder: Path, *, cooldown_s: float, clock: Callable[[], float] = time.time) -> None:
        """Raises `BadSettings` if the folder cannot be written. No cooldown in it lasts longer than `cooldown_s`."""
        self._path = folder / FILE
        self._cooldown_s = cooldown_s
        self._clock = clock
        self._lines = 0
        self._failing = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._compact()
        except OSError as exc:
            raise BadSettings(f"GATEWAY_STATE_DIR: {folder} is not writable ({exc.strerror})") from exc

    def load(self) -> dict[str, float]:
        """The remaining seconds of each cooldown.

        At most one cooldown: the clock may have been set back since. If it was set forward, cooldowns have ended.
        """
        now = self._clock()
        remaining = {key: min(ends_at - now, self._cooldown_s) for key, ends_at in dict(self._records()).items()}
        return {key: seconds for key, seconds in remaining.items() if seconds > 0}

    def put(self, key: str, remaining_s: float) -> None:
        """Store a cooldown; 0 ends it. A failure is logged, and the update goes on."""
        try:
            self._append(key, self._clock() + remaining_s if remaining_s > 0 else 0.0)
        except OSError as exc:
            if not self._failing:
                log.warning("Cannot store cooldowns in GATEWAY_STATE_DIR (%s)", exc.strerror)
            self._failing = True
        else:
            self._failing = False

    def _append(self, key: str, ends_at: float) -> None:
        self._lines += 1
        if self._lines > MAX_LINES:
            self._compact()
        with self._path.open("ab") as file:
            # The line before may be incomplete.
            file.write(b"\n" + msgspec.json.encode((key, ends_at)))

    def _compact(self) -> None:
        now = self._clock()
        lines = [msgspec.json.encode((key, now + remaining_s)) for key, remaining_s in self.load().items()]
        # Replaced as a whole: a reader never finds a part of it.
        temporary = self._path.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(b"\n".join(lines))
        temporary.replace(self._path)
        self._lines = len(lines)

    def _records(self) -> Iterator[tuple[str, float]]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        unreadable = 0
        for line in filter(None, content.splitlines()):
            try:
                yield _decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                unreadable += 1
        if unreadable:
            facts = {"file": str(self._path), "lines": unreadable}
            log.warning("Unreadable cooldowns are dropped: their players may be updated again too early", extra=facts)
