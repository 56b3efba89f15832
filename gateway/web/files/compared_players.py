"""The parameter `compare` of the card: up to four players beside that of the path, as in addresses of player pages."""

from gateway.errors import BadUserInput
from gateway.graph.inputs import quoted
from gateway.web.pages.player_addresses import PlayerAddress, parse_address
from gateway.web.pages.player_view import MAX_COMPARED, MAX_LIST

COMPARE = "compare"


def parse_compared(text: str) -> list[PlayerAddress]:
    """The players of a list, by ID or name; raises `BadUserInput`."""
    texts = text.split(",") if len(text) <= MAX_LIST else []
    found = [address for address in map(parse_address, texts[: MAX_COMPARED + 1]) if address]
    if not 1 <= len(found) <= MAX_COMPARED or len(found) != len(texts):
        raise BadUserInput(
            COMPARE,
            f"`{COMPARE}` must be a list of 1 to {MAX_COMPARED} other players with commas between them, such as"
            f" `2,1010`, not {quoted(text)}.",
        )
    return found


def check_distinct(ids: list[int]) -> None:
    """Raise `BadUserInput` if a player appears twice; the first one is that of the path."""
    for index, user_id in enumerate(ids):
        if user_id in ids[:index]:
            raise BadUserInput(COMPARE, f"`{COMPARE}` must have each player once, without that of the path.")
