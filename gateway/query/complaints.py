"""What an answer complains of, a line each, for standard error."""

from collections.abc import Iterator

from .exchange import Answer, Failure
from .table import printable


def complaints(answer: Answer) -> Iterator[str]:
    """Errors first, then what is served although it is old or incomplete."""
    for error in answer.errors:
        yield printable(f"error: {_at(error.path)}{error.message}{_facts(error)}")
    for warning in answer.extensions.warnings:
        yield printable(f"warning: {_at(warning.path)}{warning.message} ({warning.code})")


def _at(path: list[str | int] | None) -> str:
    return ".".join(map(str, path)) + ": " if path else ""


def _facts(error: Failure) -> str:
    code, wait_s = (error.extensions.get(name) for name in ("code", "retryAfterSeconds"))
    facts = [str(code)] if code else []
    if wait_s is not None:
        facts.append(f"try again in {wait_s} s")
    return f" ({', '.join(facts)})" if facts else ""
