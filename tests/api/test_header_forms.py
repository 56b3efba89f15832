"""Request headers are compared by meaning: each form of a header shares the cached response of the plain form."""

import json

import pytest

QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
# Large enough for compression.
SERIES = '{ user(id: "2") { stats { snapshots { at pp globalRank playCount accuracy } } } }'
PLAIN, STRICT = "application/json", "application/graphql-response+json"
FORMS = {
    "Content-Type": (
        PLAIN,
        [
            f"{PLAIN}; charset=utf-8",
            f"{PLAIN};charset=UTF-8",
            f'{PLAIN} ; charset="utf-8"',
            f"{PLAIN}; charset=utf8",
            "Application/JSON",
            f"  {PLAIN}\t",
            f"{PLAIN};",
            f"{PLAIN}; profile=x; Charset=Utf-8",
        ],
    ),
    "Accept": (
        STRICT,
        [
            STRICT.upper(),
            f"{STRICT}, {PLAIN}",
            f"{PLAIN},{STRICT}",
            f" {PLAIN};q=0.9 ,\t{STRICT} ",
            f"{STRICT}; Q=0.5",
            f"{STRICT}; charset=utf-8, {PLAIN}; charset=utf-8",
            f"text/event-stream, {STRICT}, multipart/mixed",
            f"{PLAIN};q=2, {STRICT}",
            f"{PLAIN};q=nan, {STRICT}",
        ],
    ),
    "Accept-Encoding": (
        "gzip",
        ["GZIP", "gzip;q=1.0", "gzip, deflate", " deflate ,gzip ", "x-gzip", "br;q=0, gzip", "br;q=0.1,gzip;q=0.2"],
    ),
    "Content-Encoding": ("", ["identity", "Identity", " identity , identity"]),
    "Sec-Fetch-Site": ("none", ["same-origin", "Same-Origin", "none "]),
}
CASES = [(name, plain, form) for name, (plain, forms) in FORMS.items() for form in forms]


def hits(gateway):
    return gateway.app.state.lookup.__self__.responses.hits


async def post(gateway, headers, query=SERIES):
    defaults = {"Content-Type": PLAIN, "Accept": PLAIN, "Accept-Encoding": "identity"}
    given = {name for name, _ in headers}
    pairs = [pair for pair in defaults.items() if pair[0] not in given] + headers
    return await gateway.http.post("/graphql", content=json.dumps({"query": query}), headers=pairs)


@pytest.mark.parametrize("name,plain,form", CASES)
async def test_form_of_a_header_hits_the_cache(gateway, name, plain, form):
    for _ in range(2):
        response = await post(gateway, [(name, plain)])
    repeated = await post(gateway, [(name, form)])
    assert (repeated.status_code, hits(gateway)) == (200, 1)
    for header in ("Content-Type", "Content-Encoding", "Vary"):
        assert repeated.headers.get(header) == response.headers.get(header)


@pytest.mark.parametrize("name,plain,form", CASES)
async def test_form_has_the_same_meaning_uncached(gateway, name, plain, form):
    responses = [await post(gateway, [(name, value)], "{ rateLimit { remaining } }") for value in (plain, form)]
    assert [response.status_code for response in responses] == [200, 200]
    assert len({response.headers["Content-Type"] for response in responses}) == 1


@pytest.mark.parametrize("lines", [[PLAIN, STRICT], [STRICT, PLAIN], ["image/png", STRICT], [STRICT, STRICT]])
async def test_lines_of_a_header_are_one_list(gateway, lines):
    for query in (SERIES, "{ rateLimit { remaining } }"):
        for _ in range(3):
            response = await post(gateway, [("Accept", line) for line in lines], query)
            assert response.headers["Content-Type"].startswith(STRICT)
    assert hits(gateway) == 1


@pytest.mark.parametrize(
    "form",
    ["{0}", "{1}", "W/{1}", "*", '"other", {0}', '"a,b" , {1}', "\t{0} ", "{0},", ['"other"', "{0}"], ["{0}", '"x"']],
)
async def test_forms_of_an_etag_get_304(gateway, form):
    for _ in range(2):
        response = await gateway.http.get("/graphql", params={"query": QUERY})
    etag = response.headers["ETag"]
    forms = form if isinstance(form, list) else [form]
    headers = [("If-None-Match", each.format(etag, etag.removeprefix("W/"))) for each in forms]
    repeated = await gateway.http.get("/graphql", params={"query": QUERY}, headers=headers)
    assert repeated.status_code == 304


@pytest.mark.parametrize("name", ["Content-Type", "Origin", "Sec-Fetch-Site", "Content-Encoding"])
async def test_repeated_single_header_misses_the_cache(gateway, name):
    value = {"Content-Type": PLAIN, "Origin": "https://a.example", "Sec-Fetch-Site": "none"}.get(name, "identity")
    for _ in range(3):
        await post(gateway, [(name, value), (name, value)])
    assert hits(gateway) == 0


@pytest.mark.parametrize("content_type", ["text/plain", f"{PLAIN}; charset=utf-16", f"{PLAIN}x", ""])
async def test_other_content_type_never_hits_the_cache(gateway, content_type):
    for _ in range(2):
        await post(gateway, [])
    assert (await post(gateway, [("Content-Type", content_type)])).status_code == 415
