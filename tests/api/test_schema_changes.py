"""`schema --check` finds the changes that GraphQL Inspector finds, over pairs of schemas that differ in one place."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from graphql import build_schema

from gateway.__main__ import main
from gateway.graph.schema import sdl
from gateway.graph.schema_changes import compare
from tests.support.binaries import requires_binary

FOLDER = Path(__file__).parent / "inspector"
BASE = '''
directive @semanticNonNull(levels: [Int] = [0]) on FIELD_DEFINITION
directive @cost(points: Int!, resource: String) repeatable on FIELD_DEFINITION | OBJECT
directive @note(text: String) on OBJECT
schema { query: Query mutation: Mutation }
"""Root"""
type Query {
  user(id: ID!, mode: Mode! = OSU, limit: Int = 10): User
  window(window: Window): String!
  search(filter: Filter): [Result!]!
  pp: Float @semanticNonNull
  old: Int @deprecated(reason: "use pp")
  plays(first: Int!): [Play] @cost(points: 1)
}
type Mutation { update(id: ID!): User }
type Second { pp: Float }
enum Mode { OSU TAIKO }
input Window { days: Int, start: String }
input Filter { grade: String! = "S", pp: Float = 1.5, mods: [String!] }
interface Node { id: ID! }
interface Named { name: String }
type User implements Node { id: ID!, name: String }
type Play implements Node { id: ID!, pp: Float! }
union Result = User | Play
scalar Time @specifiedBy(url: "https://example.org/time")
extend type Query { now: Time }
'''
# The text that is replaced, its replacement, and the worst level of our own finding.
CHANGES = [
    ("pp: Float @sem", "pps: Float @sem", "breaking"),
    ("mode: Mode! = OSU, ", "mode: Mode!, ", "breaking"),
    ('grade: String! = "S"', "grade: String!", "breaking"),
    ("mode: Mode! = OSU", "mode: Mode! = TAIKO", "dangerous"),
    ("limit: Int = 10", "limit: Int", "dangerous"),
    ("pp: Float = 1.5", "pp: Float = 2", "dangerous"),
    ('grade: String! = "S", pp: Float = 1.5', 'grade: String! = "S", pp: Float', "dangerous"),
    ("limit: Int = 10", "limit: Int! = 10", "breaking"),
    ("limit: Int = 10", "", "breaking"),
    ("limit: Int = 10", "limit: Int = 10, more: Int", "dangerous"),
    ("limit: Int = 10", "limit: Int = 10, more: Int!", "breaking"),
    ("limit: Int = 10", "limit: Int = 10, more: Int! = 1", "dangerous"),
    ("input Window {", "input Window @oneOf {", "breaking"),
    ("pp: Float @semanticNonNull", "pp: Float", "breaking"),
    ("name: String }\ntype Play", "name: String @semanticNonNull }\ntype Play", "dangerous"),
    ("window: Window): String!", "window: Window): String", "breaking"),
    ("pp: Float @semanticNonNull", "pp: Float! @semanticNonNull", None),
    ("pp: Float @semanticNonNull", "pp: Float!", "dangerous"),
    ("pp: Float @semanticNonNull", "pp: Float @semanticNonNull(levels: [1])", "breaking"),
    ("pp: Float @semanticNonNull", "pp: Float @semanticNonNull(levels: [0, 1])", "dangerous"),
    ("name: String }\ntype Play", "name: Int }\ntype Play", "breaking"),
    ("OSU TAIKO", "OSU TAIKO CATCH", "dangerous"),
    ("OSU TAIKO", "OSU", "breaking"),
    ("union Result = User | Play", "union Result = User", "breaking"),
    ("union Result = User | Play", "union Result = User | Play | Second", "dangerous"),
    ("days: Int, ", "", "breaking"),
    ("days: Int", "days: Int, weeks: Int", "dangerous"),
    ("days: Int", "days: Int, weeks: Int!", "breaking"),
    ("days: Int", "days: Int!", "breaking"),
    ("days: Int", "days: String", "breaking"),
    ("type User implements Node {", "type User {", "breaking"),
    ("type User implements Node {", "type User implements Node & Named {", "dangerous"),
    ("schema { query: Query mutation: Mutation }", "schema { query: Query mutation: Second }", "breaking"),
    ("schema { query: Query mutation: Mutation }", "schema { query: Query }", "breaking"),
    ("scalar Time @", "enum Time { NOW }\nscalar Other @", "breaking"),
    (") repeatable on FIELD_DEFINITION | OBJECT", ") on FIELD_DEFINITION | OBJECT", "breaking"),
    ("FIELD_DEFINITION | OBJECT", "FIELD_DEFINITION", "breaking"),
    (", resource: String)", ")", "breaking"),
    ("@note(text: String)", "@note(text: String, kind: Int!)", "breaking"),
    ("@note(text: String)", "@note(text: Int)", "breaking"),
    ("directive @note(text: String) on OBJECT", "", "breaking"),
    ("levels: [Int] = [0]", "levels: [Int] = [1]", "breaking"),
    ("@cost(points: 1)", "", "dangerous"),
    ("@cost(points: 1)", "@cost(points: 2)", "dangerous"),
    ("union Result", "type Third { pp: Float }\nunion Result", None),
    ("extend type Query { now: Time }", "extend type Query { now: Time later: Time }", None),
    ("(first: Int!)", "(first: Int)", None),
    ("(first: Int!)", "(first: Int! = 5)", "dangerous"),
    ("[Play] @cost", "[Play!] @cost", None),
    ('"""Root"""', '"""The root"""', None),
    ("pp: Float! }", 'pp: Float! @deprecated(reason: "no") }', None),
]
# Where our finding is stricter than GraphQL Inspector's, by the new text, with the reason.
STRICTER = {
    "mode: Mode!, ": "an operation without the argument becomes invalid",
    "grade: String!": "an operation without the field becomes invalid",
    "pp: Float": "clients generate a type that is never null",
    "pp: Float @semanticNonNull(levels: [1])": "as above",
    "levels: [Int] = [1]": "as above",
    "pp: Float @semanticNonNull(levels: [0, 1])": "clients generate another type",
    "days: Int, weeks: Int": "graphql-core's view: the field's default can change results",
    ") on FIELD_DEFINITION | OBJECT": "an operation that repeats the directive becomes invalid",
}
LEVELS = [None, "dangerous", "breaking"]


def worst(levels):
    return max(levels, key=LEVELS.index, default=None)


def our_level(after):
    breaking, dangerous = compare(build_schema(BASE), build_schema(after))
    return "breaking" if breaking else "dangerous" if dangerous else None


def changed(before, after):
    assert BASE.count(before) == 1, before
    return BASE.replace(before, after)


@pytest.fixture(scope="module")
def inspected(tmp_path_factory):
    """The worst level of each change, by GraphQL Inspector."""
    folder = shutil.copytree(FOLDER, tmp_path_factory.mktemp("inspector") / "package")
    install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(install, cwd=folder, timeout=120, check=True)
    pairs = json.dumps([[BASE, changed(before, after)] for before, after, _ in CHANGES])
    ran = subprocess.run(
        ["node", "diff.mjs"], cwd=folder, input=pairs, capture_output=True, text=True, timeout=60, check=True
    )
    names = {"BREAKING": "breaking", "DANGEROUS": "dangerous", "NON_BREAKING": None}
    return [worst(names[level] for level, _ in found) for found in json.loads(ran.stdout)]


@pytest.mark.parametrize("before,after,level", CHANGES, ids=[f"{before} > {after}" for before, after, _ in CHANGES])
def test_change_has_the_expected_level(before, after, level):
    assert our_level(changed(before, after)) == level


@requires_binary("npm", "GraphQL Inspector is a package for Node.js")
def test_findings_equal_those_of_graphql_inspector(inspected):
    assert len(CHANGES) >= 30
    for (_, after, level), theirs in zip(CHANGES, inspected, strict=True):
        if after in STRICTER:
            assert LEVELS.index(level) > LEVELS.index(theirs), after
        else:
            assert level == theirs, after


def test_equal_directives_can_be_written_differently():
    before = changed("pp: Float @semanticNonNull", "pp: Float @semanticNonNull(levels: [0])")
    after = changed("@cost(points: 1)", "@cost(resource: null, points: 1)")
    assert compare(build_schema(before), build_schema(BASE)) == ([], [])
    assert compare(
        build_schema(after), build_schema(changed("@cost(points: 1)", "@cost(points: 1, resource: null)"))
    ) == ([], [])


def test_removed_root_type_is_named():
    breaking, _ = compare(build_schema(BASE), build_schema(changed(" mutation: Mutation }", " }")))
    assert "The mutation type Mutation was removed." in breaking


def check(tmp_path, capsys, old, *options):
    file = tmp_path / "old.graphql"
    file.write_text(old)
    code = main(["schema", "--check", str(file), *options])
    return code, capsys.readouterr().out.splitlines()


def test_strict_fails_on_dangerous_changes(tmp_path, capsys):
    old = sdl().replace("mode: GameMode! = OSU", "mode: GameMode! = TAIKO", 1)
    for options, code in ([], 0), (["--strict"], 1):
        found_code, [line] = check(tmp_path, capsys, old, *options)
        assert (found_code, line.startswith("dangerous: ")) == (code, True)


def test_breaking_changes_are_listed_first(tmp_path, capsys):
    old = (
        sdl().replace("input Window @oneOf", "input Window").replace("mode: GameMode! = OSU", "mode: GameMode! = CATCH")
    )
    code, lines = check(tmp_path, capsys, old)
    assert code == 1
    assert lines[0] == "breaking: @oneOf was added to Window."
    assert {line.partition(":")[0] for line in lines[1:]} == {"dangerous"}


def test_equal_schemas_have_no_changes(tmp_path, capsys):
    assert check(tmp_path, capsys, sdl(), "--strict") == (0, ["No change concerns clients."])
