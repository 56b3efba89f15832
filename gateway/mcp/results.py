"""Results of tools, from GraphQL responses."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gateway.errors import entry

# A result fills the context of a language model. In the response it is repeated as text.
MAX_BYTES = 24_000
# Of errors and warnings; others are for the selections of GraphQL clients.
DETAILS = ("code", "message", "retryable", "retryAfterSeconds", "readAfterSeconds", "argument", "requestId")


def tool_result(response: Mapping[str, Any]) -> dict[str, Any]:
    """A GraphQL response as a tool's result: its data, errors and warnings, structured and as text."""
    content = {
        **msgspec.to_builtins(response.get("data") or {}),
        **_messages("warnings", response.get("extensions", {}).get("warnings", ())),
        **_messages("errors", (error | error["extensions"] for error in response.get("errors", ()))),
    }
    text = msgspec.json.encode(content)
    if len(text) > MAX_BYTES:
        message = f"The result has {len(text):,} bytes; the maximum is {MAX_BYTES:,}. Choose a shorter `window`,"
        return tool_result({"errors": [entry("RESULT_TOO_LARGE", f"{message} longer periods or fewer items.")]})
    return {
        "content": [{"type": "text", "text": text.decode()}],
        "structuredContent": content,
        "isError": "errors" in content,
    }


def invalid_arguments(reasons: Iterable[str]) -> dict[str, Any]:
    """The errors for a tool's arguments, as a GraphQL response."""
    return {"errors": [entry("BAD_USER_INPUT", reason) for reason in reasons]}


def _messages(name: str, entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The entries without their places in the document, equal ones once: an outage has one for each player."""
    messages: list[dict[str, Any]] = []
    for item in entries:
        message = {key: item[key] for key in DETAILS if key in item}
        if message not in messages:
            messages.append(message)
    return {name: messages} if messages else {}
