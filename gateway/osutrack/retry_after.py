"""Parsing of the headers `Retry-After` and `Date`."""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime

DEFAULT_S = 60.0
MIN_S = 1.0
MAX_S = 3600.0


def retry_after_s(header: str | None, now: float, date: str | None = None) -> float:
    """The delay in seconds, 1 to 3600; 60 if the header is missing or invalid.

    The header is a number of seconds or an HTTP date. A date is compared with that of the response, the header `Date`,
    so that our clock does not matter; without it, with `now` (seconds since 1970).
    """
    text = header or ""
    try:
        seconds = float(text)
    except ValueError:
        sent_s = _seconds_until(date or "", now)
        seconds = _seconds_until(text, now) - (0.0 if math.isnan(sent_s) else sent_s)
    return DEFAULT_S if math.isnan(seconds) else min(max(seconds, MIN_S), MAX_S)


def time_of_date(http_date: str | None) -> float | None:
    """The time of an HTTP date in seconds since 1970; None if it is missing or invalid."""
    try:
        at = parsedate_to_datetime(http_date or "")
        # "-0000" is UTC of unknown origin, for which Python returns a naive datetime.
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _seconds_until(http_date: str, now: float) -> float:
    at = time_of_date(http_date)
    return math.nan if at is None else at - now
