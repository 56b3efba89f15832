"""The doctor: what osu!track's answers have that ours expect, in a few requests that write nothing."""

import httpx
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
async def osutrack():
    app = create_sandbox()
    connection = Upstream(Settings(upstream_url="http://osutrack", _env_file=None), transport=UpstreamSpy(app))
    yield connection.client, app.state.sandbox
    await connection.close()


async def test_all_is_as_expected_after_four_requests_that_wrote_nothing(osutrack):
    client, sandbox = osutrack
    findings = await examine(client)
    assert findings == {"/bestplays": [], "/stats_history": [], "/peak": [], "/hiscores": []}
    assert sandbox.count() == 4
    assert sandbox.side_effects == sandbox.updates == []


async def test_an_answer_that_fails_is_a_finding_and_is_not_asked_for_again(osutrack):
    client, sandbox = osutrack
    sandbox.faults = (Fault(kind="status", status=503, path="/peak"),)
    findings = await examine(client)
    assert findings["/peak"] == ["osu!track failed (status 503). Try again later."]
    assert sandbox.count() == 4


@pytest.mark.parametrize("body", ["[]", "[{}]", '[{"user": null}]', '[{"user": 0}]', "null", "[" * 100_000])
async def test_without_a_player_who_has_plays_nobody_is_asked_about(osutrack, body):
    client, sandbox = osutrack
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
def test_a_field_that_has_changed_is_named(row, expected):
    findings, _ = drift(msgspec.json.encode([ROW | row]), decode.PEAKS)
    assert expected in " ".join(findings)


@pytest.mark.parametrize("moment", ["2026-11-20 12:00:00", "2026-11-20T12:00:00.000+00:00", "1763640000"])
def test_a_moment_that_can_not_be_read_any_more_is_named(moment):
    findings, _ = drift(msgspec.json.encode([ROW | {"best_rank_timestamp": moment}]), decode.PEAKS)
    assert findings == [f"`best_rank_timestamp` has no valid timestamp, for example: {moment}"]


def test_a_field_that_has_gone_is_named():
    gone = {name: value for name, value in ROW.items() if name != "best_accuracy"}
    findings, _ = drift(msgspec.json.encode([gone]), decode.PEAKS)
    assert "`best_accuracy` is missing" in findings


def test_what_is_no_list_is_a_finding():
    assert drift(b"<html>", decode.PEAKS)[0][0].startswith("the response is not JSON")
    assert drift(b'[{"a": "\xff"}]', decode.PEAKS)[0][0].startswith("the response is not JSON")
    assert drift(b"{}", decode.PEAKS)[0] == ["the response is not a list of objects"]
    assert drift(b"[]", decode.PEAKS)[0] == ["the response has no rows, so its fields were not checked"]


async def test_healthz_answers_while_the_process_lives(gateway):
    answer = await gateway.http.get("/healthz")
    assert (answer.status_code, answer.json()) == (httpx.codes.OK, {"status": "alive"})
