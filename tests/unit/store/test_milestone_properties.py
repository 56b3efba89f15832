"""Milestones equal a naive recomputation of arbitrary histories, within the time limit."""

import time
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.records import Mode, Rows, Snapshot, UserMode
from gateway.store.milestones import BLOCK, MilestoneKind, milestones

KINDS = list(MilestoneKind)
RANKS = [1_000_000, 500_000, 100_000, 50_000, 10_000, 5_000, 1_000, 500, 100, 50, 10, 1]
# The documented sequences, up to values that no test exceeds, as exact decimals.
UPWARDS = {
    "pp": [Decimal(1000 * n) for n in range(1, 60)],
    "play_count": [Decimal(n) for n in (1000, 5000, 10_000, 25_000, 50_000, *range(100_000, 3_000_001, 100_000))],
    "level": [Decimal(n) for n in (10, 20, 30, 40, 50, 60, 70, 80, 90, *range(100, 200))],
    "accuracy": [Decimal(n) / 10 for n in range(951, 1001)],
}
OTHER: Any = dict.fromkeys(("ranked_score", "total_score", "count_300", "count_100", "count_50", "count_ss"), 0)
FIRST: dict[str, Any] = {"pp": 1.0, "global_rank": None, "accuracy": 90.0, "level": 1.0, "play_count": 1}


def snapshot(number, values):
    at = f"2026-01-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00.000Z"
    return Snapshot(at=at, **(FIRST | values), **OTHER, count_s=0, count_a=0, user_mode=UserMode(2, Mode.OSU))


def rows_of(values):
    return Rows(snapshot(number, value) for number, value in enumerate(values))


def has_reached(row, kind, threshold):
    value = getattr(row, kind)
    if kind == "global_rank":
        return value is not None and 0 < value <= threshold
    return Decimal(repr(value)) >= threshold


def recomputed(rows, kinds):
    """Each threshold of each kind, looked up in all rows."""
    found = []
    for kind in kinds:
        for threshold in [Decimal(rank) for rank in RANKS] if kind == "global_rank" else UPWARDS[kind]:
            index = next((i for i, row in enumerate(rows) if has_reached(row, kind, threshold)), None)
            if index is not None:
                before = rows[index - 1].at if index else None
                found.append((kind, float(threshold), before, rows[index].at))
    return found


def as_tuples(found):
    return [(each.kind.value, each.threshold, each.before and each.before.at, each.after.at) for each in found]


def near(*thresholds):
    """Values around thresholds, with and without rounding errors of binary fractions."""
    return st.builds(lambda value, change: value + change, st.sampled_from(thresholds), st.sampled_from(CHANGES))


CHANGES = [0.0, 1e-9, -1e-9, 0.0001, -0.0001, 0.5, -0.5]
tenths = st.integers(940, 1000)
accuracies = st.one_of(
    tenths.map(lambda n: n / 10), tenths.map(lambda n: n * 0.1), near(95.0, 95.1, 98.7, 99.9, 100.0), st.floats(0, 100)
)
ranks = st.none() | st.sampled_from([*RANKS, *(rank + 1 for rank in RANKS)]) | st.integers(-5, 2_000_000)
snapshots = st.fixed_dictionaries(
    {},
    optional={
        "pp": near(*range(0, 50_000, 1000)) | st.floats(0, 50_000),
        "global_rank": ranks,
        "accuracy": accuracies,
        "level": near(*range(0, 130, 10), 101, 102) | st.floats(0, 130),
        "play_count": st.integers(0, 120_000) | st.integers(0, 2_500_000),
    },
)
histories = st.builds(
    lambda unchanged, rows: rows_of([{}] * unchanged + rows),
    st.sampled_from([0, BLOCK - 2, BLOCK, 2 * BLOCK - 5]),
    st.lists(snapshots, max_size=12),
)


