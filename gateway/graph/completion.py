"""The parts of compiled programs that are called at run time; see `graph/compiler.py`."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from types import CoroutineType
from typing import Any

from graphql.pyutils import Path
from msgspec import Struct, defstruct

from gateway.records import MAX_SAFE_INTEGER, Rows

from .context import Context
from .strawberry_compat import Executor

# The condition on which a value is sent unchanged.
SAFE = f"-{MAX_SAFE_INTEGER} <= {{0}} <= {MAX_SAFE_INTEGER}"
VALID = {
    "Int": "{0}.__class__ is int and -0x80000000 <= {0} <= 0x7FFFFFFF",
    "BigInt": "{0}.__class__ is int and " + SAFE,
    "Float": "{0}.__class__ is float and {0} - {0} == 0",
    "Boolean": "{0}.__class__ is bool",
    **dict.fromkeys(("String", "ID", "DateTime", "URL"), "{0}.__class__ is str"),
}


class Unexpected(Exception):
    """A value that is not part of the success case."""


class FieldInfo(Struct):
    """The part of Strawberry's `Info` that resolvers use. `keys` has None in place of each of `indices`."""

    context: Context
    keys: tuple[str | int | None, ...]
    indices: tuple[int, ...]

    @property
    def path(self) -> Path | None:
        """The field's path in the response."""
        path, indices = None, iter(self.indices)
        for key in self.keys:
            path = Path(path, next(indices) if key is None else key, None)
        return path


@lru_cache(maxsize=100)
def leaf_completion(leaf_type: Any, nullable: bool) -> Callable[[Any], Any]:
    """graphql-core's completion of a scalar or enum, with a shortcut for the usual values."""
    complete: Callable[[Any], Any] = partial(Executor.complete_leaf_value, leaf_type)
    if leaf_type.name not in VALID:
        # Strawberry searches the name of an enum's value each time.
        complete = lru_cache(maxsize=100)(complete)
    valid = VALID.get(leaf_type.name, "False").format("value")
    null = "None" if nullable else "unexpected()"
    # Safe to evaluate: a constant expression for each type.
    completion: Callable[[Any], Any] = eval(  # noqa: S307
        f"lambda value: value if {valid} else {null} if value is None else complete(value)",
        {"complete": complete, "unexpected": _unexpected},
    )
    return completion


def response_class(names: tuple[str, ...]) -> type:
    """A class of response objects: a Struct is created and encoded faster than a dict."""
    fields = [f"f{number}" for number in range(len(names))]
    return defstruct("ResponseObject", fields, gc=False, rename=dict(zip(fields, names, strict=True)))


def _items(items: Any, record: type | None, values: int, work_us: float, context: Context) -> Any:
    """The items of a list, after counting their values and work. A list of records has to be `Rows`."""
    if record is None:
        is_valid = isinstance(items, Sequence)
    else:
        is_valid = type(items) is Rows and (not items or isinstance(items[0], record))
    if not is_valid:
        raise Unexpected
    context.count_list(len(items), values, work_us)
    return items


def _safe_items(items: Any, *size: Any) -> Any:
    """The same for rows with safe integers only."""
    classes: set[Any] = {*map(type, items)}
    if not all(row_class.has_safe_integers for row_class in classes):
        raise Unexpected
    return _items(items, *size)


def _unexpected() -> None:
    raise Unexpected


# Their names in programs.
NAMES: Mapping[str, object] = {
    "Info": FieldInfo,
    "Coroutine": CoroutineType,
    "items": _items,
    "safe_items": _safe_items,
    "unexpected": _unexpected,
}
