"""Link previews of player pages, as a crawler reads them: title, description and image, from cached data only."""

import re
from html.parser import HTMLParser

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.web.files import png_files
from tests.support.gateway import NAMES, start_gateway

DISCORD = {"User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"}
UPDATE = 'mutation { updateUser(id: "131464", mode: %s) { ... on UpdateUserSuccess { stats { latest { pp } } } } }'


VERSION = re.compile(r"[?&]v=(\d{14})$")


class Tags(HTMLParser):
    """The title and the `meta` tags of a page, by name or property."""

    def __init__(self, html):
        super().__init__()
        self.found = {}
        self.in_title = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.in_title = tag == "title"
        if tag == "meta" and "content" in values:
            self.found[values.get("property") or values.get("name")] = values["content"]

    def handle_data(self, data):
        if self.in_title:
            self.found["title"] = self.found.get("title", "") + data

    def handle_endtag(self, _):
        self.in_title = False


async def tags(gateway, path="/players/131464", **headers):
    response = await gateway.http.get(path, headers=DISCORD | headers)
    return Tags(response.text).found


def without_version(url):
    return VERSION.sub("", url)


def version_of(url):
    return "".join(VERSION.findall(url))


@pytest.mark.parametrize("mode,title,query", [("OSU", "ameo · osu!", ""), ("TAIKO", "ameo · osu!taiko", "?mode=taiko")])
async def test_crawler_finds_title_description_and_image(gateway, mode, title, query):
    await gateway.ask(UPDATE % mode)
    found = await tags(gateway, f"/players/131464{query}")
    assert (found["og:title"], found["twitter:title"], found["title"]) == (title, title, f"{title} · osutrack-gateway")
    assert found["og:description"] == found["description"] == found["twitter:description"]
    assert found["og:description"].startswith("Global rank #")
    assert found["og:url"] == f"http://gateway/players/131464{query}"
    assert found["og:image"] == found["twitter:image"]
    assert without_version(found["og:image"]) == f"http://gateway/players/131464/card.png{query}"
    assert found["twitter:card"] == "summary_large_image"
    assert found["theme-color"] == "#b01e68"
    image = await gateway.http.get(found["og:image"], headers=DISCORD)
    assert (image.status_code, image.headers["Content-Type"]) == (200, "image/png")


async def test_unknown_player_has_a_general_preview(gateway):
    found = await tags(gateway, "/players/1001")
    assert found["og:title"] == "Player 1001 · osu!"
    assert found["og:description"].startswith("Rank, pp, accuracy")
    assert found["og:image"] == "http://gateway/players/1001/card.png"


