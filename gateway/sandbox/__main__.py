"""Runs the sandbox alone: `python -m gateway.sandbox --port 8001`."""

from __future__ import annotations

import argparse

import uvicorn

from gateway.sandbox.app import create_sandbox


def main() -> None:
    """Serve until interrupted."""
    options = _options()
    address = f"http://{options.host}:{options.port}"
    welcome = f"A simulated osu!track at {address}, its control endpoint at {address}/_sandbox/"
    print(welcome, flush=True)  # noqa: T201 - a command line prints
    app = create_sandbox(seed=options.seed, rate_limits=not options.no_limits)
    # Hanging requests, which are a fault to switch on, must not keep the process from ending.
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gateway.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--seed", type=int, default=1, help="other seeds invent other rows")
    parser.add_argument("--no-limits", action="store_true", help="allow more than 600 reads a minute")
    return parser.parse_args()


if __name__ == "__main__":
    main()
