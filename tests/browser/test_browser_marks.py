"""Events in the charts: hiscores as points, milestones as flags, reworks of pp as date ranges, with their texts."""

import re
from datetime import date
from functools import partial
from urllib.parse import urlparse

import httpx
import pytest
from playwright.sync_api import Response, expect

from gateway.sandbox.players import AMEO, HEAVY
from tests.browser.chromium import PHONE, TIMEOUT_MS

MARKED = re.compile(r"Marked: [\d,]+ (top )?hiscores")
COUNTS = """query ($id: ID!) { user(id: $id) { stats { hiscores(bestPerBeatmap: true, first: 0) { totalCount }
    milestones(kinds: [GLOBAL_RANK, PP]) { before { at } } earliest { at } } } }"""
# The number of pixels in the colour of hiscores.
POINTS = """(canvas) => {
    const mark = Object.assign(document.createElement("i"), {style: "color: var(--warn)"});
    document.body.append(mark);
    const [red, green, blue] = getComputedStyle(mark).color.match(/\\d+/g).map(Number);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width - 60, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4)
        count += Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue) < 90;
    return count;
}"""
MODULE = "(cases) => import('./static/player/{0}.js').then((it) => cases.map({1}))"


@pytest.fixture
def player(session):
    """Opens a player page and waits for its charts and hiscores."""
    return partial(session.open_player, hiscores=True)


def points(page, chart="upper"):
    return page.locator(f"#plot-{chart} canvas").evaluate(POINTS)


def operations(session):
    """The names of the operations that the pages send from now on."""
    names: list[str] = []
    session.context.on(
        "request", lambda request: names.extend(re.findall(r'"query":"\w+ (\w+)', request.post_data or ""))
    )
    return names


def test_caption_counts_the_events(player, gateway):
    page = player(AMEO)
    data = httpx.post(f"{gateway.address}/graphql", json={"query": COUNTS, "variables": {"id": AMEO}}).json()
    stats = data["data"]["user"]["stats"]
    dated = [milestone for milestone in stats["milestones"] if milestone["before"]]
    expect(page.locator("#plots-caption")).to_have_text(MARKED, timeout=TIMEOUT_MS)
    found = re.search(
        r"([\d,]+) top hiscores, (\d+) milestones, (\d+) pp reworks", page.locator("#plots-caption").inner_text()
    )
    assert found
    assert 240 < int(found[1]) <= 250 < stats["hiscores"]["totalCount"]
    assert int(found[2]) == len(dated)
    expect(page.locator("#reworks-list li")).to_have_count(int(found[3]))


def test_hiscores_are_points_on_the_pp_chart_only(player):
    page = player(f"{AMEO}?series=rank,pp")
    expect(page.locator(".key-play")).to_be_visible()
    assert points(page, "lower") > 200
    assert points(page, "upper") == 0


def test_other_series_show_neither_points_nor_reworks(player):
    page = player(f"{AMEO}?series=plays,accuracy")
    expect(page.locator("#mark-key")).to_have_text(re.compile("^Milestones(Faded: no snapshots)?$"))
    assert points(page, "upper") == points(page, "lower") == 0
    page.get_by_label("Lower chart").select_option("pp")
    expect(page.locator("#mark-key")).to_have_text(re.compile("Hiscores.*Milestones.*pp reworks"))


def test_milestones_of_accuracy_are_flags_only(player, gateway):
    page = player(f"{AMEO}?series=accuracy,ss")
    query = f"{{ user(id: {AMEO}) {{ stats {{ milestones(kinds: [ACCURACY]) {{ threshold before {{ at }} }} }} }} }}"
    data = httpx.post(f"{gateway.address}/graphql", json={"query": query}).json()["data"]
    found = [milestone for milestone in data["user"]["stats"]["milestones"] if milestone["before"]]
    halves = [milestone for milestone in found if (milestone["threshold"] * 2).is_integer()]
    assert 1 < len(halves) < len(found)
    expect(page.locator("#plots-caption")).to_contain_text(f"Marked: {len(halves)} milestones.")
    expect(page.locator("#milestones")).not_to_contain_text("accuracy")


