"""Random queries over the whole schema: arguments, aliases, fragments, directives and variables, valid and invalid."""

from random import Random
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_required_argument,
)

from gateway.sandbox import players

USERS = [*range(1001, 1009), players.AMEO, *range(3000001, 3000022), players.UNTRACKED[0]]
NAMES = ["Pixel Moth", "ameo", "MixedCaseName", "[brackets]-_x", "only_plays"]
CONDITIONS = ["true", "false", "$yes", "$no", "$omitted"]
DECLARATIONS = ["$yes: Boolean!", "$no: Boolean!", "$omitted: Boolean = true"]
MODES = ["OSU", "TAIKO", "CATCH", "MANIA"]
WINDOWS = [{"days": 30}, {"days": 400}, {"between": {"from": "2026-01-01", "to": "2026-09-01"}}, {"between": {}}]
VALID: dict[str, list[Any]] = {
    "id": [str(user) for user in USERS],
    "username": NAMES,
    "mode": MODES,
    "modes": [["OSU"], MODES, ["MANIA", "MANIA"], []],
    "window": [*WINDOWS, None],
    "every": ["DAY", "WEEK", "MONTH", "YEAR", None],
    "orderBy": ["PP_DESC", "PLAYED_AT_DESC", "PLAYED_AT_ASC", "RECORDED_AT_DESC"],
    "first": [0, 1, 7, 60],
    "after": [None],
    "at": ["2026-06-01T00:00:00Z", "2015-01-01T00:00:00+02:00"],
    "match": ["BEFORE", "NEAREST", "AFTER"],
    "bestPerBeatmap": [True, False],
    "by": ["PP", "PP_GAINED", "RANKS_GAINED", "PLAYS_GAINED", "PEAK_RANK"],
    "includeAnomalies": [True, False],
    "withinWindow": [True, False],
    "kinds": [["PP"], ["ACCURACY", "LEVEL"], ["PLAY_COUNT", "PLAY_COUNT"], [], None],
    "ppAtLeast": [[], [0], [300.5, 100], [250, 250, 99999]],
    "filter": [
        {"modsAll": ["HD", "DT"], "ppAtMost": 900},
        {"modsAny": ["NM", "HR"], "modsNone": ["PF"]},
        {"grades": ["S", "SH"], "ppAtLeast": 100.5},
        {"modsAll": [], "grades": None},
        {},
        None,
    ],
}
INVALID: dict[str, list[Any]] = {
    "id": ["0", "two", str(players.BIG_NUMBERS), str(players.HISCORES_FAIL)],
    "ids": [["1001", "x"], ["1001"] * 101],
    "username": ["-", "a" * 16, "nobody_at_all"],
    "modes": [MODES * 2],
    "window": [{"days": 0}, {"between": {"from": "2026-02-01", "to": "2026-01-01"}}],
    "first": [-1, 10_001],
    "after": ["AAAA", "gw"],
    "at": ["yesterday"],
    "kinds": [["PP"] * 6, ["SCORE"]],
    "ppAtLeast": [[-1], [100] * 101, ["many"]],
    "filter": [{"modsAll": ["XX"]}, {"ppAtLeast": 2, "ppAtMost": 1}, {"grades": ["SS"]}, {"ppAtMost": -1}],
}


class RandomOperation(NamedTuple):
    """The text and the variables of a query."""

    text: str
    variables: dict[str, Any]


def random_operation(schema: GraphQLSchema, random: Random, *, errors: bool, cursors: list[str]) -> RandomOperation:
    """A valid query; with `errors`, some of its arguments are not. `cursors` are possible values of `after`."""
    return _Writer(schema, random, errors=errors, cursors=cursors).operation()


