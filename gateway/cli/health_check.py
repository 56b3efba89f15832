"""The image's health check: exit code 0 if `/healthz` on this port responds with 200."""

import http.client
import sys

# Whichever the gateway listens on: a host can have only one IP version.
HOSTS = ("127.0.0.1", "::1")
TIMEOUT_S = 2.0


def is_healthy(port: int) -> bool:
    """Whether any of the addresses of this machine responds with 200."""
    return any(_status(host, port) == http.client.OK for host in HOSTS)


def _status(host: str, port: int) -> int | None:
    try:
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None


if __name__ == "__main__":
    sys.exit(not is_healthy(int(sys.argv[1])))
