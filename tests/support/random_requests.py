"""Random requests to `/graphql`: queries by POST, QUERY and GET, with the headers of different clients, valid and invalid."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import httpx

from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import core_schema
from tests.support.random_operations import RandomOperation, random_operation

SCHEMA = core_schema(build_schema())
ALLOWED_ORIGIN = "https://site.example"
# Settings under which most random operations are valid, and each header matters.
SETTINGS: dict[str, Any] = {
    **dict.fromkeys(["max_aliases", "max_cost", "max_depth", "max_directives", "max_tokens"], 0),
    "client_points": 500,
    "client_points_per_minute": 600,
    "trusted_proxies": ["127.0.0.0/8", "10.0.0.0/8"],
    "cors_origins": [ALLOWED_ORIGIN],
    # Pages contain their address.
    "public_url": "http://gateway.example",
}
HEADERS: dict[str, list[str]] = {
    "Accept": ["application/graphql-response+json", "application/json;q=0.5 , */*;Q=0.1", "text/html", "image/png"],
    "Accept-Encoding": ["x-gzip", "br, GZIP;q=0.5", "zstd", "identity"],
    "Content-Type": ["Application/JSON; charset=UTF8", "text/plain"],
    "If-None-Match": ["*", 'W/"other"'],
    "Origin": [ALLOWED_ORIGIN, ALLOWED_ORIGIN, "https://other.example", "null"],
    "Sec-Fetch-Site": ["same-origin", "cross-site"],
    "Traceparent": ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "invalid"],
    "X-Forwarded-For": ["203.0.113.1", "203.0.113.2, 10.0.0.1", "2001:db8::1", "unknown"],
}
IDS = [{"X-Request-ID": "client-1"}, {"X-Request-ID": "not valid", "Accept-Encoding": "identity"}]
BODIES = [b"{}", b"[]", b'{"query": 1}', b'{"query": "{ nothing }"}', b'{"query": "{ rateLimit { remaining } }"}', b"{"]
GENERATED_ID = re.compile(rb"[0-9a-f]{32}")


def random_requests(random: Random, operations: int, *, variants: int) -> Iterator[dict[str, Any]]:
    """The arguments of `httpx.AsyncClient.request`, for each operation with some variants of the headers."""
    for _ in range(operations):
        operation = random_operation(SCHEMA, random, errors=random.random() < 0.2, cursors=[])
        yield from (_request(random, operation) for _ in range(variants))


def _request(random: Random, operation: RandomOperation) -> dict[str, Any]:
    headers = {name: random.choice(values) for name, values in HEADERS.items() if random.random() < 0.12}
    # The gateway's own IDs are new for each request: compressed errors that contain one cannot be compared.
    headers |= random.choice(IDS)
    if random.random() < 0.3:
        fields = {"query": operation.text, "variables": json.dumps(operation.variables)}
        return {"method": "GET", "params": fields, "headers": headers}
    body = json.dumps({"query": operation.text, "variables": operation.variables}).encode()
    content = random.choice(BODIES) if random.random() < 0.1 else body
    method = "POST" if len(body) % 3 else "QUERY"
    return {"method": method, "content": content, "headers": {"Content-Type": "application/json"} | headers}


async def raw_response(http: httpx.AsyncClient, request: dict[str, Any]) -> tuple[Any, ...]:
    """Status, headers in their order, and body as they were sent, without generated IDs and the date."""
    response = await http.send(http.build_request(url="/graphql", **request), stream=True)
    body = b"".join([chunk async for chunk in response.aiter_raw()])
    headers = [(name, GENERATED_ID.sub(b"", value)) for name, value in response.headers.raw if name != b"date"]
    return response.status_code, headers, GENERATED_ID.sub(b"", body)
