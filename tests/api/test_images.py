"""Images of players by URL: media types, points, caching, and everything that can be wrong."""

import asyncio
import re
import struct
import time
from xml.etree import ElementTree as ET

import pytest

from gateway.errors import RendererBusy
from gateway.graph.execution_turns import ExecutionTurns
from gateway.images.card import card
from gateway.sandbox import NAMES_PATH, Fault
from gateway.sandbox.players import HEAVY, INACTIVE, MANIA_ONLY, ORDINARY, SINGLE_SNAPSHOT, UNRANKED
from gateway.web.files import png_files
from gateway.web.files.png_files import PNGFiles
from tests.support.cache_control import max_age
from tests.support.gateway import NAMES, start_gateway
from tests.support.image_profiles import profile

IMAGES = ["card.svg", "card.png", "chart.svg", "chart.png"]
SIZES = {"card": (1200, 630), "chart": (1200, 480)}
BROWSER = {"Accept": "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"}
DOWN = (Fault(kind="status", status=500),)
MAX_PNG_BYTES, MAX_CPU_S = 50_000, 0.03
PLAYERS = [HEAVY, SINGLE_SNAPSHOT, UNRANKED, INACTIVE, 131464, 1001, 3000008, 70000001, 999]


@pytest.fixture
async def limited():
    async with start_gateway({"client_points": 10, "client_points_per_minute": 10}) as gateway:
        yield gateway


