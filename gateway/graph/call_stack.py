"""A call stack for deep recursion, such as graphql-core's.

CPython allocates the frames of Python functions in chunks of 16 KiB. A loop whose calls cross the end of a chunk
allocates and frees one for each call, which makes it up to six times slower. The frame of `call_on_large_stack` is so
large that its chunk has room for all frames above it.
"""

import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")

# In slots of 8 bytes. CPython adds at least 1,000 and rounds up to a power of two: to 128 KiB.
FRAME_SLOTS = 9000


def call_on_large_stack(function: Callable[..., Any], *args: Any) -> Any:
    """The result of the function, which is called on a large stack."""
    return function(*args)


call_on_large_stack.__code__ = call_on_large_stack.__code__.replace(co_stacksize=FRAME_SLOTS)


@types.coroutine
def on_large_stack(coroutine: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """The coroutine's result; each of its steps has a large call stack."""
    step, value = coroutine.send, None
    while True:
        try:
            awaited = call_on_large_stack(step, value)
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            step, value = coroutine.send, (yield awaited)
        except BaseException as exc:  # noqa: BLE001  # such as a cancellation
            step, value = coroutine.throw, exc
