"""The sandbox compared with recorded exchanges of osu!track: the same requests, replayed."""

import json
from pathlib import Path

import httpx
import pytest

RECORDED = Path(__file__).parents[1] / "recorded"
# Their responses have no rows, so they must be equal to the byte.
WITHOUT_ROWS = [
    "bestplays_empty_window",
    "hiscores_empty_window_triggers_update",
    "hiscores_php_500",
    "hiscores_unknown_id",
    "peak_unknown",
    "seq1_history_before",
    "stats_history_no_updates_user",
    "stats_history_numeric_username",
    "stats_history_unknown_user",
    "stats_history_user_2_31",
    "stats_history_user_huge",
    "stats_history_year_10000",
    "update_exists_false",
    "update_no_changes",
    "update_php_null",
    "update_query_plus_garbage_body",
]
# The values of their rows differ; names, order and types must not.
WITH_ROWS = [
    "bestplays_limit_1",
    "hiscores_fresh_id_first_update",
    "peak_ok",
    "stats_history_one_day_window",
]
# The recorded server and the sandbox have their heavy player under different IDs, with different dates.
REPLACEMENTS = {"user=2000137": "user=1060", "2026-11-10": "2020-01-01", "2026-11-11": "2030-01-01"}


def recorded(name):
    return json.loads((RECORDED / f"{name}.json").read_text())


def is_refusal(exchange):
    """Whether the response is independent of rows and of a stopped database."""
    response = exchange.get("response", {"status": 0})
    refused = response["status"] >= 400 or exchange["request"]["method"] == "OPTIONS"
    return refused and exchange["note"] != "database stopped"


REFUSALS = [path.stem for path in sorted(RECORDED.glob("*.json")) if is_refusal(recorded(path.stem))]


async def replay(client, exchange):
    request = exchange["request"]
    path = request["path"]
    for old, new in REPLACEMENTS.items():
        path = path.replace(old, new)
    return await client.request(request["method"], path, headers=request["headers"], content=request["body"])


@pytest.mark.parametrize("name", [*REFUSALS, *WITHOUT_ROWS])
async def test_response_without_rows_equals_the_recording(osutrack, name):
    exchange = recorded(name)

    response = await replay(osutrack, exchange)

    expected = exchange["response"]
    assert (response.status_code, response.text) == (expected["status"], expected["body"])


@pytest.mark.parametrize("name", [*REFUSALS, *WITHOUT_ROWS])
async def test_headers_equal_the_recording(osutrack, name):
    exchange = recorded(name)

    response = await replay(osutrack, exchange)

    expected = httpx.Headers(exchange["response"]["headers"])
    del expected["Date"]
    assert dict(response.headers) == dict(expected)


@pytest.mark.parametrize("name", WITH_ROWS)
async def test_row_fields_have_the_recorded_order(osutrack, name):
    exchange = recorded(name)

    response = await replay(osutrack, exchange)

    assert list(response.json()[0]) == list(json.loads(exchange["response"]["body"])[0])


@pytest.mark.parametrize("name", WITH_ROWS)
async def test_row_fields_have_the_recorded_types(osutrack, name):
    exchange = recorded(name)

    response = await replay(osutrack, exchange)

    assert types(response.json()[0]) == types(json.loads(exchange["response"]["body"])[0])


async def test_update_fields_equal_the_recording(osutrack):
    exchange = recorded("update_changes")

    response = (await replay(osutrack, exchange)).json()

    expected = json.loads(exchange["response"]["body"])
    assert list(response) == list(expected)
    assert types(response) == types(expected)
    assert types(response["newhs"][0]) == types(expected["newhs"][0])


def types(row):
    return {name: "number" if type(value) in {int, float} else type(value) for name, value in row.items()}
