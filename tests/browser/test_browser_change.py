"""Charts of changes: lines that begin at 0, their axes and texts, in the address, by keyboard and touch."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY, ORDINARY, SINGLE_SNAPSHOT
from tests.browser.chromium import CHARTS_DRAWN, DESK, PHONE, TIMEOUT_MS

# Three snapshots since 2024.
RARE = ORDINARY[14]
THREE = f"{AMEO}?compare={HEAVY},{ORDINARY[9]}&values=change"
# Days and values of rows, the start of a window up to day 60, its loaded ends, and the changes.
CHANGES = [
    ([[10, 5], [20, 8]], 0, None, [[10, 0], [20, 3]]),
    ([[10, 5], [20, 8], [30, 6]], 12, None, [[12, 0], [20, 3], [30, 1]]),
    ([[10, 5], [20, 8], [30, 6]], 19, None, [[20, 0], [30, -2]]),
    ([[10, 5], [20, 8]], 15, [[12, 6], [20, 8]], [[15, 0], [20, 2]]),
    ([[10, 5], [20, 8]], 15, [[12, 6], [18, 7]], [[15, 0], [18, 1], [20, 2]]),
    ([[10, 5], [20, 8]], 5, [[9, 4], [25, 9]], [[9, 0], [10, 1], [20, 4], [25, 5]]),
    ([[10, None], [20, 8], [30, 9]], 0, None, [[10, None], [20, 0], [30, 1]]),
    ([[10, 5]], 12, None, [[12, 0]]),
    ([[10, 5]], 50, None, []),
    ([[10, 5], [70, 8]], 50, None, []),
    ([[10, 5]], 10, [[10, 5], [10, 5]], [[10, 0]]),
    ([], 50, None, []),
]
CHANGES_OF = """
([rows, from, ends]) => {
  const day = 86400000;
  const row = ([at, pp]) => ({ at: at * day, instant: new Date(at * day).toISOString(), pp });
  const known = ends && { start: row(ends[0]), end: row(ends[1]) };
  const changed = it.changesOf(rows.map(row), known, ["pp"], { from: from * day, to: 60 * day });
  return changed.map(({ at, pp }) => [at / day, pp && pp.end - pp.start]);
}
"""
# The range of the axis of ranks, as ratios, and the labels in it.
RANK_LABELS = [
    ([0.99, 1.035], ["1 % better", "unchanged", "1 % worse", "2 % worse", "3 % worse"]),
    ([0.45, 1.05], ["2× better", "80 % better", "60 % better", "40 % better", "20 % better", "unchanged"]),
    ([0.3, 1.1], ["3× better", "2.5× better", "2× better", "50 % better", "unchanged"]),
    ([0.04, 1.1], ["20× better", "10× better", "5× better", "2× better", "unchanged"]),
    ([0.45, 900], ["unchanged", "10× worse", "100× worse"]),
]
LABELS_OF = """
([low, high]) => {
  const splits = it.rankSplits(null, 0, Math.log10(low), Math.log10(high));
  return it.rankLabels(null, splits);
}
"""


@pytest.fixture
def player(session):
    """Opens a player page and waits for its charts."""
    return session.open_player


def evaluated(session, module, function, cases):
    script = f"(cases) => import('./static/player/{module}.js').then((it) => cases.map({function}))"
    return session.open("/").evaluate(script, cases)


def legend(page, slot):
    return page.locator(f"#legend .player-{slot} .legend-value")


def test_changes_begin_at_zero(session):
    assert evaluated(session, "change", CHANGES_OF, [case[:3] for case in CHANGES]) == [each for *_, each in CHANGES]


def test_ranks_have_round_ratios(session):
    found = evaluated(session, "change-axis", LABELS_OF, [ends for ends, _ in RANK_LABELS])
    assert found == [labels for _, labels in RANK_LABELS]


@pytest.mark.parametrize(
    "address,count",
    [
        (f"{AMEO}?compare={HEAVY}&values=change&days=30", 2),
        (f"{RARE}?compare={AMEO}&values=change&days=365", 2),
        (f"{THREE}&from=2020-01-01", 3),
        (f"{THREE}&from=2020-01-01&to=2026-11-01", 3),
    ],
)
def test_changes_are_the_gains_of_the_table(player, address, count):
    page = player(address)
    expect(page.locator("#legend .player")).to_have_count(count, timeout=TIMEOUT_MS)
    for slot, row in enumerate(page.locator("#comparison tbody tr").all()):
        gain = row.locator("td small").first
        expect(gain).to_have_text(re.compile("[+−][0-9]"), timeout=TIMEOUT_MS)
        change = gain.inner_text().split()[-1]
        expect(legend(page, slot)).to_have_text(re.compile(rf"^{re.escape(change)} pp · [▲▼±] ?[\d,]+ ranks"))


@pytest.mark.parametrize("days", [7, 30, 365])
@pytest.mark.parametrize("user", [AMEO, HEAVY, *ORDINARY[9:12]])
def test_one_range_has_one_gain(player, gateway, user, days):
    page = player(f"{user}?compare={RARE}&days={days}&values=change&every=day")
    gain = page.locator("#comparison tbody tr").first.locator("td small").first
    expect(gain).not_to_contain_text("…", timeout=TIMEOUT_MS)
    change = gain.inner_text().split()[-1]
    expected = "no snapshots in this range|±0 pp" if change == "–" else rf"^{re.escape(change)} pp"
    expect(legend(page, 0)).to_have_text(re.compile(expected))
    box = page.locator("#gains li", has_text=change)
    expect(box).to_have_count(0 if change == "–" else 1)
    preview = httpx.get(f"{gateway.address}/players/{user}?days={days}").text
    plays = [] if change == "–" else re.findall(r"Plays\s+([+−±][\d,]+)", box.inner_text())
    assert plays == re.findall(r" ([+−±][\d,]+) plays", preview)[:1]


def test_changes_begin_in_the_range(player):
    page = player(f"{RARE}?days=365&values=change")
    since = re.compile(r"since \d+ Oct 2026")
    expect(page.locator("#title-upper")).to_have_text(since)
    expect(page.locator("#legend")).to_contain_text(since)
    expect(page.locator("#plots-caption")).to_contain_text("2 points")
    page.locator("#plots-table summary").click()
    expect(page.locator("#plots-table caption")).to_have_text(since)
    expect(page.locator("#plots-table tbody tr")).to_have_count(2)


def test_change_is_chosen_by_keyboard(player):
    page = player(f"{AMEO}?days=30", size=PHONE)
    expect(page.get_by_role("button", name="Values")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Change", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"\?days=30&values=change$"))
    expect(page.get_by_role("button", name="Change", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#title-lower")).to_have_text(re.compile(r"^Global rank, change since \d+ \w+ \d+$"))
    page.wait_for_selector(CHARTS_DRAWN)
    page.focus("#plots")
    page.keyboard.press("Home")
    expect(page.locator("#live-region")).to_have_text(re.compile(r"\d\d:\d\d UTC: ±0 pp, ±0 ranks"))
    page.get_by_role("button", name="Values").press("Enter")
    expect(page).to_have_url(re.compile(r"\?days=30$"))
    expect(page.locator("#title-lower")).to_have_text("Global rank")


def test_change_is_kept_by_the_address(player):
    page = player(f"{AMEO}?series=level,plays&values=change")
    expect(page.locator("#title-upper")).to_have_text("Level, change since the first snapshot")
    expect(page.locator("#legend")).to_have_text(re.compile(r"\+[\d.]+ levels · \+[\d,]+ plays"))
    page.get_by_role("button", name="1 year").click()
    expect(page).to_have_url(re.compile(r"\?days=365&series=level,plays&values=change$"))
    page.go_back()
    expect(page.locator("#title-upper")).to_have_text("Level, change since the first snapshot")


def test_table_and_caption_have_changes(player):
    page = player(f"{AMEO}?days=30&values=change")
    expect(page.locator("#plots-caption")).to_contain_text(re.compile(r"ameo: [+−][\d.]+ pp and [▲▼] [\d,]+ ranks\."))
    page.locator("#plots-table summary").click()
    expect(page.locator("#plots-table tbody tr").first).to_contain_text(re.compile(r"[+−][\d.]+ pp[▲▼] [\d,]+"))


def test_single_snapshot_has_no_change(player):
    page = player(f"{SINGLE_SNAPSHOT}?values=change")
    expect(page.locator("#legend")).to_contain_text("±0 pp")
    expect(page.locator("#plots-caption")).to_contain_text("One snapshot so far")


def test_failed_changes_can_be_retried(player, session, gateway):
    page = player(f"{AMEO}?days=30")
    page.route("**/graphql", lambda route: route.abort())
    page.get_by_role("button", name="Change", exact=True).click()
    retry = page.locator("#plots-error").get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    page.unroute("**/graphql")
    retry.click()
    expect(page.locator("#plots-error")).to_be_empty()
    expect(page.locator("#legend")).to_contain_text("ranks")
    session.errors.clear()  # the browser logs the aborted request


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_players_are_added_from_the_charts(player, size):
    page = player(AMEO, size=size)
    button = page.get_by_role("button", name="Compare players")
    assert button.bounding_box()["height"] >= (40 if size is PHONE else 32)
    button.press("Enter")
    expect(page.get_by_label("With player")).to_be_focused()
    expect(page.get_by_label("With player")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(rf"/players/{AMEO}$"))
