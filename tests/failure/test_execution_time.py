"""The CPU time of the event loop for the most expensive operations that the default limits allow."""

import gc
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

import msgspec
import pytest

from gateway.graph.execution_turns import ExecutionTurns
from gateway.graph.prepare.errors import RequestError
from gateway.web.client_limits import TokenBucket
from tests.support.cpu_time import CALIBRATION_S, calibration_s
from tests.support.gateway import InProcessGateway, start_gateway

MAX_S = 0.150
DELTA = "pp ranksGained accuracy level playCount rankedScore totalScore count300 count100 count50 countSS countS countA"
SNAPSHOT = "at pp globalRank accuracy level playCount rankedScore totalScore count300 count100 count50 totalHits countSS countS countA"
PLAY = "mode beatmapId score pp grade playedAt recordedAt mods { bits acronyms label } beatmapUrl"
RANKED = " ".join(str(1001 + number) for number in range(100))
WINDOW = "window: { days: 900 }"
WINDOW_OF_PLAYS = "window: { days: 9000 }"
FILTER = 'filter: { modsAny: ["HD", "NM"], modsNone: ["PF"], grades: [S, A, X], ppAtLeast: 1 }'
SORTED = "first: 1, orderBy: PLAYED_AT_ASC, bestPerBeatmap: true, window: { days: 9000 }"
FAILING = "failing: user(id: 2) { stats { hiscores(first: -1) { totalCount } } }"
WARM = "{ user(id: 2) { allStats { hiscores { totalCount } tracked } } bestPlays(first: 10000) { __typename } }"
INTROSPECTION = (
    "__schema { types { name kind description fields { name description args { name type { name ofType { name } } }"
    " type { name kind ofType { name kind ofType { name } } } } interfaces { name } possibleTypes { name }"
    " enumValues { name } inputFields { name type { name } } } directives { name args { name } } }"
)


def aliases(number: int, field: str) -> str:
    return " ".join(f"a{n}: {field}" for n in range(number))


def names(number: int, text: str) -> str:
    return " ".join(text.format(n, next=n + 1) for n in range(number))


def player(fields: str) -> str:
    return f"user(id: 2) {{ stats {{ {fields} }} }}"


def players(fields: str, number: int = 96) -> str:
    return f"users(ids: [{'2 ' * number}]) {{ {fields} }}"


def ranking(by: str) -> str:
    return f"ranking(ids: $ids, by: {by}) {{ pending entries"


def nested(fields: str) -> str:
    return players(f"allStats {{ user {{ allStats {{ {fields} }} }} }}")


