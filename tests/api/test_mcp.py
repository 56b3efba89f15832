"""The Model Context Protocol at `/mcp`: HTTP, tools, limits, and the log."""

import asyncio
import json
import re
from statistics import median

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.mcp.messages import HEADER_MISMATCH, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR
from gateway.mcp.revisions import CAPABILITIES_KEY, VERSION_KEY
from gateway.sandbox import Fault, players
from tests.support.gateway import NAMES, start_gateway
from tests.support.processes import ROOT

ACCEPT = {"Accept": "application/json, text/event-stream"}
TOKEN = "token-of-this-test"
META = {"_meta": {VERSION_KEY: "2026-07-28", CAPABILITIES_KEY: {}}}
LIMITED = {"client_points": 3, "client_points_per_minute": 3}
# Those with data in the sandbox; a few with many rows.
PLAYERS = [
    players.HEAVY,
    players.AMEO,
    *players.ORDINARY[:20],
    players.SINGLE_SNAPSHOT,
    players.UNRANKED,
    players.MANIA_ONLY,
]
BODY_LIMIT = 64 * 2**10


async def post(gateway, method, params=None, **headers):
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    return await gateway.http.post("/mcp", json=body, headers=ACCEPT | headers)


async def post_stateless(gateway, method, params=None, **headers):
    """A request of the revision 2026-07-28."""
    given = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method}
    return await post(gateway, method, (params or {}) | META, **(given | headers))


async def call(gateway, tool, headers=None, **arguments):
    """The result of a tool."""
    response = await post(gateway, "tools/call", {"name": tool, "arguments": arguments}, **(headers or {}))
    assert response.status_code == 200, response.text
    return response.json()["result"]


