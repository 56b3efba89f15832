"""How long osu!track wants to be left alone, from the header of a 429."""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime

DEFAULT_S = 60.0
MAX_S = 3600.0


def retry_after_s(header: str | None, now: float) -> float:
    """Seconds from `now` (since 1970), 1 to 3600; a minute if the header is missing or makes no sense.

    `Retry-After` comes as seconds or as an HTTP date.
    """
    text = header or ""
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, now)
    return DEFAULT_S if math.isnan(seconds) else min(max(seconds, 1.0), MAX_S)


def _seconds_until(http_date: str, now: float) -> float:
    try:
        at = parsedate_to_datetime(http_date)
        # "-0000" is UTC whose place is not told, which Python reads as no time zone.
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, OverflowError):
        return math.nan
