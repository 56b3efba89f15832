"""Every page in a real browser: nothing from elsewhere, no policy broken, light and dark."""


def ground(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_an_address_without_a_page_says_so(session):
    page = session.open("/no/such/page")
    assert page.get_by_role("heading", level=1).inner_text() == "There is nothing here."
    session.errors.clear()  # the browser logs each 404


def test_colours_follow_the_system_until_they_are_chosen(session):
    light, dark = session.open("/graphql", color_scheme="light"), session.open("/graphql", color_scheme="dark")
    assert ground(light) != ground(dark)
    dark.get_by_label("Colours").select_option("light")
    assert ground(light) == ground(dark)
    dark.reload()
    assert ground(light) == ground(dark)


def test_what_a_page_does_wrong_is_seen_here(session):
    page = session.open("/graphql")
    page.evaluate("fetch('https://elsewhere.example/').catch(() => {})")
    page.evaluate("document.body.innerHTML = '<p onclick=alert(1) style=color:red>'")
    page.evaluate("setTimeout(() => { throw new Error('unforeseen') })")
    for kind in ("policy: connect-src", "policy: script-src-attr", "policy: style-src-attr", "exception: unforeseen"):
        session.wait_for_error(kind)
    session.errors.clear()
