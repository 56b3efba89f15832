"""Command line of the sandbox: `python -m gateway.sandbox --port 8001`."""

from __future__ import annotations

import argparse

import uvicorn

from gateway.sandbox.app import create_sandbox


def main() -> None:
    """Serve until interrupted."""
    options = _options()
    address = f"http://{options.host}:{options.port}"
    print(f"Simulated osu!track: {address} (control endpoint: {address}/_sandbox/)", flush=True)  # noqa: T201 - a CLI
    app = create_sandbox(
        seed=options.seed, rate_limits=not options.no_limits, hiscores_are_updates=options.hiscores_are_updates
    )
    # The timeout ends requests that hang because of a fault; without it they would block the shutdown.
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gateway.sandbox", description="Serve a simulated osu!track.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated rows (default: %(default)s)")
    parser.add_argument(
        "--no-limits", action="store_true", help="disable the rate limits of 600 reads and 5 updates a minute"
    )
    parser.add_argument(
        "--hiscores-are-updates", action="store_true", help="count /hiscores as an update in the rate limits"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
