"""Flow control of a connection, over a transport that records its calls."""

import asyncio
import socket

import pytest

from gateway.server.flow_control import KERNEL_BYTES, TimeoutFlowControl, limit_buffers


class Transport(asyncio.Transport):
    reading = True
    unsent = 100
    high = None

    def __init__(self, connection=None):
        super().__init__({"socket": connection})

    def get_write_buffer_size(self):
        return self.unsent

    def set_write_buffer_limits(self, high=None, low=None):
        self.high = high

    def is_closing(self):
        return False

    def pause_reading(self):
        self.reading = False

    def resume_reading(self):
        self.reading = True


@pytest.mark.parametrize("queue", [[], ["a request"], ["a request", "another"]])
def test_reading_is_paused_while_requests_are_queued(queue):
    transport = Transport()
    flow = TimeoutFlowControl(transport, queue, 10, lambda _: None)
    flow.pause_reading()
    flow.resume_reading()
    assert transport.reading is not bool(queue)


async def timeouts(loop_clock, *unsent):
    """The number of timeouts, with so many unsent bytes at each check."""
    transport = Transport()
    timeouts: list[TimeoutFlowControl] = []
    flow = TimeoutFlowControl(transport, [], 10, timeouts.append)
    flow.pause_writing()
    for transport.unsent in unsent:
        loop_clock.move(10)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    flow.resume_writing()
    return len(timeouts)


@pytest.mark.parametrize("unsent,count", [((100,), 1), ((50, 50, 50), 2), ((), 0), ((90, 80, 70, 60), 0)])
async def test_client_without_progress_is_reported(loop_clock, unsent, count):
    assert await timeouts(loop_clock, *unsent) == count


def test_buffers_of_the_transport_and_kernel_are_small():
    with socket.socket() as connection:
        transport = Transport(connection)
        limit_buffers(transport)
        assert transport.high == 0
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == KERNEL_BYTES


@pytest.mark.parametrize("connection", [None, socket.AF_UNIX])
def test_transports_without_tcp_are_accepted(connection):
    opened = connection and socket.socket(connection)
    limit_buffers(Transport(opened))
    if opened:
        opened.close()
