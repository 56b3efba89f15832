"""The reference of the schema: `docs/schema_page.py`."""

import re

import pytest
from graphql import build_schema, is_introspection_type

from docs.schema_page import schema_page
from tests.support.processes import ROOT

SDL = (ROOT / "schema.graphql").read_text()
SCHEMA = build_schema(SDL)
PAGE = schema_page(SDL)
TYPES = [each for each in SCHEMA.type_map.values() if not is_introspection_type(each)]
SMALL = '''
"""Marks."""
directive @semanticNonNull("""The levels.""" levels: [Int!]! = [0]) on FIELD_DEFINITION
"""Reads."""
type Query {
  """
  A list,
  a | b.
  """
  all("""The size.""" first: Int! = 50, """Conditions.""" only: In! = { n: 1 }): [Any!] @semanticNonNull
}
interface Named { """A name.""" name: String! }
type A implements Named { """A name.""" name: String! @deprecated(reason: "Use it.") }
union Any = A
input In { """A number.""" n: Int = 3 }
enum Kind { """The first.""" ONE }
'''


def section(name, page=PAGE):
    return re.split(r"^##", page.partition(f"### `{name}`\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize(
    "line",
    [
        r"| `all` | [`[Any!]`](#any) | A list, a \| b. Null only on error. |",
        "| `all(first:)` | [`Int!`](#int) = `50` | The size. |",
        "| `all(only:)` | [`In!`](#in) = `{ n: 1 }` | Conditions. |",
        "| `name` | [`String!`](#string) | A name. Deprecated: Use it. |",
        "| `n` | [`Int`](#int) = `3` | A number. |",
        "| `ONE` | The first. |",
        "| `levels` | [`[Int!]!`](#int) = `[0]` | The levels. |",
        "Implements [`Named`](#named).",
        "Implemented by [`A`](#a).",
        "One of [`A`](#a).",
        "### `@semanticNonNull`",
    ],
)
def test_page_has_each_part_of_a_schema(line):
    assert line in schema_page(SMALL).splitlines()


@pytest.mark.parametrize("each", TYPES, ids=str)
def test_every_field_and_argument_has_a_row(each):
    fields = getattr(each, "fields", None) or getattr(each, "values", {})
    names = [
        [name, *(f"{name}({argument}:)" for argument in getattr(field, "args", {}))] for name, field in fields.items()
    ]
    rows = re.findall(r"^\| `([^`]*)` \|(?: .* \|)? \S.* \|$", section(each.name), re.MULTILINE)
    assert rows == [name for group in names for name in group]


def test_costs_of_the_schema_are_shown():
    costs = re.findall(r"@upstreamCost\(points: (\d+), resource: \"(\S+)\"\)", SDL)
    shown = re.findall(r"^\| .*Cost: (\d+) \(resource `(\S+)`\)\.", PAGE, re.MULTILINE)
    assert len(costs) > 20
    assert sorted(shown) == sorted(costs)
