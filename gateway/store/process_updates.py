"""The records of potential updates in the memory of one process, its own and those that it knows of others."""

from collections.abc import Callable, Mapping
from itertools import count
from secrets import token_hex

from .cooldown_file import CooldownFile
from .update_records import Outcome, StoredRecord, UpdateRecord

# A finished record stays for at least this long, for the processes that poll it.
MIN_TTL_S = 5.0


class ProcessUpdates:
    """The last record of each player. Those that have ended stay for a while, to be recognised in Redis."""

    def __init__(
        self, *, cooldown_s: float, timeout_s: float, saved: CooldownFile | None, monotonic: Callable[[], float]
    ) -> None:
        """As in `UpdateRegistry`."""
        self._cooldown_s = cooldown_s
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._process_id = token_hex(8)
        self._numbers = count()
        self._records: dict[str, UpdateRecord] = {}
        self._saved = saved
        if saved:
            self._restore(saved.load())

    def get(self, key: str) -> UpdateRecord | None:
        """The record with this key."""
        return self._records.get(key)

    def items(self) -> list[tuple[str, UpdateRecord]]:
        """All records with their keys."""
        return list(self._records.items())

    def next_owner(self) -> str:
        """The owner of the next record."""
        return f"{self._process_id}:{next(self._numbers)}"

    def forbids(self, record: UpdateRecord) -> bool:
        """Whether the record forbids an update now."""
        return record.ends_at > self._monotonic()

    def put(self, key: str, record: UpdateRecord) -> None:
        """Add a record, and forget those that have ended for long."""
        old = self._monotonic() - max(self._cooldown_s, MIN_TTL_S)
        self._records = {other: each for other, each in self._records.items() if each.ends_at > old}
        self._records[key] = record
        if self._saved:
            self._saved.put(key, record.ends_at - self._monotonic())

    def replace(self, key: str, new: UpdateRecord) -> dict[str, UpdateRecord]:
        """Replace a record under all its keys: a name's record is also that of the player. Returns the new records."""
        own = self._records.get(key)
        if own is None or own.done is None:
            self.put(key, new)
            return {key: new}
        named = self._records.get(own.name_key)
        latest = named if named and not self.forbids(new) else new
        records = {other: latest for other, each in self._records.items() if each is own}
        for other, record in records.items():
            self.put(other, record)
        own.done.set()
        return records

    def own(self, stored: StoredRecord) -> UpdateRecord | None:
        """This process's record, which is in memory under the same or a merged key, or has ended."""
        if not stored.owner.startswith(self._process_id):
            return None
        ended = UpdateRecord(stored, 0, self._monotonic())
        return next((each for each in self._records.values() if each.stored.owner == stored.owner), ended)

    def received(self, stored: StoredRecord, ttl_s: float) -> UpdateRecord:
        """A record of another process, from its remaining lifetime in Redis."""
        now = self._monotonic()
        if stored.outcome is None:
            left_s = min(ttl_s, self._timeout_s + self._cooldown_s)
            return UpdateRecord(stored, now + left_s - self._cooldown_s, now + left_s)
        spare_s = max(MIN_TTL_S - stored.outcome.cooldown_s, 0)
        return UpdateRecord(stored, now, now + min(ttl_s - spare_s, self._cooldown_s))

    def _restore(self, cooldowns: Mapping[str, float]) -> None:
        """Add the records of the process before this one; their outcomes are unknown."""
        now = self._monotonic()
        for key, left_s in cooldowns.items():
            stored = StoredRecord(self.next_owner(), is_read=False, outcome=Outcome(left_s))
            self._records[key] = UpdateRecord(stored, now, now + left_s)
