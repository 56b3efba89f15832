"""The lines of pp and rank on the page of a year."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import HEAVY, INACTIVE, SINGLE_SNAPSHOT

YEAR = datetime.now(UTC).year - 2
SNAPSHOTS = (
    f'snapshots(window: {{ between: {{ from: "{YEAR}-01-01", to: "{YEAR + 1}-01-01" }} }}) {{ at pp globalRank }}'
)
QUERY = f'{{ user(id: "{HEAVY}") {{ stats {{ {SNAPSHOTS} }} }} }}'
# The paths of each figure, for snapshots of days of 2023 as [day, pp, rank], and the start of the gain.
PATHS = """async ([rows, start]) => {
    const { lines } = await import("./static/year/lines.js");
    const from = Date.UTC(2023, 0);
    const snapshot = ([day, pp, globalRank]) => ({ at: new Date(from + day * 86400000).toISOString(), pp, globalRank });
    const stats = { snapshots: rows.map(snapshot), gain: start && { start: snapshot(start) } };
    const figures = lines(stats, { from, to: from + 100 * 86400000 });
    return figures.map((figure) => [...figure.querySelectorAll("path")].map((path) => path.getAttribute("d")));
}"""


@pytest.fixture
def paths(session):
    page = session.open("/")
    return lambda rows, start=None: page.evaluate(PATHS, [rows, start])


def test_ends_are_the_best_and_worst_values(session, gateway):
    page = session.open(f"/players/{HEAVY}/{YEAR}")
    response = httpx.post(f"{gateway.address}/graphql", json={"query": QUERY})
    snapshots = response.json()["data"]["user"]["stats"]["snapshots"]
    for figure, field, form, best in ((0, "pp", "{:,.0f} pp", max), (1, "globalRank", "#{:,}", min)):
        values = [each[field] for each in snapshots if each[field]]
        worst = min if best is max else max
        ends = page.locator(".year-line").nth(figure).locator(".line-ends > span")
        expect(ends).to_have_text([form.format(best(values)), form.format(worst(values))])


def test_link_opens_the_charts_of_the_year(session):
    page = session.open(f"/players/{HEAVY}/{YEAR}?mode=osu")
    page.get_by_role("link", name="Open in charts").click()
    expect(page).to_have_url(re.compile(rf"/players/{HEAVY}\?from={YEAR}-01-01&to={YEAR + 1}-01-01#progress$"))
    expect(page.locator("#plots-caption")).to_contain_text(f"1 Jan {YEAR} to 31 Dec {YEAR}")


@pytest.mark.parametrize("player", [SINGLE_SNAPSHOT, INACTIVE])
def test_year_without_changes_has_no_lines(session, player):
    page = session.open(f"/players/{player}/{datetime.now(UTC).year}")
    expect(page.locator("#main")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("heading", name="Progress")).to_be_hidden()


def test_line_covers_the_whole_range_of_values(paths):
    pp, rank = paths([[0, 100, 400], [5, 150, 200], [10, 200, 100]])
    assert pp == ["", "M0.0 156.0L50.0 80.0L100.0 4.0", ""]
    assert rank == pp


def test_equal_values_have_no_line(paths):
    [rank] = paths([[0, 100, 400], [5, 100, 100]])
    assert rank[1] == "M0.0 156.0L50.0 4.0"


def test_time_without_snapshots_is_faded(paths):
    [pp, _] = paths([[0, 100, 4], [5, 150, 3], [50, 200, 2]])
    assert pp == ["M50.0 80.0L500.0 4.0", "M0.0 156.0L50.0 80.0", "M500.0 4.0h0"]


def test_line_breaks_while_unranked(paths):
    [_, rank] = paths([[0, 100, 400], [5, 150, None], [6, 160, 200], [8, 170, 100]])
    assert rank == ["", "M60.0 80.0L80.0 4.0", "M0.0 156.0h0"]


def test_line_comes_from_before_the_year(paths):
    [pp, _] = paths([[2, 150, 3], [4, 200, 2]], start=[-2, 100, 4])
    assert pp[1] == "M-20.0 308.0L20.0 156.0L40.0 4.0"
