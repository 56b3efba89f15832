"""The best play of a player's year, from cached hiscores only: images and crawlers cause no request for them."""

from gateway.records import Hiscore, Hiscores, UserMode
from gateway.store.resource import Resource


def best_of_year(hiscores: Resource[UserMode, Hiscores], player: UserMode, year: int) -> Hiscore | None:
    """The play of the year with the most pp; None without any, or if the hiscores are not in memory."""
    cached = hiscores.cached(player)
    plays = cached.value.played_within(f"{year}-01-01", f"{year + 1}-01-01") if cached else ()
    return plays[0] if plays and plays[0].pp > 0 else None
