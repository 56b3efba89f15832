"""Scales of charts: positions of values and instants, and the ticks of the axes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from math import ceil, floor, log10
from typing import NamedTuple

from .formats import DAY_S, MONTHS, midnight

# The distance between two ticks of the time axis, in days or months.
DAY_STEPS = (1, 2, 3, 5, 7, 10, 15)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
MAX_TIME_TICKS, MAX_VALUE_TICKS = 7, 4
# The least range of an axis: of ranks 15 %, of other values 4 %.
MIN_RANKS, MIN_SHARE = log10(1.15), 0.04
EPOCH = date(1970, 1, 1)


class Scale(NamedTuple):
    """A range of transformed values, and the pixels of its ends."""

    low: float
    high: float
    first: float
    last: float
    transform: Callable[[float], float] = float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        share = (self.transform(value) - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)


def value_scale(values: Sequence[float], bottom: float, top: float, *, is_rank: bool) -> Scale:
    """The scale of a value axis, with some space above and below. That of ranks is logarithmic, with 1 at the top."""
    transform = _rank_height if is_rank else float
    heights = [transform(value) for value in values]
    low, high = min(heights), max(heights)
    # Of a smaller range, the noise would fill the plot, and labels with few digits would be equal.
    least = max(MIN_RANKS, log10(1 + 5 / 10**-high)) if is_rank else max(abs(high) * MIN_SHARE, 0.05)
    padding = max((high - low) * 0.1, (least - high + low) / 2)
    return Scale(low - padding, high + padding, bottom, top, transform)


def value_ticks(scale: Scale, *, is_rank: bool) -> list[float]:
    """Round values within the scale, at most five."""
    if not is_rank:
        return _even_ticks(scale.low, scale.high)
    best, worst = max(1.0, 10**-scale.high), 10**-scale.low
    ranks = _decade_ticks(best, worst) if worst / best > 8 else _even_ticks(best, worst, least=1.0)
    return [rank for rank in ranks if rank >= 1]


def time_ticks(start: float, end: float) -> list[tuple[float, str]]:
    """Instants of round dates with their labels, at most eight."""
    days = (end - start) / DAY_S
    step = next((step for step in DAY_STEPS if days / step <= MAX_TIME_TICKS), None)
    found = _days(start, end, step) if step else _months(start, end, days / 30.44)
    return list(found)


def _rank_height(rank: float) -> float:
    return -log10(max(rank, 1))


def _even_ticks(low: float, high: float, least: float = 0.0) -> list[float]:
    rough = (high - low) / 4
    power = 10 ** floor(log10(rough))
    # Ranks have a wide range: their labels show a quarter, which those of other values might round.
    sizes = (1, 2, 2.5, 5, 10) if least and power >= 10 else (1, 2, 5, 10)
    step = max(least, next(size * power for size in sizes if size * power >= rough))
    return [round(index * step, 10) for index in range(ceil(low / step), floor(high / step) + 1)]


def _decade_ticks(best: float, worst: float) -> list[float]:
    decades = log10(worst / best)
    digits = (1,) if decades > 2 else (1, 3) if decades > 1.5 else (1, 2, 5)
    powers = range(floor(log10(best)), ceil(log10(worst)) + 1)
    ticks = [digit * 10.0**power for power in powers for digit in digits]
    found = [tick for tick in ticks if best <= tick <= worst]
    return found[:: ceil(len(found) / MAX_VALUE_TICKS)]


def _days(start: float, end: float, step: int) -> Iterator[tuple[float, str]]:
    for index in range(ceil(start / DAY_S / step), floor(end / DAY_S / step) + 1):
        day = EPOCH + timedelta(days=index * step)
        yield midnight(day), f"{day.day} {MONTHS[day.month - 1]}"


def _months(start: float, end: float, months: float) -> Iterator[tuple[float, str]]:
    step = next((step for step in MONTH_STEPS if months / step <= MAX_TIME_TICKS), MONTH_STEPS[-1])
    first = (EPOCH + timedelta(seconds=start)).year * 12 // step * step
    for index in range(first, 9999 * 12, step):
        year, month = divmod(index, 12)
        at = midnight(date(year, month + 1, 1))
        if at > end:
            return
        if at >= start:
            yield at, f"{year}" if month == 0 else MONTHS[month]
