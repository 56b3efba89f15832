"""Control of the running event loop: its clock and its ready tasks."""

import asyncio


class LoopClock:
    """The running loop's clock, which tests move to let timeouts expire."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._time = loop.time
        self._offset_s = 0.0
        loop.time = self  # type: ignore[method-assign]  # the loop has no parameter for its clock

    def __call__(self) -> float:
        return self._time() + self._offset_s

    def move(self, seconds: float) -> None:
        self._offset_s += seconds

    def restore(self) -> None:
        """Give the loop its own clock back."""
        asyncio.get_running_loop().time = self._time  # type: ignore[method-assign]


async def run_ready_tasks(turns: int = 20) -> None:
    """Let tasks run until they wait for something other than the loop's next turns."""
    for _ in range(turns):
        await asyncio.sleep(0)
