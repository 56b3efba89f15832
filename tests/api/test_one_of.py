"""`@oneOf` as in the September 2025 specification (5.6.1, 5.8.5), and errors in the terms of GraphQL."""

import re

import pytest

LITERAL = "{ user(id: 2) { stats { snapshots(window: %s) { at } } } }"
VARIABLE = "query ($window: Window) { user(id: 2) { stats { snapshots(window: $window) { at } } } }"
FIELD = "query ($days: %s) { user(id: 2) { stats { snapshots(window: {days: $days}) { at } } } }"
RANGE = '{from: "2026-01-01"}'
MODE = "query ($value: %s) { user(id: 2) { stats(mode: $value) { mode } } }"
FIRST = "query ($value: %s) { user(id: 2) { stats { hiscores(first: $value) { totalCount } } } }"
FLAG = "query ($value: %s) { user(id: 2) { stats { snapshots(includeAnomalies: $value) { at } } } }"


def summary(error):
    return error["extensions"]["code"], [tuple(place.values()) for place in error["locations"]]


@pytest.mark.parametrize(
    "window", ["{}", "{days: null}", "{between: null}", f"{{days: 3, between: {RANGE}}}", "{days: null, between: {}}"]
)
async def test_literal_without_exactly_one_value_is_invalid(gateway, window):
    error = await gateway.error(LITERAL % window)
    assert summary(error) == ("GRAPHQL_VALIDATION_FAILED", [(1, 43)])
    assert "exactly one" in error["message"]


@pytest.mark.parametrize("window", [{}, {"days": None}, {"days": 3, "between": {}}, {"days": 3, "between": None}])
async def test_variable_without_exactly_one_value_is_invalid(gateway, window):
    error = await gateway.error(VARIABLE, window=window)
    assert summary(error) == ("BAD_USER_INPUT", [(1, 8)])


@pytest.mark.parametrize("kind", ["Int", "Int = 3"])
async def test_nullable_variable_of_a_member_is_invalid(gateway, kind):
    error = await gateway.error(FIELD % kind, days=3)
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "must be non-nullable" in error["message"]


async def test_one_value_is_accepted(gateway):
    assert await gateway.ask(LITERAL % "{days: 3}")
    assert await gateway.ask(LITERAL % "null")
    assert await gateway.ask(FIELD % "Int!", days=3)
    assert await gateway.ask(FIELD % "Int! = 3")
    assert await gateway.ask(VARIABLE, window={"days": 3})
    assert await gateway.ask(VARIABLE, window=None)


async def test_introspection_reports_one_of(gateway):
    kinds = (await gateway.ask("{ __schema { types { name kind isOneOf } } }"))["__schema"]["types"]
    assert {kind["name"]: kind["isOneOf"] for kind in kinds if kind["kind"] == "INPUT_OBJECT"} == {
        "Window": True,
        "DateRange": False,
        "ScoreFilter": False,
    }


@pytest.mark.parametrize(
    "document,kind,value,word",
    [
        (MODE, "GameMode", None, "null"),
        (MODE, "GameMode!", None, "null"),
        (MODE, "GameMode = OSU", None, "null"),
        (MODE, "GameMode!", True, "true"),
        (FIRST, "Int!", None, "null"),
        (FIRST, "Int!", False, "false"),
        (FIRST, "Int!", [True, None], "[true, null]"),
        (FLAG, "Boolean!", {"a": None}, "null"),
    ],
)
async def test_errors_name_values_as_graphql_does(gateway, document, kind, value, word):
    error = await gateway.error(document % kind, value=value)
    assert word in error["message"]
    assert not re.search(r"\b(None|True|False)\b", error["message"])
    assert error["locations"]


@pytest.mark.parametrize("literal", ["null", "true", "[null]"])
async def test_literal_errors_name_values_as_graphql_does(gateway, literal):
    error = await gateway.error(f"{{ user(id: 2) {{ stats(mode: {literal}) {{ mode }} }} }}")
    assert not re.search(r"\b(None|True|False)\b", error["message"])


async def test_quoted_text_stays_unchanged(gateway):
    error = await gateway.error(MODE % "GameMode!", value="None")
    assert "`None`" in error["message"]
