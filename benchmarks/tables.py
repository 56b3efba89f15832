"""Markdown tables that compare the gateway with other contenders."""

from collections.abc import Mapping
from typing import NamedTuple

OURS = "gateway"
OTHERS = ("before", "plain Strawberry", "Mercurius", "Grafast")


class Cell(NamedTuple):
    """A measured value; `stable` if repetitions agree."""

    value: float
    stable: bool = True

    def __str__(self) -> str:
        digits = 0 if self.value >= 100 else 1
        return f"{'' if self.stable else '~'}{self.value:,.{digits}f}"


def header(others: list[str]) -> str:
    """The first two rows."""
    return "\n".join((row("", OURS, *others), row("---", *("--:" for _ in range(len(others) + 1)))))


def compared(name: str, cells: Mapping[str, Cell], others: list[str], target: str = "") -> str:
    """A row: each value, with the gateway's value divided by it. `target` stands with the earlier commit's value."""
    texts = {each: f"{cell} ({_ratio(cells[OURS].value / cell.value)} ×)" for each, cell in cells.items()}
    if target and "before" in texts:
        texts["before"] += f", target {target} ×"
    return row(name, str(cells[OURS]), *(texts.get(each, "") for each in others))


def row(*cells: str) -> str:
    """A row of these cells."""
    return f"| {' | '.join(cells)} |"


def _ratio(ratio: float) -> str:
    return f"{ratio:,.1f}" if ratio >= 10 else f"{ratio:.2f}"
