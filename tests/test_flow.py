"""When a connection is read from, by what its transport is told."""

import asyncio

import pytest

from gateway.server.flow import Flow


class Transport(asyncio.Transport):
    reading = True

    def pause_reading(self):
        self.reading = False

    def resume_reading(self):
        self.reading = True


@pytest.mark.parametrize("waiting", [[], ["a request"], ["a request", "another"]])
def test_nothing_is_read_while_requests_wait_that_have_been_read(waiting):
    transport = Transport()
    flow = Flow(transport, waiting)
    flow.pause_reading()
    flow.resume_reading()
    assert transport.reading is not bool(waiting)