async def error_code(gateway, tool, headers=None, **arguments):
    """The code of the only error in a tool's result."""
    result = await call(gateway, tool, headers, **arguments)
    (error,) = result["structuredContent"]["errors"]
    assert result["isError"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    return error["code"]


async def send(gateway, body, **headers):
    return await gateway.http.post(
        "/mcp", content=body, headers=ACCEPT | {"Content-Type": "application/json"} | headers
    )


async def test_handshake_describes_the_gateway(gateway):
    response = await post(gateway, "initialize", {"protocolVersion": "2025-06-18", "capabilities": {}})
    result = response.json()["result"]
    assert response.headers["Content-Type"] == "application/json"
    assert (result["protocolVersion"], result["serverInfo"]["name"]) == ("2025-06-18", "osutrack-gateway")
    assert result["capabilities"] == {"tools": {}}
    assert "Mcp-Session-Id" not in response.headers


async def test_notification_is_accepted_without_body(gateway):
    response = await send(gateway, b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
    assert (response.status_code, response.content) == (202, b"")


async def test_ping_is_answered_without_handshake(gateway):
    assert (await post(gateway, "ping")).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


async def test_discovery_names_revisions_and_server(gateway):
    result = (await post_stateless(gateway, "server/discover")).json()["result"]
    assert result["supportedVersions"] == ["2026-07-28", "2025-11-25", "2025-06-18"]
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "osutrack-gateway"
    assert (result["resultType"], result["ttlMs"] > 0, result["cacheScope"]) == ("complete", True, "public")


@pytest.mark.parametrize("settings", [{"update_tokens": (TOKEN,)}])
async def test_list_of_tools_is_small(gateway):
    response = await post_stateless(gateway, "tools/list")
    assert len(response.content) <= 8_000
    assert "update_player" in response.text


@pytest.mark.parametrize("settings", [{}, {"updates": False, "update_tokens": (TOKEN,)}], ids=["no token", "off"])
async def test_update_tool_needs_configured_tokens(gateway):
    names = [tool["name"] for tool in (await post(gateway, "tools/list")).json()["result"]["tools"]]
    assert "update_player" not in names
    response = await post(gateway, "tools/call", {"name": "update_player", "arguments": {"id": "2"}})
    assert response.json()["error"]["code"] == INVALID_PARAMS


@pytest.mark.parametrize("settings", [{"update_tokens": (TOKEN,)}])
async def test_update_needs_a_token(gateway):
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
        assert await error_code(gateway, "update_player", header, id="131464") == "UNAUTHENTICATED"
    assert gateway.upstream_queries("/update") == []
    result = await call(gateway, "update_player", {"Authorization": f"Bearer {TOKEN}"}, id="131464")
    assert result["structuredContent"]["updateUser"]["__typename"] == "UpdateUserSuccess"


@pytest.mark.parametrize("settings", [NAMES])
async def test_player_is_found_by_name(gateway):
    result = await call(gateway, "find_player", username="AMEO")
    assert result["structuredContent"]["userByName"]["id"] == "131464"


async def test_unknown_name_has_a_warning(gateway):
    result = await call(gateway, "find_player", username="nobody")
    assert result["structuredContent"]["userByName"] is None
    assert result["structuredContent"]["warnings"][0]["code"] == "USERNAME_UNRESOLVED"


@pytest.mark.parametrize("settings", [NAMES])
async def test_profile_does_not_look_up_names(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500, path="/names"),)
    result = await call(gateway, "player_profile", id="1001")
    assert (result["isError"], result["structuredContent"]["users"][0]["username"]) == (False, None)
    assert gateway.lookups() == []


async def test_window_selects_the_history(gateway):
    window = {"between": {"from": "2026-01-01", "to": "2026-02-01"}}
    result = await call(gateway, "player_history", id="2", window=window, every="WEEK")
    days = [snapshot["at"][:7] for snapshot in result["structuredContent"]["user"]["stats"]["snapshots"]]
    assert set(days) == {"2026-01"}


async def test_median_result_is_small(gateway):
    sizes: dict[str, list[int]] = {}
    for user in map(str, PLAYERS):
        arguments = {"id": user, "ids": [user, "2", "131464"], "mode": "OSU"}
        for tool, names in TOOLS.items():
            response = await post_stateless(
                gateway,
                "tools/call",
                {"name": tool, "arguments": {name: arguments[name] for name in names}},
                **{"Mcp-Name": tool},
            )
            assert not response.json()["result"]["isError"]
            sizes.setdefault(tool, []).append(len(response.content))
    assert max(median(values) for values in sizes.values()) <= 2_000, {
        tool: median(values) for tool, values in sizes.items()
    }


# The tools with their required arguments.
TOOLS = {
    "player_profile": ("id", "mode"),
    "player_history": ("id", "mode"),
    "player_gains": ("id", "mode"),
    "player_milestones": ("id", "mode"),
    "compare_players": ("ids", "mode"),
    "best_plays": ("mode",),
}


@pytest.mark.parametrize("settings", [NAMES])
async def test_result_for_a_name_is_small(gateway):
    for username in ("peppy", "ameo", "nobody", "not a name!"):
        result = await post_stateless(
            gateway,
            "tools/call",
            {"name": "find_player", "arguments": {"username": username}},
            **{"Mcp-Name": "find_player"},
        )
        assert len(result.content) <= 2_000


async def test_error_names_an_argument_of_the_tool(gateway):
    for argument in ("2\n", "peppy", 0):
        result = await call(gateway, "player_profile", id=argument)
        assert "`id`" in result["structuredContent"]["errors"][0]["message"]


async def test_long_history_is_refused_with_a_remedy(gateway):
    assert (
        await error_code(gateway, "player_history", id="2", window={"days": 36500}, every="DAY") == "RESULT_TOO_LARGE"
    )


@pytest.mark.parametrize(
    "tool, arguments",
    [
        ("player_profile", {}),
        ("player_profile", {"id": None}),
        ("player_profile", {"id": ""}),
        ("player_profile", {"id": "1e3"}),
        ("player_profile", {"id": -1}),
        ("player_profile", {"id": ["2", "3"]}),
        ("player_profile", {"id": {"a": 1}}),
        ("player_profile", {"id": "9" * 5000}),
        ("player_profile", {"id": "2", "mode": "osu"}),
        ("player_profile", {"id": "2", "mode": 0}),
        ("player_profile", {"id": "2", "query": "{ status { version } }"}),
        ("player_history", {"id": "2", "window": {}}),
        ("player_history", {"id": "2", "window": {"days": 0}}),
        ("player_history", {"id": "2", "window": {"days": 1.5}}),
        ("player_history", {"id": "2", "window": {"days": 1, "between": {}}}),
        ("player_history", {"id": "2", "window": {"between": {"from": "2026-13-01"}}}),
        ("player_history", {"id": "2", "every": "HOUR"}),
        ("compare_players", {"ids": ["2"] * 11}),
        ("compare_players", {"ids": [None]}),
        ("compare_players", {"ids": []}),
        ("best_plays", {"first": True}),
        ("best_plays", {"first": 2**70}),
        ("find_player", {"username": "a" * 100}),
        ("find_player", {"username": "\u0000"}),
    ],
    ids=range(24),
)
async def test_invalid_arguments_are_errors_for_the_assistant(gateway, tool, arguments):
    assert await error_code(gateway, tool, **arguments) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"name": None},
        {"name": ["best_plays"]},
        {"name": "Best_Plays"},
        {"name": "../x"},
        {"name": "best_plays", "arguments": None},
        {"name": "best_plays", "arguments": []},
    ],
)
async def test_malformed_call_is_a_protocol_error(gateway, params):
    response = await post(gateway, "tools/call", params)
    assert (response.status_code, response.json()["error"]["code"]) == (200, INVALID_PARAMS)
    stateless = await post_stateless(gateway, "tools/call", params, **{"Mcp-Name": str(params.get("name"))})
    assert (stateless.status_code, stateless.json()["error"]["code"] in {INVALID_PARAMS, HEADER_MISMATCH}) == (
        400,
        True,
    )


