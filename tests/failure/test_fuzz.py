"""Random requests: no server error, no internals in responses, and the server keeps serving."""

import json
import re
import socket
import subprocess
import sys

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import core_schema
from tests.support.processes import gateway_process

INTERNALS = re.compile(rb"Traceback|site-packages|\.py\b|127\.0\.0\.1|httpx|msgspec|strawberry|INTERNAL_SERVER_ERROR")
SCHEMA = core_schema(build_schema())
FIELDS = [field for root in (SCHEMA.query_type, SCHEMA.mutation_type) if root for field in root.fields]
DOCUMENT = "{ user(id: 2) { id } }"

bounded = settings(max_examples=150, derandomize=True, database=None, deadline=None)
names = st.sampled_from(["query", "variables", "operationName", "extensions", "documentId", "id", "persistedQuery"])
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.just(DOCUMENT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)
bodies = st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode())
tokens = st.from_regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}", fullmatch=True)
header_names = tokens | st.sampled_from(
    ["Accept", "Content-Type", "Content-Length", "Transfer-Encoding", "Expect", "Cookie"]
)
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30) | st.sampled_from(
    ["application/json", "application/graphql-response+json", "chunked", "100-continue", "*/*", "text/html"]
)


@pytest.fixture(scope="module")
def url():
    with gateway_process(header_timeout_s="1", body_timeout_s="1") as gateway:
        yield gateway.url


@pytest.fixture(autouse=True)
def still_serving(url):
    """Check after each test that the server still responds."""
    yield
    assert httpx.post(f"{url}/graphql", json={"query": DOCUMENT}).json()["data"] == {"user": {"id": "2"}}


def assert_no_server_error(response):
    assert response.status_code < 500
    assert not INTERNALS.search(response.content)


def test_queries_generated_from_the_schema_succeed(url, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/graphql"]
    options = ["--max-examples=15", "--seed=1", "--checks=not_a_server_error", "--no-color"]
    completed = subprocess.run(
        [*command, *options], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
    )
    assert completed.returncode == 0, completed.stdout
    assert f"Tested: {len(FIELDS)}" in completed.stdout


@bounded
@given(body=bodies, media_type=st.sampled_from(["application/json", "text/plain", "application/json; charset=x"]))
def test_any_body_gets_a_response(url, body, media_type):
    assert_no_server_error(httpx.post(f"{url}/graphql", content=body, headers={"Content-Type": media_type}))


@bounded
@given(parameters=st.dictionaries(names, st.text(max_size=30) | st.just(DOCUMENT), max_size=4))
def test_any_query_string_gets_a_response(url, parameters):
    encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in parameters.items()}
    assert_no_server_error(httpx.get(f"{url}/graphql", params=encoded))


@settings(bounded, max_examples=40)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "QUERY"]),
    headers=st.dictionaries(header_names, header_values, max_size=4),
    body=st.binary(max_size=50),
)
def test_any_http_headers_get_a_response(url, method, headers, body):
    lines = [f"{method} /graphql HTTP/1.1", "Host: gateway", "Connection: close"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
    with socket.create_connection((httpx.URL(url).host, httpx.URL(url).port), timeout=5) as connection:
        connection.sendall(head.encode("latin-1") + body)
        response = connection.recv(65_536)
    assert re.match(rb"HTTP/1\.1 (100|[2-4]\d\d) ", response)
    assert not INTERNALS.search(response)


@bounded
@given(sent=st.binary(min_size=1, max_size=300), prefix=st.sampled_from([b"", b"GET ", b"POST /graphql HTTP/1.1\r\n"]))
def test_bytes_other_than_http_are_refused(url, sent, prefix):
    with socket.create_connection((httpx.URL(url).host, httpx.URL(url).port), timeout=5) as connection:
        connection.sendall(prefix + sent + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        response = connection.recv(65_536)
    assert re.match(rb"HTTP/1\.1 4\d\d |$", response)
    assert not INTERNALS.search(response)
