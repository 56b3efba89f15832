"""An operation and its variables, read from files and flags and checked before the request is sent."""

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

# Values of other types are text (enums, custom scalars), or JSON if they begin with a brace (input objects).
JSON_SCALARS: dict[str, type] = {"Int": int, "Float": float, "Boolean": bool}
TEXT_SCALARS = {"ID", "String"}


class UsageError(Exception):
    """An invalid command line, document or variable."""


class Operation(NamedTuple):
    """The body of a GraphQL request over HTTP."""

    query: str
    variables: dict[str, Any]
    operationName: str | None  # noqa: N815  # the name in GraphQL over HTTP


def read_operation(file: str, operation: str | None, flags: Iterable[str], variables: str | None) -> Operation:
    """The selected operation and its variables; `flags` override `variables`. Raises `UsageError`."""
    text = _read_text(file)
    selected = _select(_parse(text, file), operation)
    declared = {definition.variable.name.value: definition for definition in selected.variable_definitions or ()}
    values = _parse_object(variables) | _parse_flags(flags, declared)
    for name, definition in declared.items():
        if name not in values and definition.default_value is None and isinstance(definition.type, NonNullTypeNode):
            raise UsageError(f"missing variable {_declaration(definition)}: use --var {name}=...")
    return Operation(text, values, selected.name.value if selected.name else None)


def _read_text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as exc:
        raise UsageError(f"{file}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{file}: not valid UTF-8 text") from exc


def _parse(text: str, file: str) -> list[OperationDefinitionNode]:
    try:
        document = parse(Source(text, file))
    except GraphQLSyntaxError as exc:
        raise UsageError(str(exc)) from exc
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def _select(operations: list[OperationDefinitionNode], name: str | None) -> OperationDefinitionNode:
    matching = [node for node in operations if name is None or (node.name and node.name.value == name)]
    if len(matching) == 1:
        return matching[0]
    names = ", ".join(node.name.value for node in operations if node.name) or "none has a name"
    raise UsageError(f"--operation must be one of the document's operations: {names}")


def _parse_object(variables: str | None) -> dict[str, Any]:
    text = variables or "{}"
    try:
        content = Path(text[1:]).read_bytes() if text.startswith("@") else text.encode()
        return msgspec.json.decode(content, type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as exc:
        raise UsageError(f"--variables must be a JSON object, or @FILE with one: {exc}") from exc


def _parse_flags(flags: Iterable[str], declared: dict[str, VariableDefinitionNode]) -> dict[str, Any]:
    texts: dict[str, list[str]] = {}
    for flag in flags:
        name, separator, value = flag.partition("=")
        if not separator:
            raise UsageError(f"--var {flag}: expected NAME=VALUE")
        if name not in declared:
            known = ", ".join(map(_declaration, declared.values())) or "no variables"
            raise UsageError(f"--var {name}: unknown variable; the operation declares {known}")
        texts.setdefault(name, []).append(value)
    return {name: _parse_value(f"--var {name}", values, declared[name].type) for name, values in texts.items()}


def _parse_value(option: str, texts: list[str], kind: TypeNode) -> Any:
    if isinstance(kind, NonNullTypeNode):
        return _parse_value(option, texts, kind.type)
    if isinstance(kind, ListTypeNode):
        is_json = len(texts) == 1 and texts[0].startswith("[")
        if is_json:
            return _parse_json(option, texts[0], list[Any])
        return [_parse_value(option, [text], kind.type) for text in texts]
    if len(texts) > 1:
        raise UsageError(f"{option}: the variable is not a list; specify it once")
    name = kind.name.value if isinstance(kind, NamedTypeNode) else ""
    if name in JSON_SCALARS:
        return _parse_json(option, texts[0], JSON_SCALARS[name])
    if name not in TEXT_SCALARS and texts[0].startswith("{"):
        return _parse_json(option, texts[0], dict[str, Any])
    return texts[0]


def _parse_json(option: str, text: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as exc:
        raise UsageError(f"{option}: invalid value {text!r}: {exc}") from exc


def _declaration(definition: VariableDefinitionNode) -> str:
    return f"${definition.variable.name.value}: {print_ast(definition.type)}"
