"""CPU times relative to the speed of the machine, which other programs may slow down."""

import gc
import time
from collections.abc import Awaitable, Callable

# The CPU time of `calibration_s` on the machine for which limits were chosen.
CALIBRATION_S = 0.010


def calibration_s() -> float:
    """The CPU time of a fixed piece of work, similar to the execution of operations."""
    start = time.thread_time()
    texts = [str(number) for number in range(60_000)]
    assert len({text: len(text) for text in texts}) == len(texts)
    return time.thread_time() - start


async def fastest_s(work: Callable[[], Awaitable[object]], limit_s: float, *, attempts: int = 30) -> float:
    """The relative CPU time of all threads for the work, repeated until it is within the limit."""
    durations_s: list[float] = []
    # As at the start of a server.
    gc.collect()
    gc.freeze()
    try:
        while not durations_s or (min(durations_s) > limit_s and len(durations_s) < attempts):
            start = time.process_time()
            await work()
            duration_s = time.process_time() - start
            durations_s.append(duration_s * min(1, CALIBRATION_S / calibration_s()))
    finally:
        gc.unfreeze()
    return min(durations_s)
