"""The sandbox's paths and query strings: routed and parsed as by Express 4 and qs, which served the expected values."""

import httpx
import pytest

from gateway.sandbox import players
from gateway.sandbox.query import Query

PARAMETERS = {"user": str(players.MIXED_CASE), "mode": "0"}


@pytest.mark.parametrize("path", ["/peak", "/peak/", "/PEAK", "/Peak/"])
async def test_path_is_found(osutrack, path):
    response = await osutrack.get(f"http://osutrack{path}", params=PARAMETERS)

    assert response.status_code == 200


@pytest.mark.parametrize(
    "path", ["//peak", "/peak//", "/peak%2F", "/%2Fpeak", "/%70eak", "/pea%6b", "/peak%20", "/peak;a=1", "/x%2Fpeak"]
)
async def test_other_path_is_not_found(osutrack, path):
    response = await osutrack.get(f"http://osutrack{path}", params=PARAMETERS)

    assert (response.status_code, f"<pre>Cannot GET {path}</pre>" in response.text) == (404, True)


@pytest.mark.parametrize("path", ["//update", "/update%2F", "/%75pdate"])
async def test_update_of_another_path_is_none(osutrack, sandbox, path):
    response = await osutrack.post(f"http://osutrack{path}", params=PARAMETERS)

    assert (response.status_code, sandbox.updates) == (404, [])


async def test_apostrophe_in_unknown_path_is_escaped(osutrack):
    assert "Cannot GET /it&#39;s" in (await osutrack.get("/it's")).text


@pytest.mark.parametrize(
    "name",
    [
        "limit[]",
        "limit%5B%5D",
        "limit%5b%5d",
        "limit[0]",
        "limit[a]",
        "limit[a][b]",
        "limit[][]",
        "[limit][]",
        "limit[]x",
    ],
)
@pytest.mark.parametrize("value", ["", "5"])
async def test_limit_with_brackets_is_refused(osutrack, name, value):
    response = await osutrack.get(f"/bestplays?mode=3&{name}={value}")

    assert (response.status_code, "Invalid `limit`" in response.text) == (400, True)


@pytest.mark.parametrize("query", ["limit=5&limit[]=6", "limit[]=6&limit=5", "limit=5&limit=5", "limit=5&[limit]=5"])
async def test_limit_with_two_spellings_is_refused(osutrack, query):
    assert (await osutrack.get(f"/bestplays?mode=3&{query}")).status_code == 400


@pytest.mark.parametrize("name", ["limit", "[limit]", "%6Cimit", "%5Blimit%5D"])
async def test_limit_in_another_spelling_is_accepted(osutrack, name):
    assert len((await osutrack.get(f"/bestplays?mode=3&{name}=5")).json()) == 5


@pytest.mark.parametrize("name", ["limit[", "limit]", "limit[a", "limit;", "?limit"])
async def test_other_name_is_no_limit(osutrack, name):
    assert len((await osutrack.get(f"/bestplays?mode=3&{name}=5")).json()) == 100


@pytest.mark.parametrize("name", ["user[]", "user[0]", "mode[]"])
async def test_user_or_mode_with_brackets_is_refused(osutrack, name):
    parameters = {key: value for key, value in PARAMETERS.items() if not name.startswith(key)}

    response = await osutrack.get("/peak", params=parameters | {name: "2"})

    assert response.status_code == 400


async def test_date_with_brackets_is_ignored(osutrack):
    everything = await osutrack.rows("/stats_history", user=players.MIXED_CASE)

    assert await osutrack.rows("/stats_history", user=players.MIXED_CASE, **{"to[]": "2001-01-01"}) == everything


async def test_hiscores_mode_with_brackets_is_mode_0(osutrack):
    expected = await osutrack.rows("/hiscores", user=players.MIXED_CASE)

    assert (await osutrack.get(f"/hiscores?user={players.MIXED_CASE}&mode[]=3")).json() == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a+b%2B", "a b+"),
        ("%E0%A4%A", "%E0%A4%A"),
        ("%ED%A0%80", "%ED%A0%80"),
        ("%ff+x", "%ff x"),
        ("1=2", "1=2"),
        ("%C3%A9", "\u00e9"),
        ("5;mode=0", "5;mode=0"),
    ],
)
def test_value_is_decoded_as_by_qs(text, expected):
    assert Query(f"value={text}").single("value") == expected


def test_parameters_beyond_the_thousandth_are_ignored():
    query = Query("&".join(["a"] * 1000 + ["b=1"]))

    assert (query.has("a"), query.has("b")) == (True, False)


@pytest.mark.parametrize(
    "value, status",
    [("\u00a05\ufeff", 200), ("\x1c5", 400), ("0B101", 400), ("1_0", 400), ("9" * 400, 500), ("0x" + "f" * 400, 500)],
)
async def test_id_is_read_as_by_javascript(osutrack, value, status):
    response = await osutrack.get("/stats_history", params=httpx.QueryParams(user=value, mode=0))

    assert response.status_code == status
