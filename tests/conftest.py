"""Fixtures of all tests: a gateway in process over the sandbox, with a clock that tests move."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import stamina
from stamina.instrumentation import get_on_retry_hooks, set_on_retry_hooks

from tests.support.clock import Clock
from tests.support.event_loop import LoopClock
from tests.support.gateway import InProcessGateway, start_gateway

TESTS = Path(__file__).parent

# Fixed examples without a deadline: a failure does not depend on chance or load.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")


# Their processes share the machine with other tests, which can delay an answer or a page by seconds.
TIMED = {"browser", "failure", "process", "redis"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs a failed test of these folders once more. The summary of pytest lists it."""
    for item in items:
        if item.path.relative_to(TESTS).parts[0] in TIMED:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def stamina_state() -> Iterator[None]:
    """Stamina's process-wide retry hooks and test mode, restored after each test."""
    hooks = get_on_retry_hooks()
    with stamina.set_testing(testing=False):
        yield
    set_on_retry_hooks(hooks)


@pytest.fixture
def instant_retries() -> Iterator[None]:
    """Three attempts without backoff."""
    with stamina.set_testing(testing=True, attempts=3):
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def loop_clock() -> AsyncIterator[LoopClock]:
    clock = LoopClock()
    yield clock
    clock.restore()


@pytest.fixture
def settings() -> dict[str, Any]:
    """The settings of `gateway`; overridden by tests that need others. No limit is active by default."""
    return {}


@pytest.fixture
def request_log() -> list[dict[str, Any]]:
    """The fields of the log lines of `gateway`'s requests."""
    return []


@pytest.fixture
async def gateway(
    clock: Clock, settings: dict[str, Any], request_log: list[dict[str, Any]]
) -> AsyncIterator[InProcessGateway]:
    def log_request(level: str, fields: dict[str, Any]) -> None:
        request_log.append({"level": level, **fields})

    async with start_gateway(settings, clock=clock, log_request=log_request) as gateway:
        yield gateway
