"""Numbers, dates and durations in images. Dates are UTC."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

MINUS = "−"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = ((1e15, "Q"), (1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def count(value: float) -> str:
    """A whole number with separators: `12,345`."""
    return _rounded(value, "1")


def decimal(value: float) -> str:
    """A number with two decimals: `98.76`."""
    return _rounded(value, "0.01")


def short(value: float) -> str:
    """A number of about four characters: `12.3k`, `4.56B`. Small numbers are exact."""
    size = abs(value)
    for factor, unit in UNITS:
        # From here on, rounding reaches the unit.
        if size >= factor * 0.9995 and size >= 1e4:
            return f"{value / factor:.3g}{unit}".replace("-", MINUS)
    rounded = round(value, 2 if size < 100 else 0)
    return f"{rounded:,.10g}".replace("-", MINUS)


def signed(text: str, value: float) -> str:
    """The text of an absolute value with the sign of `value`; `±0` if the text shows no difference."""
    if not any(digit in text for digit in "123456789"):
        return "±0"
    return f"{'+' if value > 0 else MINUS}{text}"


def rank_change(gained: float) -> str:
    """A change of rank: `▲ 12` is a better rank, `▼ 12` a worse one."""
    return f"{'▲' if gained > 0 else '▼'} {count(abs(gained))}" if gained else "±0"


def day(instant: str) -> str:
    """The day of an RFC 3339 instant: `26 Nov 2026`."""
    return day_of(date.fromisoformat(instant[:10]))


def day_of(at: date) -> str:
    """A day: `26 Nov 2026`."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def timestamp(instant: str) -> float:
    """The seconds since 1970 of an RFC 3339 instant."""
    return datetime.fromisoformat(instant).timestamp()


def midnight(day: date) -> float:
    """The seconds since 1970 at the start of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def duration(seconds: float) -> str:
    """A duration: `3 hours`."""
    for size, unit in ((DAY_S, "day"), (HOUR_S, "hour"), (MINUTE_S, "minute")):
        if seconds >= size:
            amount = round(seconds / size)
            return f"{amount} {unit}{'' if amount == 1 else 's'}"
    return "less than a minute"


def _rounded(value: float, step: str) -> str:
    """The value as browsers round it: halves of its shortest decimal form away from zero, such as 98.845 to 98.85."""
    rounded = Decimal(repr(value)).quantize(Decimal(step), ROUND_HALF_UP)
    return f"{rounded or abs(rounded):,}".replace("-", MINUS)
