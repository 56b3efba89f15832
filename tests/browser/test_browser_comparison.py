"""The comparison of up to five players: address, form, table, legend, and failures of single players."""

import json
import re
from collections import Counter

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY, NONEXISTENT, ORDINARY, SINGLE_SNAPSHOT, UNTRACKED
from tests.browser.chromium import DESK, PHONE, TIMEOUT_MS

RARE = ORDINARY[14]  # three snapshots since 2024
FOUR = f"{HEAVY},1010,1020,1030"
BLOCKED = (
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked', 'SecurityError') }})"
)
READ = (
    "(cases) => import('./static/shared/compared-players.js').then(({ readCompared }) => "
    "cases.map(([query, id, name]) => readCompared(new URLSearchParams(query), { id, name })))"
)
# A query string, the compared players, and the reasons of those left out.
ADDRESSES = [
    ("", [], []),
    ("compare=", [], []),
    ("compare=2", ["2"], []),
    ("compare=2,1010,1020,1030", ["2", "1010", "1020", "1030"], []),
    ("compare=2%2C1010", ["2", "1010"], []),
    ("compare=2&compare=1010", ["2", "1010"], []),
    ("compare= 2 ,, peppy,", ["2", "peppy"], []),
    ("compare=osu.ppy.sh/users/2/taiko,@12345678", ["2", "@12345678"], []),
    ("compare=2,131464,2,Peppy,peppy,a b,A_B", ["2", "Peppy", "a b"], ["own", "duplicate", "duplicate", "duplicate"]),
    ("compare=x!,0,2147483648,1.5,<b>,2", ["2"], ["invalid"] * 5),
    ("compare=1,2,3,4,5,6", ["1", "2", "3", "4"], ["limit", "limit"]),
    ("compare=1,2,3,4,4,x!", ["1", "2", "3", "4"], ["duplicate", "invalid"]),
]
# The luminance of a computed colour, and the contrast of two.
CONTRASTS = """
() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((each) => each / 255);
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const of = (property) => {
    const probe = document.body.appendChild(document.createElement("span"));
    probe.style.color = `var(${property})`;
    return luminance(channels(getComputedStyle(probe).color));
  };
  const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  return [0, 1, 2, 3, 4].map((slot) => contrast(of(`--player-${slot}`), of("--surface")));
}
"""


@pytest.fixture
def player(session):
    """Opens a player page and waits for its charts."""
    return session.open_player


def sent(page):
    """The names of the operations that the page sends from now on, except that of the section of activity."""
    names = []
    page.on("request", lambda request: names.extend(re.findall(r"^query (?!Activity)(\w+)", operation(request))))
    return names


def operation(request):
    return json.loads(request.post_data or "{}").get("query", "")


def upstream_paths(gateway):
    """The number of requests to osu!track and the names service by path."""
    return Counter(httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["paths"])


def row(page, name):
    return page.locator("#comparison tbody tr").filter(has=page.locator("th .player", has_text=name))


def add(page, text):
    page.get_by_label("With player").fill(text)
    page.keyboard.press("Enter")


def wait_for_players(page, count):
    expect(page.locator("#legend .player")).to_have_count(count, timeout=TIMEOUT_MS)
    expect(page.locator("#comparison small", has_text="…")).to_have_count(0, timeout=TIMEOUT_MS)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_compared_players_are_named_at_the_top(session, size):
    page = session.open(f"/players/{AMEO}?compare={HEAVY},x!", size=size)
    line = page.locator("#compared")
    expect(line).to_have_text("vs peppy · 1 left out Comparison")
    expect(line).to_be_in_viewport()
    line.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Remove peppy").click()
    expect(line).to_be_hidden()


def test_address_has_valid_players_once(session):
    found = session.open("/").evaluate(READ, [[query, str(AMEO), None] for query, *_ in ADDRESSES])
    reasons = [[left_out["reason"] for left_out in each["leftOut"]] for each in found]
    assert [(each["players"], why) for each, why in zip(found, reasons, strict=True)] == [
        (players, why) for _, players, why in ADDRESSES
    ]


def test_own_name_is_not_compared(session):
    [found] = session.open("/").evaluate(READ, [["compare=AMEO,2", None, "ameo"]])
    assert found["players"] == ["2"]


