"""Whether osu!track still answers what our records expect: which fields are missing, new, or of another kind."""

from typing import Any, get_args

import msgspec

from gateway.errors import UpstreamError
from gateway.records import Mode

from . import decode
from .client import Client
from .endpoints import BEST_PLAYS, HISCORE_LIST, HISTORY, PEAK, Endpoint
from .patience import patience

TIMEOUT_S = 20.0
# A few rows tell; a history can have thousands.
SAMPLE = 20

Rows = msgspec.json.Decoder[list[Any]]


async def examine(client: Client) -> dict[str, list[str]]:
    """By endpoint, a sentence for each thing that is not as expected. Four requests, none of which can be an update.

    The player to ask about is one of the best plays: of such a one there are hiscores, so `/hiscores` has no reason
    to update anybody. Without best plays it is not asked. `/update` never is.
    """
    mode = {"mode": str(int(Mode.OSU))}
    findings, players = await _asked(client, BEST_PLAYS, mode, decode.BEST_PLAYS)
    report = {BEST_PLAYS.path: findings}
    if not players:
        return report
    player = mode | {"user": str(players[0]["user"])}
    for endpoint, decoder in ((HISTORY, decode.SNAPSHOTS), (PEAK, decode.PEAKS), (HISCORE_LIST, decode.PLAYS)):
        report[endpoint.path], _ = await _asked(client, endpoint, player, decoder)
    return report


async def _asked(
    client: Client, endpoint: Endpoint, params: dict[str, str], decoder: Rows
) -> tuple[list[str], list[dict[str, Any]]]:
    try:
        body = await client.body(endpoint, params, patience(TIMEOUT_S))
    except UpstreamError as exc:
        return [exc.message], []
    return drift(body, decoder)


def drift(body: bytes, decoder: Rows) -> tuple[list[str], list[dict[str, Any]]]:
    """How a list differs from what `decoder` reads, in sentences; and its first rows, if they are any."""
    try:
        rows = msgspec.json.decode(body)
    except msgspec.DecodeError as exc:
        return [f"the answer is not JSON: {exc}"], []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return ["the answer is not a list of objects"], []
    return _fields(rows[:SAMPLE], decoder) + _values(body, decoder), rows[:SAMPLE]


def _fields(rows: list[dict[str, Any]], decoder: Rows) -> list[str]:
    declared = {field.encode_name: field.required for field in msgspec.structs.fields(get_args(decoder.type)[0])}
    missing = {name for row in rows for name, required in declared.items() if required and name not in row}
    new = {name for row in rows for name in row if name not in declared}
    return [f"`{name}` is missing" for name in sorted(missing)] + [f"`{name}` is new" for name in sorted(new)]


def _values(body: bytes, decoder: Rows) -> list[str]:
    try:
        decoder.decode(body)
    except msgspec.ValidationError as exc:
        return [str(exc)]
    return []
