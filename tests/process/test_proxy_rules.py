"""Rules of the shipped proxy, in front of replicas that misbehave: retries, refusals and memory."""

import re
import socket
import socketserver
import ssl
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from benchmarks.load import free_port
from tests.support.code_blocks import code_blocks
from tests.support.nginx import proxy
from tests.support.sockets import connect, exchange, read_until
from tests.support.waiting import wait_until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LARGE_BYTES = 20 * 2**20
LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE_BYTES + b"x" * LARGE_BYTES
SLOW_CLIENTS = 30
GET = b"GET / HTTP/1.1\r\nHost: gateway\r\n"


class Replica(socketserver.ThreadingTCPServer):
    """Sends `answer` to each request, then closes the connection. `requests` has the methods."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = OK
        self.requests: list[str] = []
        self.heads: list[bytes] = []


class Handler(socketserver.StreamRequestHandler):
    server: Replica

    def handle(self):
        head = b""
        while (line := self.rfile.readline()) not in {b"\r\n", b""}:
            head += line
        self.server.requests.append(head.partition(b" ")[0].decode())
        self.server.heads.append(head)
        self.wfile.write(self.server.answer)


@contextmanager
def running_replica():
    with Replica() as replica:
        thread = threading.Thread(target=replica.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield replica
        replica.shutdown()


@pytest.fixture
def replicas():
    with ExitStack() as stack:
        yield [stack.enter_context(running_replica()) for _ in range(2)]


@pytest.fixture
def proxied(replicas, tmp_path):
    with proxy(tmp_path, [replica.server_address[1] for replica in replicas]) as running:
        for replica in replicas:
            replica.requests.clear()
            replica.heads.clear()
        yield running


def received(replicas):
    return [method for replica in replicas for method in replica.requests]


def test_sent_post_is_never_sent_to_another_replica(proxied, replicas):
    for replica in replicas:
        replica.answer = b""
    statuses = [httpx.post(proxied.address, json={}).status_code for _ in range(10)]
    assert statuses == [502] * 10
    assert received(replicas) == ["POST"] * 10


def test_get_is_repeated_on_the_other_replica(proxied, replicas):
    replicas[0].answer = b""
    statuses = [httpx.get(proxied.address).status_code for _ in range(10)]
    assert statuses == [200] * 10


def test_failed_requests_take_no_replica_offline(proxied, replicas):
    for replica in replicas:
        replica.answer = b""
    for _ in range(20):
        httpx.post(proxied.address, json={})
    for replica in replicas:
        replica.answer = OK
        replica.requests.clear()
    assert [httpx.post(proxied.address, json={}).status_code for _ in range(4)] == [200] * 4
    assert [len(replica.requests) for replica in replicas] == [2, 2]


def test_post_is_served_while_one_replica_is_down(proxied, replicas):
    replicas[0].shutdown()
    replicas[0].server_close()
    assert [httpx.post(proxied.address, json={}).status_code for _ in range(10)] == [200] * 10


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.0\r\n\r\n", b"GET http://other/ HTTP/1.1\r\nHost: gateway\r\n\r\n"])
def test_every_request_has_one_host(proxied, replicas, sent):
    exchange(proxied.address, sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    [head] = [head for replica in replicas for head in replica.heads]
    assert head.lower().count(b"\r\nhost: ") == 1


@pytest.mark.parametrize("chunked", [False, True])
def test_large_body_is_refused_in_the_gateway_format(proxied, replicas, chunked):
    content = iter([b"x" * 70_000]) if chunked else b"x" * 70_000
    response = httpx.post(proxied.address, content=content)
    extensions = response.json()["errors"][0]["extensions"]
    assert (response.status_code, extensions["code"], extensions["retryable"]) == (413, "BODY_TOO_LARGE", False)
    assert response.headers["X-Request-ID"] == extensions["requestId"]
    wait_until(lambda: extensions["requestId"] in [line["request_id"] for line in proxied.log()])
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert received(replicas) == []


def is_in_gateway_format(response, status, code):
    """Assert a retryable error that pages of any origin can read."""
    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"], error["extensions"]["retryable"]) == (status, code, True)
    assert error["extensions"]["requestId"] == response.headers["X-Request-ID"]
    assert str(error["extensions"]["retryAfterSeconds"]) == response.headers["Retry-After"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_missing_gateway_is_an_error_in_its_format(tmp_path, method):
    with proxy(tmp_path, [free_port(), free_port()]) as running:
        response = httpx.request(method, f"{running.address}/graphql", json={"query": "{ __typename }"})
    is_in_gateway_format(response, 502, "SERVICE_UNAVAILABLE")


def test_silent_gateway_is_an_error_in_its_format(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with proxy(
            tmp_path, [port, port], lambda text: text.replace("proxy_read_timeout 40s", "proxy_read_timeout 1s")
        ) as running:
            response = httpx.post(f"{running.address}/graphql", json={"query": "{ __typename }"})
    is_in_gateway_format(response, 504, "SERVICE_TIMEOUT")


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/metrics?a", "//readyz", "/%72eadyz", "/static/../metrics"])
def test_private_paths_are_not_forwarded(proxied, replicas, path):
    answer = exchange(proxied.address, b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path.encode())
    assert b" 404 " in answer.partition(b"\r\n")[0]
    assert received(replicas) == []


def worker_memory(proxied):
    """The memory of nginx's processes, in bytes."""
    master = (proxied.folder / "nginx.pid").read_text().strip()
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    pages = [int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in [master, *children]]
    return sum(pages) * 4096


