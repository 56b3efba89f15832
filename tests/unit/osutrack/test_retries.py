"""When osu!track is asked again, the log says so, in one line that names no player."""

import logging

from stamina.instrumentation import get_on_retry_hooks, set_on_retry_hooks

from gateway.osutrack.transport import log_retries
from gateway.sandbox import Fault


async def test_a_retry_is_logged_with_its_endpoint_and_why(gateway, caplog):
    before = get_on_retry_hooks()
    caplog.set_level(logging.INFO)
    log_retries()
    gateway.sandbox.faults = (Fault(kind="status", status=503, times=1),)
    await gateway.send('{ user(id: "2") { stats { peak { pp } } } }')
    set_on_retry_hooks(before)

    [record] = [record for record in caplog.records if record.name == "gateway.osutrack.transport"]
    assert (record.levelname, record.message) == ("INFO", "Retrying a request to osu!track")
    assert (record.endpoint, record.retry, record.cause) == ("/peak", 1, "UPSTREAM_UNAVAILABLE")
