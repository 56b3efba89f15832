"""Exports of a player's data as CSV and NDJSON: their rows, parameters, headers, errors, price and side effects."""

import csv
import io
import json

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.sandbox import Fault
from tests.support.cpu_time import fastest_s
from tests.support.gateway import start_gateway
from tests.support.snapshots import raw_snapshot, raw_snapshots

SNAPSHOTS = (
    "at pp globalRank accuracy level playCount rankedScore totalScore count300 count100 count50 countSS countS countA"
)
PLAYS = "nodes { playedAt recordedAt beatmapId pp score grade mods { label bits } }"
MAX_S = 0.010
HISTORY, HISCORES = "/players/131464/history.csv", "/players/131464/hiscores.csv"


def csv_rows(response):
    """The rows without the header, and the header."""
    header, *rows = csv.reader(io.StringIO(response.text, newline=""), strict=True)
    return rows, header


def cells(values):
    return ["" if value is None else value if isinstance(value, str) else json.dumps(value) for value in values]


def flat(play):
    *values, mods = play.values()
    values[2] = int(values[2])
    return [*values, *mods.values()]


def upstream(path, rows):
    async def respond(_):
        return JSONResponse(rows)

    return httpx.ASGITransport(Starlette(routes=[Route(path, respond)]))


async def test_history_has_values_of_field(gateway):
    stats = f"stats(mode: TAIKO) {{ snapshots(window: {{ days: 90 }}) {{ {SNAPSHOTS} }} }}"
    data = await gateway.ask(f"{{ user(id: 2) {{ {stats} }} }}")
    snapshots = [list(snapshot.values()) for snapshot in data["user"]["stats"]["snapshots"]]
    table = await gateway.http.get("/players/2/history.csv?mode=taiko&days=90")
    lines = await gateway.http.get("/players/2/history.ndjson?mode=TAIKO&days=90")
    rows, header = csv_rows(table)
    assert len(rows) > 10
    assert rows == [cells(snapshot) for snapshot in snapshots]
    assert [list(json.loads(line).values()) for line in lines.text.splitlines()] == snapshots
    assert header == list(json.loads(lines.text.splitlines()[0]))


async def test_hiscores_have_values_of_field(gateway):
    data = await gateway.ask(f"{{ user(id: 131464) {{ stats {{ hiscores(first: 10000) {{ {PLAYS} }} }} }} }}")
    plays = [flat(play) for play in data["user"]["stats"]["hiscores"]["nodes"]]
    rows, header = csv_rows(await gateway.http.get(HISCORES))
    lines = (await gateway.http.get("/players/131464/hiscores.ndjson")).text.splitlines()
    assert len(rows) > 50
    assert rows == [cells(play) for play in plays]
    assert [list(json.loads(line).values()) for line in lines] == plays
    assert header == list(json.loads(lines[0]))


@pytest.mark.parametrize("name,units", [("history", ["at_utc", "accuracy_percent"]), ("hiscores", ["played_at_utc"])])
async def test_columns_have_units_in_names(gateway, name, units):
    _, header = csv_rows(await gateway.http.get(f"/players/2/{name}.csv"))
    assert set(units) <= set(header)


@pytest.mark.parametrize("mode", ["catch", "Catch", "fruits"])
async def test_catch_has_two_names(gateway, mode):
    response = await gateway.http.get(f"/players/131464/history.csv?mode={mode}")
    assert 'filename="osutrack-131464-catch-history.csv"' in response.headers["Content-Disposition"]


async def test_null_is_empty_cell_and_null():
    rows = [raw_snapshot("2026-01-01T00:00:00.000Z", pp_rank=0)]
    async with start_gateway(transport=upstream("/stats_history", rows)) as gateway:
        [row], header = csv_rows(await gateway.http.get(HISTORY))
        [line] = (await gateway.http.get("/players/131464/history.ndjson")).text.splitlines()
    assert row[header.index("global_rank")] == ""
    assert json.loads(line)["global_rank"] is None


@pytest.mark.parametrize("extension,media_type", [("csv", "text/csv"), ("ndjson", "application/x-ndjson")])
@pytest.mark.parametrize("name", ["history", "hiscores"])
async def test_file_is_download_with_safe_name(gateway, name, extension, media_type):
    response = await gateway.http.get(f"/players/131464/{name}.{extension}?mode=Mania")
    assert response.headers["Content-Type"].split(";")[0] == media_type
    disposition = f'attachment; filename="osutrack-131464-mania-{name}.{extension}"'
    assert response.headers["Content-Disposition"] == disposition


async def test_player_without_data_has_empty_file(gateway):
    rows, header = csv_rows(await gateway.http.get("/players/2147483647/history.csv"))
    assert (rows, len(header)) == ([], 14)
    response = await gateway.http.get("/players/2147483647/history.ndjson")
    assert (response.status_code, response.content) == (200, b"")


