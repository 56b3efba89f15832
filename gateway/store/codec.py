"""Conversion of entries to bytes, for Redis."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Meta, Struct, msgpack

from gateway.shared.redis_content import Unreadable, decode

from .cache import Entry

V = TypeVar("V")
W = TypeVar("W")


# Redis is untrusted input: no NaN, no infinity.
Finite = Annotated[float, Meta(ge=-1e18, le=1e18)]
Count = Annotated[int, Meta(ge=0, le=2**52)]
ETag = Annotated[str, Meta(pattern=r"^[ -~]*\Z", max_length=1000)]


class Envelope(Struct, Generic[W], array_like=True):
    """An entry in Redis: the time of writing, in seconds since 1970, and ages at that time."""

    value: W
    written_at: Finite
    fetched_s: Finite
    validated_s: Finite
    loaded_s: Finite
    generation: Count
    etag: ETag | None
    dropped: Count
    fresh_s: Finite | None


class Codec(Generic[V]):
    """Conversion of one resource's values and entries to bytes and back."""

    def __init__(self, *wires: Any, to_plain: Callable[[V], object], from_plain: Callable[[Any], V]) -> None:
        """`to_plain` converts a value to msgpack's types, declared as the last of `wires`; `from_plain` reverses it.

        The other `wires` are stricter types, which are tried first.
        """
        self._to_plain = to_plain
        self._from_plain = from_plain
        self._values = [msgpack.Decoder(wire) for wire in wires]
        self._envelopes = [msgpack.Decoder(Envelope[wire]) for wire in wires]  # type: ignore[valid-type]  # made at runtime

    def encode(self, entry: Entry[V], now: float) -> bytes:
        """The entry as msgpack, without `refresh_at`, which belongs to one process. `now` is monotonic."""
        envelope = Envelope(
            value=self._to_plain(entry.value),
            written_at=entry.written_at,
            fetched_s=now - entry.fetched_at,
            validated_s=now - entry.validated_at,
            loaded_s=now - entry.loaded_at,
            generation=entry.generation,
            etag=entry.etag,
            dropped=entry.dropped,
            fresh_s=entry.fresh_s,
        )
        return msgpack.encode(envelope)

    def decode(self, encoded: bytes, now: float, wall_now: float) -> Entry[V]:
        """The entry; raises `Unreadable`. `now` is monotonic, `wall_now` in seconds since 1970.

        If the clock of the other process is ahead, or this one was set back, the entry counts as written now.
        """
        envelope = _decode_first(self._envelopes, encoded)
        written_at = now - max(wall_now - envelope.written_at, 0.0)
        return Entry(
            value=self._value(envelope.value),
            fetched_at=written_at - max(envelope.fetched_s, 0.0),
            validated_at=written_at - max(envelope.validated_s, 0.0),
            loaded_at=written_at - max(envelope.loaded_s, 0.0),
            written_at=envelope.written_at,
            generation=envelope.generation,
            etag=envelope.etag,
            dropped=envelope.dropped,
            fresh_s=envelope.fresh_s,
        )

    def encode_value(self, value: V) -> bytes:
        """The value as msgpack; raises `OverflowError` for integers of more than 64 bits."""
        return msgpack.encode(self._to_plain(value))

    def decode_value(self, encoded: bytes) -> V:
        """The value; raises `Unreadable`."""
        return self._value(_decode_first(self._values, encoded))

    def _value(self, plain: Any) -> V:
        try:
            return self._from_plain(plain)
        except ValueError as exc:
            raise Unreadable(str(exc)) from exc


def _decode_first(decoders: Sequence[msgpack.Decoder[W]], encoded: bytes) -> W:
    for decoder in decoders[:-1]:
        with suppress(Unreadable):
            return decode(decoder, encoded)
    return decode(decoders[-1], encoded)
