"""The servers under comparison: the gateway, an earlier commit of it, a plain Strawberry app, and servers in Node.js.

All use the same upstream, run on the same core, and keep its data in memory, except the plain app.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from .load import Server, serving, uvicorn

# By name and variant.
Servers: TypeAlias = Mapping[tuple[str, str], Server]

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "benchmarks/peers"
VENDOR = "gateway/web/pages/vendor"
UNLIMITED = {
    f"GATEWAY_{name}": value
    for name, value in {
        "CLIENT_POINTS": "0",
        "READS_PER_MINUTE": "0",
        "HISCORES_PER_MINUTE": "0",
        "MAX_COST": "1000",
        "UPSTREAM_CONCURRENCY": "100",
        # The other servers have no access log either.
        "ACCESS_LOG": "false",
        "PORT": "{port}",
    }.items()
}
# Variants of the gateway: the default, without the response cache, and with points and an access log beside.
VARIANTS = {
    "cached": {},
    "executed": {"GATEWAY_RESPONSE_CACHE_MAX_BYTES": "0"},
    "logged": {
        "GATEWAY_RESPONSE_CACHE_MAX_BYTES": "0",
        "GATEWAY_CLIENT_POINTS": "1000000000",
        "GATEWAY_ACCESS_LOG": "true",
        "GATEWAY_LOG_FORMAT": "json",
    },
}
PRODUCTION = {"NODE_ENV": "production", "GRAPHILE_ENV": "production", "PORT": "{port}"}


@contextmanager
def contenders(upstream_url: str, *, base: str = "") -> Iterator[Servers]:
    """The running servers. Peers are left out, with a message, if npm is missing."""
    with ExitStack() as stack:
        servers = {}
        folders = {"gateway": ROOT} | ({"before": stack.enter_context(worktree(base))} if base else {})
        for name, folder in folders.items():
            for variant, settings in VARIANTS.items():
                servers[name, variant] = stack.enter_context(gateway(upstream_url, folder=folder, **settings))
        plain = uvicorn("benchmarks.plain_strawberry:app", UPSTREAM_URL=upstream_url)
        servers["plain Strawberry", "executed"] = stack.enter_context(plain)
        if install_peers():
            servers["Mercurius", "executed"] = stack.enter_context(peer("mercurius", upstream_url))
            servers["Mercurius", "cached"] = stack.enter_context(peer("mercurius", upstream_url, RESPONSE_CACHE="1"))
            servers["Grafast", "executed"] = stack.enter_context(peer("grafast", upstream_url))
        yield servers


@contextmanager
def gateway(upstream_url: str, *, folder: Path = ROOT, **settings: str) -> Iterator[Server]:
    """The gateway in this folder, without limits."""
    environment = {**UNLIMITED, "GATEWAY_UPSTREAM_URL": upstream_url, **settings}
    with serving([sys.executable, "-m", "gateway", "serve"], folder=folder, **environment) as server:
        yield server


@contextmanager
def peer(name: str, upstream_url: str, **environment: str) -> Iterator[Server]:
    """A server of `benchmarks/peers`."""
    variables = {**PRODUCTION, "UPSTREAM_URL": upstream_url, **environment}
    with serving(["node", f"{name}.mjs"], folder=PEERS, **variables) as server:
        yield server


def install_peers() -> bool:
    """Install the locked packages unless they are; False without npm."""
    if shutil.which("npm") is None:
        print("npm is missing, so Mercurius and Grafast are left out: install Node.js 20 or newer.\n", flush=True)
        return False
    installed, lock = PEERS / "node_modules/.package-lock.json", PEERS / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=PEERS, check=True, stdout=subprocess.DEVNULL)
        installed.touch()
    return True


@contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """A folder with the files of this commit."""
    git = ["git", "-C", str(ROOT), "worktree"]
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "before"
        subprocess.run([*git, "add", "--detach", str(folder), commit], check=True, capture_output=True)
        try:
            shutil.copytree(ROOT / VENDOR, folder / VENDOR)
            yield folder
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)
