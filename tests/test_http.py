"""`/graphql` as the GraphQL-over-HTTP specification has it, and what stands around it."""

import pytest

STRICT = "application/graphql-response+json"
PLAIN = "application/json"
GOOD, BAD, WRONG = "{ user(id: 2) { id } }", "{ user(", "{ nobody }"


async def post(gateway, query, **headers):
    return await gateway.http.post("/graphql", json={"query": query}, headers=headers)


@pytest.mark.parametrize(
    "accept,expected",
    [
        ("*/*", PLAIN),
        (PLAIN, PLAIN),
        (STRICT, STRICT),
        (f"{STRICT}, {PLAIN};q=0.9", STRICT),
        (f"{PLAIN}, {STRICT}", STRICT),
        (f"{STRICT};q=0.1, {PLAIN}", PLAIN),
        ("application/*", PLAIN),
        (f"{STRICT}; charset=utf-8", STRICT),
        (f"text/plain, {PLAIN}", PLAIN),
    ],
)
async def test_the_answer_comes_as_the_type_that_is_preferred(gateway, accept, expected):
    answer = await post(gateway, GOOD, Accept=accept)
    assert answer.headers["Content-Type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/plain", "image/png", f"{PLAIN};q=0", f"{PLAIN}; charset=latin-1"])
async def test_a_client_that_takes_neither_type_is_told_so(gateway, accept):
    answer = await post(gateway, GOOD, Accept=accept)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("query", [BAD, WRONG], ids=["not GraphQL", "not in the schema"])
@pytest.mark.parametrize("accept,status", [(STRICT, 400), (PLAIN, 200)])
async def test_a_document_that_can_not_be_executed_is_400_for_those_who_know_the_type(gateway, query, accept, status):
    answer = await post(gateway, query, Accept=accept)
    assert answer.status_code == status
    assert "data" not in answer.json()


async def test_a_failing_field_is_200_with_data(gateway):
    answer = await post(
        gateway, '{ status { upstream } hiscoresByUsername(username: "nobody_here") { totalCount } }', Accept=STRICT
    )
    assert answer.status_code == 200
    assert answer.json()["data"]["hiscoresByUsername"] is None


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_refused_with_those_that_are_not(gateway, method):
    answer = await gateway.http.request(method, "/graphql")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


async def test_a_query_goes_by_get_with_its_variables(gateway):
    params = {"query": "query($id: ID!) { user(id: $id) { id } }", "variables": '{"id": "7"}'}
    assert (await gateway.http.get("/graphql", params=params)).json()["data"] == {"user": {"id": "7"}}


async def test_of_several_operations_the_one_that_is_named_is_executed(gateway):
    both = "query A { user(id: 1) { id } } query B { user(id: 2) { id } }"
    assert (await gateway.ask(both, "B"))["user"]["id"] == "2"
    assert "operationName" in (await gateway.error(both))["message"]


@pytest.mark.parametrize("path,status", [("/graphql", 200), ("/nothing", 404)])
async def test_every_status_may_be_read_by_other_sites(gateway, path, status):
    answer = await gateway.http.post(path, json={"query": GOOD}, headers={"Origin": "https://site.example"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]


async def test_a_refused_body_may_be_read_by_other_sites(gateway):
    answer = await gateway.http.post(
        "/graphql", content=b" " * 70_000, headers={"Origin": "https://a.b", "Content-Type": PLAIN}
    )
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (413, "*")


async def test_a_browser_may_ask_first(gateway):
    headers = {
        "Origin": "https://site.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    assert (await gateway.http.options("/graphql", headers=headers)).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_simple_request_of_another_site_is_refused(gateway, site):
    answer = await gateway.http.get("/graphql", params={"query": GOOD}, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "CROSS_SITE_REQUEST")


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site", "GraphQL-Require-Preflight": "1"}, {}],
)
async def test_other_gets_are_answered(gateway, headers):
    assert (await gateway.http.get("/graphql", params={"query": GOOD}, headers=headers)).status_code == 200


async def test_a_request_keeps_its_id_and_errors_tell_it(gateway):
    answer = await post(gateway, WRONG, **{"X-Request-ID": "mine-1"})
    assert answer.headers["X-Request-ID"] == "mine-1"
    assert answer.json()["errors"][0]["extensions"]["requestId"] == "mine-1"


@pytest.mark.parametrize("given", ["", "a" * 200, "<script>"])
async def test_an_id_that_is_none_is_replaced(gateway, given):
    answer = await post(gateway, GOOD, **{"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] not in {given, ""}


async def test_answers_are_not_guessed_at_framed_or_stored(gateway):
    headers = (await post(gateway, GOOD)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


async def test_a_browser_gets_a_page(gateway):
    answer = await gateway.http.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "graphiql" in answer.text.lower()


class TestWithoutSuggestions:
    @pytest.fixture
    def settings(self):
        return {"field_suggestions": False}

    async def test_a_misspelt_field_is_not_answered_with_what_there_is(self, gateway):
        error = await gateway.error("{ usr(id: 1) { id } }")
        assert "Did you mean" not in error["message"]
