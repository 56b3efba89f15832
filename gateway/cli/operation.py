"""An operation and its variables, read from files and flags. What does not fit is told before anything is sent."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from graphql import GraphQLSyntaxError, Source, parse, print_ast
from graphql.language import (
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    VariableDefinitionNode,
)

# Any other type is an enum or a scalar that is written as text, or an input object, which begins like one in JSON.
JSON_SCALARS: dict[str, type] = {"Int": int, "Float": float, "Boolean": bool}
TEXT_SCALARS = {"ID", "String"}


class UsageError(Exception):
    """The command can't be what was meant. The message says why."""


class Operation(NamedTuple):
    """What is sent, in the names of GraphQL over HTTP."""

    query: str
    variables: dict[str, Any]
    operationName: str | None  # noqa: N815  # its name on the wire


def asked(file: str, operation: str | None, flags: Iterable[str], variables: str | None) -> Operation:
    """The operation that is meant, with its variables; flags count more. Raises `UsageError`."""
    text = _text(file)
    chosen = _chosen(_operations(text, file), operation)
    declared = {definition.variable.name.value: definition for definition in chosen.variable_definitions or ()}
    values = _object(variables) | _typed(flags, declared)
    for name, definition in declared.items():
        if name not in values and definition.default_value is None and isinstance(definition.type, NonNullTypeNode):
            raise UsageError(f"the variable {_shown(definition)} is missing: --var {name}=...")
    return Operation(text, values, chosen.name.value if chosen.name else None)


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as exc:
        raise UsageError(f"{file}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{file}: it is not text in UTF-8") from exc


def _operations(text: str, file: str) -> list[OperationDefinitionNode]:
    try:
        document = parse(Source(text, file))
    except GraphQLSyntaxError as exc:
        raise UsageError(str(exc)) from exc
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def _chosen(operations: list[OperationDefinitionNode], name: str | None) -> OperationDefinitionNode:
    fitting = [node for node in operations if name is None or (node.name and node.name.value == name)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(node.name.value for node in operations if node.name) or "none with a name"
    raise UsageError(f"--operation must be one of the document's operations: {names}")


def _object(variables: str | None) -> dict[str, Any]:
    text = variables or "{}"
    try:
        content = Path(text[1:]).read_bytes() if text.startswith("@") else text.encode()
        return msgspec.json.decode(content, type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as exc:
        raise UsageError(f"--variables must be a JSON object, or @ and a file that has one: {exc}") from exc


def _typed(flags: Iterable[str], declared: dict[str, VariableDefinitionNode]) -> dict[str, Any]:
    given: dict[str, list[str]] = {}
    for flag in flags:
        name, sign, value = flag.partition("=")
        if not sign:
            raise UsageError(f"--var {flag}: give it as NAME=VALUE")
        if name not in declared:
            known = ", ".join(map(_shown, declared.values())) or "none"
            raise UsageError(f"--var {name}: the operation has no such variable, but {known}")
        given.setdefault(name, []).append(value)
    return {name: _value(f"--var {name}", values, declared[name].type) for name, values in given.items()}


def _value(where: str, given: list[str], kind: TypeNode) -> Any:
    if isinstance(kind, NonNullTypeNode):
        return _value(where, given, kind.type)
    if isinstance(kind, ListTypeNode):
        is_json = len(given) == 1 and given[0].startswith("[")
        return _json(where, given[0], list[Any]) if is_json else [_value(where, [one], kind.type) for one in given]
    if len(given) > 1:
        raise UsageError(f"{where}: it is no list, so give it once")
    name = kind.name.value if isinstance(kind, NamedTypeNode) else ""
    if name in JSON_SCALARS:
        return _json(where, given[0], JSON_SCALARS[name])
    return _json(where, given[0], dict[str, Any]) if name not in TEXT_SCALARS and given[0][:1] == "{" else given[0]


def _json(where: str, text: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as exc:
        raise UsageError(f"{where}: {text!r} can't be read: {exc}") from exc


def _shown(definition: VariableDefinitionNode) -> str:
    return f"${definition.variable.name.value}: {print_ast(definition.type)}"
