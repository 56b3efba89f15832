"""A TCP proxy in front of Redis that holds back or drops traffic."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Hold:
    """Traffic holds back until `release`. `reached` is set when the first of it arrives."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        self._released.set()

    async def wait(self) -> None:
        self.reached.set()
        await self._released.wait()


class RedisProxy:
    """Requests are selected by a word that they contain, in lower case.

    Responses are selected by connection: those that have sent a request with this word. `muted` has the words of the
    connections whose responses are dropped.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = ""
        self.muted: set[bytes] = set()
        self._request_holds: dict[bytes, Hold] = {}
        self._response_holds: dict[bytes, Hold] = {}
        self._writers: list[asyncio.StreamWriter] = []

    def hold_requests(self, word: bytes) -> Hold:
        """Hold back requests with this word before they reach Redis."""
        return self._request_holds.setdefault(word, Hold())

    def hold_responses(self, word: bytes) -> Hold:
        """Hold back responses to requests with this word, which Redis has executed."""
        return self._response_holds.setdefault(word, Hold())

    async def close(self) -> None:
        await self._close(*self._writers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_redis, to_redis = await asyncio.open_connection("127.0.0.1", self.port)
        sent = bytearray()
        self._writers += [writer, to_redis]
        with suppress(ConnectionError):
            await asyncio.gather(
                self._forward_requests(reader, to_redis, sent), self._forward_responses(from_redis, writer, sent)
            )
        await self._close(writer, to_redis)

    async def _forward_requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytearray
    ) -> None:
        while request := await reader.read(65536):
            sent += request.lower()
            await _pass(self._request_holds, request.lower())
            writer.write(request)
        writer.close()

    async def _forward_responses(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytearray
    ) -> None:
        while response := await reader.read(65536):
            await _pass(self._response_holds, sent)
            if not any(word in sent for word in self.muted):
                writer.write(response)
        writer.close()

    async def _close(self, *writers: asyncio.StreamWriter) -> None:
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def _pass(holds: dict[bytes, Hold], text: bytes | bytearray) -> None:
    for word, hold in list(holds.items()):
        if word in text:
            await hold.wait()


@asynccontextmanager
async def redis_proxy(port: int) -> AsyncIterator[RedisProxy]:
    """A proxy to the Redis on this port."""
    proxy = RedisProxy(port)
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        proxy.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield proxy
        await proxy.close()
