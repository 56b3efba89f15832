"""Error entries and the table of their codes."""

import ast
import re
from pathlib import Path

import pytest

import gateway
from gateway.error_codes import CODES
from gateway.errors import RETRY_LATER, GatewayError, LimitExceeded, UpstreamBusy, entry
from gateway.graph.types.ranking import RankingOrder
from gateway.store.milestones import MilestoneKind

FOLDER = Path(gateway.__file__).parent
# Names in capitals that are not error codes: warnings, a sort order, and a variable of prometheus-client.
OTHER = {
    *{"STALE_DATA", "ROWS_DROPPED", "USERNAME_UNRESOLVED", "PP_DESC", "PROMETHEUS_MULTIPROC_DIR"},
    *MilestoneKind.__members__,
    *RankingOrder.__members__,
}
PACKAGES = ("cli", "graph", "osutrack", "server", "store", "web")


def subclasses(kind):
    return {kind, *(descendant for child in kind.__subclasses__() for descendant in subclasses(child))}


def test_every_exception_has_a_code_of_the_table():
    codes = {kind.code for kind in subclasses(GatewayError) if hasattr(kind, "code")}
    assert codes <= CODES.keys()


def test_source_uses_only_codes_of_the_table():
    source = "".join(path.read_text() for package in PACKAGES for path in (FOLDER / package).rglob("*.py"))
    assert set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', source)) <= CODES.keys() | OTHER


def test_every_code_in_the_table_is_used():
    # The proxy has errors of its own.
    files = [*FOLDER.rglob("*.py"), FOLDER.parent / "deploy/nginx.conf"]
    source = "".join(path.read_text() for path in files)
    uses = re.findall(r'"([A-Z_]+)"(?!: ErrorCode)', source)
    assert CODES.keys() - set(uses) == set()


def test_entry_has_code_and_retryability():
    assert entry("BAD_REQUEST", "No.") == {"message": "No.", "extensions": {"code": "BAD_REQUEST", "retryable": False}}


@pytest.mark.parametrize("wait_s, seconds", [(0.0, 1), (0.2, 1), (12.1, 13)])
def test_retry_time_is_rounded_up_to_seconds(wait_s, seconds):
    extensions = UpstreamBusy("Busy.", retry_after_s=wait_s).to_entry()["extensions"]
    assert extensions == {"code": "UPSTREAM_BUSY", "retryable": True, "retryAfterSeconds": seconds}


def texts_of(kind):
    """The literals in the source from which errors of a kind are made."""
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and kind.__name__ in {
                getattr(node.func, "id", ""),
                getattr(node.func, "attr", ""),
            }:
                yield ast.unparse(node)


@pytest.mark.parametrize("kind", sorted(subclasses(GatewayError), key=str), ids=lambda kind: kind.__name__)
def test_only_retryable_errors_recommend_a_retry(kind):
    if not CODES[getattr(kind, "code", "RATE_LIMITED")].retryable:
        assert not [text for text in texts_of(kind) if re.search("again later|RETRY_LATER|[Rr]etry in", text)]


def test_known_wait_replaces_later():
    assert UpstreamBusy(f"Busy. {RETRY_LATER}", retry_after_s=60.2).to_entry()["message"] == "Busy. Retry in 61 s."
    assert UpstreamBusy(f"Busy. {RETRY_LATER}").to_entry()["message"] == "Busy. Try again later."


def test_exceeded_limit_names_value_and_maximum():
    assert LimitExceeded("depth", 9, 8, "nested fields").to_entry() == {
        "message": "Limit exceeded: `depth` is 9; the maximum is 8 (counted: nested fields).",
        "extensions": {"code": "LIMIT_EXCEEDED", "retryable": False, "limit": "depth", "value": 9, "max": 8},
    }
