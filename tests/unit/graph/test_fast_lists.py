"""The fast list path returns the same lists as graphql-core, including the order of keys."""

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
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
BEST_PLAY = [*HISCORE, "user{id,profileUrl,stats{mode}}"]
LISTS = {
    "user(id: 131464) { stats { snapshots(window: {days: 200}) { %s } } }": SNAPSHOT,
    "user(id: 3000008) { stats { snapshots { %s } } }": SNAPSHOT,
    "user(id: 3000012) { stats { hiscores { nodes { %s } } } }": HISCORE,
    "bestPlays(first: 20) { nodes { %s } edges { node { %s } } }": BEST_PLAY,
}
CONDITIONS = ["", " @include(if: true)", " @skip(if: true)", " @skip(if: $no)", " @include(if: $no)"]


@st.composite
def queries(draw):
    """Queries for one of the lists, with random aliases, conditions and fragments."""
    outline = draw(st.sampled_from(sorted(LISTS)))
    fields = draw(st.lists(st.sampled_from(LISTS[outline]), min_size=1, max_size=8))
    variants = [draw(st.sampled_from([f, f"a{i}: {f}", f"...{{ {f} }}"])) for i, f in enumerate(fields)]
    selected = [field + draw(st.sampled_from(CONDITIONS)) if "{" not in field else field for field in variants]
    selection = " ".join([*selected, "at" if "snapshots" in outline else "pp"])
    return (
        "query($no: Boolean! = false) { status @include(if: $no) { version } " + outline.replace("%s", selection) + " }"
    )


@pytest.fixture
def settings():
    return {"max_aliases": 0, "max_cost": 0}


@pytest.fixture
def reference_engine(gateway):
    """The engine of `gateway` with graphql-core's executor."""
    engine = gateway.parts.engine
    parts = engine._services, engine._limits  # noqa: SLF001 - the same engine without the fast list path
    return Engine(build_schema(), *parts, timeout_s=20, clock=gateway.clock, monotonic=gateway.clock.monotonic)


async def response(engine, query):
    points = type("PointsBalance", (), {"limit": 0, "remaining": 0, "full_in_s": 0.0})()
    result = await engine.execute(engine.prepare(query, {}, None), points, may_update=True)
    return json.dumps([result.content["data"], result.content.get("errors")])


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
async def test_random_queries_return_equal_lists(gateway, reference_engine, query):
    assert await response(gateway.parts.engine, query) == await response(reference_engine, query)


@pytest.mark.parametrize(
    "path,user_id,selection",
    [
        ("fast", players.HEAVY, "snapshots { at pp }"),
        ("mixed", players.HEAVY, "snapshots(window: {days: 30}) { at delta { pp } }"),
        ("declined", players.BIG_NUMBERS, "snapshots { totalScore }"),
    ],
)
async def test_path_depends_on_selection_and_values(gateway, path, user_id, selection):
    await gateway.send(f"{{ user(id: {user_id}) {{ stats {{ {selection} }} }} }}")
    assert gateway.parts.fast_lists == {path: 1}


async def test_long_list_takes_the_fast_path(gateway):
    fields = " ".join(SNAPSHOT[:15])
    data = await gateway.ask(f"{{ user(id: {players.HEAVY}) {{ stats {{ snapshots {{ {fields} }} }} }} }}")
    assert len(data["user"]["stats"]["snapshots"]) == 5000
    assert gateway.parts.fast_lists == {"fast": 1}


def test_self_check_passes_with_locked_versions():
    assert is_supported()
