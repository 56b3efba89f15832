"""Docstrings are the schema's descriptions: what a reader of the code and a reader of GraphiQL are told is one text."""

from collections.abc import Callable
from inspect import cleandoc
from typing import Any, TypeVar

import strawberry

T = TypeVar("T")


def resolved(graphql_type: Any, *directives: object) -> Callable[[Callable[..., Any]], Any]:
    """A field of that type whose resolver returns a record, which the type names, or an awaitable of one."""
    field: Callable[[Callable[..., Any]], Any] = strawberry.field(graphql_type=graphql_type, directives=directives)
    return field


def documented(cls: type[T]) -> type[T]:
    """The Strawberry type, described by its docstring, and its resolvers by theirs where nothing else is said."""
    definition: Any = cls.__strawberry_definition__  # type: ignore[attr-defined]  # what strawberry.type adds
    definition.description = cleandoc(cls.__doc__ or "")
    for field in definition.fields:
        if field.description is None and field.base_resolver is not None:
            field.description = cleandoc(field.base_resolver.wrapped_func.__doc__ or "")
    return cls