def test_five_players_share_charts_and_table(player):
    page = player(f"{AMEO}?compare={FOUR}&from=2024-01-01")
    wait_for_players(page, 5)
    names = page.locator("#comparison tbody th .player").all_inner_texts()
    assert names == ["ameo", "peppy", "mintchip", "Kaede", "Corvus"]
    expect(page.locator("#legend b")).to_have_text(names)
    for slot in range(5):
        expect(page.locator(f".player-{slot}")).to_have_count(2)
    expect(page.get_by_role("button", name="Remove")).to_have_count(4)
    values = row(page, "peppy").locator("td").all_inner_texts()
    assert [re.sub(r"[\d,.]+", "N", value).split("\n") for value in values[:5]] == [
        ["N", "(best)", "gain:", "+N", "difference:", "N ahead"],
        ["#N", "(best)", "gain:", "▲ N", "places up", "difference:", "N ahead"],
        ["N %", "(best)", "gain:", "+N %", "difference:", "N % ahead"],
        ["N", "(best)", "gain:", "+N", "difference:", "N ahead"],
        ["N", "gain:", "+N", "difference:", "N more"],
    ]


def test_keys_read_values_of_all_players(player):
    page = player(f"{AMEO}?compare={FOUR}")
    wait_for_players(page, 5)
    page.focus("#plots")
    page.keyboard.press("ArrowLeft")
    text = re.compile(r"UTC: ameo [\d,.]+ pp, #[\d,]+; peppy .*; mintchip .*; Kaede .*; Corvus ")
    expect(page.locator("#live-region")).to_have_text(text)


def test_one_operation_loads_all_players(session, gateway):
    page = session.context.new_page()
    names = sent(page)
    page.goto(f"{gateway.address}/players/{AMEO}?compare=1041,1042,1043,1044")
    wait_for_players(page, 5)
    assert names.count("Compare") == 1
    assert names.count("Gains") == 1


def test_added_player_costs_one_history(player, gateway):
    page = player(f"{AMEO}?compare={HEAVY}")
    wait_for_players(page, 2)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    before = upstream_paths(gateway)
    names = sent(page)
    add(page, "1050")
    wait_for_players(page, 3)
    assert upstream_paths(gateway) - before == {"/stats_history": 1, "/_names/users/1050/username": 1}
    assert names == ["Compare", "Gains"]
    assert page.evaluate("document.activeElement.id") == "compare-id"
    expect(page.get_by_label("With player")).to_have_value("")


def test_removed_player_returns_without_request(player):
    page = player(f"{AMEO}?compare={HEAVY},1010")
    wait_for_players(page, 3)
    names = sent(page)
    page.get_by_role("button", name="Remove peppy").press("Enter")
    wait_for_players(page, 2)
    page.wait_for_url("**?compare=1010")
    assert page.evaluate("document.activeElement.id") == "compare-id"
    page.go_back()
    wait_for_players(page, 3)
    page.go_forward()
    add(page, "peppy")
    page.wait_for_url(f"**?compare=1010,{HEAVY}")
    wait_for_players(page, 3)
    assert set(names) == {"UserByName"}


def test_last_removed_player_ends_the_comparison(player):
    page = player(f"{AMEO}?compare={HEAVY}")
    page.get_by_role("button", name="Remove peppy").click()
    wait_for_players(page, 1)
    page.wait_for_url(f"**/players/{AMEO}")
    expect(page.locator("#comparison > *")).to_have_count(0)


@pytest.mark.parametrize(
    "text,problem",
    [
        ("peppy!", "Enter a player name"),
        (str(AMEO), "the same player"),
        (str(HEAVY), "in the comparison already"),
    ],
)
def test_invalid_addition_shows_hint(player, text, problem):
    page = player(f"{AMEO}?compare={HEAVY}")
    add(page, text)
    expect(page.locator("#compare-hint")).to_contain_text(problem)
    assert page.evaluate("document.activeElement.id") == "compare-id"
    expect(page.get_by_label("With player")).to_have_attribute("aria-invalid", "true")
    page.wait_for_url(f"**?compare={HEAVY}")


