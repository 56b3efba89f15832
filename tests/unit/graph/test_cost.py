"""Argument defaults in the cost calculation come from the schema."""

from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from gateway.graph.prepare.charges import MODE_ARG, SUBJECT_ARG, charges_of, child_scope
from gateway.graph.prepare.cost import Scope, cost_of
from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import core_schema

SCHEMA = core_schema(build_schema())


def operation_of(query):
    definition = parse(query).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition


def field_of(name):
    parent: Any = SCHEMA.type_map[name.split(".")[0]]
    return parent.fields[name.split(".")[1]]


def scope_of(name):
    """The scope of a field that is selected without arguments."""
    node = operation_of(f"{{ {name.split('.')[1]} }}").selection_set.selections[0]
    assert isinstance(node, FieldNode)
    return child_scope(name, field_of(name), node, Scope())


@pytest.mark.parametrize("name", MODE_ARG)
def test_default_modes_are_the_schemas(name):
    default = field_of(name).args[MODE_ARG[name]].default_value
    modes = default if isinstance(default, list) else [default]
    assert scope_of(name).modes.values({}) == [mode.name for mode in modes]


@pytest.mark.parametrize("name", sorted(set(SUBJECT_ARG) - {"Query.bestPlays"}))
def test_required_subject_has_no_default(name):
    assert scope_of(name).subject.values({}) == [None]


def test_default_page_size_is_the_schemas():
    assert scope_of("Query.bestPlays").subject.values({}) == [50]


@pytest.mark.parametrize(
    "query,points",
    [
        ("{ user(id: 1) { stats { tracked } } }", 1),
        ("{ user(id: 1) { allStats { tracked } } }", 4),
        ("{ user(id: 1) { stats { tracked } allStats { tracked } } }", 4),
        ("{ user(id: 1) { stats { tracked } other: stats(mode: OSU) { tracked } } }", 1),
        ("{ bestPlays { nodes { user { stats { tracked } } } } }", 52),
        ("{ bestPlays(mode: OSU) { nodes { user { stats { tracked } } } } }", 52),
        ("{ user(id: 1) { username osuTrackUrl a: username stats { tracked user { username } } } }", 2),
        ("{ a: user(id: 1) { username } b: user(id: 2) { username } }", 2),
        ('{ userByName(username: "1") { username } user(id: 1) { username } }', 3),
        ('{ userByName(username: "1") { stats { tracked } } user(id: 1) { stats { tracked } } }', 3),
        ("{ users(ids: [1, 2]) { username osuTrackUrl } }", 0),
        ("{ user(id: 1) { allStats { user { username } } } }", 0),
        ("{ bestPlays { nodes { user { username } } edges { node { user { osuTrackUrl } } } } }", 2),
        ("mutation { updateUser(id: 1) { ... on UpdateUserSuccess { user { username } } } }", 6),
        ("{ bestPlays { nodes { pp } } other: bestPlays(first: 50, mode: OSU) { nodes { pp } } }", 2),
        ("{ records { completeSince } other: records(mode: OSU, window: {days: 9}) { plays { pp } } }", 2),
        ("{ records { completeSince } taiko: records(mode: TAIKO) { completeSince } }", 4),
        ("{ records { completeSince } bestPlays { nodes { pp } } }", 4),
        ("{ records { plays { user { username profileUrl } } } }", 2),
        ("{ records { plays { user { stats { tracked } } } } }", 10_002),
        ("{ user(id: 1) { stats { milestones { id } latest { pp } peak { globalRank } } } }", 1),
        ("{ user(id: 1) { stats { firstPlays(ppAtLeast: [1]) { ppAtLeast } hiscores { totalCount } } } }", 3),
    ],
)
def test_omitted_arguments_cost_their_defaults(query, points):
    assert cost_of(charges_of(SCHEMA, {}, operation_of(query)), {}) == points
