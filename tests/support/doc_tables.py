"""Tables of `docs/` that repeat facts of the code: the rows that the code gives, and the page with them."""

import re
from collections.abc import Callable, Iterator

from prometheus_client.metrics import MetricWrapperBase

from gateway.__main__ import QUERY_EXIT_CODES
from gateway.cli.setting_infos import setting_infos
from gateway.error_codes import CODES
from gateway.osutrack.diagnosis import REMEDIES
from gateway.sandbox import players
from gateway.settings import Settings
from gateway.telemetry.metrics import Metrics

SUFFIXES = {"counter": "_total"}
# The header of the table of GraphQL over HTTP.
REQUIREMENTS_HEADER = "| requirement | 2025 | 2026 | tests | exceptions |"
# A row of the docstring of `gateway.sandbox.players`: IDs, constant, name, purpose.
PLAYER = re.compile(r"^ {4}(\d[\d ,.]*?) +([A-Z_]+) +(\S.*?)  +(\S.*)$", re.MULTILINE)


def settings() -> Iterator[list[str]]:
    for info in setting_infos(Settings(_env_file=None)):
        yield [f"`{info.variable}`", f"`{info.default}`" if info.default else "", info.meaning]


def exit_codes() -> list[tuple[str, ...]]:
    return re.findall(r"^  (\d+) +(.+)$", QUERY_EXIT_CODES, re.MULTILINE)


def errors() -> Iterator[list[str]]:
    for code, info in CODES.items():
        status = f"{info.status} / {info.json_status}" if info.json_status else str(info.status)
        yield [f"`{code}`", status, str(info.status_2026), "yes" if info.retryable else "no", info.meaning]


def remedies() -> Iterator[list[str]]:
    for kind, remedy in REMEDIES.items():
        yield [f"`{kind}`", remedy]


def metrics() -> list[list[str]]:
    collectors = set(Metrics().registry._collector_to_names)  # noqa: SLF001 - prometheus-client has no public list
    return sorted(_metric(collector) for collector in collectors if isinstance(collector, MetricWrapperBase))


def _metric(collector: MetricWrapperBase) -> list[str]:
    [family] = collector.describe()
    labels = ", ".join(collector._labelnames)  # noqa: SLF001 - as above
    return [f"`{family.name}{SUFFIXES.get(family.type, '')}`", labels, family.documentation]


def sandbox_players() -> Iterator[list[str]]:
    """The rows of the table in the module's docstring, which names a constant for each player."""
    for ids, _, name, purpose in PLAYER.findall(players.__doc__ or ""):
        cells = [_code(ids.replace(" .. ", "` to `")), "" if name == "-" else _code(name.removesuffix(" .."))]
        yield [*cells, purpose.replace("as UNTRACKED", f"as {players.UNTRACKED[0]}")]


def _code(text: str) -> str:
    return f"`{text.replace(', ', '`, `')}`"


# By the page, and the header of the table in it.
TABLES: dict[tuple[str, str], Callable[[], Iterator[list[str]] | list[list[str]] | list[tuple[str, ...]]]] = {
    ("errors.md", "| code | status | 2026 | retryable | meaning |"): errors,
    ("operations.md", "| exit code | meaning |"): exit_codes,
    ("operations.md", "| variable | default | meaning |"): settings,
    ("operations.md", "| kind | remedy |"): remedies,
    ("sandbox.md", "| player | name | data |"): sandbox_players,
    ("operations.md", "| metric | labels | meaning |"): metrics,
}


def updated(page: str, header: str, rows: list[str]) -> str:
    """The page with these rows in the table below the header."""
    head, found, rest = page.partition(f"{header}\n")
    assert found, f"the page has no table {header}"
    separator, *lines = rest.split("\n")
    after = next(number for number, line in enumerate(lines) if not line.startswith("|"))
    return "\n".join([f"{head}{header}", separator, *rows, *lines[after:]])


def row(cells: list[str] | tuple[str, ...]) -> str:
    """A row of Markdown."""
    return f"| {' | '.join(cells)} |"


def rows_below(page: str, header: str) -> list[list[str]]:
    """The cells of the table below the header."""
    lines = page.partition(f"{header}\n")[2].split("\n\n")[0].split("\n")[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