# Documents by the number of their aliases.
SHAPES: dict[str, Callable[[int], str]] = {
    "snapshots": lambda n: player(aliases(n, f"snapshots {{ {SNAPSHOT} }}")),
    "differences": lambda n: player(f"snapshots {{ {aliases(n, 'delta { pp }')} }}"),
    "whole differences": lambda n: player(f"snapshots {{ {aliases(min(n, 25), f'delta {{ {DELTA} }}')} }}"),
    "cursors": lambda n: player(aliases(n, "hiscores(first: 3000) { edges { cursor node { pp mods { bits } } } }")),
    "edges and nodes": lambda n: player(
        aliases(min(n, 10), f"hiscores(first: 3000) {{ edges {{ cursor node {{ {PLAY} }} }} nodes {{ {PLAY} }} }}")
    ),
    "orders": lambda n: player(aliases(n, f"hiscores({SORTED}) {{ totalCount }}")),
    "windows of hiscores": lambda n: nested(aliases(n, f"hiscores(first: 1, {WINDOW_OF_PLAYS}) {{ totalCount }}")),
    "windows of best plays": lambda n: aliases(n, f"bestPlays(first: 500, {WINDOW_OF_PLAYS}) {{ nodes {{ {PLAY} }} }}"),
    "filters of hiscores": lambda n: nested(aliases(min(n, 20), f"hiscores(first: 1, {FILTER}) {{ totalCount }}")),
    "filters of best plays": lambda n: aliases(min(n, 10), f"bestPlays(first: 500, {FILTER}) {{ nodes {{ {PLAY} }} }}"),
    "rankings": lambda n: aliases(n, f"{ranking('PEAK_RANK')} {{ value latest {{ id pp level }} }} }}"),
    "gains of rankings": lambda n: aliases(n, f"{ranking('PP_GAINED')} {{ gain {{ delta {{ pp }} }} }} }}"),
    "intervals": lambda n: player(aliases(n, "snapshots(every: WEEK) { pp }")),
    "periods": lambda n: player(aliases(n, f"gains(every: DAY) {{ delta {{ {DELTA} }} }}")),
    "periods of players": lambda n: nested(aliases(n, "gains(every: WEEK) { __typename }")),
    "best plays": lambda n: aliases(n, f"bestPlays(first: 10000) {{ nodes {{ {PLAY} user {{ id username }} }} }}"),
    "players of plays": lambda n: (
        f"bestPlays(first: 3000) {{ nodes {{ {aliases(n, 'user { stats { user { stats { user { profileUrl } } } } }')} }} }}"
    ),
    "hiscores of players": lambda n: players(
        "stats { hiscores(first: 500) { edges { cursor node { beatmapId score pp mods { acronyms } } } } }", min(n, 24)
    ),
    "modes": lambda n: players(
        f"allStats {{ user {{ allStats {{ user {{ {aliases(n, 'allStats { id mode }')} }} }} }} }}"
    ),
    "latest": lambda n: nested(aliases(n, "latest { pp }")),
    "gains": lambda n: nested(aliases(n, f"gain({WINDOW}) {{ delta {{ pp }} }}")),
    "pages": lambda n: nested(aliases(n, "hiscores(first: 1) { edges { cursor } pageInfo { endCursor } }")),
    "nearest": lambda n: nested(aliases(n, 'snapshotAt(at: "2020-01-01T00:00:00Z", match: NEAREST) { pp }')),
    "short windows": lambda n: nested(aliases(n, "snapshots(window: { days: 1 }) { pp }")),
    "peaks": lambda n: nested(aliases(n, "peak { pp globalRank }")),
    "errors": lambda n: nested(aliases(n, "hiscores(first: -1) { totalCount }")),
    "introspection": lambda n: aliases(min(n, 3), INTROSPECTION),
}


ATTEMPTS = 3


def documents() -> Iterator[str]:
    """Each shape with few and many aliases, and beside a failing field."""
    for name, shape in SHAPES.items():
        variables = f"query ($ids: [ID!]! = [{RANKED}]) " if "rankings" in name else ""
        yield f"{variables}{{ {shape(4)} {FAILING} }}"
        yield f"{variables}{{ {shape(29)} }}"


LAST_FRAGMENT = "fragment f82 on Query { status { version } }"
# Documents and variables that take long to prepare.
HOSTILE: dict[str, tuple[str, dict[str, object]]] = {
    "many errors about one object": (f"{{ bestPlays(window: {{ {names(320, 'dayz{}: 1')} }}) {{ __typename }} }}", {}),
    "many unknown fields": (f"{{ {player(names(900, 'snapshotz{}'))} }}", {}),
    "many unknown types": (f"{{ {names(120, '...f{}')} }} {names(120, 'fragment f{} on Userz {{ id }}')}", {}),
    "a chain of fragments": (
        f"{{ ...f0 }} {names(82, 'fragment f{} on Query {{ id: __typename ...f{next} }}')} {LAST_FRAGMENT}",
        {},
    ),
    "fragments side by side": (
        f"{{ user(id: 2) {{ {names(80, '...f{}')} }} }} {names(80, 'fragment f{} on User {{ id avatarUrl }}')}",
        {},
    ),
    "many inline fragments": (f"{{ {names(110, '... on Query {{ status {{ version }} }}')} }}", {}),
    "many operations": (names(120, "query q{} {{ status {{ version }} }}"), {}),
    "many comments": ("#\n" * 32_000 + "{ status { version } }", {}),
    "many IDs": ("query ($ids: [ID!]!) { users(ids: $ids) { id } }", {"ids": ["1"] * 14_000}),
    "many invalid IDs": ("query ($ids: [ID!]!) { users(ids: $ids) { id } }", {"ids": [{}] * 18_000}),
    "many lists of modes": (
        f"query ($modes: [GameMode!]!) {{ {player(aliases(29, 'user { allStats(modes: $modes) { id } }'))} }}",
        {"modes": ["OSU"] * 10_000},
    ),
    "a long cursor": (
        f"query ($after: String!) {{ {nested(aliases(29, 'hiscores(after: $after) { totalCount }'))} }}",
        {"after": urlsafe_b64encode(msgspec.msgpack.encode((1, 2, [3] * 45_000))).decode()},
    ),
    "a filter with many mods": (
        f"query ($filter: ScoreFilter) {{ {nested(aliases(29, 'hiscores(filter: $filter) { totalCount }'))} }}",
        {"filter": {name: ["HD"] * 200 for name in ("modsAll", "modsAny", "modsNone")}},
    ),
    "many fields of a window": (
        "query ($window: Window) { bestPlays(window: $window) { __typename } }",
        {"window": {f"dayz{number}": 1 for number in range(4500)}},
    ),
}


