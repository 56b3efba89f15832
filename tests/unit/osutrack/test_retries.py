"""Retries by endpoint: reads after transient failures, hiscores if unsent, updates never."""

import logging

import httpx
import pytest
from stamina.instrumentation import get_on_retry_hooks, set_on_retry_hooks

from gateway.errors import UpstreamBusy, UpstreamRejected, UpstreamTimeout, UpstreamUnavailable
from gateway.osutrack.retries import log_retries
from gateway.records import Mode, UserMode

PLAYER = UserMode(7, Mode.MANIA)
NO_ROWS = httpx.Response(200, json=[])
READS = {
    "history": lambda client, deadline: client.history(PLAYER, deadline),
    "hiscores": lambda client, deadline: client.hiscores(PLAYER, deadline),
    "peak": lambda client, deadline: client.peak(PLAYER, deadline),
    "best plays": lambda client, deadline: client.best_plays(Mode.OSU, deadline),
}
STATUSES = [502, 503, 504, *range(520, 528)]
TRANSIENT = [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.ReadError("cut"), httpx.Response(502)]


@pytest.fixture
def retries_logged():
    hooks = get_on_retry_hooks()
    log_retries()
    yield
    set_on_retry_hooks(hooks)


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("failure", TRANSIENT, ids=repr)
async def test_transient_failure_of_read_is_retried(osutrack, client, deadline, read, failure):
    route = osutrack.route().mock(side_effect=[failure, failure, NO_ROWS])
    await read(client, deadline)
    assert route.call_count == 3


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_read_has_at_most_three_attempts(osutrack, client, deadline, read):
    route = osutrack.route().respond(503)
    with pytest.raises(UpstreamUnavailable):
        await read(client, deadline)
    assert route.call_count == 3


@pytest.mark.parametrize("status", STATUSES)
async def test_status_of_failing_proxy_is_retried_for_reads(osutrack, client, deadline, status):
    read = osutrack.get("/peak").mock(side_effect=[httpx.Response(status), NO_ROWS])
    hiscores = osutrack.get("/hiscores").respond(status)
    await client.peak(PLAYER, deadline)
    with pytest.raises(UpstreamUnavailable):
        await client.hiscores(PLAYER, deadline, may_update=True)
    assert (read.call_count, hiscores.call_count) == (2, 1)


@pytest.mark.parametrize("status", [500, 501, 505, 519, 528, 530, 404, 400, 302])
async def test_permanent_failure_is_not_retried(osutrack, client, deadline, status):
    route = osutrack.get("/peak").respond(status)
    with pytest.raises((UpstreamUnavailable, UpstreamRejected)):
        await client.peak(PLAYER, deadline)
    assert route.call_count == 1


async def test_short_deadline_prevents_retry(osutrack, client, deadline, loop_clock):
    route = osutrack.get("/peak").respond(503)
    loop_clock.move(4.5)
    with pytest.raises(UpstreamUnavailable):
        await client.peak(PLAYER, deadline)
    assert route.call_count == 1


@pytest.mark.parametrize("failure,times", [(httpx.ConnectError("no"), 3), (httpx.ReadTimeout("slow"), 1)], ids=repr)
async def test_potential_update_is_retried_only_if_unsent(osutrack, client, deadline, failure, times):
    route = osutrack.get("/hiscores").mock(side_effect=failure)
    with pytest.raises((UpstreamUnavailable, UpstreamTimeout)):
        await client.hiscores(PLAYER, deadline, may_update=True)
    assert route.call_count == times


@pytest.mark.parametrize("failure", [*TRANSIENT, httpx.Response(500), httpx.Response(429)], ids=repr)
async def test_update_is_never_retried(osutrack, client, deadline, failure):
    route = osutrack.post("/update").mock(side_effect=[failure, failure])
    with pytest.raises((UpstreamUnavailable, UpstreamTimeout, UpstreamBusy)):
        await client.update(PLAYER, deadline)
    assert route.call_count == 1


@pytest.mark.usefixtures("retries_logged")
async def test_retry_is_logged_with_its_cause(osutrack, client, deadline, caplog):
    caplog.set_level(logging.INFO, logger="gateway.osutrack.retries")
    osutrack.get("/peak").mock(side_effect=[httpx.Response(503), NO_ROWS])
    await client.peak(PLAYER, deadline)

    [record] = [record for record in caplog.records if record.name == "gateway.osutrack.retries"]
    assert (record.levelname, record.message) == ("INFO", "Retrying a request to osu!track")
    assert (record.endpoint, record.retry, record.cause) == ("/peak", 1, "UPSTREAM_UNAVAILABLE")


async def test_missing_budget_for_a_retry_keeps_the_cause(osutrack, client, deadline, monkeypatch):
    osutrack.route().mock(return_value=httpx.Response(502))
    budget = client._transport._rate_limiter.budgets["reads"]  # noqa: SLF001
    acquire, calls = budget.acquire, []

    async def acquire_once(*arguments, **options):
        calls.append(arguments)
        if len(calls) > 1:
            raise UpstreamBusy("The budget is exhausted.", unsent=True)
        return await acquire(*arguments, **options)

    monkeypatch.setattr(budget, "acquire", acquire_once)
    with pytest.raises(UpstreamUnavailable, match="status 502"):
        await client.history(PLAYER, deadline)
    assert len(calls) == 2
