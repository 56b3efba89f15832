"""A gateway that refuses the first operations of a client with status 429."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


@contextmanager
def refusing_gateway(address: str, refusals: int, retry_after_s: float = 0.01) -> Iterator[tuple[str, list[int]]]:
    """The URL of a proxy in front of the gateway at `address`, and the statuses of its responses so far."""
    statuses: list[int] = []
    extensions = {"code": "RATE_LIMITED", "retryable": True, "retryAfterSeconds": retry_after_s}
    refusal = {"message": "Too few points.", "extensions": extensions}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = 429, json.dumps({"errors": [refusal]}).encode()
            if len(statuses) >= refusals:
                headers = {"Content-Type": "application/json", "Accept": self.headers["Accept"]}
                response = httpx.post(f"{address}{self.path}", content=body, headers=headers)
                status, content = response.status_code, response.content
            statuses.append(status)
            self.send_response(status)
            self.send_header("Content-Type", "application/graphql-response+json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", statuses
        server.shutdown()
        thread.join()