class Stopwatch:
    """Measures operations of a gateway, and compares them with the maximum on a machine of this speed."""

    def __init__(self, gateway: InProcessGateway) -> None:
        self.codes: set[str] = set()
        self.slow: list[tuple[float, str, str]] = []
        self._engine = gateway.parts.engine
        self._texts = count()

    async def check(self, document: str, uses: Sequence[str], **variables: object) -> None:
        """Measure the successive uses of a document, and repeat them if one is slow."""
        times = [await self._relative_times(document, uses, variables)]
        while max(map(min, zip(*times, strict=True))) > MAX_S and len(times) < ATTEMPTS:
            times.append(await self._relative_times(document, uses, variables))
        fastest = zip(map(min, zip(*times, strict=True)), uses, strict=True)
        self.slow += [(time_s, use, document[:150]) for time_s, use in fastest if time_s > MAX_S]

    async def _relative_times(self, document: str, uses: Sequence[str], variables: Mapping[str, object]) -> list[float]:
        text = f"{document} # {next(self._texts)}"
        return [await self._relative_time(text, variables) for _ in uses]

    async def _relative_time(self, text: str, variables: Mapping[str, object]) -> float:
        gc.collect()
        return await self._execute(text, variables) * min(1, CALIBRATION_S / calibration_s())

    async def _execute(self, text: str, variables: Mapping[str, object]) -> float:
        start = time.thread_time()
        try:
            priced = self._engine.prepare(text, variables, None)
            result = await self._engine.execute(priced, TokenBucket(0, 0, time.monotonic), may_update=True)
            errors = result.content.get("errors", [])
        except RequestError as error:
            errors = error.errors
        duration_s = time.thread_time() - start
        self.codes |= {error["extensions"]["code"] for error in errors}
        return duration_s


@pytest.fixture
def unpaused(monkeypatch):
    """No pauses between long operations."""
    monkeypatch.setattr(ExecutionTurns, "used", lambda *_: None)


@pytest.fixture
def frozen_heap():
    """The garbage collector ignores the sandbox's rows, which a gateway does not have."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("unpaused", "frozen_heap")
@pytest.mark.parametrize("is_compiled", [True, False], ids=["compiled", "interpreted"])
async def test_no_operation_occupies_the_event_loop(is_compiled):
    settings = {"compiled_operations": is_compiled, "response_cache_max_bytes": 0}
    async with start_gateway(settings) as gateway:
        await gateway.ask(WARM)
        while (await gateway.ask(f"{{ ranking(ids: [{RANKED}], by: PP) {{ pending }} }}"))["ranking"]["pending"]:
            await gateway.finish_loads()
        gc.collect()
        gc.freeze()
        stopwatch = Stopwatch(gateway)
        for document in documents():
            await stopwatch.check(document, ["first", "second"] if is_compiled else ["first"])
    assert stopwatch.slow == []
    assert stopwatch.codes == {"BAD_USER_INPUT", "RESULT_TOO_LARGE"}


@pytest.mark.usefixtures("unpaused", "frozen_heap")
async def test_no_document_is_prepared_for_long():
    async with start_gateway({"response_cache_max_bytes": 0}) as gateway:
        gc.collect()
        gc.freeze()
        stopwatch = Stopwatch(gateway)
        for document, variables in HOSTILE.values():
            await stopwatch.check(document, ["first", "second"], **variables)
    assert stopwatch.slow == []
