"""Lists completed as a whole are those that graphql-core completes, to the order of the keys."""

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from gateway.graph.engine import Engine
from gateway.graph.fast_lists import is_supported
from gateway.graph.schema import build_schema
from gateway.sandbox import players

SNAPSHOT = [
    "at",
    "pp",
    "globalRank",
    "accuracy",
    "level",
    "playCount",
    "rankedScore",
    "totalScore",
    "count300",
    "count100",
    "count50",
    "totalHits",
    "countSS",
    "countS",
    "countA",
    "__typename",
    "delta{pp,ranksGained}",
]
HISCORE = [
    "mode",
    "beatmapId",
    "beatmapUrl",
    "score",
    "pp",
    "grade",
    "playedAt",
    "recordedAt",
    "__typename",
    "mods{bits,label,acronyms,__typename}",
]
BEST = [*HISCORE, "user{id,profileUrl,stats{mode}}"]
LISTS = {
    "user(id: 131464) { stats { snapshots(window: {days: 200}) { %s } } }": SNAPSHOT,
    "user(id: 3000008) { stats { snapshots { %s } } }": SNAPSHOT,
    "user(id: 3000012) { stats { hiscores { nodes { %s } } } }": HISCORE,
    "bestPlays(first: 20) { nodes { %s } edges { node { %s } } }": BEST,
}
CONDITIONS = ["", " @include(if: true)", " @skip(if: true)", " @skip(if: $no)", " @include(if: $no)"]


@st.composite
def queries(draw):
    """A query for one of the lists, with aliases, conditions and fragments as they fall."""
    outline = draw(st.sampled_from(sorted(LISTS)))
    fields = draw(st.lists(st.sampled_from(LISTS[outline]), min_size=1, max_size=8))
    written = [draw(st.sampled_from([f, f"a{i}: {f}", f"...{{ {f} }}"])) for i, f in enumerate(fields)]
    chosen = [field + draw(st.sampled_from(CONDITIONS)) if "{" not in field else field for field in written]
    selection = " ".join([*chosen, "at" if "snapshots" in outline else "pp"])
    return (
        "query($no: Boolean! = false) { status @include(if: $no) { version } " + outline.replace("%s", selection) + " }"
    )


@pytest.fixture
def settings():
    return {"max_aliases": 0, "max_cost": 0}


def tally(gateway):
    return gateway.app.state.gateway.engine._schema.execution_context_class.tally  # noqa: SLF001


QUERIES: list[str] = []


@examples(max_examples=150, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(queries())
def _collect(query):
    QUERIES.append(query)


_collect()


@pytest.fixture
def slow(gateway):
    """The same parts, with graphql-core's own executor."""
    engine = gateway.app.state.gateway.engine
    return Engine(build_schema(), engine._services, engine._limits, timeout_s=20, clock=gateway.clock)  # noqa: SLF001


async def answered(engine, query):
    purse = type("PointsBalance", (), {"limit": 0, "remaining": 0, "full_at": 0.0})()
    result = await engine.execute(engine.prepare(query, {}, None), purse, may_update=True)
    return json.dumps([result.content["data"], result.content.get("errors")])


async def test_random_queries_are_answered_alike(gateway, slow):
    fast = gateway.app.state.gateway.engine
    differing = [query for query in QUERIES if await answered(fast, query) != await answered(slow, query)]
    assert differing == []
    assert min(tally(gateway)[way] for way in ("fast", "mixed", "declined")) > 0


async def test_a_long_list_is_completed_as_a_whole(gateway):
    fields = " ".join(SNAPSHOT[:15])
    data = await gateway.ask(f"{{ user(id: {players.HEAVY}) {{ stats {{ snapshots {{ {fields} }} }} }} }}")
    assert len(data["user"]["stats"]["snapshots"]) == 5000
    assert tally(gateway) == {"fast": 1}


def test_the_check_at_the_start_finds_that_it_works():
    assert is_supported()
