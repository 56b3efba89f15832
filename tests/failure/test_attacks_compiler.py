"""The CPU time of the compiler for hostile documents, compared with their validation."""

from time import process_time

import pytest

from gateway.graph.compiler import compile_operation
from gateway.graph.prepare.documents import Documents
from gateway.graph.prepare.errors import RequestError
from gateway.graph.prepare.limits import Limits
from gateway.graph.programs import CompiledOperation
from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import core_schema, executor_for
from gateway.settings import Settings

SCHEMA = core_schema(build_schema())
LIMITS = Limits.of(Settings(_env_file=None))
DELTA = "pp accuracy level playCount rankedScore totalScore count300 count100 count50 countSS countS countA"
SHORT_DELTA = " ".join(DELTA.split()[:9])
DELTAS = " ".join(f"d{number}: delta {{ {SHORT_DELTA} }}" for number in range(28))
SPREADS = " ".join(f"d{number}: delta {{ ...F }}" for number in range(22))
GAINS = " ".join(
    f"s{n}: stats(mode: OSU) {{ gain(window: {{ days: {n} }}) {{ delta {{ pp }} }} }}" for n in range(1, 30)
)
FILLER = f"query Other {{ user(id: 1) {{ allStats(modes: [{'OSU ' * 760}]) {{ id }} }} }}"
DOCUMENTS = {
    "fields": f"{{ user(id: 2) {{ stats {{ snapshots {{ {DELTAS} }} }} }} }}",
    "arguments": f"{{ user(id: 2) {{ {GAINS} }} }}",
    "fragments": f"query Compiled {{ user(id: 2) {{ stats {{ snapshots {{ {SPREADS} }} }} }} }}"
    f" fragment F on StatsDelta {{ {DELTA} }} {FILLER}",
}


def best_time_s(function, times=5):
    durations = []
    for _ in range(times):
        start = process_time()
        function()
        durations.append(process_time() - start)
    return min(durations)


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_compilation_takes_less_time_than_validation(text):
    documents = Documents(SCHEMA, LIMITS)
    prepared = documents.prepare(text)
    assert not isinstance(prepared, RequestError)
    operation = next(iter(prepared.values()))

    def compile_once():
        executor = executor_for(SCHEMA, operation.document, operation.name, {})
        assert executor
        return CompiledOperation(executor, compile_operation(executor))

    validation_s = best_time_s(lambda: Documents(SCHEMA, LIMITS).prepare(text))
    assert best_time_s(compile_once) < validation_s
