"""Requests to osu!track over real sockets: proxies, trusted certificates, and the diagnosis of each network fault."""

import asyncio
import re
import socket
import ssl

import httpx
import pytest
import trustme
from socksio.socks5 import SOCKS5AuthReply

from gateway.cli.commands import run_sandbox, sandbox_settings
from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.osutrack.diagnosis import REMEDIES, diagnose
from gateway.osutrack.endpoints import PEAK
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, UserMode
from gateway.settings import Settings
from tests.support.proxies import connect_proxy, listening, responder, socks_proxy

PEAK_ROWS = b'[{"best_global_rank": 1, "best_rank_timestamp": null, "best_accuracy": 99, "best_acc_timestamp": null}]'
PAGE = b"<!DOCTYPE html>\n<html><head><title>Blocked by\n ACME</title></head></html>"
PARAMS = {"user": "2", "mode": "0"}


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def server_context(authority, *names):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority, tmp_path):
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


async def read(upstream_url, timeout_s=5.0, **settings):
    """The body of a peak from this upstream, requested once."""
    upstream = Upstream(Settings(_env_file=None, upstream_url=upstream_url, **settings))
    try:
        return await upstream.client.body(
            PEAK._replace(retry_if=lambda _: False), PARAMS, Deadline.from_timeout(timeout_s)
        )
    finally:
        await upstream.close()


async def kind_of_failure(upstream_url, **settings):
    with pytest.raises(UpstreamError) as failure:
        await read(upstream_url, **settings)
    diagnosis = diagnose(failure.value)
    host = re.sub(r"^\w+://|:\d+$", "", upstream_url)
    assert host not in failure.value.message
    assert str(diagnosis).endswith(f". {REMEDIES[diagnosis.kind]}")
    return diagnosis.kind


@pytest.mark.parametrize("scheme,proxy", [("http", connect_proxy), ("socks5", socks_proxy), ("socks5h", socks_proxy)])
async def test_requests_use_the_proxy(authority, ca_file, scheme, proxy):
    used = []

    async def counting(reader, writer):
        used.append(reader)
        await proxy(reader, writer)

    context = server_context(authority, "127.0.0.1")
    async with listening(responder(PEAK_ROWS), context) as server, listening(counting) as address:
        proxy_url = f"{scheme}://{address}"
        assert await read(f"https://{server}", upstream_proxy=proxy_url, upstream_ca=ca_file) == PEAK_ROWS
    async with listening(responder(PEAK_ROWS)) as server, listening(counting) as address:
        assert await read(f"http://{server}", upstream_proxy=f"{scheme}://{address}") == PEAK_ROWS
    assert len(used) == 2


async def test_system_certificates_stay_trusted_beside_the_ca(authority, ca_file, monkeypatch):
    other = trustme.CA()
    with other.cert_pem.tempfile() as system:
        monkeypatch.setenv("SSL_CERT_FILE", system)
        async with listening(responder(PEAK_ROWS), server_context(other, "127.0.0.1")) as server:
            assert await read(f"https://{server}", upstream_ca=ca_file) == PEAK_ROWS


async def test_sandbox_needs_no_proxy():
    with run_sandbox() as url:
        assert await read(**{"upstream_proxy": "http://127.0.0.1:1"} | sandbox_settings(url))