async def remaining(gateway):
    return (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"]


def size(response):
    """The width and height of an image."""
    if response.headers["Content-Type"] == "image/png":
        return struct.unpack(">II", response.content[16:24])
    root = ET.fromstring(response.text)
    return int(root.attrib["width"]), int(root.attrib["height"])


def title(response):
    return ET.fromstring(response.text)[0].text


def text_of(response):
    return " ".join(ET.fromstring(response.text).itertext())


async def least_cpu_s(gateway, url, attempts=12):
    """The CPU time of an image that is not cached, in a moment in which the machine is not too busy."""
    times = [1.0]
    for number in range(attempts):
        if min(times) <= MAX_CPU_S:
            break
        started = time.process_time()
        await gateway.http.get(f"{url}&repetition={number}")
        times.append(time.process_time() - started)
    return min(times)


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("player", PLAYERS)
async def test_every_player_has_images(gateway, player, image):
    response = await gateway.http.get(f"/players/{player}/{image}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == {"svg": "image/svg+xml", "png": "image/png"}[image[-3:]]
    assert size(response) == SIZES[image[:-4]]
    assert len(response.content) <= MAX_PNG_BYTES


async def test_image_shows_parameters(gateway):
    response = await gateway.http.get(f"/players/{MANIA_ONLY}/chart.svg?mode=Mania&series=PP&window=all&theme=light")
    assert title(response) == f"ID {MANIA_ONLY} · osu!mania · Performance points"
    assert "#f7f5f8" in response.text
    assert "all time" in text_of(response)


@pytest.mark.parametrize("image", ["card.svg", "chart.svg"])
async def test_past_window_shows_values_at_its_end(gateway, image):
    window = 'between: { from: "2025-01-01", to: "2026-01-01" }'
    query = f"gain(window: {{ {window} }}) {{ end {{ globalRank pp }} }} latest {{ globalRank pp }}"
    stats = (await gateway.ask(f'{{ user(id: "{HEAVY}") {{ stats {{ {query} }} }} }}'))["user"]["stats"]
    response = await gateway.http.get(f"/players/{HEAVY}/{image}?window=2025-01-01..2026-01-01")
    assert f"#{stats['gain']['end']['globalRank']:,}" in text_of(response)
    assert f"#{stats['latest']['globalRank']:,}" not in text_of(response)
    assert "2026" not in text_of(response)
    assert "2025 in review" in title(response)


@pytest.mark.parametrize(
    "window,period",
    [("2025-01-01..2026-01-01", "in 2025"), ("30d", "past 30 days"), ("2008-01-01..", "since 1 May 2012")],
)
async def test_changes_state_their_time(gateway, window, period):
    response = await gateway.http.get(f"/players/{HEAVY}/card.svg?window={window}")
    texts = [element.text for element in ET.fromstring(response.text).iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count(period) == 1


async def test_values_from_before_the_window_state_their_day(gateway):
    response = await gateway.http.get("/players/1017/card.svg?window=2024-01-01..2024-06-01")
    assert len(re.findall(r"as of \d+ \w+ 20\d\d", text_of(response))) == 1
    assert "as of" not in text_of(await gateway.http.get(f"/players/{HEAVY}/card.svg?window=30d"))


async def test_year_has_no_changes_of_earlier_years(gateway):
    response = await gateway.http.get(f"/players/{ORDINARY[9]}/card.svg?window=2026-01-01..2027-01-01")
    assert "2026 so far" in text_of(response)
    assert set(re.findall(r"since \d+ \w+ (20\d\d)", text_of(response))) == {"2026"}


@pytest.mark.parametrize("window", ["2007-01-01..2008-01-01", "..0001-01-01"])
async def test_time_before_tracking_has_an_image_without_data(gateway, window):
    response = await gateway.http.get(f"/players/{HEAVY}/card.svg?window={window}")
    assert response.status_code == 200
    assert "no data of this time" in text_of(response)


async def test_name_from_update_is_shown(gateway):
    before = await gateway.http.get("/players/131464/card.svg")
    await gateway.ask('mutation { updateUser(id: "131464") { __typename } }')
    after = await gateway.http.get("/players/131464/card.svg")
    assert (title(before), title(after)) == ("ID 131464 · osu!", "ameo · osu!")


@pytest.mark.parametrize("query", ["", "?mode=taiko", "?window=7d", "?mode=catch&window=all"])
async def test_untracked_player_has_an_image_without_data(gateway, query):
    response = await gateway.http.get(f"/players/70000001/card.svg{query}")
    assert (response.status_code, max_age(response)) == (200, 600)
    assert "no data yet" in text_of(response)


@pytest.mark.parametrize("image", IMAGES)
async def test_image_costs_one_point_unless_cached(limited, image):
    balances = [await remaining(limited)]
    for url in (f"/players/2/{image}", f"/players/2/{image}", f"/players/2/{image}?theme=light"):
        await limited.http.get(url)
        balances.append(await remaining(limited))
    assert balances == [10, 9, 9, 8]


async def test_missing_points_are_stated_in_an_image(limited):
    urls = [f"/players/2/card.svg?window={days}d" for days in range(1, 12)]
    response = [await limited.http.get(url, headers=BROWSER) for url in urls][-1]
    assert (response.status_code, response.headers["Cache-Control"]) == (429, "no-store")
    assert int(response.headers["Retry-After"]) > 0
    assert title(response) == "Too many images"


@pytest.mark.parametrize("image", IMAGES)
async def test_images_send_one_read_and_no_update(gateway, image):
    for player in (2, 3000002, 3000006, 70000001):
        await gateway.http.get(f"/players/{player}/{image}")
    assert {(request.method, request.path) for request in gateway.sandbox.requests} == {("GET", "/stats_history")}
    assert len(gateway.sandbox.requests) == 4


async def test_image_is_cached_until_update(gateway):
    first = await gateway.http.get("/players/2/card.png")
    assert (await gateway.http.get("/players/2/card.png")).content == first.content
    assert "user-2-osu" in first.headers["Cache-Tag"]
    await gateway.ask('mutation { updateUser(id: "2") { __typename } }')
    assert (await gateway.http.get("/players/2/card.png")).content != first.content


async def test_png_is_cached_once_for_all_codings(gateway):
    await gateway.http.get("/players/2/card.png", headers={"Accept-Encoding": "br"})
    response = await gateway.http.get("/players/2/card.png", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert len(gateway.responses.cache) == 1


@pytest.mark.parametrize("image", IMAGES)
async def test_lifetime_is_that_of_the_data(gateway, image):
    await gateway.ask('{ user(id: "2") { stats { latest { pp } } } }')
    gateway.clock.move(400)
    response = await gateway.http.get(f"/players/2/{image}")
    assert max_age(response) == 200
    cached = await gateway.http.get(f"/players/2/{image}", headers={"If-None-Match": response.headers["ETag"]})
    assert (cached.status_code, cached.content) == (304, b"")


@pytest.mark.parametrize(
    "form,window",
    [
        ("days=30", "30d"),
        ("from=2026-01-01&to=2026-02-01", "2026-01-01..2026-02-01"),
        ("to=2026-02-01", "..2026-02-01"),
        ("v=2&from=2026-01-01", "2026-01-01.."),
    ],
)
async def test_windows_of_exports_are_accepted(gateway, form, window):
    responses = [await gateway.http.get(f"/players/2/card.svg?{query}") for query in (form, f"window={window}")]
    assert [response.status_code for response in responses] == [200, 200]
    assert responses[0].text == responses[1].text


@pytest.mark.parametrize("image", ["card.svg", "card.png"])
async def test_other_sites_may_embed_images(gateway, image):
    response = await gateway.http.get(f"/players/2/{image}", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    styles = " style-src 'unsafe-inline';" if image.endswith("png") else ""
    assert response.headers["Content-Security-Policy"] == f"default-src 'none';{styles} sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path,argument",
    [
        ("/players/x!/card.svg", "id"),
        ("/players/0/card.png", "id"),
        ("/players/2147483648/card.svg", "id"),
        ("/players/2.0/chart.svg", "id"),
        ("/players/%3Cscript%3E/card.svg", "id"),
        ("/players/2/card.svg?mode=x", "mode"),
        ("/players/2/card.svg?mode=", "mode"),
        ("/players/2/card.png?series=%3Csvg%3E", "series"),
        ("/players/2/card.svg?theme=auto", "theme"),
        ("/players/2/card.svg?window=NaN", "window"),
        ("/players/2/card.svg?window=-1d", "window"),
        (f"/players/2/card.svg?window={'9' * 5000}d", "window"),
        ("/players/2/card.svg?window=1d&window=2d", "window"),
        ("/players/2/card.svg?mode=osu&mode=taiko", "mode"),
        ("/players/2/card.svg?theme=light&theme=dark", "theme"),
        ("/players/2/card.svg?days=0", "days"),
        ("/players/2/card.svg?days=30&window=30d", "window"),
        ("/players/2/card.svg?from=2026-02-30", "from"),
        ("/players/2/card.svg?from=2026-02-01&to=2026-01-01", "window"),
    ],
)
class TestInvalidAddress:
    async def test_programs_get_the_code(self, gateway, path, argument):
        response = await gateway.http.get(path)
        [error] = response.json()["errors"]
        assert (response.status_code, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")
        assert error["extensions"]["argument"] == argument
        assert not gateway.sandbox.requests

    async def test_browsers_get_an_image(self, gateway, path, argument):
        response = await gateway.http.get(path.replace(".png", ".svg"), headers=BROWSER)
        assert (response.status_code, response.headers["Cache-Control"]) == (400, "public, max-age=60")
        assert title(response) == "Invalid image address"
        assert argument in text_of(response)


async def test_log_has_the_method_of_cached_images(gateway, request_log):
    for method in ("GET", "HEAD", "GET"):
        await gateway.http.request(method, "/players/2/card.svg")
    assert [(record["method"], record["cache"]) for record in request_log] == [
        ("GET", "miss"),
        ("HEAD", "hit"),
        ("GET", "hit"),
    ]


async def test_version_has_no_effect(gateway):
    plain = await gateway.http.get("/players/2/card.svg")
    assert (await gateway.http.get("/players/2/card.svg?v=<b>")).text == plain.text


async def test_image_of_a_problem_repeats_no_input(gateway):
    """Otherwise clients could fill the cache of these images."""
    paths = ["/players/a1/card.svg", "/players/b2/card.svg", "/players/2/card.svg?x=1", "/players/2/card.svg?y=1"]
    images = [await gateway.http.get(path, headers=BROWSER) for path in paths]
    assert len({image.text for image in images}) == 2
    assert "The image address needs the player" in images[0].text


@pytest.mark.parametrize("image", IMAGES)
async def test_unavailable_upstream_is_stated_in_an_image(gateway, image):
    gateway.sandbox.faults = DOWN
    response = await gateway.http.get(f"/players/2/{image}", headers=BROWSER)
    assert (response.status_code, response.headers["Cache-Control"]) == (503, "public, max-age=60")
    assert size(response) == SIZES[image[:-4]]
    gateway.sandbox.faults = ()
    assert (await gateway.http.get(f"/players/1001/{image}", headers=BROWSER)).status_code == 200


@pytest.mark.parametrize("query,tag", [("", "user-2-osu"), ("?mode=taiko", "user-2-taiko")])
async def test_stated_outage_ends_with_an_update(gateway, query, tag):
    gateway.sandbox.faults = DOWN
    response = await gateway.http.get(f"/players/2/card.svg{query}", headers=BROWSER)
    assert (response.headers["Cache-Tag"], response.headers["Surrogate-Key"]) == (tag, tag)
    authorized = await gateway.http.get(f"/players/2/card.svg{query}", headers=BROWSER | {"Authorization": "x"})
    assert (authorized.headers["Cache-Control"], "Cache-Tag" in authorized.headers) == ("no-store", False)


@pytest.mark.parametrize("fault", [Fault(kind="garbage"), Fault(kind="rate_limit"), Fault(kind="status", status=404)])
async def test_failing_upstream_has_an_image(gateway, fault):
    gateway.sandbox.faults = (fault,)
    response = await gateway.http.get("/players/2/card.svg", headers=BROWSER)
    assert (response.status_code, response.headers["Cache-Control"]) == (503, "public, max-age=60")
    assert title(response) == "osu!track is unavailable"


async def test_slow_upstream_has_an_image():
    async with start_gateway({"operation_timeout_s": 0.2}) as gateway:
        gateway.sandbox.faults = (Fault(kind="hang"),)
        response = await gateway.http.get("/players/2/card.svg", headers=BROWSER)
    assert (response.status_code, title(response)) == (503, "osu!track is unavailable")


async def test_unavailable_upstream_is_an_error_for_programs(gateway):
    gateway.sandbox.faults = DOWN
    response = await gateway.http.get("/players/2/card.png")
    assert response.json()["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


async def test_stale_image_shows_its_age(gateway):
    await gateway.http.get("/players/2/card.svg")
    gateway.sandbox.faults = DOWN
    gateway.clock.move(2 * 3600)
    response = await gateway.http.get("/players/2/card.svg")
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "private, max-age=60")
    assert "Data is 2 hours old" in text_of(response)


async def test_concurrent_requests_share_one_image(gateway, monkeypatch):
    rendered = []
    render = PNGFiles.render

    async def counted(files, drawing, client):
        rendered.append(drawing)
        return await render(files, drawing, client)

    monkeypatch.setattr(PNGFiles, "render", counted)
    responses = await asyncio.gather(*(gateway.http.get("/players/2/card.png") for _ in range(10)))
    assert {response.status_code for response in responses} == {200}
    assert (len({response.content for response in responses}), len(rendered)) == (1, 1)
    assert len(gateway.sandbox.requests) == 1


@pytest.mark.parametrize("query", ["", "?window=all", "?window=90d&theme=light"])
@pytest.mark.parametrize("image", ["card.png", "chart.png"])
async def test_png_takes_little_cpu_time(gateway, image, query):
    await gateway.ask('{ user(id: "2") { stats { latest { pp } } } }')
    assert await least_cpu_s(gateway, f"/players/2/{image}{query or '?'}") <= MAX_CPU_S


class TestWithoutRenderer:
    @pytest.fixture(autouse=True)
    def not_installed(self, monkeypatch):
        monkeypatch.setattr(png_files, "is_installed", lambda: False)

    @pytest.mark.parametrize("headers", [{}, BROWSER])
    async def test_png_is_not_available(self, gateway, headers):
        response = await gateway.http.get("/players/2/card.png", headers=headers)
        assert (response.status_code, len(gateway.sandbox.requests)) == (501, 0)
        assert response.json()["errors"][0]["extensions"]["code"] == "IMAGES_NOT_INSTALLED"

    async def test_svg_is_available(self, gateway):
        assert (await gateway.http.get("/players/2/card.svg")).status_code == 200


async def test_renderer_is_busy_after_a_long_wait():
    turns = ExecutionTurns()
    turns.used(1000)
    with pytest.raises(RendererBusy):
        await PNGFiles(turns, max_wait_s=0).render(card(profile(1, 2)), turns)


async def test_images_wait_for_the_turn_of_other_clients():
    sleeps = []

    async def sleep(seconds):
        sleeps.append(round(seconds, 2))

    turns = ExecutionTurns(monotonic=lambda: 0.0, sleep=sleep)
    files = PNGFiles(turns)
    for _ in range(3):
        await files.render(card(profile(1, 2)), files)
    assert sleeps == [0.06, 0.12]


@pytest.mark.parametrize(
    "public_url,label", [("", "osutrack-gateway"), ("https://stats.example.org/osu", "stats.example.org/osu")]
)
@pytest.mark.parametrize("image", ["card.svg", "chart.svg"])
async def test_image_names_its_gateway(image, public_url, label):
    async with start_gateway({"public_url": public_url or None}) as gateway:
        response = await gateway.http.get(f"/players/{HEAVY}/{image}")

    assert label in text_of(response)


@pytest.mark.parametrize("image", IMAGES)
async def test_failing_names_service_hides_no_image(image):
    async with start_gateway(NAMES) as gateway:
        gateway.sandbox.faults = (Fault(kind="status", path=NAMES_PATH, status=500),)
        response = await gateway.http.get(f"/players/{HEAVY}/{image}", headers=BROWSER)

    assert (response.status_code, size(response)) == (200, SIZES[image.partition(".")[0]])
