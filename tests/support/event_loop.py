"""Control of the running event loop: its clock and its ready tasks."""

import asyncio


class LoopClock:
    """The running loop's clock. It stands still until a test moves it, however slow the machine is."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._original = loop.time
        self._now = loop.time()
        loop.time = self  # type: ignore[method-assign]  # the loop has no parameter for its clock

    def __call__(self) -> float:
        return self._now

    def move(self, seconds: float) -> None:
        self._now += seconds

    def restore(self) -> None:
        """Give the loop its own clock back."""
        asyncio.get_running_loop().time = self._original  # type: ignore[method-assign]


async def run_ready_tasks(turns: int = 20) -> None:
    """Let tasks run until they wait for something other than the loop's next turns."""
    for _ in range(turns):
        await asyncio.sleep(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that skips waits: its clock jumps to the next timer as soon as no task is ready.

    For tasks without real input and output, so that minutes take milliseconds and always pass in the same way.
    """

    def __init__(self) -> None:
        super().__init__()
        self._virtual_now = 1000.0
        self._select = self._selector.select  # type: ignore[attr-defined]  # asyncio has no public way to skip a wait
        self._selector.select = self._skip  # type: ignore[attr-defined]  # (the same)

    def time(self) -> float:
        return self._virtual_now

    def _skip(self, timeout: float | None) -> object:
        self._virtual_now += timeout or 0
        return self._select(0)
