"""W3C Trace Context: which trace a client's request belongs to, and how that is told to whoever is asked next.

https://www.w3.org/TR/trace-context/: what is not valid is ignored as if it were not there.
"""

import re
from random import getrandbits
from typing import NamedTuple

# Versions to come may have more behind a hyphen; 255 is forbidden.
TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
MEMBER = re.compile(
    r"(?:[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}|[a-z][a-z0-9_*/-]{0,255})"
    r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)
MAX_MEMBERS = 32
# As many characters as everyone has to pass on.
MAX_STATE = 512
# "sampled" and "random"; the others have no meaning yet, and are to be sent as 0.
KNOWN_FLAGS = 0b11


class Trace(NamedTuple):
    """The trace, and the span in it that caused what is done now; IDs in hexadecimal digits."""

    trace_id: str
    span_id: str
    flags: int
    state: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What tells a server that it is asked from within this span."""
        headers = {"traceparent": f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"}
        return headers | {"tracestate": self.state} if self.state else headers

    def child(self) -> "Trace":
        """The same trace, with a span of its own."""
        # Not 0, which means none; that two are alike does no harm worth real randomness.
        return self._replace(span_id=f"{getrandbits(64) or 1:016x}")


def trace_of(traceparent: str, tracestate: str = "") -> Trace | None:
    """The trace that a request's headers name, None if they name none."""
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if (version == "00" and more) or not int(trace_id, 16) or not int(span_id, 16):
        return None
    return Trace(trace_id, span_id, int(flags, 16) & KNOWN_FLAGS, _state(tracestate))


def _state(tracestate: str) -> str:
    members = [member for part in tracestate.split(",") if (member := part.strip(" \t"))]
    keys = {member.partition("=")[0] for member in members}
    sound = len(keys) == len(members) <= MAX_MEMBERS and all(map(MEMBER.fullmatch, members))
    state = ",".join(members)
    return state if sound and len(state) <= MAX_STATE else ""