def test_sixth_player_is_refused(player):
    page = player(f"{AMEO}?compare={FOUR}")
    add(page, "1040")
    expect(page.locator("#compare-hint")).to_contain_text("5 players are compared. Remove one")
    page.get_by_role("button", name="Remove Corvus").click()
    expect(page.locator("#compare-hint")).to_contain_text("Up to five players")
    add(page, "1040")
    wait_for_players(page, 5)


def test_pasted_address_reports_players_left_out(player):
    page = player(f"{AMEO}?compare=x!,{AMEO},{FOUR},{HEAVY},5,6,7,8,9")
    wait_for_players(page, 5)
    notice = page.get_by_text("Left out of the comparison").inner_text()
    assert "“x!” (neither a name nor an ID)" in notice
    assert f"“{AMEO}” (the player of this page)" in notice
    assert f"“{HEAVY}” (already in the list)" in notice
    assert "“5”, “6”, “7” and 2 more (more than five players)" in notice
    page.get_by_role("button", name="Remove peppy").click()
    expect(page.get_by_text("Left out of the comparison")).to_have_count(0)
    page.wait_for_url("**?compare=1010,1020,1030")


def test_names_of_one_player_are_compared_once(player):
    page = player(f"{AMEO}?compare={HEAVY},Peppy,ameo")
    page.get_by_text("“ameo” (the player of this page)").wait_for()
    page.get_by_text("“Peppy” (already in the list)").wait_for()
    wait_for_players(page, 2)
    page.wait_for_url(f"**?compare={HEAVY}")


def test_players_without_data_leave_the_others(player):
    page = player(f"{AMEO}?compare={UNTRACKED[40]},{HEAVY},{NONEXISTENT[0]}")
    wait_for_players(page, 2)
    expect(row(page, "fresh_41")).to_contain_text("osu!track has no snapshots of")
    link = page.get_by_role("link", name="the player page").first
    expect(link).to_have_attribute("href", str(UNTRACKED[40]))
    expect(row(page, str(NONEXISTENT[0]))).to_contain_text("no snapshots")
    # The colour follows from the place in the address.
    expect(page.locator("#legend .player-2")).to_have_text(re.compile(r"^peppy"))


@pytest.mark.parametrize(
    "compare,shown,reasons",
    [
        ("nobody", "", "“nobody” (osu! has no player with this name)."),
        (f"nobody,{HEAVY}", f"?compare={HEAVY}", "“nobody” (osu! has no player with this name)."),
        (f"{HEAVY},1010,no_one,1020,1030,1050", f"?compare={FOUR}", "“no_one” (osu! has no player with this name); "),
        (f"nobody,{HEAVY},no_one,1010,1020,1030", f"?compare={FOUR}", "“nobody”, “no_one” (osu! has no player"),
    ],
)
def test_missing_names_take_no_place(player, compare, shown, reasons):
    page = player(f"{AMEO}?compare={compare}")
    expect(page.locator("#comparison .notice")).to_contain_text(reasons)
    expect(page).to_have_url(re.compile(rf"/{AMEO}{re.escape(shown)}$"))
    expect(page.locator("#legend .player")).to_have_count(1 + len(re.findall(r"\d+", shown)))


# The value of a compared player and of the player of the page in a column, with the difference.
DIFFERENCES = [
    ("pp", 1200.5, 1000, "200.50 ahead"),
    ("pp", 800, 1000, "200.00 behind"),
    ("pp", 7, 7.001, "equal"),
    ("pp", None, 7, None),
    ("pp", 7, None, None),
    ("globalRank", 20, 53, "33 ahead"),
    ("accuracy", 97.5, 98.7, "1.20 % behind"),
    ("level", 101.5, 100.25, "1.25 ahead"),
    ("playCount", 5000, 12000, "7,000 fewer"),
]
DIFFERENCE = """(cases) => import('./static/comparison/table.js').then(({ COLUMNS, difference }) =>
    cases.map(([field, one, other]) => {
        const column = COLUMNS.find(({ value }) => value({ [field]: 1 }) === 1);
        return difference(column, { latest: { [field]: one } }, { stats: { latest: { [field]: other } } });
    }))"""


def test_differences_agree_with_both_values(session):
    script = """() => import("./static/comparison/table.js").then(({ COLUMNS, difference }) =>
        difference(COLUMNS[0], { latest: { pp: 95.5549 } }, { stats: { latest: { pp: 94.7451 } } }))"""
    assert session.open("/").evaluate(script) == "0.80 ahead"