async def test_window_of_days_and_interval_select_rows(gateway):
    at = [row[0] for row in csv_rows(await gateway.http.get(f"{HISTORY}?from=2026-10-01&to=2026-11-01"))[0]]
    by_day = [
        row[0] for row in csv_rows(await gateway.http.get(f"{HISTORY}?from=2026-10-01&to=2026-11-01&every=day"))[0]
    ]
    assert at
    assert min(at) >= "2026-10-01"
    assert max(at) < "2026-11-01"
    assert by_day == list({moment[:10]: moment for moment in at}.values())


@pytest.mark.parametrize(
    "url,argument",
    [
        ("/players/x!/history.csv", "id"),
        ("/players/0/history.csv", "id"),
        ("/players/2147483648/hiscores.csv", "id"),
        ("/players/%3Dcmd/history.csv", "id"),
        (f"{HISTORY}?mode=0", "mode"),
        (f"{HISTORY}?mode=", "mode"),
        (f"{HISTORY}?days=0", "days"),
        (f"{HISTORY}?days=36501", "days"),
        (f"{HISTORY}?days=1e3", "days"),
        (f"{HISTORY}?days={'9' * 5000}", "days"),
        (f"{HISTORY}?days=%D9%A3", "days"),
        (f"{HISTORY}?days=3&from=2026-01-01", "days"),
        (f"{HISTORY}?from=2026-13-01", "from"),
        (f"{HISTORY}?to=yesterday", "to"),
        (f"{HISTORY}?from=2026-02-01&to=2026-01-01", "window"),
        (f"{HISTORY}?every=hour", "every"),
        (f"{HISTORY}?after=x", "after"),
        (f"{HISTORY}?limit=5", "limit"),
        (f"{HISTORY}?window=30", "window"),
        (f"{HISTORY}?window=30d&days=30", "window"),
        (f"{HISTORY}?mode=osu&mode=taiko", "mode"),
        (f"{HISCORES}?every=day", "every"),
        (f"{HISCORES}?after=x", "after"),
    ],
)
async def test_invalid_parameters_have_codes_of_fields(gateway, url, argument):
    response = await gateway.http.get(url)
    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")
    assert error["extensions"]["argument"] == argument
    assert not gateway.sandbox.requests


@pytest.mark.parametrize(
    "window,form",
    [
        ("30d", "days=30"),
        ("1y", "days=365"),
        ("2026-01-01..2026-02-01", "from=2026-01-01&to=2026-02-01"),
        ("2026-01-01..", "from=2026-01-01"),
        ("all", ""),
    ],
)
@pytest.mark.parametrize("path", [HISTORY, HISCORES])
async def test_windows_of_images_are_accepted(gateway, path, window, form):
    responses = [await gateway.http.get(f"{path}?{query}") for query in (f"window={window}", form)]
    assert [response.status_code for response in responses] == [200, 200]
    assert responses[0].text == responses[1].text


async def test_unknown_parameter_is_named_with_the_known_ones(gateway):
    for path in (HISTORY, "/players/2/card.svg"):
        [error] = (await gateway.http.get(f"{path}?dyas=30")).json()["errors"]
        assert "“dyas”" in error["message"]
        assert "`days`" in error["message"]


async def test_other_names_and_formats_are_not_found(gateway):
    for name in ("history", "history.xml", "history.csv/", "plays.csv"):
        assert (await gateway.http.get(f"/players/131464/{name}")).status_code == 404


async def test_methods_other_than_get_are_refused(gateway):
    response = await gateway.http.post(HISTORY)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert response.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.usefixtures("instant_retries")
@pytest.mark.parametrize("accept,is_json", [("*/*", True), ("text/csv", False)])
async def test_outage_is_error_in_accepted_form(gateway, accept, is_json):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    response = await gateway.http.get(HISTORY, headers={"Accept": accept})
    assert response.status_code == 503
    assert "Content-Disposition" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert "UPSTREAM_UNAVAILABLE" in response.text
    assert response.headers["Content-Type"].startswith("application/json") is is_json
    if is_json:
        assert set(response.json()["errors"][0]) == {"message", "extensions"}


async def test_stale_data_has_warning_header(gateway):
    await gateway.http.get(HISTORY)
    gateway.clock.move(3000)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    response = await gateway.http.get(HISTORY)
    assert response.headers["Gateway-Warnings"] == "STALE_DATA;age_seconds=3000"
    assert response.headers["Cache-Control"] == "no-store"
    assert csv_rows(response)[0]


async def test_dropped_rows_have_warning_header():
    rows = [*raw_snapshots(1, 2), {"timestamp": "x"}]
    async with start_gateway(transport=upstream("/stats_history", rows)) as gateway:
        response = await gateway.http.get(HISTORY)
    assert response.headers["Gateway-Warnings"] == "ROWS_DROPPED;rows=1"
    assert len(csv_rows(response)[0]) == 2


