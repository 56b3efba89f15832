"""The doctor's findings, from a few requests that write nothing."""

import msgspec
import pytest

from gateway.osutrack import decode
from gateway.osutrack.doctor import drift, examine
from gateway.osutrack.upstream import Upstream
from gateway.sandbox import Fault, create_sandbox
from gateway.settings import Settings
from tests.support.upstream_spy import UpstreamSpy

ROW = {"best_global_rank": 1, "best_rank_timestamp": None, "best_accuracy": 99.0, "best_acc_timestamp": None}


@pytest.fixture
async def connection():
    app = create_sandbox()
    upstream = Upstream(Settings(upstream_url="http://osutrack", _env_file=None), transport=UpstreamSpy(app))
    yield upstream.client, app.state.sandbox
    await upstream.close()


async def test_sandbox_has_no_findings_after_four_reads(connection):
    client, sandbox = connection
    findings = await examine(client)
    assert findings == {"/bestplays": [], "/stats_history": [], "/peak": [], "/hiscores": []}
    assert sandbox.count() == 4
    assert sandbox.side_effects == sandbox.updates == []


async def test_failed_request_is_a_finding_without_retry(connection):
    client, sandbox = connection
    sandbox.faults = (Fault(kind="status", status=503, path="/peak"),)
    findings = await examine(client)
    assert findings["/peak"] == ["osu!track failed (status 503). Try again later."]
    assert sandbox.count() == 4


@pytest.mark.parametrize("body", ["[]", "[{}]", '[{"user": null}]', '[{"user": 0}]', "null", "[" * 100_000])
async def test_without_best_plays_other_endpoints_are_skipped(connection, body):
    client, sandbox = connection
    sandbox.faults = (Fault(kind="garbage", path="/bestplays", body=body, content_type="application/json"),)
    findings = await examine(client)
    assert sandbox.count() == 1
    assert findings["/bestplays"]


@pytest.mark.parametrize(
    "row,expected",
    [
        ({"best_global_rank": "first"}, "Expected `int | null`"),
        ({"best_country_rank": 3}, "`best_country_rank` is new"),
    ],
)
def test_changed_or_new_field_is_a_finding(row, expected):
    findings, _ = drift(msgspec.json.encode([ROW | row]), decode.PEAKS)
    assert expected in " ".join(findings)


@pytest.mark.parametrize("text", ["2026-11-20 12:00:00", "2026-11-20T12:00:00.000+00:00", "1763640000"])
def test_changed_timestamp_format_is_a_finding(text):
    findings, _ = drift(msgspec.json.encode([ROW | {"best_rank_timestamp": text}]), decode.PEAKS)
    assert findings == [f"`best_rank_timestamp` has no valid timestamp, for example: {text}"]


def test_missing_field_is_a_finding():
    incomplete = {name: value for name, value in ROW.items() if name != "best_accuracy"}
    findings, _ = drift(msgspec.json.encode([incomplete]), decode.PEAKS)
    assert "`best_accuracy` is missing" in findings


def test_response_without_rows_is_a_finding():
    assert drift(b"<html>", decode.PEAKS)[0][0].startswith("the response is not JSON")
    assert drift(b'[{"a": "\xff"}]', decode.PEAKS)[0][0].startswith("the response is not JSON")
    assert drift(b"{}", decode.PEAKS)[0] == ["the response is not a list of objects"]
    assert drift(b"[]", decode.PEAKS)[0] == ["the response has no rows, so its fields were not checked"]