@pytest.mark.parametrize(
    "method", ["resources/list", "prompts/list", "server/discover ", "", "Tools/List", "initialize/"]
)
async def test_unknown_method_is_a_protocol_error(gateway, method):
    responses = [await post(gateway, method), await post_stateless(gateway, method)]
    assert [response.status_code for response in responses] == [200, 404]
    assert [response.json()["error"]["code"] for response in responses] == [METHOD_NOT_FOUND] * 2


async def test_removed_methods_are_unknown_without_handshake(gateway):
    assert (await post_stateless(gateway, "ping")).status_code == 404


@pytest.mark.parametrize(
    "body, code",
    [
        (b"[" * 50_000, PARSE_ERROR),
        (b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}', PARSE_ERROR),
        (b'\xff{"jsonrpc":"2.0"}', PARSE_ERROR),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', INVALID_REQUEST),
    ],
    ids=range(6),
)
async def test_hostile_bodies_are_refused(gateway, body, code):
    response = await send(gateway, body)
    error = response.json()["error"]
    assert (response.status_code, response.json()["id"], error["code"]) == (400, None, code)
    assert error["data"]["requestId"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "headers, body, status",
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/json; charset=utf-16"}, b"{}", 415),
        ({"Content-Encoding": "gzip"}, b"{}", 415),
        ({"Accept": "text/event-stream"}, b"{}", 406),
        ({}, b" " * (BODY_LIMIT + 1), 413),
    ],
    ids=range(5),
)
async def test_unacceptable_requests_are_refused(gateway, headers, body, status):
    response = await send(gateway, body, **headers)
    assert (response.status_code, response.json()["error"]["code"]) == (status, INVALID_REQUEST)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "HEAD", "QUERY"])
async def test_other_http_methods_are_not_allowed(gateway, method):
    response = await gateway.http.request(method, "/mcp", headers=ACCEPT)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("settings", [{"cors_origins": ("https://site.example",)}])
