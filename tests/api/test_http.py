"""`/graphql` over HTTP: media types, statuses, methods, parameters and request IDs."""

import pytest

STRICT = "application/graphql-response+json"
PLAIN = "application/json"
BODY = b'{"query": "{ user(id: 2) { id } }"}'
VALID, MALFORMED, INVALID = "{ user(id: 2) { id } }", "{ user(", "{ nobody }"


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
async def test_response_has_the_preferred_media_type(gateway, accept, expected):
    response = await gateway.post(VALID, Accept=accept)
    assert response.headers["Content-Type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize(
    "accept", ["text/plain", "image/png", f"{PLAIN};q=0", f"{PLAIN};q=x", f"{PLAIN}; charset=latin-1", "*/*;q=0", ","]
)
async def test_unsupported_accept_header_is_406(gateway, accept):
    response = await gateway.post(VALID, Accept=accept)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("query", [MALFORMED, INVALID], ids=["malformed", "invalid"])
@pytest.mark.parametrize("accept,status", [(STRICT, 400), (PLAIN, 200)])
async def test_status_of_invalid_document_depends_on_media_type(gateway, query, accept, status):
    response = await gateway.post(query, Accept=accept)
    assert response.status_code == status
    assert "data" not in response.json()


async def test_syntax_error_has_message_and_location(gateway):
    error = await gateway.error(MALFORMED)
    assert error["message"].startswith("Syntax Error: ")
    assert error["locations"] == [{"line": 1, "column": 8}]


async def test_field_error_has_status_200_and_data(gateway):
    response = await gateway.post(
        '{ status { upstream } hiscoresByUsername(username: "nobody_here") { totalCount } }', Accept=STRICT
    )
    assert response.status_code == 200
    assert response.json()["data"]["hiscoresByUsername"] is None


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_405_with_allow_header(gateway, method):
    response = await gateway.http.request(method, "/graphql")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST, QUERY")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "QUERY"])
@pytest.mark.parametrize(
    "path",
    ["/players/2", "/players/2/card.png", "/players/2/hiscores.csv", "/robots.txt", "/schema.graphql", "/docs/errors"],
)
async def test_files_are_for_get_only(gateway, path, method):
    response = await gateway.http.request(method, path)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert response.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert response.headers["Cache-Control"] == "no-store"


async def test_query_and_variables_are_sent_by_get(gateway):
    params = {"query": "query($id: ID!) { user(id: $id) { id } }", "variables": '{"id": "7"}'}
    assert (await gateway.http.get("/graphql", params=params)).json()["data"] == {"user": {"id": "7"}}


async def test_operation_name_selects_one_operation(gateway):
    both = "query A { user(id: 1) { id } } query B { user(id: 2) { id } }"
    assert (await gateway.ask(both, "B"))["user"]["id"] == "2"
    assert "operationName" in (await gateway.error(both))["message"]


@pytest.mark.parametrize("name", ["variables", "extensions"])
@pytest.mark.parametrize("value", ["{", "[]", "7", '"x"', "{'a': 1}"])
async def test_get_parameters_must_be_json_objects(gateway, name, value):
    response = await gateway.http.get("/graphql", params={"query": VALID, name: value})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


HTTP_ERRORS = {
    400: ("POST", "/graphql", {"Content-Type": PLAIN}, b"{"),
    403: ("GET", "/graphql?query={status{version}}", {"Sec-Fetch-Site": "cross-site"}, b""),
    404: ("GET", "/nothing", {}, b""),
    405: ("DELETE", "/graphql", {}, b""),
    406: ("POST", "/graphql", {"Content-Type": PLAIN, "Accept": "image/png"}, b"{}"),
    413: ("POST", "/graphql", {"Content-Type": PLAIN}, b" " * 70_000),
    415: ("POST", "/graphql", {"Content-Type": "text/plain"}, b"{}"),
}


@pytest.mark.parametrize("status", HTTP_ERRORS)
async def test_http_error_is_a_graphql_response(gateway, status):
    method, path, headers, content = HTTP_ERRORS[status]
    response = await gateway.http.request(method, path, headers=headers, content=content)
    assert (response.status_code, response.headers["Content-Type"]) == (status, f"{PLAIN}; charset=utf-8")
    assert response.json().keys() == {"errors"}
    error = response.json()["errors"][0]
    assert error.keys() == {"message", "extensions"}
    assert error["extensions"].keys() == {"code", "retryable", "requestId"}
    assert error["extensions"]["requestId"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize("media_type", [f"{PLAIN};charset=UTF-8", f'{PLAIN}; charset="utf-8"', "Application/JSON"])
async def test_json_in_utf_8_is_accepted(gateway, media_type):
    response = await gateway.http.post("/graphql", content=BODY, headers={"Content-Type": media_type})
    assert response.status_code == 200


@pytest.mark.parametrize("media_type", ["", "application/jsonx", "application/graphql", f"{PLAIN}; charset=utf-16"])
async def test_other_content_types_are_415(gateway, media_type):
    response = await gateway.http.post("/graphql", content=BODY, headers={"Content-Type": media_type})
    assert response.status_code == 415


async def test_request_id_of_the_client_is_kept(gateway):
    response = await gateway.post(INVALID, **{"X-Request-ID": "client-1"})
    assert response.headers["X-Request-ID"] == "client-1"
    assert response.json()["errors"][0]["extensions"]["requestId"] == "client-1"


@pytest.mark.parametrize("given", ["", "a" * 200, "<script>"])
async def test_invalid_request_id_is_replaced(gateway, given):
    response = await gateway.post(VALID, **{"X-Request-ID": given})
    assert response.headers["X-Request-ID"] not in {given, ""}


class TestWithoutSuggestions:
    @pytest.fixture
    def settings(self):
        return {"field_suggestions": False}

    async def test_misspelt_field_gets_no_suggestion(self, gateway):
        error = await gateway.error("{ usr(id: 1) { id } }")
        assert "Did you mean" not in error["message"]
