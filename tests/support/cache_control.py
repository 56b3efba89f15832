"""The lifetimes in `Cache-Control`."""

import httpx


def directives(response: httpx.Response) -> dict[str, int | None]:
    """The directives, each with its number of seconds, if it has one."""
    pairs = (part.strip().partition("=") for part in response.headers["Cache-Control"].split(","))
    return {name: int(value) if value else None for name, _, value in pairs}


def max_age(response: httpx.Response) -> int | None:
    """The lifetime of a response that shared caches may store; None if they may not."""
    found = directives(response)
    return found["max-age"] if "public" in found else None
