"""The cursor of the charts: the snapshots and hiscores that it reads, for each player, by pointer, touch and keyboard."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, ORDINARY
from tests.browser.chromium import DESK, PHONE, TIMEOUT_MS

SPARSE = ORDINARY[9]  # three snapshots, years apart
QUERY = f"{{ users(ids: [{AMEO}, {SPARSE}]) {{ stats {{ earliest {{ at }} snapshots {{ at }} }} }} }}"
DAYS = r"\d+ \w+ 20\d\d"
HISCORE = re.compile(rf"Hiscore: .* pp, {DAYS}, Beatmap \d+")
# Evaluates a function of a module for each case.
MODULE = "(cases) => import('./static/player/{0}.js').then((it) => cases.map({1}))"
# The places of pixels in the colour of hiscores, left to right.
DOTS = """(plot) => {
    const [canvas, over] = ["canvas", ".u-over"].map((each) => plot.querySelector(each));
    const mark = Object.assign(document.createElement("i"), {style: "color: var(--warn)"});
    document.body.append(mark);
    const [red, green, blue] = getComputedStyle(mark).color.match(/\\d+/g).map(Number);
    const [frame, page] = [over.getBoundingClientRect(), canvas.getBoundingClientRect()];
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const dots = [];
    for (let x = 0; x < frame.width; x += 2)
        for (let y = 0; y < frame.height; y += 2) {
            const [left, top] = [x + frame.left - page.left, y + frame.top - page.top].map(Math.round);
            const at = 4 * (top * canvas.width + left);
            const distance = Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue);
            if (distance < 40 && data[at + 3] > 100) dots.push({ x, y });
        }
    return dots;
}"""


class Gap(NamedTuple):
    """The snapshots around the time without any of SPARSE, and the first of AMEO."""

    first: datetime
    second: datetime
    origin: datetime

    def at(self, share):
        return self.first + share * (self.second - self.first)

    @property
    def window(self):
        return f"from={self.at(0.1):%Y-%m-%d}&to={self.at(0.9):%Y-%m-%d}"


@pytest.fixture(scope="module")
def gap(gateway):
    """The days of snapshots depend on the present day."""
    ameo, sparse = httpx.post(f"{gateway.address}/graphql", json={"query": QUERY}).json()["data"]["users"]
    times = [each["at"] for each in [*sparse["stats"]["snapshots"][:2], ameo["stats"]["earliest"]]]
    return Gap(*map(datetime.fromisoformat, times))


def day(at):
    return f"{at.day} {at:%b %Y}"


def share_of(at, start):
    """The place of a time in a chart from `start` until now."""
    return (at - start) / (datetime.now(UTC) - start)


@pytest.fixture
def player(session):
    """Opens a player page and waits until nothing more is drawn in its charts."""

    def open_player(rest, count=1, **view):
        page = session.open_player(rest, hiscores=True, **view)
        expect(page.locator("#legend .player")).to_have_count(count, timeout=TIMEOUT_MS)
        # In comparisons, no hiscores are drawn.
        expect(page.locator(".key-play")).to_have_count(1 if count == 1 else 0)
        page.wait_for_load_state("networkidle")
        page.locator("#plot-lower").scroll_into_view_if_needed()
        return page

    return open_player


def readout(page, slot=0):
    return page.locator(f"#legend .player-{slot} .legend-value")


def over(page, chart="upper"):
    return page.locator(f"#plot-{chart} .u-over")


def point(page, share, chart="upper"):
    """Moves the pointer to the top of a chart, where no hiscores are."""
    box = over(page, chart).bounding_box()
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + 3)


def hiscore(page, chart="upper"):
    """The place of a hiscore in the middle of a chart."""
    dots = page.locator(f"#plot-{chart}").evaluate(DOTS)
    return dots[len(dots) // 2]


def left_of(page, chart="upper"):
    """The place of the line of the cursor."""
    return over(page, chart).locator(".u-cursor-x").evaluate("(it) => new DOMMatrix(getComputedStyle(it).transform).e")


@pytest.mark.parametrize("chart", ["upper", "lower"])
def test_older_snapshots_have_their_day(player, gap, chart):
    page = player(f"{AMEO}?compare={SPARSE}", 2)
    for share in (0.2, 0.5, 0.9):
        point(page, share_of(gap.at(share), gap.origin), chart)
        expect(page.locator("#legend")).to_contain_text(re.compile(rf"{DAYS}, \d\d:\d\d UTC"))
        expect(readout(page)).to_have_text(re.compile(r"pp · #[\d,]+$"))
        expect(readout(page, 1)).to_have_text(re.compile(rf"[\d,.]+ pp · #[\d,]+ \({day(gap.first)}\)$"))


def test_markers_are_at_the_read_snapshots(player, gap):
    page = player(f"{AMEO}?compare={SPARSE}", 2)
    marker = over(page).locator(".u-cursor-pt").last
    point(page, share_of(gap.at(0.2), gap.origin))
    expect(readout(page, 1)).to_contain_text(f"({day(gap.first)})")
    place = marker.get_attribute("style")
    point(page, share_of(gap.at(0.8), gap.origin))
    expect(page.locator("#legend")).to_contain_text(f"{gap.at(0.8).year}")
    expect(marker).to_have_attribute("style", place)
    point(page, share_of(gap.first, gap.origin) / 2)
    expect(readout(page, 1)).to_have_text("not tracked yet")
    expect(marker).to_have_class(re.compile("u-off"))


def test_keys_read_older_snapshots_with_their_day(player):
    page = player(f"{AMEO}?compare={SPARSE}", 2)
    page.focus("#plots")
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    expect(page.locator("#live-region")).to_have_text(re.compile(rf"; mintchip [\d,.]+ pp, #[\d,]+ \({DAYS}\)"))
    expect(readout(page, 1)).to_have_text(re.compile(rf"\({DAYS}\)$"))


def test_absence_in_the_range_is_no_missing_tracking(player, gap):
    page = player(f"{SPARSE}?compare={AMEO}&from={gap.at(0.5):%Y-%m-%d}&values=change", 2)
    point(page, 0.1)
    expect(readout(page)).to_have_text(f"no snapshot in range before {day(gap.second)}")
    page.focus("#plots")
    page.keyboard.press("Home")
    expected = f"mintchip no snapshot in range before {day(gap.second)}; ameo "
    expect(page.locator("#live-region")).to_contain_text(expected)


# The readouts of a player tracked since day 10. Days: of the rows, of their snapshots, and of the cursor.
READOUTS = [
    ([], [], 20, False, "not loaded"),
    ([], [], 20, True, "no snapshots in this range"),
    ([10], [10], 9, False, "not tracked yet"),
    ([10], [10], 10, False, "1"),
    ([10], [10], None, False, "1 (11 Jan 1970)"),
    ([10], [10], 12, False, "1 (11 Jan 1970)"),
    ([30, 40], [30, 40], 9, True, "not tracked yet"),
    ([30, 40], [30, 40], 29, True, "no snapshot in range before 31 Jan 1970"),
    ([30, 40], [30, 40], 31, True, "1 (31 Jan 1970)"),
    ([30, 40], [30, 40], 40, True, "1 (since 31 Jan 1970)"),
    ([30, 40], [30, 40], 41, True, "1 (10 Feb 1970, since 31 Jan 1970)"),
    ([20, 40], [19, 40], 20, True, "1"),
    ([20, 40], [19, 40], 30, True, "1 (20 Jan 1970)"),
]
READOUT = """([days, instants, at, hasChanges]) => {
    const DAY = 86400000;
    const rows = days.map((day, index) => ({ at: day * DAY, instant: new Date(instants[index] * DAY).toISOString(), pp: 1 }));
    const parts = { metrics: [{ field: "pp", format: String }], window: { from: 20 * DAY, to: 50 * DAY }, hasChanges };
    return it.readouts({ players: [{ first: 10 * DAY }], lists: [rows], ...parts }, at == null ? null : at * DAY, ", ")[0];
}"""


def test_readouts_state_other_days_and_absence(session):
    cases = [case[:4] for case in READOUTS]
    assert session.open("/").evaluate(MODULE.format("readouts", READOUT), cases) == [text for *_, text in READOUTS]


# The times and two lines, a time, and the index of the second line's value.
LINES = [
    ([1, 2, 3, 4], [None, 7, None, 8], 4, 3),
    ([1, 2, 3, 4], [None, 7, None, 8], 3, 1),
    ([1, 2, 3, 4], [None, 7, None, 8], 3.9, 1),
    ([1, 2, 3, 4], [None, 7, None, 8], 1, None),
    ([1, 2, 3, 4], [None, "null", None, 8], 3, 1),
    ([1, 2, 3, 4], [7, None, None, None], 9, 0),
]
INDEX = """([times, values, time]) => {
    const line = values.map((value) => (value === null ? undefined : value === "null" ? null : value));
    const found = [0, 1, 2, 3].map((closest) => it.lastIndex([times, times, line], 2, time, closest));
    return new Set(found).size === 1 ? found[0] : found;
}"""


def test_markers_have_the_last_value(session):
    cases = [case[:3] for case in LINES]
    assert session.open("/").evaluate(MODULE.format("reading", INDEX), cases) == [index for *_, index in LINES]


@pytest.mark.parametrize(
    "series,chart",
    [("pp,rank", "upper"), ("rank,pp", "lower")],
)
def test_hiscore_under_the_pointer_is_read(player, gap, series, chart):
    page = player(f"{SPARSE}?series={series}&{gap.window}")
    place = hiscore(page, chart)
    over(page, chart).hover(position=place)
    key = page.locator("#mark-key")
    expect(key).to_have_text(HISCORE)
    [played] = re.findall(rf"pp, ({DAYS}),", key.inner_text())
    expect(page.locator("#legend")).to_have_text(re.compile(rf"^{played}, .* \({day(gap.first)}\)$"))
    other = "lower" if chart == "upper" else "upper"
    assert abs(left_of(page, chart) - place["x"]) <= 9
    assert left_of(page, other) == left_of(page, chart)


def test_hiscore_is_read_by_touch(player, gap):
    page = player(f"{SPARSE}?{gap.window}", size=PHONE)
    place, box = hiscore(page), over(page).bounding_box()
    at = {"pointerType": "touch", "clientX": box["x"] + place["x"], "clientY": box["y"] + place["y"], "bubbles": True}
    for kind in ("pointerdown", "pointermove", "pointerup"):
        over(page).dispatch_event(kind, at)
    expect(page.locator("#mark-key")).to_have_text(HISCORE)
    expect(page.locator("#legend")).to_contain_text(f"({day(gap.first)})")


def drag(page):
    point(page, 0.4)
    page.mouse.down()
    point(page, 0.6)
    page.mouse.up()


def touch_and_choose(page):
    at = {"pointerType": "touch", "clientX": over(page).bounding_box()["x"] + 300, "bubbles": True}
    for kind in ("pointerdown", "pointermove", "pointerup"):
        over(page).dispatch_event(kind, at)
    expect(page.locator("#legend")).to_contain_text("UTC")
    page.get_by_role("button", name="1 year").click()


@pytest.mark.parametrize("act", [drag, touch_and_choose])
def test_new_range_has_no_cursor(player, act):
    page = player(AMEO)
    act(page)
    expect(page).to_have_url(re.compile("from=|days="))
    expect(page.locator("#legend")).to_contain_text("Latest in range")
    for chart in ("upper", "lower"):
        expect(over(page, chart).locator(".u-cursor-x")).to_have_class(re.compile("u-off"))


def test_keys_read_hiscores_between_snapshots(player, gap):
    page = player(f"{SPARSE}?{gap.window}")
    page.focus("#plots")
    region = page.locator("#live-region")
    read = re.compile(rf"UTC: .* \({day(gap.first)}\); {HISCORE.pattern}")
    page.keyboard.press("End")
    expect(region).to_have_text(read)
    last = region.text_content()
    page.keyboard.press("Home")
    expect(region).not_to_have_text(last)
    expect(region).to_have_text(read)


def test_cursor_snaps_to_the_read_snapshot(player, gap):
    page = player(SPARSE)
    width = over(page).bounding_box()["width"]
    for share in (0.6, 0.9):
        place = share_of(gap.at(share), gap.first)
        point(page, place)
        expect(page.locator("#legend")).to_contain_text(f"{day(gap.second)}, ")
        assert left_of(page) == left_of(page, "lower") > width * place + 5


def test_snapshots_outside_of_the_range_are_not_read(player, gap):
    page = player(f"{SPARSE}?{gap.window}")
    point(page, 0.5)
    expect(page.locator("#legend")).to_have_text(re.compile(rf"^Latest in range.*\({day(gap.first)}\)$"))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_marks_of_a_comparison_have_their_owner(player, size):
    page = player(f"{AMEO}?compare={SPARSE}", 2, size=size)
    key = page.locator("#mark-key")
    expect(key).to_have_text(re.compile("^ameo’s milestones *pp reworks"))
    expect(page.locator("#plots-caption")).to_contain_text("Milestones are those of ameo.")
    page.get_by_role("button", name="Remove mintchip").click()
    expect(key).to_have_text(re.compile("^Hiscores.*Milestones *pp reworks"))


def test_charts_stay_under_the_pointer(player):
    page = player(f"{AMEO}?compare={SPARSE},1020,1030", 4, size=PHONE)
    over(page).scroll_into_view_if_needed()
    before = over(page).bounding_box()
    for share in (0.2, 0.5, 0.98):
        point(page, share)
        expect(page.locator("#legend")).to_contain_text("UTC")
        assert over(page).bounding_box() == pytest.approx(before, abs=1)