def test_differences_have_a_direction(session):
    found = session.open("/").evaluate(DIFFERENCE, [case[:3] for case in DIFFERENCES])
    assert found == [text for *_, text in DIFFERENCES]


def test_compared_players_have_differences(player):
    page = player(f"{AMEO}?compare={HEAVY},{UNTRACKED[40]}")
    wait_for_players(page, 2)
    words = re.compile("(ahead|behind|more|fewer|equal)$")
    expect(row(page, "peppy").locator("td small:last-child")).to_have_text([words] * 5)
    expect(row(page, "ameo")).not_to_contain_text(re.compile("ahead|behind"))
    expect(row(page, "fresh_41")).not_to_contain_text(re.compile("ahead|behind"))


def test_compared_ranks_have_tall_charts(player):
    page = player(f"{AMEO}?compare={HEAVY}")
    wait_for_players(page, 2)
    expect(page.locator("#title-lower")).to_have_text("Global rank (logarithmic scale: “Change” shows the progress)")
    heights = page.locator(".plot .u-wrap").evaluate_all("(all) => all.map((each) => each.offsetHeight)")
    assert heights == [280, 280]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(session, scheme):
    page = session.open(f"/players/{AMEO}", color_scheme=scheme)
    contrasts = page.evaluate(CONTRASTS)
    assert min(contrasts) >= 3
    assert len(set(contrasts)) == 5


def test_lines_differ_without_colours(session):
    page = session.open(f"/players/{AMEO}")
    patterns = "import('../static/player/colours.js').then(({ DASHES }) => DASHES.map(String))"
    assert len(set(page.evaluate(patterns))) == 5


def test_gains_follow_the_window(player):
    page = player(f"{AMEO}?compare={HEAVY},{SINGLE_SNAPSHOT}")
    wait_for_players(page, 3)
    values = row(page, "peppy").get_by_role("cell")
    expect(page.locator("#comparison caption")).to_contain_text("different days")
    whole = values.all_inner_texts()
    names = sent(page)
    page.get_by_role("button", name="30 days").click()
    expect(values).not_to_have_text(whole)
    wait_for_players(page, 3)
    assert names.count("Gains") == 1
    page.get_by_role("button", name="All", exact=True).click()
    expect(values).to_have_text(whole)
    assert names.count("Gains") == 1


def test_values_from_before_the_window_have_their_date(player):
    page = player(f"{AMEO}?compare={ORDINARY[9]}&from=2023-06-28&to=2024-02-16")
    wait_for_players(page, 2)
    own, other = page.locator("#legend .legend-value").all_inner_texts()
    assert re.search(r"\(\d+ \w+ 202[0-3]\)$", other)
    assert "(" not in own


def test_gains_of_unlike_times_are_not_compared(player):
    page = player(f"{HEAVY}?compare={AMEO}")
    wait_for_players(page, 2)
    caption = page.locator("#comparison caption")
    expect(caption).to_contain_text("first snapshots are of different days", timeout=TIMEOUT_MS)
    expect(page.locator("#comparison tbody")).not_to_contain_text("gain")
    page.get_by_role("button", name="30 days").click()
    expect(caption).to_contain_text("gains (")
    expect(row(page, "ameo")).to_contain_text("gain:")


def test_gains_of_another_time_are_muted(player):
    page = player(f"{HEAVY}?compare={RARE}&days=365")
    wait_for_players(page, 2)
    other, own = page.locator(f'tr:has([data-control="open {RARE}"])'), row(page, "peppy")
    expect(other).to_contain_text(re.compile(r"Gains since \d+ Oct 2026"))
    gain, own_gain = (each.get_by_role("cell").first.locator("small").first for each in (other, own))
    muted = gain.evaluate("(it) => getComputedStyle(it).color")
    expect(gain.locator("span").last).to_have_css("color", muted)
    expect(own_gain.locator("span").last).not_to_have_css("color", muted)
    expect(own).not_to_contain_text("Gains since")