async def test_long_list_of_plays_continues_at_link():
    play = {"mods": 0, "score": 1, "rank": "S", "score_time": "2026-01-01T00:00:00.000Z"}
    plays = [
        play | {"beatmap_id": number, "pp": 50_000 - number, "update_time": play["score_time"]}
        for number in range(1, 12_001)
    ]
    async with start_gateway(transport=upstream("/hiscores", plays)) as gateway:
        first = await gateway.http.get(f"{HISCORES}?days=36500")
        link = first.headers["Link"]
        rest = await gateway.http.get(HISCORES + link[1 : link.index(">")])
    beatmaps = [int(row[2]) for response in (first, rest) for row in csv_rows(response)[0]]
    assert link.endswith('; rel="next"')
    assert beatmaps == list(range(1, 12_001))
    assert "Link" not in rest.headers


async def test_history_beyond_value_limit_is_refused():
    async with start_gateway({"max_values": 1000}) as gateway:
        response = await gateway.http.get("/players/2/history.csv")
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "RESULT_TOO_LARGE")
        assert (await gateway.http.get("/players/2/history.csv?every=month&days=365")).status_code == 200


async def test_export_costs_points_of_its_field(request_log):
    async with start_gateway(log_request=lambda _, record: request_log.append(record)) as gateway:
        for url in (HISTORY, HISCORES, f"{HISTORY}?days=3", f"{HISCORES}?days=3"):
            await gateway.http.get(url)
    costs = [(record["operation"], record["cost_requested"], record["cost_charged"]) for record in request_log]
    assert costs == [
        ("HistoryExport", 1, 1),
        ("HiscoresExport", 3, 3),
        ("HistoryExport", 1, 0),
        ("HiscoresExport", 3, 0),
    ]


async def test_hiscores_of_unknown_player_update_once(gateway):
    for user_id in (77_000_001, 77_000_001):
        await gateway.http.get(f"/players/{user_id}/hiscores.csv")
        await gateway.http.get(f"/players/{user_id}/hiscores.ndjson")
    assert len(gateway.sandbox.backend_calls) == 1


async def test_history_never_requests_hiscores(gateway):
    await gateway.http.get("/players/77000001/history.csv")
    assert [request.path for request in gateway.sandbox.requests] == ["/stats_history"]


@pytest.mark.parametrize(
    "headers,status",
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://allowed.example"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
async def test_pages_of_other_sites_cannot_cause_updates(gateway, headers, status):
    assert (await gateway.http.get(HISCORES, headers=headers)).status_code == status
    assert (await gateway.http.get(HISTORY, headers=headers)).status_code == 200


async def test_repeated_export_is_cached_until_update(gateway):
    executed = gateway.parts.engine.tally
    first = await gateway.http.get(HISTORY)
    cached = await gateway.http.get(HISTORY)
    assert (cached.content, executed.total()) == (first.content, 1)
    assert cached.headers["Content-Disposition"] == first.headers["Content-Disposition"]
    assert (await gateway.http.get(HISTORY, headers={"If-None-Match": first.headers["ETag"]})).status_code == 304
    await gateway.ask('mutation { updateUser(id: "131464") { __typename } }')
    await gateway.http.get(HISTORY)
    assert executed.total() == 3


@pytest.mark.parametrize("extension", ["csv", "ndjson"])
@pytest.mark.parametrize("name", ["history", "hiscores"])
async def test_export_of_5000_rows_is_fast(name, extension):
    rows = [
        raw_snapshot(f"20{year:02}-{month:02}-{day:02}T{hour:02}:30:00.000Z", play_count=str(day), pp_rank=str(month))
        for year in range(10, 20)
        for month in range(1, 13)
        for day in range(1, 22)
        for hour in (1, 13)
    ][:5000]
    plays = [
        {
            "beatmap_id": number,
            "mods": 72,
            "score": 1_000_000 + number,
            "rank": "S",
            "pp": 600 - number / 10,
            **dict.fromkeys(("score_time", "update_time"), "2026-01-01T00:00:00.000Z"),
        }
        for number in range(5000)
    ]
    transport = upstream("/stats_history", rows) if name == "history" else upstream("/hiscores", plays)
    async with start_gateway({"response_cache_max_bytes": 0}, transport=transport) as gateway:
        url = f"/players/131464/{name}.{extension}"
        response = await gateway.http.get(url)
        assert response.text.count("\n") == 5000 + (extension == "csv")
        assert await received_bytes(gateway.app, url) == len(response.content)
        assert await fastest_s(lambda: received_bytes(gateway.app, url), MAX_S) <= MAX_S


async def received_bytes(app, path):
    """The size of a file, without the time of an HTTP client."""
    messages = []

    async def send(message):
        messages.append(message)

    async def receive():
        raise AssertionError("a GET has no body")

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "client": ("::1", 1)}
    await app(scope, receive, send)
    return sum(len(message.get("body", b"")) for message in messages)
