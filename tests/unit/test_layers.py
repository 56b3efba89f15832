"""The layers: packages import downwards only and without cycles, and libraries are imported only by their packages.

Also the length of functions.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest

import gateway

FOLDER = Path(gateway.__file__).parent
MODULES = {path.relative_to(FOLDER).as_posix(): path.read_text() for path in sorted(FOLDER.rglob("*.py"))}

LEAVES = {
    "settings",
    "setting_sources",
    "setting_types",
    "upstream_settings",
    "records",
    "mods",
    "error_codes",
    "errors",
    "deadline",
}
APPLICATION = LEAVES | {
    *("telemetry", "shared", "osutrack", "store", "edge", "graph", "mcp", "images", "web", "server", "cli", "__main__"),
}

# The packages that a package may import.
MAY_IMPORT = {
    "__init__": set[str](),
    **dict.fromkeys(LEAVES, LEAVES),
    "telemetry": LEAVES | {"telemetry"},
    "shared": LEAVES | {"telemetry", "shared"},
    "osutrack": LEAVES | {"telemetry", "shared", "osutrack"},
    "store": LEAVES | {"telemetry", "shared", "osutrack", "store"},
    "edge": LEAVES | {"telemetry", "osutrack", "store", "edge"},
    "graph": LEAVES | {"telemetry", "shared", "osutrack", "store", "graph"},
    "mcp": LEAVES | {"graph", "mcp"},
    "images": LEAVES | {"images"},
    "web": LEAVES | {"telemetry", "shared", "osutrack", "store", "edge", "graph", "mcp", "images", "web"},
    "server": LEAVES | {"telemetry", "server"},
    "__main__": APPLICATION,
    "cli": APPLICATION | {"sandbox"},
    "sandbox": {"sandbox"},
}

MAX_LINES = 30

# The packages or modules that may import a library. Others, such as msgspec, are allowed everywhere.
PLACES = {
    "aiocache": ("store/cache.py", "store/redis_cache.py"),
    "anyio": ("osutrack/cancellation.py",),
    "brotli": ("web/cache/compression.py",),
    "dotenv": ("setting_sources.py",),
    "graphql": ("graph/", "mcp/", "cli/operation.py"),
    "httpcore": ("osutrack/cancellation.py",),
    "httpx": ("osutrack/", "edge/", "cli/gateway_client.py"),
    "opentelemetry": ("telemetry/",),
    "redis": ("shared/", "store/"),
    "resvg": ("images/png.py",),
    "prometheus_client": ("telemetry/metrics.py", "web/probes.py"),
    "pydantic": ("settings.py", "setting_sources.py", "setting_types.py", "upstream_settings.py"),
    "pydantic_settings": ("settings.py", "setting_sources.py", "setting_types.py"),
    "socksio": ("osutrack/http_client.py",),
    "stamina": ("osutrack/",),
    "starlette": ("web/", "sandbox/"),
    "strawberry": ("graph/",),
    "structlog": ("telemetry/logs.py",),
    "uvicorn": ("cli/", "server/", "sandbox/__main__.py"),
    "zstandard": ("web/cache/compression.py",),
}

INPUT_AND_OUTPUT = {"aiofiles", "anyio", "asyncio", "http", "io", "shutil", "socket", "sqlite3", "subprocess", "urllib"}

Rule = Callable[[str, str], Iterator[str]]


def package_of(path: str) -> str:
    return PurePosixPath(path).parts[0].removesuffix(".py")


def imports(path: str, source: str) -> Iterator[str]:
    """The full dotted names that a module imports, at the top or inside functions."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                origin = [*anchor(path, level), *filter(None, [module])]
                yield from (".".join([*origin, alias.name]) for alias in names)


def anchor(path: str, level: int) -> tuple[str, ...]:
    """The package that the dots of a relative import refer to."""
    folders = ("gateway", *PurePosixPath(path).parent.parts)
    return folders[: len(folders) + 1 - level] if level else ()


def upward_imports(path: str, source: str) -> Iterator[str]:
    forbidden = MAY_IMPORT.keys() - MAY_IMPORT[package_of(path)]
    return (name for name in imports(path, source) if name.startswith("gateway.") and name.split(".")[1] in forbidden)


def misplaced_libraries(path: str, source: str) -> Iterator[str]:
    places = ((name, PLACES.get(name.split(".")[0], ("",))) for name in imports(path, source))
    return (name for name, allowed in places if not path.startswith(allowed))


