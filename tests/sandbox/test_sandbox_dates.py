"""Dates of the sandbox: parsed as by V8, ignored if invalid."""

import json
import os
import random
import subprocess

import pytest

from gateway.sandbox import players
from gateway.sandbox.dates import parse_date
from tests.support.binaries import requires_binary

# Each text with the result of V8's `new Date(text)` in UTC; None is `Invalid Date`.
V8_DATES = {
    "2021-01-01": "2021-01-01T00:00:00.000Z",
    " 2021-01-01": "2021-01-01T00:00:00.000Z",
    "2021-01-01 ": "2021-01-01T00:00:00.000Z",
    "2021-01": "2021-01-01T00:00:00.000Z",
    "2021": "2021-01-01T00:00:00.000Z",
    "0050-01-01": "0050-01-01T00:00:00.000Z",
    "0050-01-01 ": "1950-01-01T00:00:00.000Z",
    "2021-02-30": "2021-03-02T00:00:00.000Z",
    "2021-02-32": None,
    "2026-13-45": None,
    "9999-12-31": "9999-12-31T00:00:00.000Z",
    "9999-12-31T24:00": "+010000-01-01T00:00:00.000Z",
    "+010000-01-01": "+010000-01-01T00:00:00.000Z",
    "-000100-01-01": "-000100-01-01T00:00:00.000Z",
    "-000000-01-01": "2001-01-01T00:00:00.000Z",
    "+275760-09-13": "+275760-09-13T00:00:00.000Z",
    "+275760-09-14": None,
    "0000-02-29": "0000-02-29T00:00:00.000Z",
    "2021-01-01T10:00": "2021-01-01T10:00:00.000Z",
    "2021-01-01T10:00:00Z": "2021-01-01T10:00:00.000Z",
    "2021-01-01t10:00:00z": "2021-01-01T10:00:00.000Z",
    "2021-01-01T10:00:00.1Z": "2021-01-01T10:00:00.100Z",
    "2021-01-01T10:00:00.123456789Z": "2021-01-01T10:00:00.123Z",
    "2021-01-01T10:00:00,5Z": None,
    "2021-01-01T10": None,
    "2021-01-01T10Z": None,
    "2021-01-01T24:00:00Z": "2021-01-02T00:00:00.000Z",
    "2021-01-01T24:00:01Z": None,
    "2021-01-01T23:59:60Z": None,
    "2021-01-01T10:00:00+05:00": "2021-01-01T05:00:00.000Z",
    "2021-01-01T10:00:00+0500": "2021-01-01T05:00:00.000Z",
    "2021-01-01T10:00:00+05": None,
    "2021-01-01T10:00:00 05:00": None,
    "2021-01-01T10:00:00 Z": None,
    "2021-01-01 10:00:00": "2021-01-01T10:00:00.000Z",
    "2021-01-01 10:00:00Z": "2021-01-01T10:00:00.000Z",
    "2021-01-01 10:00:00 UTC": "2021-01-01T10:00:00.000Z",
    "2021-01-01 10:00:00+02:30": "2021-01-01T07:30:00.000Z",
    "2026-11-10T23:59:59.999Z": "2026-11-10T23:59:59.999Z",
    "2026-W46-2": None,
    "2026-314": None,
    "Tue, 24 Nov 2026 12:00:00 GMT": "2026-11-24T12:00:00.000Z",
    "Tue, 24 Nov 2026 12:00:00 +0100": "2026-11-24T11:00:00.000Z",
    "Tue, 24 Nov 2026 12:00:00 EST": "2026-11-24T17:00:00.000Z",
    "Tuesday, 24-Nov-26 12:00:00 GMT": "2026-11-24T12:00:00.000Z",
    "Tue Nov 24 12:00:00 2026": "2026-11-24T12:00:00.000Z",
    "Tue Nov 24 2026 12:00:00 GMT+0100 (Central European Standard Time)": "2026-11-24T11:00:00.000Z",
    "24 Nov 2026": "2026-11-24T00:00:00.000Z",
    "24th Nov 2026": None,
    "Jan 5 2021": "2021-01-05T00:00:00.000Z",
    "January 5, 2021 3:04 PM": "2021-01-05T15:04:00.000Z",
    "5 janvier 2021": "2021-01-05T00:00:00.000Z",
    "5 avril 2021": None,
    "Nov 2026": "2026-11-01T00:00:00.000Z",
    "2021/02/03": "2021-02-03T00:00:00.000Z",
    "2021-2-3": "2021-02-03T00:00:00.000Z",
    "2/3/2021": "2021-02-03T00:00:00.000Z",
    "2.3.2021": "2021-02-03T00:00:00.000Z",
    "24.11.2026": None,
    "1/2/49": "2049-01-02T00:00:00.000Z",
    "1/2/50": "1950-01-02T00:00:00.000Z",
    "2021-01-01 12:00 am": "2021-01-01T00:00:00.000Z",
    "2021-01-01 13:00 am": None,
    "1": "2001-01-01T00:00:00.000Z",
    "5": "2001-05-01T00:00:00.000Z",
    "13": None,
    "32": "2032-01-01T00:00:00.000Z",
    "100": "0100-01-01T00:00:00.000Z",
    "-1": "2001-01-01T00:00:00.000Z",
    "foo 1": "2001-01-01T00:00:00.000Z",
    "foo1": None,
    "1 foo": None,
    "12:00": None,
    "20210101": None,
    "20210101T100000Z": None,
    "1610000000": None,
    "1610000000000": None,
    "1e3": None,
    "today": None,
    "garbage": None,
    "null": None,
    "": None,
    " ": None,
    "(2021-01-01) 2022-02-02": "2022-02-02T00:00:00.000Z",
    "2021-01-01)": None,
    "2021-01-01\0garbage": "2021-01-01T00:00:00.000Z",
}
PARTS = (
    *("2021", "2021-01-01", "2021-02-30", "9999-12-31", "+275760-09-13", "-271821-04-20", "-000000", "0", "5", "32"),
    *("49", "50", "10:00", "10:30:15.123", "23:59:60", "T10:00", "T24:00:00.000", "T10:00+0530", ".123456789012", "::"),
    *("Jan", "january", "Sun, ", "am", "PM", "GMT", "UTC", "EST", "foo", "T", "t", "Z", "z", "+05:30", "-0500", "+5"),
    *(" ", "\t", "\u00a0", "-", "+", "/", ":", ".", ",", "(x)", "(", ")", "[", "_", "@", "\u00e9", "0000000001"),
)
PARSE_DATES = """
const texts = JSON.parse(require("fs").readFileSync(0));
const format = (date) => (Number.isNaN(date.getTime()) ? null : date.toISOString());
console.log(JSON.stringify(texts.map((text) => format(new Date(text)))));
"""

