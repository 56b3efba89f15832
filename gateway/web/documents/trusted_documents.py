"""Trusted documents: the operator's files of GraphQL documents, and manifests of client tools."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from gateway.graph.prepare.errors import syntax_fault
from gateway.settings import BadSettings

DOCUMENTS = {".graphql", ".gql"}
MANIFESTS = {".json"}


class _ApolloOperation(msgspec.Struct):
    id: str
    body: str


class _ApolloManifest(msgspec.Struct):
    """Of `@apollo/generate-persisted-query-manifest`."""

    operations: list[_ApolloOperation]


def trusted_documents(path: Path) -> dict[str, str]:
    """The texts of the documents in a file, or in a folder's files, by ID; raises `BadSettings` if there is none.

    The ID of a document in a file of its own is the SHA-256 of the file's bytes, in hexadecimal. A manifest has its
    own IDs: `persisted-documents.json` of graphql-codegen and Relay's file map IDs to documents, Apollo's has a list.
    """
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    try:
        documents = {
            identifier: text
            for file in files
            if file.suffix in DOCUMENTS | MANIFESTS or file == path
            for identifier, text in _checked(file)
        }
    except OSError as exc:
        raise BadSettings(f"GATEWAY_TRUSTED_DOCUMENTS: {exc}") from exc
    if not documents:
        raise BadSettings(f"GATEWAY_TRUSTED_DOCUMENTS: {path} has no document (*.graphql, *.gql, or a manifest *.json)")
    return documents


def _checked(file: Path) -> Iterator[tuple[str, str]]:
    for identifier, text in _read(file):
        fault = syntax_fault(text)
        if fault:
            raise BadSettings(f"GATEWAY_TRUSTED_DOCUMENTS: {file}, document {identifier}: {fault}")
        yield identifier, text


def _read(file: Path) -> Iterator[tuple[str, str]]:
    content = file.read_bytes()
    if file.suffix not in MANIFESTS:
        try:
            yield sha256(content).hexdigest(), content.decode()
        except UnicodeDecodeError as exc:
            raise BadSettings(f"GATEWAY_TRUSTED_DOCUMENTS: {file} is not UTF-8 text") from exc
        return
    yield from _manifest(file, content)


def _manifest(file: Path, content: bytes) -> Iterator[tuple[str, str]]:
    try:
        is_apollo = "operations" in msgspec.json.decode(content, type=dict[str, Any])
        if is_apollo:
            for operation in msgspec.json.decode(content, type=_ApolloManifest).operations:
                yield operation.id, operation.body
        else:
            yield from msgspec.json.decode(content, type=dict[str, str]).items()
    except (ValueError, RecursionError) as exc:
        # ValueError: besides msgspec's own errors, text that is not UTF-8.
        raise BadSettings(f"GATEWAY_TRUSTED_DOCUMENTS: {file} is not a manifest of documents: {exc}") from exc
