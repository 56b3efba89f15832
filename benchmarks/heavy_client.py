"""A client that repeats one query in a loop: `python -m benchmarks.heavy_client URL QUERY SECONDS`."""

import sys
import time

import httpx


def main() -> None:
    """Send the query until the time is over."""
    url, query, seconds = sys.argv[1:]
    end = time.monotonic() + float(seconds)
    with httpx.Client(timeout=30) as http:
        while time.monotonic() < end:
            http.post(url, json={"query": query}).raise_for_status()


if __name__ == "__main__":
    main()
