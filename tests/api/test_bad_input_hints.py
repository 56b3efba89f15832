"""The refusals of invalid values name the value, its place, and the probable remedy."""

import pytest

from tests.support.input_errors import SNAPSHOT_AT, USER, input_error

USERS = "query ($ids: [ID!]!) { users(ids: $ids) { id } }"
RANKING = "query ($ids: [ID!]!) { ranking(ids: $ids, by: PP) { pending } }"
FILTERED = "query ($filter: ScoreFilter) { bestPlays(filter: $filter) { nodes { pp } } }"
FIRST_PLAYS = "{ user(id: 2) { stats { firstPlays(ppAtLeast: []) { ppAtLeast } milestones(kinds: []) { kind } } } }"


@pytest.mark.parametrize("query", [USERS, RANKING])
async def test_bad_id_is_named_with_its_place(gateway, query):
    error = await input_error(gateway, query, "`ids[1]`", ids=["2", "peppy", "x"])
    assert "not “peppy”" in error["message"]
    assert "`userByName`" in error["message"]
    assert error["extensions"]["argument"] == "ids"


@pytest.mark.parametrize("text, shown", [("a" * 5000, f"“{'a' * 39}…”"), ("\0\n\u2028", "“���”"), ("", "“”")])
async def test_bad_id_is_shortened_and_printable(gateway, text, shown):
    error = await input_error(gateway, USER, shown, id=text)
    assert "userByName" not in error["message"]


@pytest.mark.parametrize("number", ["0", "-1", "0x2", "99999999999"])
async def test_bad_number_is_not_a_name(gateway, number):
    error = await input_error(gateway, USER, f"“{number}”", id=number)
    assert ("userByName" in error["message"]) is (number in {"-1", "0x2"})


@pytest.mark.parametrize(
    "mod, hint",
    [
        ("hd", "upper case: `HD`"),
        ("HDDT", "`HD`, `DT`"),
        ("+hdhr", "`HD`, `HR`"),
        ("CL", "no mods of osu!lazer"),
        ("HDD", "no mods of osu!lazer"),
        ("", "no mods of osu!lazer"),
        ("x" * 5000, "…"),
    ],
)
@pytest.mark.parametrize("name", ["modsAll", "modsAny", "modsNone"])
async def test_unknown_mod_has_a_hint(gateway, name, mod, hint):
    error = await input_error(gateway, FILTERED, f"`filter.{name}[1]`", filter={name: ["HD", mod]})
    assert hint in error["message"]


@pytest.mark.parametrize(
    "given, hint",
    [
        ("bestPlays(filter: {grades: [SS]}) { nodes { pp } }", "`X` (SS) or `XH`"),
        ("user(id: 2) { stats(mode: FRUITS) { tracked } }", "Did you mean `CATCH`?"),
        ("user(id: 2) { stats(mode: std) { tracked } }", "Did you mean `OSU`?"),
        ("user(id: 2) { stats(mode: osu) { tracked } }", "Did you mean `OSU`?"),
        ("user(id: 2) { stats { snapshots(every: WEK) { at } } }", "Did you mean `WEEK`?"),
    ],
)
async def test_common_name_of_value_is_translated(gateway, given, hint):
    error = await input_error(gateway, f"{{ {given} }}", hint)
    assert error["message"].count("Did you mean") == 1


@pytest.mark.parametrize(
    "document,message",
    [
        ("{ usr(id: 2) { id } }", "Cannot query field `usr` on type `Query`. Did you mean `user` or `users`?"),
        ("{ user(id: 2) { idd } }", "Cannot query field `idd` on type `User`. Did you mean `id`?"),
        ("{ user(di: 2) { id } }", "Unknown argument `di` on field `Query.user`. Did you mean `id`?"),
        (
            "{ user(id: 2) }",
            "Field `user` of type `User!` must have a selection of subfields. Did you mean `user { ... }`?",
        ),
        ("{ user(id: 2) {", "Syntax Error: Expected Name, found the end of the document."),
        ("{ user(id: 2) { id } } x", "Syntax Error: Unexpected Name `x`."),
    ],
)
async def test_messages_have_one_form(gateway, document, message):
    errors = (await gateway.send(document))["errors"]
    assert errors[0]["message"] == message


async def test_enum_in_variable_is_translated(gateway):
    await input_error(gateway, FILTERED, "`X` (SS) or `XH`", filter={"grades": ["SS"]})


async def test_day_as_instant_gets_the_right_form(gateway):
    await input_error(gateway, SNAPSHOT_AT, "such as 2020-01-01T00:00:00Z", at="2020-01-01")


async def test_empty_list_reads_and_costs_nothing(gateway):
    response = await gateway.send(FIRST_PLAYS)
    assert response["data"]["user"]["stats"] == {"firstPlays": [], "milestones": []}
    assert response["extensions"]["cost"]["charged"] == 0
    assert gateway.sandbox.count() == 0