def test_hiscores_follow_the_table_and_cost_nothing(player, session):
    names = operations(session)
    responses: list[Response] = []
    session.context.on("response", lambda response: responses.extend([response] * is_of_plays(response)))
    page = player(1031)
    expect(page.locator("#plots-caption")).to_have_text(MARKED, timeout=TIMEOUT_MS)
    assert names.index("Hiscores") < names.index("Plays")
    [response] = responses
    assert response.json()["extensions"]["cost"]["charged"] == 0


def is_of_plays(response):
    return "query Plays" in (response.request.post_data or "")


def test_failed_hiscores_leave_the_charts(player, gateway):
    gateway.fault(kind="status", status=503, path="/hiscores")
    page = player(1032)
    page.locator("#hiscores .error-box").wait_for()
    expect(page.locator("#plots-error")).to_have_text("")
    expect(page.locator("#plots-caption")).not_to_contain_text("hiscores")


def test_cursor_names_the_events_near_it(player):
    page = player(f"{AMEO}?from=2024-10-01&to=2024-12-01&series=rank,pp")
    page.locator("#plot-upper").scroll_into_view_if_needed()
    box = page.locator("#plot-upper .u-over").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.52, box["y"] + 60)
    expect(page.locator("#mark-key")).to_have_text(re.compile("pp rework, 30 Oct 2024 – 6 Nov 2024"))
    page.mouse.move(10, 10)
    expect(page.locator("#mark-key")).to_have_text(re.compile("pp reworks"))


TEXTS = """async ([periods, distance]) => {
    const { textsAt } = await import("./static/player/marks.js");
    const at = Date.parse("2026-11-22"), day = 86400000;
    const play = { at: at - distance * day, pp: 538.12, grade: "SH", mods: { label: "HDDT" }, beatmapId: "75", beatmapUrl: "" };
    const texts = textsAt({ reworks: [], flags: [], plays: [play] }, at, { from: at - 5000 * day, to: at }, periods * day);
    return texts.flat().map((part) => part.textContent ?? part).join("");
}"""


@pytest.mark.parametrize("period,distance,named", [(7, 15, False), (7, 3, True), (1, 3, False), (30, 14, True)])
def test_cursor_names_hiscores_of_its_period(session, period, distance, named):
    text = session.open("/").evaluate(TEXTS, [period, distance])
    day = 22 - distance
    assert text == (f"Hiscore: silver S, +HDDT, 538.12 pp, {day} Nov 2026, Beatmap 75 on osu!" if named else "")


def test_keyboard_announces_milestones(player):
    page = player(f"{AMEO}?from=2024-01-01&to=2024-06-01&every=all")
    page.focus("#plots")
    page.keyboard.press("Home")
    expect(page.locator("#live-region")).to_have_text(re.compile(" UTC: "))
    texts = page.evaluate(
        """async () => {
            const texts = new Set();
            for (let step = 0; step < 60; step += 1) {
                const event = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true });
                document.getElementById("plots").dispatchEvent(event);
                await new Promise(requestAnimationFrame);
                texts.add(document.getElementById("live-region").textContent);
            }
            return [...texts].join("\\n");
        }"""
    )
    assert re.search(r" UTC: [\d,.]+ pp, #[\d,]+; 5,000 pp", texts)


@pytest.mark.parametrize("mode,absent", [("osu", "2022-10-09"), ("mania", "2022-09-30")])
def test_reworks_of_the_mode_link_to_their_sources(player, mode, absent):
    page = player(f"{HEAVY}?mode={mode}")
    page.get_by_text("pp reworks", exact=True).last.click()
    links = page.locator("#reworks-list a").evaluate_all("(all) => all.map(({href}) => href)")
    assert "https://osu.ppy.sh/home/news/2024-10-28-performance-points-star-rating-updates" in links
    assert [link for link in links if absent in link] == []


