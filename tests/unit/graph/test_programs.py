"""Rounds of compiled operations: an operation that ends early leaves no exception for asyncio to log."""

import asyncio
import gc

import pytest

from gateway.graph.programs import _arrived


async def fails_when_cancelled():
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise ValueError("The timeouts of the read and of the operation end together.") from None


async def fails_at_once():
    raise ValueError("The read has failed.")


@pytest.mark.parametrize("read", [fails_when_cancelled, fails_at_once])
async def test_abandoned_reads_are_not_logged(read):
    logged = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context["message"]))
    await cancelled(_arrived([read(), fails_when_cancelled()]))
    gc.collect()
    assert logged == []


async def cancelled(awaitable):
    """Cancel it once all its tasks have begun."""
    task = asyncio.ensure_future(awaitable)
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0.01)