needs_node = requires_binary("node", "it has V8's own parser")


def parsed_by_v8(texts):
    """The results of V8 itself, by text."""
    command, environment = ["node", "-e", PARSE_DATES], os.environ | {"TZ": "UTC"}
    output = subprocess.run(command, input=json.dumps(texts).encode(), env=environment, capture_output=True, check=True)
    return dict(zip(texts, json.loads(output.stdout), strict=True))


def random_texts(count):
    rng = random.Random(14)
    return ["".join(rng.choices(PARTS, k=rng.randint(1, 6))) for _ in range(count)]


@pytest.mark.parametrize("date", [text for text, parsed in V8_DATES.items() if parsed is None])
async def test_invalid_date_is_ignored(osutrack, date):
    expected = await osutrack.rows("/stats_history", user=players.MIXED_CASE)

    assert await osutrack.rows("/stats_history", user=players.MIXED_CASE, **{"from": date}) == expected


async def test_offset_with_unencoded_plus_is_ignored(osutrack):
    expected = await osutrack.rows("/stats_history", user=players.MIXED_CASE)

    response = await osutrack.get(f"/stats_history?user={players.MIXED_CASE}&mode=0&from=2025-01-01T10:00:00+05:00")

    assert response.json() == expected


@pytest.mark.parametrize("text", V8_DATES)
def test_date_is_parsed_as_by_v8(text):
    assert parse_date(text) == V8_DATES[text]


@needs_node
def test_table_equals_the_results_of_v8():
    assert parsed_by_v8(list(V8_DATES)) == V8_DATES


@needs_node
def test_random_dates_equal_the_results_of_v8():
    expected = parsed_by_v8(random_texts(20_000))

    assert {text: parse_date(text) for text in expected} == expected


async def test_date_beyond_year_9999_compares_as_text(osutrack):
    everything = await osutrack.rows("/stats_history", user=players.MIXED_CASE, **{"from": "+010000-01-01"})
    nothing = await osutrack.rows("/stats_history", user=players.MIXED_CASE, to="+010000-01-01")

    assert (len(everything), nothing) == (80, [])
