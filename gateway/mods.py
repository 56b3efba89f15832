"""Mods: the bit field of osu!api v1 and its acronyms."""

from functools import lru_cache
from typing import NamedTuple

# Bit and acronym, in osu!'s display order.
_MODS = (
    (1, "EZ"), (0, "NF"), (8, "HT"), (3, "HD"), (6, "DT"), (9, "NC"), (4, "HR"), (5, "SD"), (14, "PF"), (10, "FL"),
    (7, "RX"), (13, "AP"), (12, "SO"), (11, "AT"), (22, "CN"), (23, "TP"), (2, "TD"), (20, "FI"), (21, "RD"),
    (30, "MR"), (26, "1K"), (28, "2K"), (27, "3K"), (15, "4K"), (16, "5K"), (17, "6K"), (18, "7K"), (19, "8K"),
    (24, "9K"), (25, "CO"), (29, "V2"),
)  # fmt: skip
# The first is always set together with the second, which is then omitted.
_IMPLIED = {"NC": "DT", "PF": "SD"}
# Stands for the mods of a play without mods in `MASKS`. osu! does not use this bit.
NO_MOD = 1 << 31
# The bits of which a play with a mod has at least one, by acronym: a play with NC has DT.
MASKS = {"NM": NO_MOD} | {acronym: 1 << bit for bit, acronym in _MODS}
MASKS |= {implied: MASKS[implied] | MASKS[mod] for mod, implied in _IMPLIED.items()}


class Mods(NamedTuple):
    """Decoded mods."""

    bits: int
    acronyms: tuple[str, ...]
    label: str


@lru_cache(maxsize=4096)
def mods_of(bits: int) -> Mods:
    """The mods of a bit field; bits without a known name are skipped."""
    named = [acronym for bit, acronym in _MODS if bits >> bit & 1]
    implied = {_IMPLIED[acronym] for acronym in named if acronym in _IMPLIED}
    acronyms = tuple(acronym for acronym in named if acronym not in implied)
    return Mods(bits, acronyms, "".join(acronyms) or "NM")
