"""Separators below the name of a player, and the unit of the axis of hiscores."""

from playwright.sync_api import expect

from gateway.sandbox.players import AMEO

# The items at the start of a line whose separator is visible, and those with a separator at their end.
DANGLING = """(about) => {
    const { left } = about.getBoundingClientRect();
    const hidden = left + parseFloat(getComputedStyle(about).clipPath.split(" ").at(-1));
    return [...about.children].filter((item, index, all) => {
        const { left: start, top } = item.getBoundingClientRect();
        const isFirst = !index || all[index - 1].getBoundingClientRect().top < top - 4;
        const separator = parseFloat(getComputedStyle(item, "::before").width) || 0;
        const middle = start - separator / 2 + 2;
        return getComputedStyle(item, "::after").content !== "none" || (isFirst && !(middle < hidden));
    }).map((item) => item.textContent);
}"""


def test_separators_stand_between_items_only(session):
    page = session.open_player(AMEO)
    about = page.locator("#about")
    expect(about).to_contain_text("osu!track")

    def dangling(width):
        page.set_viewport_size({"width": width, "height": 800})
        return about.evaluate(DANGLING)

    assert [dangling(width) for width in (320, 390, 800, 1024, 1280)] == [[]] * 5


def test_hiscore_axis_has_its_unit(session):
    session.context.add_init_script("""window.written = new Set();
        const { fillText } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
            window.written.add(text);
            return fillText.call(this, text, ...rest);
        };""")
    page = session.open_player(AMEO, hiscores=True)
    page.wait_for_function("() => [...window.written].some((text) => /^[\\d,]+ pp$/.test(text))")
