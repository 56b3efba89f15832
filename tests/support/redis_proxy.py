"""A way to Redis on which what passes can be held back or lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class RedisProxy:
    """Its setting_infos are for words of requests: `slow` is how long such requests take to reach Redis.

    `tardy` is how long answers take on connections that have sent such a word; of those in `mute` they get lost.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = ""
        self.slow: dict[bytes, float] = {}
        self.tardy: dict[bytes, float] = {}
        self.mute: set[bytes] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def close(self) -> None:
        await self._closed(*self._writers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_redis, to_redis = await asyncio.open_connection("127.0.0.1", self.port)
        sent = bytearray()
        self._writers += [writer, to_redis]
        with suppress(ConnectionError):
            await asyncio.gather(self._there(reader, to_redis, sent), self._back(from_redis, writer, sent))
        await self._closed(writer, to_redis)

    async def _there(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytearray) -> None:
        while request := await reader.read(65536):
            sent += request
            await asyncio.sleep(sum(s for word, s in self.slow.items() if word in request))
            writer.write(request)
        writer.close()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytearray) -> None:
        while answer := await reader.read(65536):
            await asyncio.sleep(sum(s for word, s in self.tardy.items() if word in sent))
            if not any(word in sent for word in self.mute):
                writer.write(answer)
        writer.close()

    async def _closed(self, *writers: asyncio.StreamWriter) -> None:
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@asynccontextmanager
async def redis_proxy(port: int) -> AsyncIterator[RedisProxy]:
    """To the Redis on that port of this machine."""
    proxy = RedisProxy(port)
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        proxy.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield proxy
        await proxy.close()
