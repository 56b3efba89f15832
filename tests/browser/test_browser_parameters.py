"""Parameters in addresses: a notice names each that has no effect."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import TIMEOUT_MS

# The table of the parameters of a page, by its module.
BEST, PLAYER, YEAR = "best/view.js", "player/parameters.js", "year/view.js"
FIND = """async ([table, query]) => {
    const { parameterProblems } = await import("./static/shared/parameter-problems.js");
    const { PARAMETERS } = await import(`./static/${table}`);
    return parameterProblems(query, PARAMETERS);
}"""
DAYS = "Days are from 1 to 36,500, or “all”."
DATES = "Days are written as in “2026-01-31”."
MODES = "The modes are osu, taiko, catch and mania."
SAMPLES = {
    (BEST, "window=year"): "“window” has no effect. Write “days=365”.",
    (BEST, "period=all"): "“period” has no effect. Write “days=all”.",
    (BEST, "range=AllTime"): "“range” has no effect. Write “days=all”.",
    (BEST, "period=week"): "“period” has no effect. Write “days=7”.",
    (BEST, "window=30"): "“window” has no effect. Write “days=30”.",
    (BEST, "last=0"): "“last” has no effect. Write “days=365”.",
    (BEST, "year=2025"): "“year” has no effect. Write “days=365”.",
    (BEST, "period=constructor"): "“period” has no effect. Write “days=365”.",
    (BEST, "gamemode=mania"): "“gamemode” has no effect. Write “mode=mania”.",
    (BEST, "grade=Q"): "“grade” has no effect. Write “grades=SS,S”.",
    (BEST, "Mods=HD"): "“Mods” has no effect. Write “mods=HD”.",
    (BEST, "sort=newest"): "“sort” has no effect on this page.",
    (BEST, "grades=S,Q"): "There is no grade “Q”. The grades are SS, S, A, B, C and D.",
    (BEST, "mods=HD,hidden"): "There is no mod “hidden”. Mods are written as in “HD,DT”.",
    (BEST, "days=week&m=7"): f"There is no period of “week” days. {DAYS} There is no mode “7”. {MODES}",
    (BEST, "days=0&show=x"): f"There is no period of “0” days. {DAYS} “show” is a number of plays, not “x”.",
    (BEST, "mode=x&m=7"): f"There is no mode “x”. {MODES}",
    (PLAYER, "days=99999"): f"There is no period of “99999” days. {DAYS}",
    (PLAYER, "from=2026-02-30"): f"There is no day “2026-02-30”. {DATES}",
    (PLAYER, "from=2026-02-02&to=2026-02-01"): "“to” must be a later day than “from”, not “2026-02-01”.",
    (PLAYER, "days=30&to=2026-02-01"): "“to” has no effect beside “days”.",
    (PLAYER, "every=constructor"): "There is no interval “constructor”. The intervals are all, day, week and month.",
    (PLAYER, "series=rank,stars"): "There is no series “stars”.",
    (PLAYER, "values=x"): "There is no chart form “x”. The chart forms are change and absolute.",
    (PLAYER, "sort=oldest"): "There is no order “oldest”. The orders are pp and newest.",
    (PLAYER, "grdaes=S&serie=pp"): "“grdaes” has no effect. Write “grades=S”. “serie” has no effect.",
    (YEAR, "days=7"): "“days” has no effect on this page.",
    (YEAR, "modes=5"): "“modes” has no effect. Write “mode=taiko”.",
}  # fmt: skip
VALID = [
    (BEST, "days=all&mods=HDDT&without=FL&grades=ss,S&show=100&mode=OSU&utm_source=x&v=2&ref=y&s=1"),
    (PLAYER, "days=all&mode=fruits&series=Rank,plays&every=week&sort=pp&plays=all&grades=&constructor=1"),
    (PLAYER, "from=2026-01-01&to=2026-02-01&m=1&compare=131464,x!&values=change"),
    (YEAR, "mode=ctb&fbclid=x"),
]


def test_parameters_without_effect_have_sentences(session):
    page = session.open("/")
    found = {sample: page.evaluate(FIND, [*sample]) for sample in SAMPLES}
    assert [sample for sample, text in SAMPLES.items() if not found[sample].startswith(text)] == []


def test_other_parameters_have_no_sentence(session):
    page = session.open("/")
    assert [page.evaluate(FIND, [*sample]) for sample in VALID] == [""] * len(VALID)


@pytest.mark.parametrize("path", ["best", "players/131464", "players/131464/2025"])
def test_page_shows_notice_until_parameter_is_gone(session, path):
    page = session.open(f"/{path}?modes=x")
    expect(page.locator("#notices .notice")).to_contain_text("Write “mode=taiko”.", timeout=TIMEOUT_MS)
    page.goto(session.gateway.address + f"/{path}?mode=osu")
    page.locator("#plays-table, #player-data, #year-data").wait_for()
    expect(page.locator("#notices")).to_be_empty()
