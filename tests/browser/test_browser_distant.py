"""Lines between distant snapshots: faded, and explained above the charts."""

import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import HEAVY, ORDINARY

DAY = 86_400_000
# The days of rows, those without a value, the interval, and the pairs of distant rows.
PAIRS = [
    ([0, 7, 15], [], "all", [[7, 15]]),
    ([0, 14, 29], [], "day", [[14, 29]]),
    ([0, 90, 181], [], "week", [[90, 181]]),
    ([0, 90, 181], [], "month", [[90, 181]]),
    ([0, 100, 200], [100], "week", []),
    ([], [], "all", []),
]
PAIRS_OF = """
([days, missing, interval]) => {
  const row = (day) => ({ at: day * 86400000, pp: missing.includes(day) ? null : 1 });
  const pairs = it.distantPairs(days.map(row), "pp", interval);
  return pairs.map((pair) => pair.map(({ at }) => at / 86400000));
}
"""


def evaluated(session, function, cases):
    script = f"(cases) => import('./static/player/distant.js').then((it) => cases.map({function}))"
    return session.open("/").evaluate(script, cases)


def test_distance_depends_on_the_interval(session):
    assert evaluated(session, PAIRS_OF, [case[:3] for case in PAIRS]) == [pairs for *_, pairs in PAIRS]


def test_start_of_the_window_has_its_snapshots_time(session):
    rows = [{"at": 20 * DAY, "instant": "1970-01-02T00:00:00.000Z", "pp": 1}, {"at": 22 * DAY, "pp": 2}]
    [pairs] = evaluated(session, "(rows) => it.distantPairs(rows, 'pp', 'day')", [rows])
    assert len(pairs) == 1


@pytest.mark.parametrize("user,count", [(ORDINARY[9], 1), (HEAVY, 0)])
def test_faded_lines_are_explained(session, user, count):
    page = session.open_player(f"{user}?days=30")
    expect(page.locator("#mark-key").get_by_text("Faded: no snapshots")).to_have_count(count)