class _Writer:
    def __init__(self, schema: GraphQLSchema, random: Random, *, errors: bool, cursors: list[str]) -> None:
        self._schema = schema
        self._random = random
        self._errors = errors
        self._cursors = cursors
        self._aliases = 0
        self._declarations: list[str] = []
        self._variables: dict[str, Any] = {"yes": True, "no": False}
        self._fragments: list[str] = []

    def operation(self) -> RandomOperation:
        assert self._schema.query_type
        used = " ".join(f"c{i}: __typename @skip(if: ${name})" for i, name in enumerate(("yes", "no", "omitted")))
        selection = self._selection(self._schema.query_type, 4)
        header = ", ".join([*DECLARATIONS, *self._declarations])
        return RandomOperation(
            " ".join([f"query ({header}) {{ {used} {selection} }}", *self._fragments]), self._variables
        )

    def _selection(self, parent: GraphQLObjectType, depth: int) -> str:
        fields = list(parent.fields)
        names = [self._random.choice(fields) for _ in range(self._random.randint(1, 4))]
        parts = [self._decorated(parent, self._field(parent, name, depth)) for name in names]
        return " ".join(filter(None, parts)) or "__typename"

    def _decorated(self, parent: GraphQLObjectType, field: str) -> str:
        kind = self._random.random()
        types = [parent.name, *(interface.name for interface in parent.interfaces)]
        interface = bool(parent.interfaces) and field.strip() in {"pp", "score", "grade", "mode"}
        if not field or kind < 0.6:
            return field
        if kind < 0.7:
            return f"... on {types[-1] if interface else types[0]} {self._condition()} {{ {field} }}"
        if kind < 0.8:
            return f"... {self._condition()} {{ {field} __typename }}"
        if kind < 0.9:
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {parent.name} {{ {field} }}")
            return f"...{name} {self._condition()} ...{name}"
        return f"{field} __typename"

    def _condition(self) -> str:
        directive = self._random.choice(["", "@include", "@skip"])
        return directive and f"{directive}(if: {self._random.choice(CONDITIONS)})"

    def _field(self, parent: GraphQLObjectType, name: str, depth: int) -> str:
        field = parent.fields[name]
        inner = get_named_type(field.type)
        is_object = isinstance(inner, GraphQLObjectType)
        if is_object and depth == 0:
            return ""
        self._aliases += 1
        # Fields with arguments have an alias, because fields with different arguments do not merge.
        alias = f"a{self._aliases}: " if field.args or self._random.random() < 0.2 else ""
        condition = self._condition() if self._random.random() < 0.2 else ""
        selection = f"{{ {self._selection(inner, depth - 1)} }}" if isinstance(inner, GraphQLObjectType) else ""
        return f"{alias}{name}{self._arguments(field)} {condition} {selection}"

    def _arguments(self, field: Any) -> str:
        values = []
        for name, argument in field.args.items():
            if is_required_argument(argument) or self._random.random() < (0.9 if name == "first" else 0.3):
                value = self._value(name)
                while value is None and isinstance(argument.type, GraphQLNonNull):
                    value = self._value(name)
                values.append(f"{name}: {self._written(argument.type, value)}")
        return f"({', '.join(values)})" if values else ""

    def _value(self, name: str) -> Any:
        if self._errors and name in INVALID and self._random.random() < 0.4:
            return self._random.choice(INVALID[name])
        if name == "ids":
            return self._random.sample(VALID["id"], self._random.randint(0, 4))
        if name == "after" and self._cursors:
            return self._random.choice(self._cursors)
        return self._random.choice(VALID[name])

    def _written(self, input_type: Any, value: Any) -> str:
        if self._random.random() < 0.6:
            return _literal(input_type, value)
        name = f"v{len(self._variables)}"
        default = f" = {_literal(input_type, value)}" if self._random.random() < 0.2 else ""
        self._declarations.append(f"${name}: {input_type}{default}")
        if not default or self._random.random() < 0.5:
            self._variables[name] = value
        if self._errors and self._random.random() < 0.03:
            self._variables[name] = {"unexpected": 1}
        return f"${name}"


def _literal(input_type: Any, value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        fields = get_named_type(input_type).fields
        return "{" + ", ".join(f"{key}: {_literal(fields[key].type, part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        inner = get_nullable_type(input_type)
        assert isinstance(inner, GraphQLList)
        return f"[{', '.join(_literal(inner.of_type, item) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(get_named_type(input_type), GraphQLEnumType) else f'"{value}"'
