"""The clients for which a task runs: the client of its request, or all clients that wait for a shared task."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .request_context import current_request


class Clients:
    """A growing set of clients: a client that joins a shared task stays, as its request may wait for the result."""

    def __init__(self, *names: str) -> None:
        self._names = dict.fromkeys(names)
        self._listeners: list[Callable[[str], None]] = []

    def add(self, name: str) -> None:
        """Add a client."""
        if name not in self._names:
            self._names[name] = None
            for listener in self._listeners:
                listener(name)

    def follow(self, listener: Callable[[str], None]) -> None:
        """Call the listener with each client, now and later."""
        self._listeners.append(listener)
        for name in tuple(self._names):
            listener(name)


_selected: ContextVar[Clients | None] = ContextVar("selected_clients", default=None)


def current_clients() -> Clients:
    """The clients of the running task; none for work without a request, such as a probe."""
    if (selected := _selected.get()) is not None:
        return selected
    request_context = current_request.get()
    return Clients(request_context.client) if request_context and request_context.client else Clients()


@contextmanager
def running_for(clients: Clients) -> Iterator[None]:
    """Tasks started in this block run for these clients, and not for those of the running task."""
    token = _selected.set(clients)
    try:
        yield
    finally:
        _selected.reset(token)