def test_reworks_are_dated_and_sourced(session):
    modes = [{"name": name} for name in ("osu", "taiko", "catch", "mania")]
    listed = session.open("/").evaluate(MODULE.format("reworks", "(mode) => it.reworksOf(mode)"), modes)
    reworks = [each for reworks in listed for each in reworks]
    ranges = [(date.fromisoformat(each["from"]), date.fromisoformat(each["to"])) for each in reworks]
    assert [(start, end) for start, end in ranges if not 0 <= (end - start).days <= 14] == []
    addresses = [urlparse(each["source"]) for each in reworks]
    assert {(address.scheme, address.netloc) for address in addresses} == {("https", "osu.ppy.sh")}
    announced = [date.fromisoformat(address.path.split("/")[-1][:10]) for address in addresses]
    assert [start for (start, _), day in zip(ranges, announced, strict=True) if not 0 <= (start - day).days <= 7] == []


def test_many_hiscores_are_loaded_for_the_window(session):
    page = session.open("/")
    sent = page.evaluate(
        """async () => {
            const { Plays } = await import("./static/player/plays.js");
            const sent = [];
            const plays = new Plays(async (window) => {
                sent.push(window);
                const nodes = [{ playedAt: "2020-01-01T00:00:00Z", pp: 9 }, { playedAt: "2020-01-02T00:00:00Z", pp: 0 }];
                return { totalCount: window.from == null ? 3 : 2, nodes };
            });
            for (const from of [null, 5, 5, null]) await plays.load({ from, to: null });
            return [...sent.map(({ from }) => from), plays.rows({ from: 5, to: null }).length];
        }"""
    )
    assert sent == [None, 5, 1]


def test_reading_of_events_wraps_on_phones(player):
    page = player("1008", size=PHONE)
    page.locator("#plot-upper .u-over").scroll_into_view_if_needed()
    box = page.locator("#plot-upper .u-over").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.98, box["y"] + 50)
    key = page.locator("#mark-key")
    expect(key).to_contain_text("Hiscore: ")
    assert key.bounding_box()["height"] > 30
    assert key.evaluate("it => it.scrollWidth <= it.clientWidth && it.scrollHeight <= it.clientHeight")


@pytest.mark.parametrize("user", [1010, 1033])
def test_key_keeps_its_height(player, user):
    page = player(user, size=PHONE)
    expect(page.locator("#mark-key")).to_be_visible()
    assert 20 < page.locator("#mark-key").bounding_box()["height"] < 30
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


LABELS = """(places) => import('./static/player/mark-labels.js').then(({ Labels }) => {
    const written = [];
    const measureText = (text) => ({ width: 6 * text.length });
    const ctx = { measureText, fillRect() {}, fillText: (text) => written.push(text) };
    const labels = new Labels({ ctx, bbox: { left: 0, top: 0, width: 300, height: 100 } }, { font: "", colours: {} });
    labels.keepFree({ left: 200, right: 214, top: 40, bottom: 54 });
    labels.keepLineFree([[0, 80], [100, 80], [300, 90]]);
    for (const [text, x, y] of places) labels.put(text, x, y, "black");
    return written;
})"""


@pytest.mark.parametrize(
    "place,is_written",
    [
        (("beside", 130, 30), True),
        (("over the first", 30, 32), False),
        (("directly below the first", 20, 44), False),
        (("over a flag", 190, 50), False),
        (("over the line", 20, 85), False),
        (("over the end of the line", 200, 90), False),
        (("beyond the right side", 250, 20), False),
        (("above the chart", 120, -20), True),
    ],
)
def test_labels_overlap_nothing(session, place, is_written):
    page = session.open("/best")
    written = page.evaluate(LABELS, [("first", 20, 30), place])
    assert written == ["first", *([place[0]] if is_written else [])]
