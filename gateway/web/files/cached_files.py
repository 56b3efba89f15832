"""The files of players that the response cache stores, like the responses of `/graphql`.

The response to a GET of such a path depends on nothing but its path, its query string and the coding.
"""

from starlette.types import Scope

PLAYERS = "/players/"
# Pages of other sites embed images, and load histories. A cross-site GET of hiscores may update the player: it is
# checked like one of `/graphql`.
CROSS_SITE_FILES = frozenset({"card.svg", "card.png", "chart.svg", "chart.png", "history.csv", "history.ndjson"})
FILES = CROSS_SITE_FILES | {"hiscores.csv", "hiscores.ndjson"}
# Longer paths are no player's.
MAX_PATH = 100


def is_graphql(scope: Scope) -> bool:
    """Whether the request is for the GraphQL endpoint."""
    return bool(scope["type"] == "http" and scope["path"] == scope.get("root_path", "") + "/graphql")


def file_name(scope: Scope) -> str:
    """The name of the player's file that is requested; empty for other paths."""
    if scope["type"] != "http" or PLAYERS not in scope["path"]:
        return ""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    player, _, name = path.removeprefix(PLAYERS).partition("/")
    is_file = path.startswith(PLAYERS) and player and name in FILES and len(path) <= MAX_PATH
    return name if is_file else ""
