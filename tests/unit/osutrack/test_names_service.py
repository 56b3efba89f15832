"""The client for the names service: paths, answers, and errors that name the service."""

import httpx
import pytest
import respx

from gateway.errors import (
    UpstreamBusy,
    UpstreamError,
    UpstreamInvalid,
    UpstreamRejected,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.osutrack.names_service import MAX_BODY_BYTES, NamesClient
from gateway.settings import Settings

ID, NAME = "/users/ameo/id", "/users/131464/username"


@pytest.fixture
def service():
    return respx.MockRouter(base_url="http://names/v1")


@pytest.fixture
def per_minute():
    return 0


@pytest.fixture
async def client(service, clock, per_minute):
    settings = Settings(
        names_url="http://names/v1/", names_per_minute=per_minute, contact="me@example.org", _env_file=None
    )
    transport = httpx.MockTransport(service.async_handler)
    client = NamesClient(settings, transport=transport, clock=clock, monotonic=clock.monotonic)
    yield client
    await client.close()


async def test_id_and_name_are_decoded(client, service, deadline):
    service.get(ID, params={"mode": "osu"}).respond(json=131464)
    service.get(NAME).respond(json="ameo")

    assert await client.user_id("ameo", deadline) == 131464
    assert await client.username(131464, deadline) == "ameo"


@pytest.mark.parametrize(
    "name,path",
    [("a b", "a%20b"), ("[x]-_", "%5Bx%5D-_"), ("a/b", "a%2Fb"), ("a?b#c", "a%3Fb%23c"), ("a%20b", "a%2520b")],
)
async def test_names_are_percent_encoded(client, service, deadline, name, path):
    route = service.get(url__startswith="http://names/v1/users/").respond(json=1)

    await client.user_id(name, deadline)

    assert route.calls[0].request.url.raw_path == f"/v1/users/{path}/id?mode=osu".encode()


async def test_user_agent_has_the_contact(client, service, deadline):
    route = service.get(NAME).respond(json="ameo")

    await client.username(131464, deadline)

    assert route.calls[0].request.headers["User-Agent"].endswith("(+me@example.org)")


@pytest.mark.parametrize("text", ["User not found", ""])
async def test_404_is_none(client, service, deadline, text):
    service.get(ID).respond(404, text=text)
    service.get(NAME).respond(404, text=text)

    assert await client.user_id("ameo", deadline) is None
    assert await client.username(131464, deadline) is None


@pytest.mark.parametrize("body", ["", "null", "[]", '"ameo"', "0", "-1", "2147483648", "1.5", "true", "<html>"])
async def test_other_ids_are_invalid(client, service, deadline, body):
    service.get(ID).respond(text=body)

    with pytest.raises(UpstreamInvalid):
        await client.user_id("ameo", deadline)


@pytest.mark.parametrize("body", ["", "null", "[]", "7", '""', f'"{"a" * 33}"', "<html>", '"\udcff"'])
async def test_other_names_are_invalid(client, service, deadline, body):
    service.get(NAME).respond(content=body.encode(errors="surrogateescape"))

    with pytest.raises(UpstreamInvalid):
        await client.username(131464, deadline)


async def test_body_is_bounded(client, service, deadline):
    service.get(NAME).respond(text=f'"{"a" * MAX_BODY_BYTES}"')

    with pytest.raises(UpstreamInvalid, match="larger"):
        await client.username(131464, deadline)


@pytest.mark.parametrize(
    "outcome,error",
    [
        (httpx.Response(500), UpstreamUnavailable),
        (httpx.Response(403), UpstreamRejected),
        (httpx.Response(301, headers={"Location": "http://other/"}), UpstreamRejected),
        (httpx.Response(429, headers={"Retry-After": "7"}), UpstreamBusy),
        (httpx.ConnectError("refused"), UpstreamUnavailable),
        (httpx.ReadTimeout("slow"), UpstreamTimeout),
        (httpx.ReadError("cut"), UpstreamUnavailable),
    ],
    ids=str,
)
async def test_errors_name_the_service(client, service, deadline, outcome, error):
    route = service.get(NAME).mock(return_value=outcome) if isinstance(outcome, httpx.Response) else service.get(NAME)
    if isinstance(outcome, Exception):
        route.mock(side_effect=outcome)

    with pytest.raises(error) as failure:
        await client.username(131464, deadline)

    assert "names service" in failure.value.message
    assert "osu!track" not in failure.value.message
    assert route.call_count == 1


async def test_429_pauses_lookups(client, service, deadline):
    route = service.get(NAME).respond(429, headers={"Retry-After": "60"})

    for _ in range(2):
        with pytest.raises(UpstreamBusy):
            await client.username(131464, deadline)

    assert route.call_count == 1


@pytest.mark.parametrize("per_minute", [30])
async def test_429_lowers_the_budget(client, service, deadline):
    service.get(NAME).respond(429)

    with pytest.raises(UpstreamBusy):
        await client.username(131464, deadline)

    # A quarter.
    assert client.budget.per_minute == 7


async def test_five_failures_in_a_row_pause_lookups(client, service, deadline, clock):
    route = service.get(NAME).respond(500)
    for _ in range(6):
        with pytest.raises(UpstreamUnavailable) as failure:
            await client.username(131464, deadline)
    requests = route.call_count
    clock.move(30)
    route.respond(json="ameo")

    assert (requests, failure.value.unsent) == (5, True)
    assert await client.username(131464, deadline) == "ameo"


async def test_success_ends_the_row_of_failures(client, service, deadline):
    failing, _ = service.get(NAME).respond(500), service.get(ID).respond(json=131464)
    for _ in range(4):
        for _ in range(2):
            with pytest.raises(UpstreamError):
                await client.username(131464, deadline)
        await client.user_id("ameo", deadline)

    assert failing.call_count == 8
