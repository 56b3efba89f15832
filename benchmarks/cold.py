"""Cold queries: the duration of one, its CPU time, and the durations of 200 equal ones at once."""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from .load import HTTP, Server
from .queries import COLD_BEST_PLAYS, COLD_PEAKS, COLD_SMALL
from .throughput import are_equal

LATENCY_MS = 50
CLIENTS = 200
# The first samples are not counted: they warm up the code.
WARMING = 3
# Before all plays of the twin, which ignores windows.
FIRST_DAY = date(2008, 1, 1)


class Cold(NamedTuple):
    """The median duration and CPU time of a cold query, and the number of its requests to osu!track."""

    ms: float
    cpu_ms: float
    requests: int


class Samples:
    """Measures contenders with an empty cache: each sample is for other days and players."""

    def __init__(self, twin: Server, number: int, *, warming: int = WARMING) -> None:
        self._twin = twin
        self._warming = warming
        self._number = warming + number
        self._day = 0

    def peaks(self, contenders: Mapping[str, Server]) -> dict[str, Cold]:
        """100 best plays with the peaks of their 76 players."""
        return self._query(contenders, COLD_PEAKS, 100, LATENCY_MS)

    def best_plays(self, contenders: Mapping[str, Server]) -> dict[str, Cold]:
        """10,000 best plays, without latency."""
        return self._query(contenders, COLD_BEST_PLAYS, 10_000, 0)

    def stampede(self, contenders: Mapping[str, Server]) -> dict[str, Cold]:
        """200 equal queries at once: the 99th percentile of their durations."""

        def sample(server: Server, number: int) -> float:
            durations = asyncio.run(burst(server.url, COLD_SMALL.format(id=1_000_000 + number)))
            return sorted(durations)[int(len(durations) * 0.99) - 1]

        with self._latency(LATENCY_MS):
            return self._samples(contenders, sample)

    def _query(self, contenders: Mapping[str, Server], query: str, limit: int, latency_ms: int) -> dict[str, Cold]:
        first, self._day = self._day, self._day + self._number
        days = [(FIRST_DAY + timedelta(days=first + number)).isoformat() for number in range(self._number)]
        for day in days:
            _prepare(self._twin, day, limit)
        answers: dict[int, object] = {}

        def sample(server: Server, number: int) -> float:
            duration_s, body = timed_post(server.url, query.format(day=days[number]))
            data = json.loads(body)["data"]
            assert are_equal(data, answers.setdefault(number, data)), "The contenders answer differently."
            return duration_s

        built = self._get("built")
        with self._latency(latency_ms):
            results = self._samples(contenders, sample)
        assert self._get("built") == built, "A contender has waited for the twin to build a response."
        return results

    def _samples(self, contenders: Mapping[str, Server], sample: Callable[[Server, int], float]) -> dict[str, Cold]:
        taken: dict[str, list[Cold]] = {name: [] for name in contenders}
        for number in range(self._number):
            for name, server in contenders.items():
                requests, cpu_s = self.request_count(), server.cpu_s()
                duration_s = sample(server, number)
                cpu_ms = (server.cpu_s() - cpu_s) * 1000
                taken[name].append(Cold(duration_s * 1000, cpu_ms, self.request_count() - requests))
        return {name: _median(each[self._warming :]) for name, each in taken.items()}

    def request_count(self) -> int:
        """The number of requests to osu!track so far."""
        return self._get("count")

    def _get(self, count: str) -> int:
        return int(HTTP.get(f"{self._twin.url}/{count}").text)

    @contextmanager
    def _latency(self, ms: int) -> Iterator[None]:
        HTTP.get(f"{self._twin.url}/delay?ms={ms}")
        try:
            yield
        finally:
            HTTP.get(f"{self._twin.url}/delay?ms=0")


def _median(samples: list[Cold]) -> Cold:
    ms, cpu_ms, requests = (statistics.median(each) for each in zip(*samples, strict=True))
    return Cold(ms, cpu_ms, int(requests))


def _prepare(twin: Server, day: str, limit: int) -> None:
    """Have the twin build these rows now. For 100, the gateway reads 1,000, to know whether there is a next page."""
    for rows in (limit, max(limit, 1000)):
        HTTP.get(f"{twin.url}/bestplays?mode=0&from={day}&limit={rows}")


def timed_post(url: str, query: str) -> tuple[float, bytes]:
    """The duration of one request on an open connection, and the body of the response."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.connect()
    body = json.dumps({"query": query})
    began = time.perf_counter()
    connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
    response = connection.getresponse().read()
    duration_s = time.perf_counter() - began
    connection.close()
    return duration_s, response


class _Client(asyncio.Protocol):
    """One connection; the response fits into one segment."""

    def __init__(self) -> None:
        self.response: asyncio.Future[tuple[float, bytes]] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        if not self.response.done():
            self.response.set_result((time.perf_counter(), data))


async def burst(url: str, query: str, clients: int = CLIENTS) -> list[float]:
    """The durations of equal requests that are sent at once, in seconds."""
    loop, host, port = asyncio.get_running_loop(), *urlsplit(url).netloc.split(":")
    body = json.dumps({"query": query}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    opened = [await loop.create_connection(_Client, host, int(port)) for _ in range(clients)]
    began = time.perf_counter()
    for transport, _ in opened:
        transport.write(request)
    answers = await asyncio.wait_for(asyncio.gather(*(client.response for _, client in opened)), 60)
    for transport, _ in opened:
        transport.close()
    assert all(data.startswith(b"HTTP/1.1 200 ") and b'"errors"' not in data for _, data in answers)
    return [at - began for at, _ in answers]