@pytest.mark.parametrize(
    "other,window,reason",
    [
        (SINGLE_SNAPSHOT, "", "one snapshot so far"),
        (ORDINARY[9], "days=30", "fewer than two snapshots in this range"),
        (SINGLE_SNAPSHOT, "from=2012-06-01&to=2012-12-01", r"tracked since \d+ \w+ 20\d\d"),
        (ORDINARY[9], "from=2021-01-01&to=2022-01-01", "fewer than two snapshots in this range"),
    ],
)
def test_missing_gain_has_its_reason(player, other, window, reason):
    page = player(f"{HEAVY}?compare={other}&{window}")
    name = "lonely" if other == SINGLE_SNAPSHOT else "mintchip"
    expect(row(page, name)).to_contain_text(re.compile(f"No gains: {reason}"), timeout=TIMEOUT_MS)
    expect(row(page, "peppy")).not_to_contain_text("No gains")


def test_reason_names_the_last_snapshot(session):
    script = (
        "(entry) => import('./static/comparison/table.js').then((it) => it.absence(entry, { from: 86400000, to: 2e9 }))"
    )
    stats = {"earliest": {"at": "1970-01-01T00:00:00Z"}, "latest": {"at": "1970-01-01T09:00:00Z"}}
    found = session.open("/").evaluate(script, {"stats": stats, "gain": {"gain": None}})
    assert found == "no snapshot since 2 Jan 1970"


def test_own_players_are_picked(session, player):
    for user in (HEAVY, 1010, AMEO):
        page = player(user)
    picks = page.get_by_role("group", name="My players").get_by_role("button")
    expect(picks).to_have_text(["+\nmintchip", "+\npeppy"], use_inner_text=True)
    page.get_by_role("button", name="Add peppy to the comparison").click()
    wait_for_players(page, 2)
    expect(picks).to_have_count(1)
    page.wait_for_url(f"**?compare={HEAVY}")
    page.get_by_role("button", name="Add mintchip to the comparison").press("Enter")
    wait_for_players(page, 3)
    expect(page.get_by_role("group", name="My players")).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "compare-id"


def test_comparison_needs_no_storage(session, player):
    session.context.add_init_script(BLOCKED)
    page = player(AMEO)
    expect(page.locator("#compare-picks")).to_be_hidden()
    add(page, "peppy")
    wait_for_players(page, 2)


def test_mode_of_the_page_keeps_the_players(player):
    page = player(f"{HEAVY}?compare={AMEO},1010")
    wait_for_players(page, 3)
    page.get_by_role("link", name="taiko").click()
    page.wait_for_url(f"**/players/{HEAVY}?mode=taiko&compare={AMEO},1010")
    row(page, "ameo").locator("td.number").first.wait_for()
    expect(page.locator("#legend .player")).not_to_have_count(1, timeout=TIMEOUT_MS)


def test_scripts_of_comparisons_load_on_demand(session, player):
    files = []
    session.context.on("request", lambda request: files.append(request.url))
    page = player(AMEO)
    assert not any("/comparison" in file for file in files)
    add(page, "2")
    wait_for_players(page, 2)
    assert any("/comparison" in file for file in files)


def test_query_of_the_comparison_opens_in_graphiql(player):
    page = player(f"{AMEO}?compare={HEAVY},{UNTRACKED[41]}")
    wait_for_players(page, 2)
    with page.expect_request(lambda request: operation(request).startswith("query Compare(")):
        add(page, "1010")
    wait_for_players(page, 3)
    page.get_by_role("link", name="Open this comparison’s query").click()
    page.get_by_label("Execute query").click()
    response = page.locator(".result-window .CodeMirror-code")
    response.get_by_text("data").first.wait_for()
    text = page.evaluate("document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()")
    response = json.loads(text)
    assert "errors" not in response
    assert [user["username"] for user in response["data"].values()] == ["ameo", "peppy", "mintchip"]


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}, DESK], ids=["phone", "small", "desk"])
def test_table_fits_and_is_touchable(player, size):
    page = player(f"{AMEO}?compare={FOUR}", size=size)
    wait_for_players(page, 5)
    assert page.locator("#comparison").evaluate("(box) => box.scrollWidth <= box.clientWidth")
    overflowing = (
        "(cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.innerText)"
    )
    assert page.locator("#comparison td").evaluate_all(overflowing) == []
    height = page.get_by_role("button", name="Remove peppy").bounding_box()["height"]
    assert height >= (32 if size is DESK else 40)
    # Blocks keep the roles of a table.
    expect(page.get_by_role("cell").nth(19)).to_be_attached()
