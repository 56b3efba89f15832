"""Flow control of a connection, over a transport that records its calls."""

import asyncio

import pytest

from gateway.server.flow_control import TimeoutFlowControl


class Transport(asyncio.Transport):
    reading = True
    unsent = 100
    aborted = False

    def get_write_buffer_size(self):
        return self.unsent

    def abort(self):
        self.aborted = True

    def pause_reading(self):
        self.reading = False

    def resume_reading(self):
        self.reading = True


@pytest.mark.parametrize("queue", [[], ["a request"], ["a request", "another"]])
def test_reading_is_paused_while_requests_are_queued(queue):
    transport = Transport()
    flow = TimeoutFlowControl(transport, queue, 10)
    flow.pause_reading()
    flow.resume_reading()
    assert transport.reading is not bool(queue)


async def is_aborted(*unsent):
    """Whether the connection is aborted, with so many unsent bytes at each check."""
    transport = Transport()
    flow = TimeoutFlowControl(transport, [], 0)
    flow.pause_writing()
    for transport.unsent in unsent:
        await asyncio.sleep(0)
    flow.resume_writing()
    return transport.aborted


@pytest.mark.parametrize("unsent", [(100, 100), (50, 50, 50)])
async def test_client_that_stops_reading_is_disconnected(unsent):
    assert await is_aborted(*unsent)


@pytest.mark.parametrize("unsent", [(), (90, 80, 70, 60)])
async def test_slow_client_stays_connected(unsent):
    assert not await is_aborted(*unsent)
