"""`/graphql` as the GraphQL-over-HTTP specification has it, and what stands around it."""

import pytest

STRICT = "application/graphql-response+json"
PLAIN = "application/json"
BODY = b'{"query": "{ user(id: 2) { id } }"}'
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
        (f"{PLAIN};q=0, */*", STRICT),
        (f"{STRICT};q=0, application/*", PLAIN),
        (f"{STRICT};q=0.2, */*;q=0.1", STRICT),
        (f"{STRICT};q=0.2, */*;q=0.3", PLAIN),
        (f"{PLAIN}, text/html;q=0.9", PLAIN),
        (f"{PLAIN};charset=latin-1, {PLAIN}", PLAIN),
    ],
)
async def test_the_answer_comes_as_the_type_that_is_preferred(gateway, accept, expected):
    answer = await post(gateway, GOOD, Accept=accept)
    assert answer.headers["Content-Type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize(
    "accept", ["text/plain", "image/png", f"{PLAIN};q=0", f"{PLAIN};q=x", f"{PLAIN}; charset=latin-1", "*/*;q=0", ","]
)
async def test_a_client_that_takes_neither_type_is_told_so(gateway, accept):
    answer = await post(gateway, GOOD, Accept=accept)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("query", [BAD, WRONG], ids=["not GraphQL", "not in the schema"])
@pytest.mark.parametrize("accept,status", [(STRICT, 400), (PLAIN, 200)])
async def test_a_document_that_can_not_be_executed_is_400_for_those_who_know_the_type(gateway, query, accept, status):
    answer = await post(gateway, query, Accept=accept)
    assert answer.status_code == status
    assert "data" not in answer.json()


async def test_a_syntax_error_is_told_as_it_is(gateway):
    error = await gateway.error(BAD)
    assert error["message"].startswith("Syntax Error: ")
    assert error["locations"] == [{"line": 1, "column": 8}]


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


@pytest.mark.parametrize("name", ["variables", "extensions"])
@pytest.mark.parametrize("value", ["{", "[]", "7", '"x"', "{'a': 1}"])
async def test_parameters_that_are_no_objects_are_refused(gateway, name, value):
    answer = await gateway.http.get("/graphql", params={"query": GOOD, name: value})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


REFUSALS = {
    400: ("POST", "/graphql", {"Content-Type": PLAIN}, b"{"),
    403: ("GET", "/graphql?query={status{version}}", {"Sec-Fetch-Site": "cross-site"}, b""),
    404: ("GET", "/nothing", {}, b""),
    405: ("DELETE", "/graphql", {}, b""),
    406: ("POST", "/graphql", {"Content-Type": PLAIN, "Accept": "image/png"}, b"{}"),
    413: ("POST", "/graphql", {"Content-Type": PLAIN}, b" " * 70_000),
    415: ("POST", "/graphql", {"Content-Type": "text/plain"}, b"{}"),
}


@pytest.mark.parametrize("status", REFUSALS)
async def test_every_refusal_has_the_shape_of_a_graphql_answer(gateway, status):
    method, path, headers, content = REFUSALS[status]
    answer = await gateway.http.request(method, path, headers=headers, content=content)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, f"{PLAIN}; charset=utf-8")
    assert answer.json().keys() == {"errors"}
    error = answer.json()["errors"][0]
    assert error.keys() == {"message", "extensions"}
    assert error["extensions"].keys() == {"code", "retryable", "requestId"}
    assert error["extensions"]["requestId"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize("media_type", [f"{PLAIN};charset=UTF-8", f'{PLAIN}; charset="utf-8"', "Application/JSON"])
async def test_the_body_may_say_that_it_is_utf_8(gateway, media_type):
    answer = await gateway.http.post("/graphql", content=BODY, headers={"Content-Type": media_type})
    assert answer.status_code == 200


@pytest.mark.parametrize("media_type", ["", "application/jsonx", "application/graphql", f"{PLAIN}; charset=utf-16"])
async def test_the_body_may_be_nothing_but_json_in_utf_8(gateway, media_type):
    answer = await gateway.http.post("/graphql", content=BODY, headers={"Content-Type": media_type})
    assert answer.status_code == 415


async def test_a_request_keeps_its_id_and_errors_tell_it(gateway):
    answer = await post(gateway, WRONG, **{"X-Request-ID": "mine-1"})
    assert answer.headers["X-Request-ID"] == "mine-1"
    assert answer.json()["errors"][0]["extensions"]["requestId"] == "mine-1"


@pytest.mark.parametrize("given", ["", "a" * 200, "<script>"])
async def test_an_id_that_is_none_is_replaced(gateway, given):
    answer = await post(gateway, GOOD, **{"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] not in {given, ""}


class TestWithoutSuggestions:
    @pytest.fixture
    def settings(self):
        return {"field_suggestions": False}

    async def test_a_misspelt_field_is_not_answered_with_what_there_is(self, gateway):
        error = await gateway.error("{ usr(id: 1) { id } }")
        assert "Did you mean" not in error["message"]