async def test_preview_causes_no_requests_and_costs_nothing():
    async with start_gateway({"client_points": 10, "names_url": "http://sandbox/_names"}) as gateway:
        for player in (2, 1001, 70000001):
            await tags(gateway, f"/players/{player}?mode=mania")
        assert not gateway.sandbox.requests
        assert (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"] == 10


@pytest.mark.parametrize("name,segment", [("peppy", "peppy"), ("@12345678", "@12345678"), ("a%20b", "a%20b")])
async def test_unknown_name_has_a_preview_without_requests(gateway, name, segment):
    found = await tags(gateway, f"/players/{name}")
    title = name.removeprefix("@").replace("%20", " ")
    assert (found["og:title"], found["title"]) == (title, f"{title} · osutrack-gateway")
    assert found["og:url"] == f"http://gateway/players/{segment}"
    assert found["og:image"] == "http://gateway/static/preview.png"
    assert found["og:description"].startswith("Rank, pp, accuracy")
    assert found["og:type"] == "website"
    assert not gateway.sandbox.requests


async def test_missing_name_has_no_preview():
    async with start_gateway(NAMES) as gateway:
        await gateway.ask('{ userByName(username: "nobody_here") { id } }')
        response = await gateway.http.get("/players/nobody_here", headers=DISCORD)
    found = Tags(response.text).found
    assert (response.status_code, found["title"]) == (404, "No such player · osutrack-gateway")
    assert not [name for name in found if name.startswith(("og:", "twitter:"))]


@pytest.mark.parametrize(
    "query,title,url",
    [
        ("", "Best plays of the last 24 hours · osu!", ""),
        ("?mode=mania&days=7", "Best plays of the last 7 days · osu!mania", "?mode=mania&days=7"),
        ("?m=1&days=all&mods=HDDT", "Best plays of all time · osu!taiko · HD, DT", "?mode=taiko&days=all&mods=HD,DT"),
        (
            "?without=FL,NM&grades=s,ss",
            "Best plays of the last 24 hours · osu! · without FL; SS, S",
            "?without=FL&grades=SS,S",
        ),
        (
            "?days=all&minpp=300&maxpp=400",
            "Best plays of all time · osu! · 300 to 400 pp",
            "?days=all&minpp=300&maxpp=400",
        ),
        ("?minpp=0300", "Best plays of the last 24 hours · osu! · from 300 pp", "?minpp=300"),
        (
            "?minpp=300&maxpp=200&mods=HD",
            "Best plays of the last 24 hours · osu! · HD; from 300 pp",
            "?mods=HD&minpp=300",
        ),
        ("?minpp=x&maxpp=-1", "Best plays of the last 24 hours · osu!", ""),
        ("?days=99999&mods=<script>&mode=x", "Best plays of the last 24 hours · osu!", ""),
    ],
)
async def test_best_plays_have_a_preview(gateway, query, title, url):
    found = await tags(gateway, f"/best{query}")
    assert (found["og:title"], found["title"]) == (title, f"{title} · osutrack-gateway")
    assert found["og:description"] == found["description"]
    assert found["og:description"].startswith(f"The {title.split(' · ')[1]} plays with the most pp of ")
    assert found["og:url"] == f"http://gateway/best{url}"
    assert not gateway.sandbox.requests


async def test_preview_names_the_cached_best_play(gateway):
    query = "{ bestPlays(mode: TAIKO, window: {days: 7}, first: 1) { nodes { pp user { id } } } }"
    [best] = (await gateway.ask(query))["bestPlays"]["nodes"]
    requests = len(gateway.sandbox.requests)
    points = f"{best['pp']:,.0f} pp by"
    unnamed = await tags(gateway, "/best?mode=taiko&days=7")
    await gateway.parts.tracker.names.learn(int(best["user"]["id"]), "peppy")
    named = await tags(gateway, "/best?mode=taiko&days=7")
    assert unnamed["og:description"].startswith(f"Best: {points} ID {best['user']['id']}. The osu!taiko plays")
    assert named["og:description"] == named["description"]
    assert named["og:description"].startswith(f"Best: {points} peppy. ")
    for other in ("?mode=taiko", "?mode=taiko&days=7&mods=HD", "?days=7"):
        assert (await tags(gateway, f"/best{other}"))["og:description"].startswith("The osu!")
    assert len(gateway.sandbox.requests) == requests


async def test_preview_changes_with_the_data(gateway):
    before = await gateway.http.get("/players/131464")
    unchanged = await gateway.http.get("/players/131464", headers={"If-None-Match": before.headers["ETag"]})
    await gateway.ask(UPDATE % "OSU")
    after = await gateway.http.get("/players/131464", headers={"If-None-Match": before.headers["ETag"]})
    assert (unchanged.status_code, after.status_code) == (304, 200)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
async def test_page_with_preview_is_compressed(gateway, coding):
    plain = await gateway.http.get("/players/2", headers={"Accept-Encoding": "identity"})
    packed = await gateway.http.get("/players/2", headers={"Accept-Encoding": coding})
    assert (packed.headers["Content-Encoding"], packed.text) == (coding, plain.text)
    assert packed.headers["ETag"] == plain.headers["ETag"]


async def test_unknown_mode_is_that_of_the_page(gateway):
    assert (await tags(gateway, "/players/2?mode=<script>"))["og:title"] == "Player 2 · osu!"
    assert (await tags(gateway, "/players/2?mode=fruits"))["og:title"] == "Player 2 · osu!catch"


@pytest.mark.parametrize("player", ["x!", "0", "<script>", '"><img src=x>', "2147483648"])
async def test_invalid_id_has_no_preview(gateway, player):
    response = await gateway.http.get(f"/players/{player}")
    assert response.status_code == 404
    assert not [name for name in Tags(response.text).found if name and name.startswith("og:")]


@pytest.mark.parametrize(
    "host", ['evil"><script>alert(1)</script>', "a b", "a/b", "a@b", "[::1", "a:b", "é", "", "x" * 300]
)
async def test_implausible_host_is_not_repeated(gateway, host):
    response = await gateway.http.get("/players/2", headers={"Host": host.encode()})
    found = Tags(response.text).found
    assert "og:title" in found
    assert not found.keys() & {"og:url", "og:image", "twitter:image"}
    assert "<script>alert" not in response.text


@pytest.mark.parametrize("host", ["gateway.example.org", "127.0.0.1:8000", "[::1]:8000"])
async def test_address_is_that_of_the_request(gateway, host):
    assert (await tags(gateway, Host=host))["og:url"] == f"http://{host}/players/131464"


async def test_address_includes_the_mount_path(gateway):
    outer = httpx.ASGITransport(Starlette(routes=[Mount("/deep/down", gateway.app)]))
    async with httpx.AsyncClient(transport=outer, base_url="http://outer") as http:
        found = Tags((await http.get("/deep/down/players/2")).text).found
    assert found["og:image"] == "http://outer/deep/down/players/2/card.png"


async def test_public_url_replaces_the_address():
    async with start_gateway({"public_url": "https://osu.example.org/gateway/"}) as gateway:
        found = await tags(gateway, Host="internal:8000")
    assert found["og:url"] == "https://osu.example.org/gateway/players/131464"
    assert found["og:image"] == "https://osu.example.org/gateway/players/131464/card.png"


async def test_preview_has_no_image_without_renderer(monkeypatch):
    monkeypatch.setattr(png_files, "is_installed", lambda: False)
    async with start_gateway() as gateway:
        found = await tags(gateway)
    assert found["twitter:card"] == "summary"
    assert not [name for name in found if name and "image" in name]


async def test_markup_in_names_is_escaped(gateway):
    await gateway.parts.tracker.names.learn(131464, '"><script>{{head}}')
    response = await gateway.http.get("/players/131464")
    assert Tags(response.text).found["og:title"] == '"><script>{{head}} · osu!'
    assert '"><script>{{' not in response.text


async def test_comparison_names_all_cached_players(gateway):
    await gateway.ask(UPDATE % "OSU")
    await gateway.ask('{ user(id: "2") { stats { latest { pp } } } }')
    requests = len(gateway.sandbox.requests)
    found = await tags(gateway, "/players/131464?compare=2,131464,2,somebody,x!&compare=1001,7,8")
    assert found["og:title"] == "ameo vs ID 2, somebody, ID 1001, ID 7 · osu!"
    assert re.fullmatch(r"ameo: #[\d,]+, [\d,]+ pp · ID 2: #[\d,]+, [\d,]+ pp", found["og:description"])
    assert found["og:url"] == "http://gateway/players/131464?compare=2,somebody,1001,7"
    assert without_version(found["og:image"]) == "http://gateway/players/131464/card.png?compare=2,1001,7&window=all"
    assert len(gateway.sandbox.requests) == requests


@pytest.mark.parametrize(
    "series,text",
    [
        ("accuracy,plays", r", Accuracy: [\d.]+%"),
        ("plays", r", Play count: [\d,]+"),
        ("ss", r", SS grades: [\d,]+"),
        ("hits", r", Total hits: [\d.]+[kMB]"),
        ("ranked-score", r", Ranked score: [\d.]+[MBT]"),
        ("pp,accuracy", ""),
    ],
)
async def test_comparison_describes_the_chosen_series(gateway, series, text):
    await gateway.ask(UPDATE % "OSU")
    await gateway.ask('{ user(id: "2") { stats { latest { pp } } } }')
    found = await tags(gateway, f"/players/131464?compare=2&series={series}")
    stats = rf"#[\d,]+, [\d,]+ pp{text}"
    assert re.fullmatch(f"ameo: {stats} · ID 2: {stats}", found["og:description"])


@pytest.mark.parametrize(
    "query,image",
    [
        ("compare=2,1010", "compare=2,1010&window=all"),
        ("compare=2&mode=fruits&days=90&series=pp,rank", "mode=catch&compare=2&series=pp&window=90d"),
        ("compare=2&from=2024-01-01&to=2025-01-01", "compare=2&window=2024-01-01..2025-01-01"),
        ("compare=AMEO,2,peppy,peppy", "compare=131464,2&window=all"),
        ("compare=somebody,peppy", "compare=2&window=all"),
    ],
)
async def test_preview_of_a_comparison_has_its_card(gateway, query, image):
    for player in (131464, 2):
        await gateway.ask(f'mutation {{ updateUser(id: "{player}") {{ __typename }} }}')
    requests = len(gateway.sandbox.requests)
    found = await tags(gateway, f"/players/1001?{query}")
    assert found["og:image"] == found["twitter:image"]
    assert without_version(found["og:image"]) == f"http://gateway/players/1001/card.png?{image}"
    assert (found["og:image:height"], found["og:image:alt"]) == ("630", f"Card: {found['og:title']}")
    assert len(gateway.sandbox.requests) == requests
    response = await gateway.http.get(found["og:image"], headers=DISCORD)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")


async def test_comparison_without_known_players_has_one_card(gateway):
    found = await tags(gateway, "/players/2?compare=somebody&series=pp")
    assert found["og:image"] == "http://gateway/players/2/chart.png?series=pp"


@pytest.mark.parametrize(
    "query,image,title",
    [
        ("?days=30&series=accuracy,plays", "chart.png?series=accuracy&window=30d", "Accuracy · past 30 days"),
        ("?mode=taiko&series=plays", "chart.png?mode=taiko&series=plays", "Play count"),
        ("?days=90", "card.png?window=90d", "past 90 days"),
        ("?from=2024-01-01&to=2025-01-01", "card.png?window=2024-01-01..2025-01-01", "2024"),
        ("?from=2024-01-01", "card.png?window=2024-01-01..", "since 1 Jan 2024"),
        ("?days=x&from=2025-01-01&to=2024-01-01&series=<b>&compare=,", "card.png", "osu!"),
    ],
)
async def test_preview_has_the_view_of_the_page(gateway, query, image, title):
    await gateway.ask(UPDATE % ("TAIKO" if "taiko" in query else "OSU"))
    found = await tags(gateway, f"/players/131464{query}")
    assert without_version(found["og:image"]) == f"http://gateway/players/131464/{image}"
    assert found["og:title"].endswith(f" · {title}")
    assert found["og:image:height"] == ("480" if "series=" in image else "630")
    assert (await gateway.http.get(found["og:image"])).status_code == 200


async def last_snapshot(gateway, player, mode="OSU"):
    """The version of images after this snapshot."""
    data = await gateway.ask(f'{{ user(id: "{player}") {{ stats(mode: {mode}) {{ latest {{ at }} }} }} }}')
    return re.sub(r"\D", "", data["user"]["stats"]["latest"]["at"])[:14]


@pytest.mark.parametrize(
    "view", ["", "?days=90", "?mode=taiko", "?series=pp", "?from=2026-01-01", "?to=2999-01-01", "?compare=somebody"]
)
async def test_image_has_the_time_of_its_data(gateway, view):
    last = await last_snapshot(gateway, 131464, "TAIKO" if "taiko" in view else "OSU")
    requests = len(gateway.sandbox.requests)
    image = (await tags(gateway, f"/players/131464{view}"))["og:image"]
    assert version_of(image) == last
    assert len(gateway.sandbox.requests) == requests
    assert (await gateway.http.get(image)).status_code == 200


@pytest.mark.parametrize("view", ["?to=2026-01-01", "?from=2024-01-01&to=2025-01-01&compare=2", "/2025", "/2020"])
async def test_image_of_a_past_time_has_no_version(gateway, view):
    await last_snapshot(gateway, 131464)
    assert version_of((await tags(gateway, f"/players/131464{view}"))["og:image"]) == ""


async def test_comparison_has_the_time_of_the_last_snapshot(gateway):
    instants = [await last_snapshot(gateway, player) for player in (2, 131464, 1001)]
    image = (await tags(gateway, "/players/2?compare=131464,1001,1010"))["og:image"]
    assert version_of(image) == max(instants)


async def test_update_changes_the_address_of_the_image(gateway):
    await last_snapshot(gateway, 131464)
    before = (await tags(gateway))["og:image"]
    assert (await tags(gateway))["og:image"] == before
    await gateway.ask(UPDATE % "OSU")
    await last_snapshot(gateway, 131464)
    assert (await tags(gateway))["og:image"] > before


@pytest.mark.parametrize(
    "query,period",
    [
        ("from=2024-01-01&to=2025-01-01", r"in 2024"),
        ("from=2026-11-20&to=2026-11-25", r"from 20 Nov 2026 to 24 Nov 2026"),
        ("from=2024-01-01", r"since 1 Jan 2024"),
        ("to=2025-01-01", r"until 31 Dec 2024"),
        ("days=30", r"in the past 30 days"),
    ],
)
async def test_window_has_its_gains(gateway, query, period):
    await gateway.ask(UPDATE % "OSU")
    found = await tags(gateway, f"/players/131464?{query}")
    assert re.fullmatch(rf".* pp, .* ranks, .* plays {period}\.", found["og:description"])


@pytest.mark.parametrize("path", ["/", "/best?show=100", "/graphql", "/docs", "/docs/errors"])
async def test_every_page_has_a_preview_with_image(gateway, path):
    found = await tags(gateway, path, Accept="text/html")
    assert found["og:title"] in found["title"]
    assert found["og:description"] == found["description"] == found["twitter:description"]
    assert found["og:url"] == f"http://gateway{path.partition('?')[0]}"
    image = await gateway.http.get(found["og:image"])
    assert (image.status_code, image.headers["Content-Type"]) == (200, "image/png")
    assert not gateway.sandbox.requests


async def test_page_without_plausible_host_has_no_urls(gateway):
    found = await tags(gateway, "/", Host='"><script>')
    assert "og:title" in found
    assert not found.keys() & {"og:url", "og:image"}


async def test_running_year_is_not_in_review(gateway):
    assert (await tags(gateway, "/players/2/2026"))["og:title"] == "Player 2 · osu! · 2026 so far"