@pytest.mark.parametrize(
    "origin, status",
    [("https://site.example", 200), ("https://evil.example", 403), ("http://gateway", 403), ("null", 403), ("", 403)],
)
async def test_origin_has_to_be_allowed(gateway, origin, status):
    assert (await post(gateway, "ping", Origin=origin)).status_code == status
    assert (await post(gateway, "ping")).status_code == 200


@pytest.mark.parametrize("settings", [LIMITED])
async def test_calls_cost_points_like_graphql(gateway, clock):
    assert not (await call(gateway, "player_history", id="1001"))["isError"]
    assert (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"] == 2
    for user in ("1002", "1003"):
        assert not (await call(gateway, "player_history", id=user))["isError"]
    response = await post(gateway, "tools/call", {"name": "player_history", "arguments": {"id": "1004"}})
    (error,) = response.json()["result"]["structuredContent"]["errors"]
    assert (error["code"], error["retryable"]) == ("RATE_LIMITED", True)
    assert error["retryAfterSeconds"] == int(response.headers["Retry-After"])
    # Only tools cost points.
    assert (await post(gateway, "tools/list")).status_code == 200
    clock.move(error["retryAfterSeconds"])
    assert not (await call(gateway, "player_history", id="1004"))["isError"]


@pytest.mark.usefixtures("instant_retries")
async def test_upstream_failure_is_an_error_with_code(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    assert await error_code(gateway, "player_history", id="2") == "UPSTREAM_UNAVAILABLE"


async def test_log_and_metrics_have_the_tool(gateway, request_log):
    await call(gateway, "player_history", id="2")
    await call(gateway, "best_plays", first=0)
    records = [record for record in request_log if record["path"] == "/mcp"]
    assert [record.get("operation") for record in records] == ["mcp_player_history", None]
    assert [record["outcome"] for record in records] == ["ok", "refused"]
    text = (await gateway.http.get("/metrics")).text
    (family,) = [item for item in text_string_to_metric_families(text) if item.name == "gateway_tool_calls"]
    counts = {
        (sample.labels["tool"], sample.labels["outcome"]): sample.value
        for sample in family.samples
        if sample.name.endswith("_total")
    }
    assert counts == {("player_history", "ok"): 1, ("best_plays", "refused"): 1}


async def test_concurrent_calls_share_upstream_requests(gateway):
    await asyncio.gather(*(call(gateway, "player_history", id="2") for _ in range(5)))
    assert len(gateway.upstream_queries("/stats_history")) == 1


async def test_trusted_documents_do_not_exclude_tools(tmp_path):
    (tmp_path / "empty.graphql").write_text("{ status { version } }")
    settings = {"trusted_documents": tmp_path, "only_trusted_documents": True}
    async with start_gateway(settings) as gateway:
        assert not (await call(gateway, "player_history", id="2"))["isError"]


async def test_unread_body_times_out():
    async def slow():
        yield b"{"
        await asyncio.sleep(60)

    async with start_gateway({"body_timeout_s": 0.05}) as gateway:
        transport = httpx.ASGITransport(gateway.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            response = await http.post("/mcp", content=slow(), headers={"Content-Type": "application/json"})
    assert response.status_code == 408


@pytest.mark.parametrize("settings", [{"update_tokens": (TOKEN,)}])
async def test_documented_arguments_are_those_of_the_tools(gateway):
    page = (ROOT / "examples/assistants.md").read_text()
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| `")]
    documented = {name.strip(" `"): [re.findall(r"\w+", cell) for cell in cells] for name, _, *cells in rows}
    tools = (await post(gateway, "tools/list")).json()["result"]["tools"]
    assert documented == {tool["name"]: arguments(tool["inputSchema"]) for tool in tools}


def arguments(schema):
    """The required and the optional ones."""
    required = schema.get("required", [])
    return [required, [name for name in schema["properties"] if name not in required]]