async def test_environment_proxies_are_ignored(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with listening(responder(PEAK_ROWS)) as server:
        assert await read(f"http://{server}") == PEAK_ROWS


async def test_refused_connection_is_diagnosed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert await kind_of_failure(f"http://127.0.0.1:{port}") == "refused"
    # A host with several addresses fails with a group of exceptions.
    assert await kind_of_failure(f"http://localhost:{port}") == "refused"


async def test_unknown_host_is_diagnosed():
    assert await kind_of_failure("http://osutrack.invalid") == "dns"


async def test_untrusted_certificate_is_diagnosed(authority):
    async with listening(responder(PEAK_ROWS), server_context(authority, "127.0.0.1")) as server:
        assert await kind_of_failure(f"https://{server}") == "tls_untrusted"


async def test_certificate_of_another_host_is_diagnosed(authority, ca_file):
    async with listening(responder(PEAK_ROWS), server_context(authority, "example.org")) as server:
        assert await kind_of_failure(f"https://{server}", upstream_ca=ca_file) == "tls_hostname"


async def test_server_without_tls_is_diagnosed():
    async with listening(responder(PEAK_ROWS)) as server:
        assert await kind_of_failure(f"https://{server}") == "tls"


async def test_refusing_proxy_is_diagnosed():
    refusal = responder(b"", status="407 Proxy Authentication Required")
    async with listening(refusal) as proxy:
        assert await kind_of_failure("https://127.0.0.1:1", upstream_proxy=f"http://{proxy}") == "proxy"
        assert await kind_of_failure("http://127.0.0.1:1", upstream_proxy=f"http://{proxy}") == "proxy"


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
async def test_unreachable_proxy_is_diagnosed(scheme):
    for proxy in "127.0.0.1:1", "nope.invalid:3128":
        assert await kind_of_failure("https://192.0.2.1", upstream_proxy=f"{scheme}://{proxy}") == "proxy"


async def test_server_without_socks_is_diagnosed(monkeypatch):
    # Over a socket, httpcore would leave the connection open.
    async def fail(*_):
        SOCKS5AuthReply.loads(b"HTTP/1.1 400 Bad Request")

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", fail)
    assert await kind_of_failure("https://192.0.2.1", upstream_proxy="socks5://127.0.0.1:1") == "proxy"


async def test_untrusted_certificate_behind_proxy_is_diagnosed(authority):
    closed = asyncio.Event()

    async def tunnel(reader, writer):
        await connect_proxy(reader, writer)
        closed.set()

    context = server_context(authority, "127.0.0.1")
    async with listening(responder(PEAK_ROWS), context) as server, listening(tunnel) as proxy:
        assert await kind_of_failure(f"https://{server}", upstream_proxy=f"http://{proxy}") == "tls_untrusted"
        await asyncio.wait_for(closed.wait(), 5)


@pytest.mark.parametrize(
    "status,headers,body,kind",
    [
        ("403 Forbidden", "", PAGE, "web_page"),
        ("403 Forbidden", "", b"no", "forbidden"),
        ("302 Found", "Location: https://login.example.org/\r\n", b"", "redirect"),
        ("511 Network Authentication Required", "", PAGE, "web_page"),
        ("502 Bad Gateway", "", PAGE, "server_error"),
        ("404 Not Found", "", b"<!DOCTYPE html><html><title>Error</title>Cannot GET /peak", "status"),
        ("429 Too Many Requests", "", PAGE, "busy"),
    ],
)
async def test_answers_are_diagnosed(status, headers, body, kind):
    async with listening(responder(body, status=status, headers=headers)) as server:
        assert await kind_of_failure(f"http://{server}") == kind


async def test_closed_and_silent_connections_are_diagnosed():
    async def close(reader, writer):
        await reader.readline()

    async def wait(reader, writer):
        await reader.read()

    async with listening(close) as server:
        assert await kind_of_failure(f"http://{server}") == "disconnected"
    async with listening(wait) as server:
        assert await kind_of_failure(f"http://{server}", read_timeout_s=0.05) == "timeout"
        assert await kind_of_failure(f"http://{server}", timeout_s=0.05) == "timeout"


async def test_unaccepted_connection_is_diagnosed():
    # A full backlog drops the packets of further connections.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)  # noqa: FBT003 - the socket module's signature
            filler.connect_ex(address)
        await asyncio.sleep(0)
        assert await kind_of_failure(f"http://127.0.0.1:{address[1]}", connect_timeout_s=0.1) == "connect_timeout"
        for filler in fillers:
            filler.close()


async def test_block_page_is_named_to_operators_only(caplog):
    async with listening(responder(PAGE)) as server:
        upstream = Upstream(Settings(_env_file=None, upstream_url=f"http://{server}"))
        with caplog.at_level("DEBUG", "gateway"), pytest.raises(UpstreamError) as failure:
            await upstream.client.peak(UserMode(2, Mode.OSU), Deadline.from_timeout(5))
        await upstream.close()
    assert "ACME" not in failure.value.message
    assert diagnose(failure.value).kind == "web_page"
    records = [record for record in caplog.records if record.name.startswith("gateway")]
    warning, debug = [record for record in records if record.message != "Sent to osu!track"]
    assert (warning.levelname, warning.message) == ("WARNING", "Requests to osu!track fail")
    assert warning.cause.startswith("the response is a web page: 'Blocked by ACME'. ")
    assert (debug.levelname, debug.kind) == ("DEBUG", "web_page")
