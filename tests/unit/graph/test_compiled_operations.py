"""Compiled operations: equal to plain graphql-core, compiled at the second use, in rounds, within bounds."""

import ast
from collections import Counter
from itertools import product

import msgspec
import pytest
from graphql import GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse, validate

from gateway.graph import programs
from gateway.graph.compiled_lists import CompiledListExecutor, is_supported
from gateway.graph.compiler import compile_operation
from gateway.graph.context import Context
from gateway.graph.engine import OperationResult
from gateway.graph.inputs import Window
from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import Executor, NotCompilable, core_schema, executor_for
from gateway.graph.types.paging import Page
from gateway.graph.types.users import stats_of, user_of
from gateway.records import Mode, UserMode
from gateway.sandbox import Fault, players
from tests.support.differential import DROPPED, POINTS, compare_random_operations
from tests.support.example_pages import blocks
from tests.support.operations import LATEST, OPERATIONS, PEAK
from tests.support.processes import ROOT

VARIABLES = {"id": "2", "ids": ["2", "1001"], "user": "2", "mode": "OSU", "at": "2026-01-01T00:00:00Z", "first": 5}
ROWS = "{ user(id: 2) { stats { snapshots { at pp globalRank } } } }"
FAILING = 'hiscoresByUsername(username: "-") { totalCount }'
SCHEMA = core_schema(build_schema())


def compiled(document, **variables):
    executor = executor_for(SCHEMA, parse(document), None, variables)
    assert executor
    return compile_operation(executor)


@pytest.fixture
def settings():
    return {"max_aliases": 0, "max_cost": 0, "response_cache_max_bytes": 0}


@pytest.mark.usefixtures("instant_retries")
async def test_random_operations_equal_graphql_core():
    comparison = await compare_random_operations(400, seed=2026)
    unexplained = [difference for difference in comparison.differences if not difference.depends_on_arrival]
    assert unexplained == []
    assert len(comparison.differences) <= 0.05 * comparison.outcomes.total()
    assert comparison.outcomes["errors"] >= 0.45 * comparison.outcomes.total()
    assert comparison.gateway.parts.engine.tally["compiled"] > 200


async def test_operations_are_compiled_at_second_use(gateway):
    for _ in range(3):
        await gateway.ask(LATEST, id="2")
    assert gateway.parts.engine.tally == {"interpreted": 1, "compiled": 2}


async def test_costly_operation_is_compiled_at_first_use(gateway):
    await gateway.ask("{ bestPlays(first: 30) { nodes { user { stats { peak { globalRank } } } } } }")
    await gateway.ask("{ bestPlays(first: 10) { nodes { user { stats { peak { globalRank } } } } } }")
    assert gateway.parts.engine.tally == {"compiled": 1, "interpreted": 1}


@pytest.mark.parametrize(
    "query", ["{ __schema { queryType { name } } }", '{ user(id: 2) { id } __type(name: "A") { name } }']
)
async def test_introspection_is_interpreted(gateway, query):
    for _ in range(3):
        await gateway.ask(query)
    assert gateway.parts.engine.tally == {"interpreted": 3}


async def test_many_conditions_of_costly_operations_are_not_compiled(gateway):
    fields = " ".join(f"f{number}: id @include(if: $b{number})" for number in range(4))
    variables = ", ".join(f"$b{number}: Boolean!" for number in range(4))
    query = f"query ({variables}) {{ bestPlays(first: 30) {{ nodes {{ user {{ {fields} stats {{ peak {{ globalRank }} }} }} }} }} }}"
    for values in product([False, True], repeat=4):
        await gateway.ask(query, **{f"b{number}": value for number, value in enumerate(values)})
    assert gateway.parts.engine.tally == {"compiled": 4, "interpreted": 12}


async def test_long_list_is_compiled_at_first_use(gateway):
    await gateway.ask(ROWS)
    assert gateway.parts.engine.tally == {"lists": 1}


async def test_failing_field_leaves_long_list_compiled(gateway):
    query = f"{{ user(id: 2) {{ stats {{ snapshots {{ at delta {{ pp }} }} }} }} {FAILING} }}"
    for _ in range(2):
        assert (await gateway.error(query))["path"] == ["hiscoresByUsername"]
    assert gateway.parts.engine.tally == {"lists": 2}


