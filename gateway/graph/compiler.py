"""The compiler: turns the selected fields of an operation, or of a list, into one Python expression.

`{ user(id: 2) { id stats { latest { pp } } } }` becomes, without the checks of types:

    O0(O1(v1.id, O2(None if (v3 := f3(v2)) is None else O4(v3.pp)))) with v1 = f1(root, id="2"), v2 = f2(v1)

where O… are classes of response objects and f… are resolvers. graphql-core collects the selected fields, so that
aliases, fragments, `@skip` and merging keep its semantics. Only the success case is compiled: anything unexpected, such
as a null in a non-null field, raises an exception, and graphql-core executes the operation and creates the errors.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_nullable_type,
)
from graphql.pyutils import Path

from gateway import mods, records

from .completion import NAMES, SAFE, leaf_completion, response_class
from .strawberry_compat import (
    Executor,
    Fields,
    NotCompilable,
    Selection,
    resolver_of,
    root_fields,
    strawberry_field,
    sub_fields,
)
from .work import COMPILED, field_work

# The path of a field in the response, with None in place of each list index.
ResponsePath: TypeAlias = tuple[str | int | None, ...]

MAX_FIELDS = 300
# Exceptions of the compiler; the last three if an expression is nested too deeply for Python.
FAILURES = (NotCompilable, GraphQLError, SyntaxError, RecursionError, MemoryError)
# Object types whose values are instances of one class of records. The decoder has validated them: their attributes are
# valid values of the schema's types.
RECORDS: Mapping[str, type] = {
    "Snapshot": records.Snapshot,
    "Hiscore": records.Hiscore,
    "BestPlay": records.BestPlay,
    "Mods": mods.Mods,
}
# Types with the same value in a record and in the response.
UNCHANGED = {"Int", "Float", "String", "Boolean", "DateTime", "URL", "Grade"}


class Call(NamedTuple):
    """A call of a resolver with arguments."""

    field: GraphQLField
    selection: Selection


class Program(NamedTuple):
    """A compiled operation or list. `values` is the number of leaf values outside of lists."""

    function: Callable[..., Any]
    expression: str
    calls: Sequence[Call]
    values: int


def compile_operation(executor: Executor) -> Program:
    """A program that returns the operation's data; raises `NotCompilable`."""
    compiler = _Compiler(executor, checks_integers=False)
    return compiler.program(compiler.response_object(*root_fields(executor), "source", ()))


def compile_list(executor: Executor, item_type: Any, selection: Selection, path: Path) -> Program:
    """A program that returns the response objects of a list; raises `NotCompilable`.

    It serves all lists of this selection: the list's own indices are a parameter.
    """
    compiler = _Compiler(executor, checks_integers=True)
    keys = tuple(None if isinstance(key, int) else key for key in path.as_list())
    return compiler.program(compiler.response_list(item_type, selection, "source", keys))


