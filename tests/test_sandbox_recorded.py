"""The sandbox beside the real server: recorded exchanges, sent again, are answered alike."""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from gateway.sandbox import create_sandbox

RECORDED = Path(__file__).parent / "recorded"
OF_NO_ROWS = [
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
OF_ROWS = [
    "bestplays_limit_1",
    "hiscores_fresh_id_first_update",
    "peak_ok",
    "stats_history_one_day_window",
]
# The sandbox has its heavy player elsewhere.
ELSEWHERE = {"user=2000137": "user=1060", "2026-11-10": "2020-01-01", "2026-11-11": "2030-01-01"}

pytestmark = pytest.mark.anyio


def recorded(name):
    return json.loads((RECORDED / f"{name}.json").read_text())


def is_refusal(exchange):
    """A refusal tells nothing of the rows, and no database was stopped for it."""
    response = exchange.get("response", {"status": 0})
    refused = response["status"] >= 400 or exchange["request"]["method"] == "OPTIONS"
    return refused and exchange["note"] != "database stopped"


REFUSALS = [path.stem for path in sorted(RECORDED.glob("*.json")) if is_refusal(recorded(path.stem))]


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def osutrack():
    transport = httpx.ASGITransport(create_sandbox(now=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)))
    async with httpx.AsyncClient(transport=transport, base_url="http://osutrack") as client:
        yield client


async def send_again(client, exchange):
    request = exchange["request"]
    path = request["path"]
    for there, here in ELSEWHERE.items():
        path = path.replace(there, here)
    return await client.request(request["method"], path, headers=request["headers"], content=request["body"])


@pytest.mark.parametrize("name", [*REFUSALS, *OF_NO_ROWS])
async def test_what_does_not_depend_on_rows_is_answered_to_the_letter(osutrack, name):
    exchange = recorded(name)

    answer = await send_again(osutrack, exchange)

    real = exchange["response"]
    assert (answer.status_code, answer.text) == (real["status"], real["body"])


@pytest.mark.parametrize("name", [*REFUSALS, *OF_NO_ROWS])
async def test_headers_are_those_of_the_real_one(osutrack, name):
    exchange = recorded(name)

    answer = await send_again(osutrack, exchange)

    real = httpx.Headers(exchange["response"]["headers"])
    del real["Date"]
    assert dict(answer.headers) == dict(real)


@pytest.mark.parametrize("name", OF_ROWS)
async def test_rows_have_the_recorded_names_in_the_recorded_order(osutrack, name):
    exchange = recorded(name)

    answer = await send_again(osutrack, exchange)

    assert list(answer.json()[0]) == list(json.loads(exchange["response"]["body"])[0])


@pytest.mark.parametrize("name", OF_ROWS)
async def test_rows_have_the_recorded_json_types(osutrack, name):
    exchange = recorded(name)

    answer = await send_again(osutrack, exchange)

    assert _types(answer.json()[0]) == _types(json.loads(exchange["response"]["body"])[0])


async def test_an_update_answers_with_the_recorded_names_and_types(osutrack):
    exchange = recorded("update_changes")

    answer = (await send_again(osutrack, exchange)).json()

    real = json.loads(exchange["response"]["body"])
    assert list(answer) == list(real)
    assert _types(answer) == _types(real)
    assert _types(answer["newhs"][0]) == _types(real["newhs"][0])


def _types(row):
    return {name: "number" if type(value) in {int, float} else type(value) for name, value in row.items()}
