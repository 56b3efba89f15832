"""The potential updates that osu!track received, and the rule that separates those of one player and mode by 15 minutes."""

from typing import NamedTuple

from gateway.sandbox import Sandbox

COOLDOWN_S = 900


class _Call(NamedTuple):
    at_s: float
    mode: int
    user: int | None
    name: str | None


class PotentialUpdates:
    """The potential updates so far, each at its monotonic time.

    A name is a player of its own, until an update has told the name of the player: from then on, its calls are those of
    the player, except for the distance of that update from earlier calls by name.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._seen = 0
        self._calls: list[_Call] = []
        self._user_ids: dict[str, int] = {}

    def check(self, now_s: float, names: dict[int, str]) -> None:
        """Fail if the calls since the last check violate the rule. `names` were told by their updates."""
        for call in self._sandbox.backend_calls[self._seen :]:
            name = None if call.name is None else folded(call.name)
            known = self._user_ids.get(name or "")
            new = _Call(now_s, call.mode, call.user if name is None else known, name if known is None else None)
            conflict = next((old for old in self._calls if self._conflicts(old, new)), None)
            assert conflict is None, f"{new} follows {conflict}"
            self._calls.append(new)
        self._seen = len(self._sandbox.backend_calls)
        self._user_ids |= {folded(name): user for user, name in names.items()}

    def _conflicts(self, old: _Call, new: _Call) -> bool:
        if old.mode != new.mode or new.at_s - old.at_s >= COOLDOWN_S:
            return False
        if new.name is not None:
            return old.name == new.name
        return new.user in {old.user, self._user_ids.get(old.name or "")}


def folded(name: str) -> str:
    """The form in which all spellings of a name are equal."""
    return name.lower().replace("_", " ")
