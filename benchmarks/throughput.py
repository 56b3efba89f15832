"""Requests per second of CPU time, for each workload and contender, after their answers were found equal."""

import statistics
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from .contenders import Servers
from .load import Server, load
from .queries import BEST_PLAYS, MEDIUM, SMALL, SNAPSHOTS
from .tables import Cell

# A contender is warm when this many rounds in a row differ by at most this part.
STABLE_ROUNDS = 3
TOLERANCE = 0.05
COMPRESSED = {"Accept-Encoding": "zstd, br, gzip"}


class Workload(NamedTuple):
    """A query for the contenders with one variant; `target` is the ratio to reach compared with the base commit."""

    name: str
    variant: str
    query: str
    target: float | None = None
    clients: int = 8
    seconds: int = 1
    headers: dict[str, str] | None = None


WORKLOADS = [
    Workload("small: a player's peak", "executed", SMALL, 5),
    Workload("medium: 90 snapshots, peak, 50 hiscores", "executed", MEDIUM, 4),
    Workload("10,000 best plays × 8, nested", "executed", BEST_PLAYS, 15, clients=2, seconds=2),
    Workload("5,000 snapshots × 14", "executed", SNAPSHOTS, 1.8, clients=2, seconds=2),
    Workload("small, with points and a JSON log line", "logged", SMALL, 4),
    Workload("small, from the response cache", "cached", SMALL, 1.25),
    Workload("medium, from the response cache", "cached", MEDIUM, 1.25),
    Workload("10,000 × 8, from the response cache, compressed", "compressed", BEST_PLAYS, headers=COMPRESSED),
]


def select(servers: Servers, variant: str) -> dict[str, Server]:
    """The contenders with this variant, by name. Only the gateway compresses."""
    wanted = "cached" if variant == "compressed" else variant
    ours = {"gateway", "before"} if variant == "compressed" else {name for name, _ in servers}
    return {name: server for (name, each), server in servers.items() if each == wanted and name in ours}


def check_equality(contenders: Mapping[str, Server], workload: Workload) -> None:
    """Compare the data of all contenders: of the first response, and of the second, compiled or cached one."""
    for _ in range(2):
        answers = {name: server.query(workload.query, workload.headers) for name, server in contenders.items()}
        differing = [name for name, answer in answers.items() if not are_equal(answer, answers["gateway"])]
        if differing:
            raise AssertionError(f"{', '.join(differing)} and the gateway answer differently: {workload.query}")


def are_equal(value: Any, other: Any) -> bool:
    """Whether the values are equal if times are moments: `Z` and `+00:00` are equal, like 1 and 1.0."""
    return bool(value == other or canonical(value) == canonical(other))


def canonical(value: Any) -> Any:
    """The value with times as moments."""
    match value:
        case dict():
            return {name: canonical(each) for name, each in value.items()}
        case list():
            return [canonical(each) for each in value]
        case str() if len(value) >= len("2026-01-01T00:00:00Z") and value[10] == "T":
            return datetime.fromisoformat(value)
        case _:
            return value


def measure(measurements: Mapping[str, Callable[[], float]], *, max_rounds: int) -> dict[str, Cell]:
    """The medians of the last rounds. All take turns, so that a busy moment affects all, until all are stable."""
    rounds: dict[str, list[float]] = {name: [] for name in measurements}
    for _ in range(max_rounds):
        for name, measurement in measurements.items():
            rounds[name].append(measurement())
        if all(is_stable(each) for each in rounds.values()):
            break
    return {name: Cell(statistics.median(each[-STABLE_ROUNDS:]), is_stable(each)) for name, each in rounds.items()}


def is_stable(rounds: list[float]) -> bool:
    """Whether the last rounds are equal enough."""
    last = rounds[-STABLE_ROUNDS:]
    return len(last) == STABLE_ROUNDS and max(last) <= min(last) * (1 + TOLERANCE)


def throughput(contenders: Mapping[str, Server], workload: Workload, *, max_rounds: int) -> dict[str, Cell]:
    """Requests per second of CPU time."""

    def measurement(name: str, server: Server) -> Callable[[], float]:
        # The plain app needs most of a second for one long list.
        seconds = workload.seconds * (2 if name.startswith("plain") else 1)

        def per_core_s() -> float:
            clients, headers = workload.clients, workload.headers
            return load(server, workload.query, seconds=seconds, clients=clients, headers=headers).per_core_s

        return per_core_s

    return measure({name: measurement(name, server) for name, server in contenders.items()}, max_rounds=max_rounds)