async def test_too_large_numbers_are_reported_as_before(gateway):
    query = f"{{ user(id: {players.BIG_NUMBERS}) {{ stats {{ snapshots {{ totalScore }} }} }} }}"
    responses = [await gateway.send(query) for _ in range(2)]
    errors = [[(error["path"], error["extensions"]["code"]) for error in response["errors"]] for response in responses]
    assert errors[0] == errors[1]
    assert {code for _, code in errors[0]} == {"VALUE_OUT_OF_RANGE"}


async def test_failed_attempt_leaves_no_warnings(gateway):
    gateway.sandbox.faults = (Fault(kind="garbage", body=DROPPED, content_type="application/json"),)
    query = f"{{ user(id: 1001) {{ stats {{ snapshots {{ at }} }} }} {FAILING} }}"
    responses = [await gateway.send(query) for _ in range(3)]
    assert [len(response["extensions"]["warnings"]) for response in responses] == [1, 1, 1]


async def test_conditions_select_a_program(gateway):
    query = "query ($pp: Boolean! = true) { user(id: 1001) { id stats { id @include(if: $pp) mode @skip(if: $pp) } } }"
    await gateway.ask(query)
    answers = [(await gateway.ask(query, **variables))["user"]["stats"] for variables in ({}, {"pp": False}) * 8]
    assert answers == [{"id": "1001:OSU"}, {"mode": "OSU"}] * 8
    assert gateway.parts.engine.tally["compiled"] > 8


async def test_arguments_distinguish_types_of_variables(gateway):
    query = "query ($first: Int!) { bestPlays(first: $first) { nodes { pp } } }"
    await gateway.ask(query, first=1)
    assert len((await gateway.ask(query, first=1))["bestPlays"]["nodes"]) == 1
    assert (await gateway.error(query, first=True))["extensions"]["code"] == "BAD_USER_INPUT"
    assert len((await gateway.ask(query, first=1.0))["bestPlays"]["nodes"]) == 1


async def test_unused_variables_are_validated(gateway):
    query = "query ($no: Boolean!, $id: ID!) { status { version } user(id: $id) @include(if: $no) { id } }"
    for _ in range(2):
        await gateway.ask(query, no=False, id="1")
    assert "errors" in await gateway.send(query, no=False)


async def test_dependent_reads_are_compiled_in_rounds(gateway, monkeypatch):
    monkeypatch.setattr(programs, "ROUND_S", 60)
    query = "{ bestPlays(first: 50) { nodes { user { stats { peak { accuracy } } } } } }"
    gateway.parts.engine.prepare(query, {}, None).operation.uses = 1
    await gateway.ask(query)
    assert gateway.parts.engine.tally == {"compiled": 1}
    assert gateway.sandbox.count("/bestplays") == 1
    assert gateway.sandbox.count("/peak") == len(gateway.upstream_queries("/peak"))


async def test_slow_round_continues_in_graphql_core(gateway, monkeypatch):
    monkeypatch.setattr(programs, "ROUND_S", 0)
    gateway.parts.engine.prepare(PEAK, {}, None).operation.uses = 1
    await gateway.ask(PEAK, id="2")
    assert gateway.parts.engine.tally == {"interpreted": 1}
    assert gateway.sandbox.count() == 1


async def test_late_values_add_no_warnings(gateway, monkeypatch):
    gateway.sandbox.faults = (Fault(kind="garbage", body=DROPPED, content_type="application/json"),)
    monkeypatch.setattr(programs, "ROUND_S", 0)
    gateway.parts.engine.prepare(LATEST, {}, None).operation.uses = 1
    response = await gateway.send(LATEST, id="2")
    assert len(response["extensions"]["warnings"]) == 1


async def test_finished_result_needs_no_event_loop_iteration(gateway):
    engine = gateway.parts.engine
    for _ in range(2):
        await gateway.ask(LATEST, id="2")
    result = engine.start(engine.prepare(LATEST, {"id": "2"}, None), POINTS, may_update=True)
    assert isinstance(result, OperationResult)
    assert b"playCount" in msgspec.json.encode(result.content["data"])


async def test_unfinished_run_can_be_closed(gateway):
    engine = gateway.parts.engine
    engine.prepare(LATEST, {"id": "2"}, None).operation.uses = 1
    run = engine.start(engine.prepare(LATEST, {"id": "2"}, None), POINTS, may_update=True)
    run.close()
    assert gateway.sandbox.count() == 0


