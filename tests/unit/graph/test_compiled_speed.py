"""The CPU time of compiled operations, compared with plain graphql-core in the same process."""

import pytest

from benchmarks.in_process import CASES, best_us, create_gateway, executions

# About half of the ratios of a quiet machine.
RATIOS = {
    "small": 5,
    "5,000 x 14": 30,
    "500 best plays, user, mods": 20,
    "500 edges, cursors": 7,
    "90 snapshots, delta": 4,
    "10,000 x 8 nested": 20,
}


@pytest.mark.parametrize("name, ratio", RATIOS.items())
async def test_compiled_operations_are_faster(name, ratio):
    case = next(case for case in CASES if case.name == name)

    plain_us, compiled_us = await best_us(*executions(create_gateway(), case), rounds=1, turn_s=0.02)

    assert plain_us / compiled_us > ratio
