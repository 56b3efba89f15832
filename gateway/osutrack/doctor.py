"""A check of osu!track's responses against the gateway's records: missing fields, new fields, changed types."""

from math import ceil
from typing import Any, get_args

import msgspec
from msgspec.structs import FieldInfo

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamError, UpstreamInvalid
from gateway.records import Mode

from . import decode
from .client import Client
from .decode import GRADES
from .diagnosis import cause_of, diagnose, web_page_title
from .endpoints import BEST_PLAYS, HISCORE_LIST, HISTORY, PEAK, Endpoint, never
from .row_decoder import UNREADABLE, RowsDecoder, timestamp

TIMEOUT_S = 20.0
# The number of rows checked; a history can have thousands.
SAMPLE = 20
# Without best plays and a given player: peppy, the first of osu!'s players.
DEFAULT_PLAYER = 2


async def examine(client: Client, user_id: int | None = None) -> dict[str, list[str]]:
    """The findings of each endpoint, one sentence each, from at most four requests without retries.

    The player is the given one, else that of the first best play. None of the requests can be an update: `/hiscores`
    is skipped unless a best play or a snapshot shows that the player has hiscores (docs/osutrack.md, "Reads that
    update").
    """
    mode = {"mode": str(int(Mode.OSU))}
    findings, plays = await _check(client, BEST_PLAYS, mode, decode.BEST_PLAYS)
    report = {BEST_PLAYS.path: findings}
    players = [play["user"] for play in plays if _is_positive(play.get("user"))]
    player = user_id or next(iter(players), DEFAULT_PLAYER)
    params = mode | {"user": str(player)}
    report[HISTORY.path], snapshots = await _check(client, HISTORY, params, decode.SNAPSHOTS)
    report[PEAK.path], _ = await _check(client, PEAK, params, decode.PEAKS)
    if player in players or any(_is_positive(row.get("pp_raw")) for row in snapshots):
        report[HISCORE_LIST.path], _ = await _check(client, HISCORE_LIST, params, decode.HISCORES)
    else:
        report[HISCORE_LIST.path] = [
            f"not checked, as the request could update the player {player}: no snapshot with pp is known"
        ]
    return report


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and value > 0


async def _check(
    client: Client, endpoint: Endpoint, params: dict[str, str], decoder: RowsDecoder[Any]
) -> tuple[list[str], list[dict[str, Any]]]:
    try:
        body = await client.body(endpoint._replace(retry_if=never), params, Deadline.from_timeout(TIMEOUT_S))
    except UpstreamBusy as exc:
        # Not sent, because of the 429 before it.
        finding = f"not checked: {cause_of(exc)}" if exc.status is None else str(diagnose(exc))
        wait = f" Retry in {ceil(exc.retry_after_s)} s." if exc.retry_after_s else ""
        return [finding.removesuffix(".") + "." + wait], []
    except UpstreamError as exc:
        return [str(diagnose(exc))], []
    return drift(body, decoder)


def drift(body: bytes, decoder: RowsDecoder[Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """The differences between a list and the rows that `decoder` reads, one sentence each; and the list."""
    try:
        rows = msgspec.json.decode(body)
    except UNREADABLE as exc:
        error = UpstreamInvalid(f"the response is not JSON: {exc}")
        error.web_page = web_page_title(body)
        return [str(diagnose(error))], []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return ["the response is not a list of objects"], []
    if not rows:
        return ["the response has no rows, so its fields were not checked"], []
    fields = msgspec.structs.fields(get_args(decoder.wide.type)[0])
    sample = rows[:SAMPLE]
    return _field_names(sample, fields) + _types(body, decoder) + _timestamps(sample, fields) + _grades(
        rows, fields
    ), rows


def _field_names(rows: list[dict[str, Any]], fields: tuple[FieldInfo, ...]) -> list[str]:
    declared = {field.encode_name: field.required for field in fields}
    missing = {name for row in rows for name, required in declared.items() if required and name not in row}
    new = {name for row in rows for name in row if name not in declared}
    return [f"`{name}` is missing" for name in sorted(missing)] + [f"`{name}` is new" for name in sorted(new)]


def _types(body: bytes, decoder: RowsDecoder[Any]) -> list[str]:
    try:
        decoder.wide.decode(body)
    except msgspec.ValidationError as exc:
        return [str(exc)]
    return []


def _timestamps(rows: list[dict[str, Any]], fields: tuple[FieldInfo, ...]) -> list[str]:
    """A finding for each timestamp field without a single valid value; single zero dates are known and dropped."""
    findings = []
    for name in [field.encode_name for field in fields if field.name.endswith("at")]:
        texts = [row[name] for row in rows if isinstance(row.get(name), str)]
        if texts and not any(map(timestamp, texts)):
            findings.append(f"`{name}` has no valid timestamp, for example: {texts[0]}")
    return findings


def _grades(rows: list[dict[str, Any]], fields: tuple[FieldInfo, ...]) -> list[str]:
    findings = []
    for name in [field.encode_name for field in fields if field.name == "grade"]:
        unknown = {row[name] for row in rows if isinstance(row.get(name), str)} - GRADES.keys()
        if unknown:
            findings.append(f"`{name}` has unknown grades: {', '.join(map(repr, sorted(unknown)))}")
    return findings
