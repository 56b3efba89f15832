"""Routes that execute a fixed GraphQL document: points, failures, log and metrics, and the response cache."""

import json

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gateway.sandbox import Fault
from tests.support.cache_control import max_age
from tests.support.gateway import start_gateway

DOCUMENT = "query Latest($id: ID!) { user(id: $id) { stats { latest { pp playCount } } } }"
PATH = "/players/2/history.csv"


class FileRoute:
    """A file of a player, with settings for one test."""

    def __init__(self, gateway):
        self.queries = gateway.app.state.fixed_queries
        self.min_cost = 0
        self.failure = None
        self.before_response = None
        self.headers = {}
        self.text = "pp\n"
        self.executions = 0
        gateway.app.router.routes.insert(0, Route("/players/{id}/{name}", self.respond))

    async def respond(self, request):
        return await self.queries.respond(request, lambda: self.file(request))

    async def file(self, request):
        self.executions += 1
        variables = {"id": request.path_params["id"]}
        data = await self.queries.data(request, DOCUMENT, variables, min_cost=self.min_cost)
        if self.before_response:
            await self.before_response()
        if self.failure:
            raise self.failure
        latest = data["user"]["stats"]["latest"]
        return PlainTextResponse(self.text + str(latest and latest["pp"]), headers=self.headers)


@pytest.fixture
def route(gateway):
    return FileRoute(gateway)


@pytest.fixture
def records():
    return []


@pytest.fixture
async def limited(records):
    settings = {"client_points": 10, "client_points_per_minute": 10}
    async with start_gateway(settings, log_request=lambda level, record: records.append(record)) as gateway:
        yield gateway