@given(histories, st.lists(st.sampled_from(KINDS), unique=True))
def test_milestones_equal_a_naive_recomputation(rows, kinds):
    found = as_tuples(milestones(rows, kinds))

    assert sorted(found) == sorted(recomputed(rows, [kind.value for kind in kinds]))
    assert [each[3] for each in found] == sorted(each[3] for each in found)


@given(histories)
def test_milestones_of_one_snapshot_are_ordered(rows):
    found = as_tuples(milestones(rows, KINDS))

    order = [kind.value for kind in KINDS]
    keys = [(at, order.index(kind), -n if kind == "global_rank" else n) for kind, n, _, at in found]
    assert keys == sorted(keys)


@given(histories)
def test_each_kind_can_be_read_alone(rows):
    parts = [each for kind in KINDS for each in as_tuples(milestones(rows, [kind]))]

    assert sorted(parts) == sorted(as_tuples(milestones(rows, KINDS)))


@given(histories)
def test_ids_identify_milestones(rows):
    ids = [each.id for each in milestones(rows, KINDS)]

    assert len(set(ids)) == len(ids)


def thresholds_of(kind, *values):
    rows = rows_of({kind.value: value} for value in values)
    return [(each.threshold, rows.index(each.after)) for each in milestones(rows, [kind])]


def test_snapshot_can_pass_several_thresholds():
    assert thresholds_of(MilestoneKind.PP, 900.0, 3200.0) == [(1000.0, 1), (2000.0, 1), (3000.0, 1)]
    assert thresholds_of(MilestoneKind.GLOBAL_RANK, 600_000, 90_000) == [
        (1_000_000.0, 0),
        (500_000.0, 1),
        (100_000.0, 1),
    ]


def test_only_the_first_time_counts():
    assert thresholds_of(MilestoneKind.PP, 999.0, 1000.0, 800.0, 1001.0) == [(1000.0, 1)]


@pytest.mark.parametrize("accuracy, reached", [(98.7, True), (98.69999999999999, False), (98.6999, False)])
def test_accuracy_is_compared_as_decimal(accuracy, reached):
    assert ((98.7, 1) in thresholds_of(MilestoneKind.ACCURACY, 98.6, accuracy)) is reached


def test_accuracy_of_95_percent_is_no_milestone():
    assert thresholds_of(MilestoneKind.ACCURACY, 95.0, 95.1) == [(95.1, 1)]


def test_first_snapshot_has_no_snapshot_before():
    assert [each.before for each in milestones(rows_of([{"play_count": 5000}]), KINDS)] == [None, None]


def test_unranked_snapshot_can_be_the_one_before():
    rows = rows_of([{"global_rank": None}, {"global_rank": 900_000}])

    assert [(each.before, each.after) for each in milestones(rows, KINDS)] == [(rows[0], rows[1])]


def test_absurd_values_have_bounded_milestones():
    rows = rows_of([{"pp": 1e300, "level": 1e300, "accuracy": 1e300, "play_count": 2**31 - 1, "global_rank": -(2**31)}])

    assert len(milestones(rows, KINDS)) < 3000


def test_id_names_kind_and_threshold():
    rows = rows_of([{"global_rank": 900_000, "accuracy": 95.15}])

    assert [each.id for each in milestones(rows, KINDS)] == ["2:OSU:GLOBAL_RANK:1000000", "2:OSU:ACCURACY:95.1"]


def career(length):
    """A history that rises from nothing to the top, with noise."""
    random = Random(18)
    return rows_of(
        {
            "pp": 20_000 * n / length + random.random(),
            "global_rank": max(1, int(1_200_000 * (1 - n / length) ** 3)),
            "accuracy": 94 + 5.5 * n / length + random.random() / 10,
            "level": 1 + 104 * n / length,
            "play_count": 40 * n,
        }
        for n in range(length)
    )


def test_5000_snapshots_take_at_most_2_ms():
    rows = career(5000)
    seconds = []

    for _ in range(20):
        started_at = time.thread_time()
        found = milestones(rows, KINDS)
        seconds.append(time.thread_time() - started_at)

    assert len(found) > 90
    assert min(seconds) <= 0.002
