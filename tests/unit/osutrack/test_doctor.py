"""The doctor's findings, from a few requests that write nothing."""

import msgspec
import pytest

from gateway.osutrack import decode
from gateway.osutrack.diagnosis import REMEDIES
from gateway.osutrack.doctor import drift, examine
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode
from gateway.sandbox import Fault, create_sandbox, players
from gateway.settings import Settings
from tests.support import recordings
from tests.support.clock import NOON
from tests.support.upstream_spy import UpstreamSpy

ROW = {"best_global_rank": 1, "best_rank_timestamp": None, "best_accuracy": 99.0, "best_acc_timestamp": None}

PLAY = recordings.rows("hiscores_small")[0]


@pytest.fixture
async def connection():
    app = create_sandbox(now=lambda: NOON)
    # All rows are generated before a timeout begins.
    app.state.sandbox.database.best_plays(Mode.OSU)
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
    assert findings["/peak"] == [f"osu!track failed (status 503). {REMEDIES['server_error']}"]
    assert sandbox.count() == 4


@pytest.mark.parametrize("body", ["[]", "[{}]", '[{"user": null}]', '[{"user": 0}]', "null", "[" * 100_000])
async def test_without_best_plays_other_endpoints_are_examined(connection, body):
    client, sandbox = connection
    sandbox.faults = (Fault(kind="garbage", path="/bestplays", body=body, content_type="application/json"),)
    findings = await examine(client)
    assert findings.pop("/bestplays")
    assert findings == {"/stats_history": [], "/peak": [], "/hiscores": []}
    assert sandbox.side_effects == sandbox.updates == []


@pytest.mark.parametrize("path", ["/bestplays", "/stats_history", "/peak", "/hiscores"])
async def test_other_endpoints_are_examined_after_a_failure(connection, path):
    client, sandbox = connection
    sandbox.faults = (Fault(kind="status", status=500, path=path),)
    findings = await examine(client)
    assert {each: bool(problems) for each, problems in findings.items()} == {
        each: each == path for each in ("/bestplays", "/stats_history", "/peak", "/hiscores")
    }
    assert sandbox.count() == 4


@pytest.mark.parametrize("user", [players.AMEO, players.MIXED_CASE])
async def test_given_player_is_examined(connection, user):
    client, sandbox = connection
    findings = await examine(client, user)
    assert findings == {"/bestplays": [], "/stats_history": [], "/peak": [], "/hiscores": []}
    assert [request.query.get("user") for request in sandbox.requests] == [None, *[str(user)] * 3]


@pytest.mark.parametrize("user", [players.NO_SNAPSHOTS, players.INACTIVE, players.UNTRACKED[0], 4040404])
async def test_player_without_pp_is_not_updated(connection, user):
    client, sandbox = connection
    findings = await examine(client, user)
    assert findings["/hiscores"][0].startswith(f"not checked, as the request could update the player {user}")
    assert (sandbox.count("/hiscores"), sandbox.side_effects) == (0, [])


async def test_unknown_grade_is_a_finding(connection):
    client, _ = connection
    findings = await examine(client, players.UNKNOWN_VALUES)
    assert findings["/hiscores"] == ["`rank` has unknown grades: 'P'"]


@pytest.mark.parametrize("decoder", [decode.HISCORES, decode.BEST_PLAYS])
def test_unknown_grades_are_found_in_every_row(decoder):
    rows = [PLAY | {"user": 1, "rank": grade} for grade in [*decode.GRADES] * 9 + ["", "S+", "S+"]]
    findings, _ = drift(msgspec.json.encode(rows), decoder)
    assert [finding for finding in findings if "user" not in finding] == ["`rank` has unknown grades: '', 'S+'"]


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
    assert drift(b"<html>", decode.PEAKS)[0][0].startswith("the response is a web page without a title. ")
    assert drift(b"Error", decode.PEAKS)[0][0].startswith("the response is not JSON")
    assert drift(b'[{"a": "\xff"}]', decode.PEAKS)[0][0].startswith("the response is not JSON")
    assert drift(b"{}", decode.PEAKS)[0] == ["the response is not a list of objects"]
    assert drift(b"[]", decode.PEAKS)[0] == ["the response has no rows, so its fields were not checked"]