def environment_access(path: str, source: str) -> Iterator[str]:
    readers = {"environ", "environb", "getenv", "getenvb", "load_dotenv"}
    attributes = (node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    imported = (name.split(".")[-1] for name in imports(path, source))
    return (name for name in (*attributes, *imported) if name in readers and path != "setting_sources.py")


def input_and_output(path: str, source: str) -> Iterator[str]:
    """I/O in a leaf module."""
    opened = (node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id == "open")
    # A deadline uses the event loop's clock only.
    pure = ("urllib.parse.", "asyncio") if path == "deadline.py" else ("urllib.parse.",)
    imported = (name for name in imports(path, source) if not name.startswith(pure))
    used = (name for name in imported if name.split(".")[0] in INPUT_AND_OUTPUT)
    return (name for name in (*opened, *used) if package_of(path) in LEAVES)


def long_functions(_: str, source: str) -> Iterator[str]:
    """Functions of more than 30 lines, with signature and docstring, but without decorators."""
    nodes = ast.walk(ast.parse(source))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return (node.name for node in functions if (node.end_lineno or 0) - node.lineno >= MAX_LINES)


def violations(rule: Rule) -> list[str]:
    return [f"{path}: {name}" for path, source in MODULES.items() for name in rule(path, source)]


def find_cycle(modules: Mapping[str, str]) -> list[str]:
    """The modules of an import cycle; empty if there is none."""
    paths = {dotted_name(path): path for path in modules}
    graph = {
        path: {found for name in imports(path, source) if (found := imported_module(name, paths)) and found != path}
        for path, source in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as exc:
        return list(exc.args[1])
    return []


def dotted_name(path: str) -> str:
    return f"gateway.{path.removesuffix('.py').replace('/', '.')}".removesuffix(".__init__")


def imported_module(name: str, paths: Mapping[str, str]) -> str | None:
    """The module with this name, or that defines it."""
    return paths.get(name) or paths.get(name.rpartition(".")[0])


def test_every_module_belongs_to_a_known_package():
    assert {package_of(path) for path in MODULES} <= MAY_IMPORT.keys()


def test_packages_import_lower_packages_only():
    assert violations(upward_imports) == []


def test_modules_have_no_import_cycle():
    assert find_cycle(MODULES) == []


def test_libraries_are_imported_only_in_their_places():
    assert violations(misplaced_libraries) == []


def test_only_settings_read_the_environment():
    assert violations(environment_access) == []


def test_leaf_modules_do_no_input_or_output():
    assert violations(input_and_output) == []


@pytest.mark.parametrize(
    "rule, path, source, found",
    [
        (upward_imports, "store/cache.py", "import gateway.graph.types", "gateway.graph.types"),
        (upward_imports, "store/cache.py", "from gateway import graph", "gateway.graph"),
        (upward_imports, "store/cache.py", "from ..graph import types", "gateway.graph.types"),
        (upward_imports, "store/cache.py", "from .. import graph", "gateway.graph"),
        (upward_imports, "errors.py", "from .store.cache import Cache", "gateway.store.cache.Cache"),
        (upward_imports, "graph/types.py", "def f():\n    from gateway.web import app", "gateway.web.app"),
        (upward_imports, "web/app.py", "from gateway.sandbox import create_sandbox", "gateway.sandbox.create_sandbox"),
        (upward_imports, "sandbox/app.py", "from gateway.records import Mode", "gateway.records.Mode"),
        (misplaced_libraries, "graph/query.py", "import httpx", "httpx"),
        (misplaced_libraries, "store/history.py", "from aiocache.base import BaseCache", "aiocache.base.BaseCache"),
        (misplaced_libraries, "osutrack/client.py", "import strawberry.types", "strawberry.types"),
        (environment_access, "web/app.py", "import os\nport = os.environ['PORT']", "environ"),
        (environment_access, "web/app.py", "from os import getenv", "getenv"),
        (long_functions, "web/app.py", "class A:\n    async def f():" + "\n" * 30 + "        return", "f"),
        (input_and_output, "records.py", "open('gateway.log')", "open"),
        (input_and_output, "errors.py", "from urllib.request import urlopen", "urllib.request.urlopen"),
    ],
)
def test_violation_is_found(rule: Rule, path: str, source: str, found: str):
    assert list(rule(path, source)) == [found]


@pytest.mark.parametrize(
    "rule, path, source",
    [
        (upward_imports, "store/cache.py", "from .tags import Tags\nfrom gateway.osutrack.client import Client"),
        (upward_imports, "cli/commands.py", "from gateway.sandbox import create_sandbox\nfrom gateway.web import app"),
        (upward_imports, "graph/query.py", "from gateway import __version__"),
        (misplaced_libraries, "osutrack/client.py", "import asyncio, httpx, msgspec"),
        (environment_access, "setting_sources.py", "import os\nos.environ"),
        (input_and_output, "osutrack/client.py", "import asyncio"),
    ],
)
def test_allowed_import_is_accepted(rule: Rule, path: str, source: str):
    assert list(rule(path, source)) == []


def test_cycle_is_found():
    modules = {
        "errors.py": "from .records import Mode",
        "records.py": "def f():\n    from gateway.mods import Mods",
        "mods.py": "import gateway.errors",
    }
    assert set(find_cycle(modules)) == modules.keys()