def test_slow_clients_cost_little_memory_and_no_disk(proxied, replicas):
    for replica in replicas:
        replica.answer = LARGE
    with ExitStack() as stack:
        for _ in range(SLOW_CLIENTS):
            client = stack.enter_context(connect(proxied.address))
            client.sendall(GET + b"\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        files = [path for path in proxied.folder.rglob("*") if path.is_file() and path.parent != proxied.folder]
        assert files == []
        assert worker_memory(proxied) < 50 * 2**20
        # Other clients are served.
        replicas[0].answer = replicas[1].answer = OK
        assert httpx.get(proxied.address).status_code == 200


def test_requests_of_one_address_are_limited(proxied, replicas):
    with ExitStack() as stack:
        for _ in range(100):
            client = stack.enter_context(connect(proxied.address))
            client.sendall(b"POST / HTTP/1.1\r\nHost: gateway\r\nContent-Length: 9\r\n\r\n")
        client = stack.enter_context(connect(proxied.address))
        client.sendall(GET + b"\r\n")
        refused = read_until(client, b"}]}")
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as other:
            assert other.get(proxied.address).status_code == 200
    assert refused.startswith(b"HTTP/1.1 429 ")
    assert b'"code":"RATE_LIMITED"' in refused


@pytest.fixture
def certificate(tmp_path):
    """A certificate of the documented host, which is also its authority."""
    path = tmp_path / "fullchain.pem"
    subject = "-subj /CN=gateway.example.org -addext subjectAltName=IP:127.0.0.1"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 {subject} -keyout {tmp_path}/privkey.pem -out {path}"
    subprocess.run(command.split(), check=True, capture_output=True)
    return path


def test_documented_recipe_terminates_tls(tmp_path, certificate, replicas):
    listener, redirect = code_blocks("operations.md", "nginx")
    port = free_port()

    def with_tls(text):
        plain = re.compile(r"listen 8080;.*?server_name gateway;", re.DOTALL)
        text = plain.sub(lambda _: listener, text).replace("    server {", f"{redirect}    server {{")
        return text.replace("/etc/nginx/tls/", "/tmp/").replace("listen 443", f"listen 127.0.0.1:{port}")

    with proxy(tmp_path, [replica.server_address[1] for replica in replicas], with_tls) as running:
        moved = httpx.post(f"{running.address}/graphql?a=1")
        context = ssl.create_default_context(cafile=str(certificate))
        response = httpx.get(f"https://127.0.0.1:{port}/", verify=context)
    assert (moved.status_code, moved.headers["Location"]) == (308, "https://gateway.example.org/graphql?a=1")
    assert response.text == "ok"