@pytest.mark.parametrize(
    "selection, values",
    [
        ("id mode", 4),
        ("latest { at pp }", 4),
        ("snapshots { at pp }", 2 + 2 * 5000),
        ("snapshots { at delta { pp level } }", 2 + 3 * 5000),
        (
            'gains(every: YEAR, window: {between: {from: "2020-01-01", to: "2023-01-01"}}) { end { at } delta { pp playCount } }',
            2 + 3 * 3,
        ),
        ("hiscores(first: 7) { totalCount nodes { pp mods { bits label } } }", 3 + 3 * 7),
        ("hiscores(first: 7) { edges { cursor node { pp } } }", 2 + 2 * 7),
    ],
)
async def test_values_are_counted(gateway, monkeypatch, selection, values):
    query = f"{{ status {{ version }} user(id: 2) {{ id stats {{ {selection} }} }} }}"
    await gateway.ask(query)
    counted: list[int] = []
    monkeypatch.setattr(Context, "count_values", lambda _, count: counted.append(count))
    await gateway.ask(query)
    assert sum(counted) == values


async def test_cursors_are_computed_only_if_selected(gateway, monkeypatch):
    monkeypatch.delattr(Page, "cursor")
    for _ in range(2):
        await gateway.ask("{ bestPlays(first: 5) { nodes { pp } edges { node { pp } } pageInfo { hasNextPage } } }")
    assert gateway.parts.engine.tally == {"interpreted": 1, "compiled": 1}


def test_shared_schema_objects_are_frozen():
    for shared, attribute in ((user_of(2), "id"), (stats_of(UserMode(2, Mode.OSU)), "mode"), (Window(days=3), "days")):
        with pytest.raises(AttributeError):
            setattr(shared, attribute, None)


def test_largest_program_has_300_fields():
    peaks = " ".join(f"p{number}: peak {{ ...F }}" for number in range(60))
    document = "{ user(id: 1) { stats { %s } } } fragment F on Peak { globalRank accuracy pp ppAt }"
    assert compiled(document % peaks.split(" p59")[0]).values == 59 * 4
    with pytest.raises(NotCompilable):
        compiled(document % peaks)


class TestWithoutDepthLimit:
    @pytest.fixture
    def settings(self):
        return {"max_depth": 0, "response_cache_max_bytes": 0}

    @pytest.mark.parametrize("depth", [20, 45])
    async def test_deep_operation_is_answered(self, gateway, depth):
        document = "{ user(id: 1) { stats { " + "user { stats { " * depth + "id" + " }" * (2 * depth + 3)
        assert await gateway.ask(document) == await gateway.ask(document)


def test_self_check_passes_with_locked_versions():
    assert is_supported()


@pytest.mark.parametrize("owner, name", [(CompiledListExecutor, "complete_iterable_value"), (Executor, "build")])
def test_self_check_detects_changed_executor(monkeypatch, owner, name):
    monkeypatch.setattr(owner, name, lambda *_: None)
    assert not is_supported()


class TestWithoutCompiledOperations:
    @pytest.fixture
    def settings(self):
        return {"compiled_operations": False, "response_cache_max_bytes": 0}

    async def test_all_operations_are_interpreted(self, gateway):
        for _ in range(3):
            await gateway.ask(ROWS)
        assert gateway.parts.engine.tally == {"interpreted": 3}


def texts():
    """All strings of the tests, and the operations of the examples."""
    for path in ROOT.glob("tests/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for path in (ROOT / "README.md", *ROOT.glob("examples/*.md")):
        yield from blocks(path.read_text(), "graphql")
    yield OPERATIONS


def queries():
    """The valid queries among them, without introspection, and with the variables they need."""
    for text in {text for text in texts() if text.lstrip().startswith(("{", "query", "fragment")) and "__" not in text}:
        try:
            document = parse(text)
        except GraphQLSyntaxError:
            continue
        for definition in document.definitions if not validate(SCHEMA, document) else ():
            if isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.QUERY:
                names = {variable.variable.name.value for variable in definition.variable_definitions or ()}
                yield text, {name: VARIABLES[name] for name in names & {*VARIABLES}}, definition.name


async def test_good_queries_of_tests_are_compiled(gateway):
    tally: Counter[str] = Counter()
    for text, variables, name in queries():
        operation = name.value if name else None
        await gateway.send(text, operation, **variables)
        before = gateway.parts.engine.tally.copy()
        if "errors" not in await gateway.send(text, operation, **variables):
            tally += gateway.parts.engine.tally - before
    assert tally.total() > 100
    assert tally["compiled"] >= 0.95 * tally.total()
