"""The limit of request headers: exact, however the network cuts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.server.request_head import MAX_HEADER_BYTES
from tests.support.server_connection import ServerConnection

END = b"\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: gateway\r\n"
# A blank line and what looks like another request, in a body.
BODY = b'{"a":1}\r\n\r\nGET / HTTP/1.1\r\nHost: gateway\r\n\r\n'
FILLERS = {
    "one header": lambda size: b"X: " + b"a" * (size - 5) + b"\r\n",
    "many headers": lambda size: b"X: 1\r\n" * (size // 6 - 2) + b"X: " + b"a" * (size % 6 + 7) + b"\r\n",
    "spaces": lambda size: b"X:" + b" " * (size - 5) + b"1\r\n",
    "a long name": lambda size: b"X" * (size - 5) + b": 1\r\n",
}


def head(size, filler="one header", fields=b""):
    start = POST + fields
    return start + FILLERS[filler](size - len(start) - 2) + b"\r\n"


def with_length(size, filler="one header"):
    return head(size, filler, b"Content-Length: %d\r\n" % len(BODY)) + BODY


def with_chunks(size, filler="one header"):
    return head(size, filler, b"Transfer-Encoding: chunked\r\n") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


def get(size, filler="one header"):
    return b"\r\n" + head(size - 2, filler).replace(b"POST", b"GET ")


REQUESTS = [with_length, with_chunks, get]
SIZES = [200, MAX_HEADER_BYTES - 1, MAX_HEADER_BYTES, MAX_HEADER_BYTES + 1, 2 * MAX_HEADER_BYTES, 300_000]


def cut(data, places):
    ends = sorted({place % len(data) for place in places} | {len(data)})
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize("request_of", REQUESTS)
@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("length", [1_000_000, 70_000, 1_000, 7])
async def test_limit_is_exact_in_pieces_of_any_length(request_of, filler, size, length):
    data = request_of(size, filler)
    assert size == len(data.partition(b"1.1")[0]) + len(data.partition(b"1.1")[2].partition(END)[0]) + 3 + 4
    connection = ServerConnection()
    statuses = await connection.feed(*(data[start : start + length] for start in range(0, len(data), length)))
    connection.close()
    assert statuses == [200 if size <= MAX_HEADER_BYTES else 431]


SEQUENCES = st.lists(st.tuples(st.sampled_from(REQUESTS), st.sampled_from(SIZES)), min_size=1, max_size=4)


@given(SEQUENCES, st.lists(st.integers(0, 2**20), max_size=12))
async def test_limit_is_exact_in_random_pieces(sequence, places):
    data = b"".join(request_of(size) for request_of, size in sequence)
    allowed = [size <= MAX_HEADER_BYTES for _, size in sequence]
    expected = [200] * len(sequence) if all(allowed) else [200] * allowed.index(False) + [431]
    connection = ServerConnection()
    statuses = await connection.feed(*cut(data, places))
    connection.close()
    assert statuses == expected


@pytest.mark.parametrize("length", [1_000_000, 1_000, 7])
@pytest.mark.parametrize("size,status", [(30_000, 200), (40_000, 431)])
async def test_trailers_have_the_same_limit(length, size, status):
    data = with_chunks(200)[:-2] + b"X: " + b"a" * size + b"\r\n\r\n"
    connection = ServerConnection()
    statuses = await connection.feed(*(data[start : start + length] for start in range(0, len(data), length)))
    connection.close()
    assert statuses == [status]