async def remaining(gateway):
    return (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"]


async def test_cached_data_is_free_without_minimum(limited):
    FileRoute(limited)
    balances = []
    for path in (PATH, "/players/2/hiscores.csv"):
        assert (await limited.http.get(path)).status_code == 200
        balances.append(await remaining(limited))
    assert balances == [9, 9]


async def test_minimum_cost_is_charged_for_cached_data(limited):
    FileRoute(limited).min_cost = 2
    for path in (PATH, "/players/2/hiscores.csv"):
        await limited.http.get(path)
    assert await remaining(limited) == 6


async def test_too_few_points_are_refused_with_wait(limited):
    FileRoute(limited).min_cost = 7
    responses = [await limited.http.get(f"/players/{user_id}/history.csv") for user_id in (1001, 1002)]
    error = responses[1].json()["errors"][0]
    assert [response.status_code for response in responses] == [200, 429]
    assert (error["extensions"]["code"], responses[1].headers["Retry-After"]) == ("RATE_LIMITED", "24")


async def test_log_line_has_operation_and_cost(limited, records):
    FileRoute(limited).min_cost = 2
    await limited.http.get(PATH, headers={"X-Request-ID": "abc"})
    [record] = records
    assert record["path"] == PATH
    assert (record["operation"], record["outcome"], record["cost_requested"]) == ("Latest", "ok", 1)
    assert (record["cost_charged"], record["upstream_requests"], record["cache"]) == (2, 1, "miss")


async def test_requests_are_counted_once(gateway, route):
    await gateway.http.get(PATH)
    await gateway.http.get("/players/x/history.csv")
    metrics = (await gateway.http.get("/metrics")).text
    assert 'gateway_requests_total{cache="miss",operation="query",outcome="ok"} 1.0' in metrics
    assert 'gateway_requests_total{cache="miss",operation="query",outcome="errors"} 1.0' in metrics


async def test_failure_of_upstream_has_code_and_status(limited, records):
    FileRoute(limited)
    limited.sandbox.faults = (Fault(kind="status", status=500),)
    response = await limited.http.get(PATH)
    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (503, "UPSTREAM_UNAVAILABLE")
    assert error["extensions"]["requestId"] == response.headers["X-Request-ID"]
    assert (records[-1]["outcome"], records[-1]["codes"]) == ("errors", ["UPSTREAM_UNAVAILABLE"])
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "accept,media_type",
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/csv", "text/plain"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/plain"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("image/avif,image/webp,*/*;q=0.8", "application/json"),
    ],
)
async def test_error_has_form_that_client_accepts(gateway, route, accept, media_type):
    response = await gateway.http.get("/players/x/history.csv", headers={"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (400, media_type)
    assert "BAD_USER_INPUT" in response.text
    assert response.headers["Vary"] == "Accept"


async def test_repeated_file_is_cached_until_update(gateway, route):
    first = await gateway.http.get(PATH)
    gateway.clock.move(7)
    second = await gateway.http.get(PATH)
    assert (second.text, max_age(second), route.executions) == (first.text, 593, 1)
    assert first.headers["Cache-Control"].startswith("public, max-age=600")
    await gateway.ask('mutation { updateUser(id: "2") { __typename } }')
    await gateway.http.get(PATH)
    assert route.executions == 2


async def test_file_with_same_etag_is_304(gateway, route):
    etag = (await gateway.http.get(PATH)).headers["ETag"]
    cached = await gateway.http.get(PATH, headers={"If-None-Match": etag})
    assert (cached.status_code, cached.content, cached.headers["ETag"]) == (304, b"", etag)


async def test_large_file_is_compressed(gateway, route):
    route.text = "pp\n" * 1000
    plain = await gateway.http.get(PATH, headers={"Accept-Encoding": "identity"})
    packed = await gateway.http.get(PATH, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], packed.text) == ("gzip", plain.text)


async def test_head_has_headers_without_body(gateway, route):
    cold = await gateway.http.head(PATH)
    cached = await gateway.http.head(PATH)
    whole = await gateway.http.get(PATH)
    assert (cold.status_code, cold.content, cached.content, route.executions) == (200, b"", b"", 1)
    assert cold.headers["Content-Length"] == cached.headers["Content-Length"] == str(len(whole.content))
    assert cold.headers["ETag"] == whole.headers["ETag"]


async def test_files_are_cached_by_path_and_query(gateway, route):
    for url in (PATH, "/players/2/card.svg", "/players/1001/history.csv", f"{PATH}?mode=OSU"):
        await gateway.http.get(url)
    assert route.executions == 4
    assert (await gateway.http.get("/graphql?" + PATH)).status_code == 400


async def test_cross_site_images_are_served_from_cache(gateway, route):
    headers = {"Sec-Fetch-Site": "cross-site"}
    for _ in range(2):
        await gateway.http.get("/players/2/card.svg", headers=headers)
    assert gateway.responses.hits == 1


async def test_file_of_outdated_data_is_not_cached(gateway, route):
    await gateway.http.get("/players/2/history.ndjson")
    route.before_response = lambda: gateway.ask('mutation { updateUser(id: "2") { __typename } }')
    route.headers = {"Cache-Control": "public, max-age=60"}
    response = await gateway.http.get(PATH)
    # An edge cache would store it after the purge.
    assert response.headers["Cache-Control"] == "no-store"
    assert {"ETag", "Cache-Tag"}.isdisjoint(response.headers)


async def test_file_for_credentials_is_not_cached(gateway, route):
    route.headers = {"Cache-Control": "public, max-age=60"}
    for _ in range(2):
        response = await gateway.http.get(PATH, headers={"Authorization": "Bearer token"})
        assert response.headers["Cache-Control"] == "no-store"
        assert {"ETag", "Cache-Tag"}.isdisjoint(response.headers)
    assert route.executions == 2


async def test_file_that_fails_later_is_not_cached(gateway, route):
    route.failure = RuntimeError("bug")
    assert (await gateway.http.get(PATH)).status_code == 500
    route.failure = None
    assert (await gateway.http.get(PATH)).status_code == 200


async def test_mutation_needs_permission_of_route(gateway):
    queries = gateway.app.state.fixed_queries
    document = 'mutation { updateUser(id: "2") { __typename } }'

    async def respond(request):
        async def update():
            result = await queries.execute(request, document, {}, may_update=request.path_params["name"] == "yes")
            return PlainTextResponse(json.dumps(result.content))

        return await queries.respond(request, update)

    gateway.app.router.routes.insert(0, Route("/updates/{name}", respond))
    assert (await gateway.http.get("/updates/no")).status_code == 405
    assert "UpdateUserSuccess" in (await gateway.http.get("/updates/yes")).text