class _Compiler:
    """Writes one expression. Its names are `context`, `source`, `arguments` (a mapping for each call), `pend` (called
    with each awaitable), `place` (the indices of the lists that contain the source), and those of `self._names`.
    """

    def __init__(self, executor: Executor, *, checks_integers: bool) -> None:
        """Without checks, the program accepts only rows whose integers are known to be safe."""
        self._executor = executor
        self._checks_integers = checks_integers
        # The variable of the item of the list that is being compiled, and whether an integer of it is not checked.
        self._item = ""
        self._trusts_integers = False
        self._response_class = cache(response_class)
        # The objects in the expression by name, and their names by ID.
        self._names = {**NAMES}
        self._named: dict[int, str] = {}
        self._calls: list[Call] = []
        self._fields = 0
        self._variables = 0
        # The number of leaf values of the operation, or of one item of the list that is being compiled.
        self._values = 0
        # The estimated CPU time of writing them.
        self._work_us = 0.0
        # The index variables of the enclosing lists, and those that are used.
        self._indices: tuple[str, ...] = ()
        self._used: set[str] = set()

    def program(self, expression: str) -> Program:
        # Safe to evaluate: all names and literals in the expression are created here or are GraphQL names.
        function = eval(f"lambda context, arguments, pend, source, place=(): {expression}", self._names)  # noqa: S307
        return Program(function, expression, self._calls, self._values)

    def response_object(self, object_type: GraphQLObjectType, fields: Fields, source: str, path: ResponsePath) -> str:
        """The response object of a value that is not null."""
        values = [self._field(object_type, selection, source, (*path, name)) for name, selection in fields.items()]
        return f"{self._name(self._response_class(tuple(fields)))}({', '.join(values)})"

    def response_list(self, item_type: Any, selection: Selection, value: str, path: ResponsePath) -> str:
        """The response list of a value that is not null. The number of its values is counted before it is written."""
        object_type = get_nullable_type(item_type)
        item, index = self._variable(), self._variable()
        outer = self._values, self._work_us, self._item, self._trusts_integers
        self._values, self._work_us, self._item, self._trusts_integers = 0, COMPILED.container, item, False
        indices, self._indices = self._indices, (*self._indices, index)
        record = RECORDS.get(object_type.name) if isinstance(object_type, GraphQLObjectType) else None
        if record and isinstance(item_type, GraphQLNonNull):
            fields = sub_fields(self._executor, object_type, selection)
            written = self.response_object(object_type, fields, item, (*path, None))
        else:
            written = self._completed(item_type, selection, item, (*path, None), trusted=False)
        size = f"{self._values}, {self._work_us:.2f}"
        function = "safe_items" if self._trusts_integers else "items"
        items = f"{function}({value}, {record and self._name(record)}, {size}, context)"
        (self._values, self._work_us, self._item, self._trusts_integers), self._indices = outer, indices
        loop = f"{index}, {item} in enumerate({items})" if index in self._used else f"{item} in {items}"
        return f"[{written} for {loop}]"

    def _field(self, parent: GraphQLObjectType, selection: Selection, source: str, path: ResponsePath) -> str:
        self._fields += 1
        if self._fields > MAX_FIELDS:
            raise NotCompilable("too many fields")
        name = selection[0].node.name.value
        if name == "__typename":
            self._values += 1
            return repr(parent.name)
        field = parent.fields.get(name)
        definition = field and strawberry_field(field)
        if field is None or definition is None:
            raise NotCompilable("introspection")
        self._work_us += field_work(COMPILED, parent.name, name, field)
        if definition.is_basic_field:
            value = f"{source}.{definition.python_name}"
            if source == self._item and parent.name in RECORDS and self._is_safe_integer(field.type):
                return value
            return self._completed(field.type, selection, value, path, trusted=parent.name in RECORDS)
        value = self._call(Call(field, selection), source, path)
        return self._completed(field.type, selection, value, path, trusted=False)

    def _is_safe_integer(self, graphql_type: Any) -> bool:
        """Whether a value of a row needs no check. Counts it."""
        if self._checks_integers or str(graphql_type) != "BigInt!":
            return False
        self._values += 1
        self._trusts_integers = True
        return True

    def _call(self, call: Call, source: str, path: ResponsePath) -> str:
        resolver = resolver_of(call.field)
        parameters = [source] if resolver.takes_source else []
        if resolver.info_parameter:
            self._used |= set(self._indices)
            indices = "".join(f"{index}, " for index in self._indices)
            parameters.append(f"{resolver.info_parameter}=Info(context, {self._name(path)}, (*place, {indices}))")
        if call.field.args:
            parameters.append(f"**arguments[{len(self._calls)}]")
            self._calls.append(call)
        result = f"{self._name(resolver.function)}({', '.join(parameters)})"
        if not resolver.info_parameter:
            return result
        # An awaitable becomes null in this round; `pend` returns None.
        value = self._variable()
        return f"(pend({value}) if ({value} := {result}).__class__ is Coroutine else {value})"

    def _completed(
        self, graphql_type: Any, selection: Selection, value: str, path: ResponsePath, *, trusted: bool
    ) -> str:
        """The response value; a trusted value is an attribute of a record."""
        nullable, output_type = not isinstance(graphql_type, GraphQLNonNull), get_nullable_type(graphql_type)
        if isinstance(output_type, GraphQLScalarType | GraphQLEnumType):
            self._values += 1
            return self._leaf(output_type, value, nullable=nullable, trusted=trusted)
        variable = self._variable()
        if isinstance(output_type, GraphQLList):
            written = self._list(output_type.of_type, selection, variable, path, trusted=trusted)
        else:
            written = self._object(output_type, selection, variable, path, trusted=trusted)
        null = "None" if nullable else "unexpected()"
        return f"({null} if ({variable} := {value}) is None else {written})"

    def _object(self, output_type: Any, selection: Selection, value: str, path: ResponsePath, *, trusted: bool) -> str:
        record = RECORDS.get(output_type.name)
        if not isinstance(output_type, GraphQLObjectType) or (output_type.is_type_of and record is None):
            raise NotCompilable(output_type.name)
        written = self.response_object(output_type, sub_fields(self._executor, output_type, selection), value, path)
        if record is None or trusted:
            return written
        return f"{written} if isinstance({value}, {self._name(record)}) else unexpected()"

    def _list(self, item_type: Any, selection: Selection, value: str, path: ResponsePath, *, trusted: bool) -> str:
        if trusted and get_nullable_type(item_type).name == "String":
            self._values += 1
            return f"[*{value}]"
        return self.response_list(item_type, selection, value, path)

    def _leaf(self, leaf_type: Any, value: str, *, nullable: bool, trusted: bool) -> str:
        if trusted and leaf_type.name in UNCHANGED:
            return value
        if trusted and leaf_type.name == "ID" and not nullable:
            return f"str({value})"
        complete = self._name(leaf_completion(leaf_type, nullable))
        if not trusted or leaf_type.name != "BigInt" or nullable:
            return f"{complete}({value})"
        # Without a call, for long lists.
        variable = self._variable()
        return f"({variable} if {SAFE.format(f'({variable} := {value})')} else {complete}({variable}))"

    def _variable(self) -> str:
        self._variables += 1
        return f"v{self._variables}"

    def _name(self, value: object) -> str:
        """The name of a Python object in the expression."""
        name = self._named.setdefault(id(value), f"n{len(self._named)}")
        self._names[name] = value
        return name
