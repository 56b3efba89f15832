"""The benchmarks: their arithmetic, and one sample of each comparison with the peers."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from benchmarks.__main__ import with_results
from benchmarks.cold import Samples, burst
from benchmarks.contenders import PEERS, contenders, install_peers
from benchmarks.load import OTHER_CORE, Server, parse, process_tree, uvicorn
from benchmarks.queries import COLD_SMALL
from benchmarks.tables import OTHERS, Cell, compared
from benchmarks.throughput import WORKLOADS, are_equal, check_equality, is_stable, measure, select
from tests.support.binaries import requires_binary

WRK = """
  Latency Distribution
     50%  250.00us
     99%    1.50ms
  {requests} requests in 2.00s, 10.00MB read
Requests/sec: 2000.50
"""


def test_rates_are_per_second_of_cpu_time():
    assert parse(WRK.format(requests=4000), cpu_s=0.5) == (8000, 2000.5, 0.25, 1.5)


@pytest.mark.parametrize("printed", [WRK.format(requests=0), WRK.format(requests=9) + "Non-2xx responses: 9"])
def test_failed_load_is_an_error(printed):
    with pytest.raises(RuntimeError, match="The load failed"):
        parse(printed, cpu_s=1)


def test_cpu_time_includes_child_processes():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert {os.getpid(), child.pid} <= set(process_tree(os.getpid()))
        child.communicate(b"\n")


@pytest.mark.parametrize("rounds,stable", [([100, 104, 102], True), ([100, 104, 99], False), ([100, 100], False)])
def test_three_similar_rounds_are_stable(rounds, stable):
    assert is_stable(rounds) is stable


def test_measurement_ends_when_all_are_stable():
    rates = iter([50, 90, 100, 100, 100, 100])
    cells = measure({"warming": lambda: next(rates), "steady": lambda: 7}, max_rounds=10)
    assert cells == {"warming": Cell(100, stable=True), "steady": Cell(7, stable=True)}
    assert list(rates) == [100]


def test_unstable_measurement_is_bounded_and_marked():
    rates = iter(range(1, 100))
    assert measure({"rising": lambda: next(rates)}, max_rounds=5) == {"rising": Cell(4, stable=False)}
    assert str(Cell(4321.5, stable=False)) == "~4,322"


def test_answers_are_equal_if_moments_are():
    assert are_equal({"at": "2026-01-01T00:00:00.000Z", "pp": 1}, {"at": "2026-01-01T00:00:00+00:00", "pp": 1.0})


@pytest.mark.parametrize("other", ["2026-01-01T00:00:01.000Z", "2026-01-01", None])
def test_answers_with_other_moments_differ(other):
    assert not are_equal([{"at": "2026-01-01T00:00:00.000Z"}], [{"at": other}])


def test_row_compares_the_gateway_with_others():
    cells = {"gateway": Cell(1200), "before": Cell(240), "Grafast": Cell(2400)}
    row = compared("small", cells, ["before", "Mercurius", "Grafast"], "≥ 5")
    assert row == "| small | 1,200 | 240 (5.00 ×), target ≥ 5 × |  | 2,400 (0.50 ×) |"


def test_results_replace_the_last_section():
    page = with_results("# Performance\n\nProse.\n\n", "old")
    assert with_results(page, "new\n") == "# Performance\n\nProse.\n\n## Results of `make bench`\n\nnew\n"


def test_packages_of_peers_are_locked_by_hash():
    packages = json.loads((PEERS / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_missing_npm_leaves_out_peers(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "/nowhere")
    assert not install_peers()
    assert "Mercurius and Grafast are left out" in capsys.readouterr().out


class Other(Server):
    """A server that answers another query."""

    def query(self, *_):
        return super().query(COLD_SMALL.format(id=3))


@pytest.fixture(scope="module")
def twin():
    with uvicorn("benchmarks.upstream_twin:app", core=OTHER_CORE) as server:
        yield server


@pytest.fixture(scope="module")
def servers(twin):
    with contenders(twin.url) as running:
        yield running


@requires_binary("npm", "the peers are packages for Node.js")
class TestPeers:
    @pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
    def test_answers_are_equal(self, servers, workload):
        check_equality(select(servers, workload.variant), workload)

    def test_other_answer_is_reported(self, servers):
        workload = WORKLOADS[0]
        chosen = select(servers, workload.variant)
        with pytest.raises(AssertionError, match="Grafast and the gateway answer differently"):
            check_equality(chosen | {"Grafast": Other(*chosen["Grafast"])}, workload)

    def test_cold_queries_send_the_same_requests(self, twin, servers):
        executed = select(servers, "executed")
        assert set(executed) == {"gateway", *OTHERS} - {"before"}
        cold = Samples(twin, 1, warming=0).peaks(executed)
        assert {name: each.requests for name, each in cold.items()} == dict.fromkeys(executed, 77)

    def test_equal_cold_queries_cause_one_request(self, twin, servers):
        samples = Samples(twin, 0)
        before = samples.request_count()
        durations = asyncio.run(burst(servers["gateway", "cached"].url, COLD_SMALL.format(id=123), clients=20))
        assert (len(durations), samples.request_count() - before) == (20, 1)
