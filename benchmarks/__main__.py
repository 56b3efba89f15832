"""All benchmarks: `python -m benchmarks [--quick] [--base COMMIT] [--write]`. Takes up to eight minutes, `--quick` two.

With `--write`, the results replace the last section of `docs/performance.md`.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from .contenders import ROOT

PAGE = ROOT / "docs/performance.md"
HEADING = "## Results of `make bench`\n"
# The others print text, not Markdown.
QUICK = ("speed",)
ALL = (*QUICK, "in_process", "workers", "upstream_traffic", "cache_memory")


def main() -> None:
    """Run the benchmarks, print their results, and write them if requested."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and speed only")
    parser.add_argument("--base", default="", help="a commit of the gateway to compare with")
    parser.add_argument("--write", action="store_true", help="write the results into docs/performance.md")
    options = parser.parse_args()
    speed = [*(["--quick"] if options.quick else []), *(["--base", options.base] if options.base else [])]
    results = "".join(_results(QUICK if options.quick else ALL, speed))
    if options.write:
        PAGE.write_text(with_results(PAGE.read_text(), results))


def with_results(page: str, results: str) -> str:
    """The page with these results as its last section."""
    before, heading, _ = page.partition(HEADING)
    return f"{before}{heading or HEADING}\n{results.strip()}\n"


def _results(names: tuple[str, ...], speed: list[str]) -> Iterator[str]:
    git = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    python = ".".join(map(str, sys.version_info[:3]))
    yield _shown(f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, {os.cpu_count()} cores, Python {python}.\n\n")
    for name in names:
        result = _output(f"benchmarks.{name}", *(speed if name == "speed" else []))
        yield result if name == "speed" else f"\n```text\n{result.strip()}\n```\n"


def _output(module: str, *options: str) -> str:
    """The standard output of a benchmark, which is printed while it runs."""
    with subprocess.Popen([sys.executable, "-m", module, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        printed = "".join(map(_shown, run.stdout))
    if run.returncode:
        sys.exit(run.returncode)
    return printed


def _shown(text: str) -> str:
    print(text, end="", flush=True)
    return text


if __name__ == "__main__":
    main()
