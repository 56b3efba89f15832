"""Whether osu!track still answers what our records expect: which fields are missing, new, or of another kind."""

from typing import Any, get_args

import msgspec
from msgspec.structs import FieldInfo

from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.records import Mode

from . import decode
from .client import Client
from .endpoints import BEST_PLAYS, HISCORE_LIST, HISTORY, PEAK, Endpoint, never
from .row_decoder import UNREADABLE, is_instant

TIMEOUT_S = 20.0
# A few rows tell; a history can have thousands.
SAMPLE = 20

Rows = msgspec.json.Decoder[list[Any]]


async def examine(client: Client) -> dict[str, list[str]]:
    """By endpoint, a sentence for each thing that is not as expected. Four requests, none of which can be an update.

    None is sent again either: that it failed is a finding.

    The player to ask about is one of the best plays: of such a one there are hiscores, so `/hiscores` has no reason
    to update anybody. Without best plays it is not asked. `/update` never is.
    """
    mode = {"mode": str(int(Mode.OSU))}
    findings, plays = await _asked(client, BEST_PLAYS, mode, decode.BEST_PLAYS)
    report = {BEST_PLAYS.path: findings}
    user_id = plays[0].get("user") if plays else None
    if not isinstance(user_id, int) or user_id <= 0:
        return report
    user_mode = mode | {"user": str(user_id)}
    for endpoint, decoder in ((HISTORY, decode.SNAPSHOTS), (PEAK, decode.PEAKS), (HISCORE_LIST, decode.HISCORES)):
        report[endpoint.path], _ = await _asked(client, endpoint, user_mode, decoder)
    return report


async def _asked(
    client: Client, endpoint: Endpoint, params: dict[str, str], decoder: Rows
) -> tuple[list[str], list[dict[str, Any]]]:
    try:
        body = await client.body(endpoint._replace(retry_if=never), params, Deadline.from_timeout(TIMEOUT_S))
    except UpstreamError as exc:
        return [exc.message], []
    return drift(body, decoder)


def drift(body: bytes, decoder: Rows) -> tuple[list[str], list[dict[str, Any]]]:
    """How a list differs from what `decoder` reads, in sentences; and its first rows, if they are any."""
    try:
        rows = msgspec.json.decode(body)
    except UNREADABLE as exc:
        return [f"the answer is not JSON: {exc}"], []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return ["the answer is not a list of objects"], []
    if not rows:
        return ["the answer has no rows, so nothing can be said of its fields"], []
    fields = msgspec.structs.fields(get_args(decoder.type)[0])
    sample = rows[:SAMPLE]
    return _names(sample, fields) + _values(body, decoder) + _moments(sample, fields), sample


def _names(rows: list[dict[str, Any]], fields: tuple[FieldInfo, ...]) -> list[str]:
    declared = {field.encode_name: field.required for field in fields}
    missing = {name for row in rows for name, required in declared.items() if required and name not in row}
    new = {name for row in rows for name in row if name not in declared}
    return [f"`{name}` is missing" for name in sorted(missing)] + [f"`{name}` is new" for name in sorted(new)]


def _values(body: bytes, decoder: Rows) -> list[str]:
    try:
        decoder.decode(body)
    except msgspec.ValidationError as exc:
        return [str(exc)]
    return []


def _moments(rows: list[dict[str, Any]], fields: tuple[FieldInfo, ...]) -> list[str]:
    """Single zero dates are left out and known; that none of a field's moments can be read is new."""
    findings = []
    for name in [field.encode_name for field in fields if field.name.endswith("at")]:
        texts = [row[name] for row in rows if isinstance(row.get(name), str)]
        if texts and not any(map(is_instant, texts)):
            findings.append(f"`{name}` is no moment that can be read: {texts[0]}")
    return findings
