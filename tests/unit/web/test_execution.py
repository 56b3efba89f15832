"""The points of an operation whose execution fails."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.errors import OperationTimeout
from gateway.graph.programs import Run
from gateway.telemetry.request_context import RequestContext
from gateway.web.client_limits import TokenBucket
from gateway.web.execution import Execution
from gateway.web.statuses import Statuses


class FailingEngine:
    """An engine that has requested data for three points when it fails."""

    def __init__(self, failure):
        self._failure = failure

    def start(self, *_: Any, **__: Any):
        run = Run.__new__(Run)
        run.context = SimpleNamespace(request_points=3)  # type: ignore[assignment]  # all that is used of it
        return run

    async def finish(self, _):
        raise self._failure


@pytest.mark.parametrize("failure", [OperationTimeout("late"), asyncio.CancelledError(), RuntimeError()])
async def test_failed_operation_pays_for_sent_requests(clock, failure):
    bucket = TokenBucket(60, 60, clock.monotonic)
    priced: Any = SimpleNamespace(cost=10)
    engine: Any = FailingEngine(failure)
    execution = Execution(engine, priced, bucket, RequestContext("1"), statuses=Statuses())
    with pytest.raises(type(failure)):
        await execution.finish(may_update=False)
    execution.settle()
    assert bucket.remaining == 57
