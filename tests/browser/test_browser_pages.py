"""Themes, the page for 404, and a self-check of the recorded errors."""


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_unknown_path_shows_not_found_page(session):
    page = session.open("/no/such/page")
    assert page.get_by_role("heading", level=1).inner_text() == "Page not found"
    session.errors.clear()  # the browser logs each 404


def test_theme_follows_system_until_chosen(session):
    light, dark = session.open("/graphql", color_scheme="light"), session.open("/graphql", color_scheme="dark")
    assert background(light) != background(dark)
    dark.get_by_label("Theme").select_option("light")
    assert background(light) == background(dark)
    dark.reload()
    assert background(light) == background(dark)


def test_session_records_errors_of_pages(session):
    page = session.open("/docs")
    page.evaluate("fetch('https://elsewhere.example/').catch(() => {})")
    page.evaluate("document.body.innerHTML = '<p onclick=alert(1) style=color:red>'")
    page.evaluate("setTimeout(() => { throw new Error('unexpected') })")
    for kind in ("policy: connect-src", "policy: script-src-attr", "policy: style-src-attr", "exception: unexpected"):
        session.wait_for_error(kind)
    session.errors.clear()
