"""Clients that send equal bytes share one execution, over sockets."""

import re
import time
from contextlib import ExitStack
from functools import partial

from gateway.server.config import ServerConfig
from gateway.web.cache.flights import MAX_WAIT_S
from tests.support.http_servers import serve_gateway, serve_sandbox
from tests.support.metrics import metric_value
from tests.support.sockets import connect

BODY = b'{"query": "{ user(id: 2) { stats { latest { pp } } } }"}'
POST = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
REQUEST = POST % (len(BODY), BODY)
CARD = b"GET /players/2/card.svg HTTP/1.1\r\nHost: gateway\r\n\r\n"
CONFIG = partial(ServerConfig, header_timeout_s=5)
CLIENTS = 20
LATENCY_S = 0.3


def test_equal_bytes_wait_unparsed():
    with (
        serve_sandbox() as osutrack,
        serve_gateway(CONFIG, upstream_url=osutrack.url) as (app, url),
        ExitStack() as stack,
    ):
        osutrack.set_faults({"kind": "latency", "seconds": LATENCY_S})
        lookup, parsed = app.state.lookup, []

        def recorded(scope, body, data):
            parsed.append(body)
            return lookup(scope, body, data)

        app.state.lookup = recorded
        connections = [stack.enter_context(connect(url)) for _ in range(CLIENTS)]
        for connection in connections:
            connection.sendall(REQUEST)
        responses = [connection.recv(65_536) for connection in connections]
        executions = metric_value(url, 'gateway_executed_operations_total{execution="interpreted"}')
    assert all(response.startswith(b"HTTP/1.1 200 OK") for response in responses)
    assert len(set(re.findall(rb"x-request-id: (\S+)", b"".join(responses)))) == CLIENTS
    assert (parsed.count(BODY), executions) == (1, 1)


def test_outdated_file_does_not_wait_for_itself():
    with serve_gateway(CONFIG) as (app, url), connect(url) as connection:
        durations_s = []
        for days in (0, 0, 2):
            app.state.gateway.monotonic.__self__.move(86_400 * days)
            start = time.monotonic()
            connection.sendall(CARD)
            received = b""
            while b"</svg>" not in received:
                received += connection.recv(65_536)
            durations_s.append(time.monotonic() - start)
    assert durations_s[-1] < MAX_WAIT_S
