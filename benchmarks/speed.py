"""The gateway's speed compared with other servers: `python -m benchmarks.speed [--quick] [--base COMMIT]`.

All servers share one core and one upstream; `wrk` (Debian package) loads them in turns from the other core. Prints
Markdown tables of rates, durations and ratios; takes about five minutes, with `--quick` less than two.
"""

import argparse
import shutil
import subprocess
import sys
import time

from .cold import Samples
from .contenders import Servers, contenders, gateway
from .load import OTHER_CORE, Server, load, uvicorn
from .queries import BEST_PLAYS, SERIES, SMALL
from .tables import OTHERS, Cell, compared, header, row
from .throughput import WORKLOADS, Workload, check_equality, select, throughput

MAX_ROUNDS = 6
COLD_SAMPLES = 9
# With `--quick`.
FEW_ROUNDS = 3
FEW_COLD_SAMPLES = 3


def main() -> None:
    """Run all measurements and print them."""
    parser = argparse.ArgumentParser(prog="benchmarks.speed")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: servers in Node.js may not be warm")
    parser.add_argument("--base", default="", help="a commit of the gateway to compare with")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: install it (Debian: apt-get install wrk).")
    with uvicorn("benchmarks.upstream_twin:app", core=OTHER_CORE) as twin:
        with contenders(twin.url, base=options.base) as servers:
            others = [name for name in OTHERS if (name, "executed") in servers]
            if options.quick:
                _throughput(servers, others, [each._replace(seconds=1) for each in WORKLOADS], FEW_ROUNDS)
                _cold(servers, others, Samples(twin, FEW_COLD_SAMPLES))
            else:
                _throughput(servers, others, WORKLOADS, MAX_ROUNDS)
                _cold(servers, others, Samples(twin, COLD_SAMPLES))
                _beside_a_heavy_client(servers)
        _start_and_memory(twin)


def _throughput(servers: Servers, others: list[str], workloads: list[Workload], max_rounds: int) -> None:
    print("Requests per second of the server's CPU time; in parentheses: the gateway's rate divided by this one.\n")
    print(header(others))
    for workload in workloads:
        chosen = select(servers, workload.variant)
        check_equality(chosen, workload)
        rates = throughput(chosen, workload, max_rounds=max_rounds)
        print(compared(workload.name, rates, others, f"≥ {workload.target:g}" if workload.target else ""), flush=True)
    print("\n~ The last three rounds differ by more than 5 %.\n", flush=True)


def _cold(servers: Servers, others: list[str], samples: Samples) -> None:
    print("Empty cache, milliseconds; in parentheses: the gateway's duration divided by this one.\n")
    print(header(others))
    # With a response cache if the contender has one.
    chosen = {name: servers.get((name, "cached"), servers[name, "executed"]) for name in ("gateway", *others)}
    for name, measure, target in (
        ("100 plays with the peaks of 76 players, osu!track at 50 ms", samples.peaks, "≤ 0.95"),
        ("10,000 best plays × 8, nested, osu!track at 0 ms", samples.best_plays, ""),
        ("200 equal small queries at once, osu!track at 50 ms, 99th percentile", samples.stampede, ""),
    ):
        results = measure(chosen)
        print(compared(name, {each: Cell(result.ms) for each, result in results.items()}, others, target))
        print(compared("CPU time of the server", {each: Cell(cold.cpu_ms) for each, cold in results.items()}, others))
        requests = [str(results[each].requests) for each in ("gateway", *others)]
        print(row("requests to osu!track", *requests), flush=True)
    print(flush=True)


def _beside_a_heavy_client(servers: Servers) -> None:
    print("A small query while another client repeats 10,000 best plays × 8, milliseconds.\n")
    print("| | p50 | p99 |\n|---|--:|--:|")
    for (name, variant), server in servers.items():
        if variant == "logged":
            continue
        looping = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.heavy_client", f"{server.url}/graphql", BEST_PLAYS, "3"],
        )
        time.sleep(0.7)
        result = load(server, SMALL, seconds=1, clients=1)
        looping.wait()
        print(row(f"{name}, {variant}", f"{result.p50_ms:.2f}", f"{result.p99_ms:.2f}"), flush=True)


def _start_and_memory(twin: Server) -> None:
    with gateway(twin.url) as server:
        print(f"\nStart to the first response: {server.started_s:.2f} s\n")
        for user in range(1, 41):
            assert len(server.query(SERIES.format(id=user))["user"]["stats"]["snapshots"]) == 5000
        print(f"Memory with 200,000 cached rows: {server.memory_mb():.0f} MB", flush=True)


if __name__ == "__main__":
    main()
