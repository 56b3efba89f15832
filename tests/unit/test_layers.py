"""Arrows between the parts go one way, libraries keep to their place, and only the settings read the environment."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

import gateway

FOLDER = Path(gateway.__file__).parent
MODULES = {path.relative_to(FOLDER).as_posix(): path.read_text() for path in sorted(FOLDER.rglob("*.py"))}

LEAVES = {"settings", "records", "mods", "errors", "deadline"}
APPLICATION = LEAVES | {
    "telemetry",
    "shared",
    "osutrack",
    "store",
    "graph",
    "web",
    "__main__",
    "cli",
    "query",
    "server",
}

# Which parts of the package a part may import.
MAY_IMPORT = {
    "__init__": set[str](),
    **dict.fromkeys(LEAVES, LEAVES),
    "telemetry": LEAVES | {"telemetry"},
    "shared": LEAVES | {"telemetry", "shared"},
    "osutrack": LEAVES | {"telemetry", "shared", "osutrack"},
    "store": LEAVES | {"telemetry", "shared", "osutrack", "store"},
    "graph": LEAVES | {"telemetry", "shared", "osutrack", "store", "graph"},
    "web": LEAVES | {"telemetry", "shared", "osutrack", "store", "graph", "web"},
    "__main__": APPLICATION | {"sandbox"},
    "cli": APPLICATION | {"sandbox"},
    "server": LEAVES | {"telemetry", "server"},
    "sandbox": {"sandbox"},
}

# Where a library may be imported. One that is not named here, like msgspec, is used everywhere.
PLACES = {
    "aiocache": ("store/cache.py", "store/redis_cache.py"),
    "graphql": ("graph/", "web/", "cli/"),
    "httpx": ("osutrack/", "cli/"),
    "limits": ("osutrack/", "shared/"),
    "opentelemetry": ("telemetry/",),
    "redis": ("shared/", "store/", "web/persisted_documents.py"),
    "prometheus_client": ("telemetry/metrics.py", "web/probes.py"),
    "pydantic": ("settings.py",),
    "pydantic_settings": ("settings.py",),
    "stamina": ("osutrack/",),
    "starlette": ("web/", "sandbox/"),
    "strawberry": ("graph/", "web/"),
    "structlog": ("telemetry/logs.py",),
    "uvicorn": ("cli/", "server/", "sandbox/__main__.py"),
}

INPUT_AND_OUTPUT = {"aiofiles", "anyio", "asyncio", "http", "io", "shutil", "socket", "sqlite3", "subprocess", "urllib"}

Rule = Callable[[str, str], Iterator[str]]


def part_of(path: str) -> str:
    return PurePosixPath(path).parts[0].removesuffix(".py")


def imports(path: str, source: str) -> Iterator[str]:
    """Full dotted names that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                origin = [*anchor(path, level), *filter(None, [module])]
                yield from (".".join([*origin, alias.name]) for alias in names)


def anchor(path: str, level: int) -> tuple[str, ...]:
    """The package that the dots of a relative import stand for; nothing if it has none."""
    folders = ("gateway", *PurePosixPath(path).parent.parts)
    return folders[: len(folders) + 1 - level] if level else ()


def arrows(path: str, source: str) -> Iterator[str]:
    """What a module imports from parts that are not below it."""
    barred = MAY_IMPORT.keys() - MAY_IMPORT[part_of(path)]
    return (name for name in imports(path, source) if name.startswith("gateway.") and name.split(".")[1] in barred)


def strays(path: str, source: str) -> Iterator[str]:
    """What a module imports from libraries that belong elsewhere."""
    places = ((name, PLACES.get(name.split(".")[0], ("",))) for name in imports(path, source))
    return (name for name, allowed in places if not path.startswith(allowed))


def environment(path: str, source: str) -> Iterator[str]:
    """Where a module that is not the settings reads the environment."""
    readers = {"environ", "environb", "getenv", "getenvb", "load_dotenv"}
    attributes = (node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    named = (name.split(".")[-1] for name in imports(path, source))
    return (name for name in (*attributes, *named) if name in readers and path != "settings.py")


def input_and_output(path: str, source: str) -> Iterator[str]:
    """What a shared leaf does or imports that reaches outside the process."""
    opened = (node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id == "open")
    # To take a URL apart reaches nothing.
    # A deadline is a time of the event loop's clock.
    pure = ("urllib.parse.", "asyncio") if path == "deadline.py" else ("urllib.parse.",)
    imported = (name for name in imports(path, source) if not name.startswith(pure))
    reached = (name for name in imported if name.split(".")[0] in INPUT_AND_OUTPUT)
    return (name for name in (*opened, *reached) if part_of(path) in LEAVES)


def broken(rule: Rule) -> list[str]:
    return [f"{path}: {name}" for path, source in MODULES.items() for name in rule(path, source)]


def test_every_module_lies_in_a_known_part():
    assert {part_of(path) for path in MODULES} <= MAY_IMPORT.keys()


def test_a_part_imports_only_from_itself_and_the_parts_below():
    assert broken(arrows) == []


def test_a_library_is_imported_only_where_it_belongs():
    assert broken(strays) == []


def test_only_the_settings_read_the_environment():
    assert broken(environment) == []


def test_the_shared_leaves_do_no_input_or_output():
    assert broken(input_and_output) == []


@pytest.mark.parametrize(
    "rule, path, source, found",
    [
        (arrows, "store/cache.py", "import gateway.graph.types", "gateway.graph.types"),
        (arrows, "store/cache.py", "from gateway import graph", "gateway.graph"),
        (arrows, "store/cache.py", "from ..graph import types", "gateway.graph.types"),
        (arrows, "store/cache.py", "from .. import graph", "gateway.graph"),
        (arrows, "errors.py", "from .store.cache import Cache", "gateway.store.cache.Cache"),
        (arrows, "graph/types.py", "def timeout_error():\n    from gateway.web import app", "gateway.web.app"),
        (arrows, "web/app.py", "from gateway.sandbox import create_sandbox", "gateway.sandbox.create_sandbox"),
        (arrows, "sandbox/app.py", "from gateway.records import Mode", "gateway.records.Mode"),
        (strays, "graph/query.py", "import httpx", "httpx"),
        (strays, "store/history.py", "from aiocache.base import BaseCache", "aiocache.base.BaseCache"),
        (strays, "osutrack/client.py", "import strawberry.types", "strawberry.types"),
        (environment, "web/app.py", "import os\nport = os.environ['PORT']", "environ"),
        (environment, "web/app.py", "from os import getenv", "getenv"),
        (input_and_output, "records.py", "open('gateway.log')", "open"),
        (input_and_output, "errors.py", "from urllib.request import urlopen", "urllib.request.urlopen"),
    ],
)
def test_a_broken_rule_is_found(rule: Rule, path: str, source: str, found: str):
    assert list(rule(path, source)) == [found]


@pytest.mark.parametrize(
    "rule, path, source",
    [
        (arrows, "store/cache.py", "from .flight import SingleFlight\nfrom gateway.osutrack.client import Client"),
        (
            arrows,
            "cli/commands.py",
            "from gateway.sandbox import create_sandbox\nfrom gateway.web.app import create_app",
        ),
        (arrows, "graph/query.py", "from gateway import __version__"),
        (strays, "osutrack/client.py", "import asyncio, httpx, msgspec"),
        (environment, "settings.py", "import os\nos.environ"),
        (input_and_output, "osutrack/client.py", "import asyncio"),
    ],
)
def test_what_the_rules_allow_is_not_found(rule: Rule, path: str, source: str):
    assert list(rule(path, source)) == []
