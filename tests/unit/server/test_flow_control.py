"""When a connection is read from and given up, by what its transport is told."""

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


@pytest.mark.parametrize("waiting", [[], ["a request"], ["a request", "another"]])
def test_nothing_is_read_while_requests_wait_that_have_been_read(waiting):
    transport = Transport()
    flow = TimeoutFlowControl(transport, waiting, 10)
    flow.pause_reading()
    flow.resume_reading()
    assert transport.reading is not bool(waiting)


async def given_up(*left):
    """Whether a client is given up who has so many bytes left to take at each look."""
    transport = Transport()
    flow = TimeoutFlowControl(transport, [], 0)
    flow.pause_writing()
    for transport.unsent in left:
        await asyncio.sleep(0)
    flow.resume_writing()
    return transport.aborted


@pytest.mark.parametrize("left", [(100, 100), (50, 50, 50)])
async def test_who_takes_nothing_of_an_answer_is_given_up(left):
    assert await given_up(*left)


@pytest.mark.parametrize("left", [(), (90, 80, 70, 60)])
async def test_who_takes_it_slowly_is_not(left):
    assert not await given_up(*left)
