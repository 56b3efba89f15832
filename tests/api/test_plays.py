"""The fields of plays: mods, grades, scores, and duplicates of a play."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mods import mods_of
from gateway.sandbox import players

PLAYS = """query ($id: ID!, $best: Boolean! = false, $window: Window) { user(id: $id) { stats {
  hiscores(first: 500, bestPerBeatmap: $best, window: $window) { totalCount nodes {
    beatmapId score pp grade playedAt recordedAt mods { bits acronyms label }
  } }
} } }"""
BITS = st.sets(st.integers(0, 30)).map(lambda bits: reduce(int.__or__, (1 << bit for bit in bits), 0))


async def hiscores(gateway, user, **variables):
    data = await gateway.ask(PLAYS, id=str(user), **variables)
    return data["user"]["stats"]["hiscores"]


def identity(play):
    return play["beatmapId"], play["score"], play["mods"]["bits"]


@pytest.mark.parametrize(
    "bits, acronyms",
    [
        (0, []),
        (8, ["HD"]),
        (88, ["HD", "DT", "HR"]),
        (584, ["HD", "NC"]),
        (576, ["NC"]),
        (16416, ["PF"]),
        (16424 | 32, ["HD", "PF"]),
        (1 << 27, ["3K"]),
        (1 << 28, ["2K"]),
        (1 << 11, ["AT"]),
        (1 << 13, ["AP"]),
        (1 << 22, ["CN"]),
        (1 << 29, ["V2"]),
    ],
)
def test_mods_have_their_osu_acronyms(bits, acronyms):
    assert list(mods_of(bits).acronyms) == acronyms


def test_no_mods_have_the_label_nm():
    assert mods_of(0).label == "NM"


@given(BITS)
def test_label_joins_acronyms_and_bits_are_unchanged(bits):
    mods = mods_of(bits)

    assert mods.label == ("".join(mods.acronyms) or "NM")
    assert mods.bits == bits
    assert len(set(mods.acronyms)) == len(mods.acronyms)


@given(BITS)
def test_implied_mod_is_hidden_by_the_stronger_one(bits):
    acronyms = set(mods_of(bits | 576 | 16416).acronyms)

    assert {"NC", "PF"} <= acronyms
    assert acronyms.isdisjoint({"DT", "SD"})


@given(BITS, BITS)
def test_order_of_mods_does_not_depend_on_others(some, others):
    order = mods_of(some | others).acronyms

    known = [acronym for acronym in mods_of(some).acronyms if acronym in order]
    assert known == sorted(known, key=order.index)


async def test_unknown_grades_and_mods_are_no_error(gateway):
    plays = (await hiscores(gateway, players.UNKNOWN_VALUES))["nodes"]

    assert [play["grade"] for play in plays].count(None) == 1
    assert [play["mods"]["acronyms"] for play in plays if play["mods"]["bits"] == 8] != []
    assert min(play["pp"] for play in plays) == 0


async def test_score_beyond_32_bits_is_exact(gateway):
    plays = (await hiscores(gateway, players.BIG_NUMBERS))["nodes"]

    assert max(play["score"] for play in plays) == 5_000_000_000


async def test_duplicate_play_appears_once_as_last_recorded(gateway):
    page = await hiscores(gateway, players.REWORKED)
    rows = gateway.sandbox.database.plays(players.REWORKED, 0)

    newest = {(str(row.beatmap_id), row.score, row.mods): row for row in sorted(rows, key=lambda row: row.update_time)}
    assert len(newest) < len(rows)
    assert page["totalCount"] == len(newest)
    assert {identity(play): play["pp"] for play in page["nodes"]} == {key: row.pp for key, row in newest.items()}


async def test_best_per_beatmap_keeps_one_play_each(gateway):
    every = (await hiscores(gateway, players.REPEATER))["nodes"]
    best = (await hiscores(gateway, players.REPEATER, best=True))["nodes"]

    beatmaps = [play["beatmapId"] for play in best]
    assert len(set(beatmaps)) == len(beatmaps) < len(every)
    assert set(beatmaps) == {play["beatmapId"] for play in every}
    assert [play["pp"] for play in best] == [
        max(play["pp"] for play in every if play["beatmapId"] == beatmap) for beatmap in beatmaps
    ]


@pytest.mark.parametrize("window", [{"from": "2020-01-01"}, {"to": "2020-01-01"}])
async def test_half_open_window_filters_on_one_side(gateway, window):
    every = (await hiscores(gateway, players.REPEATER))["nodes"]
    within = (await hiscores(gateway, players.REPEATER, window={"between": window}))["nodes"]
    assert within == [play for play in every if ("from" in window) == (play["playedAt"] >= "2020-01-01")]
    assert 0 < len(within) < len(every)


async def test_best_per_beatmap_is_chosen_within_the_window(gateway):
    window = {"between": {"from": "2020-01-01", "to": "2024-01-01"}}

    every = (await hiscores(gateway, players.REPEATER, window=window))["nodes"]
    best = (await hiscores(gateway, players.REPEATER, window=window, best=True))["nodes"]

    assert {play["beatmapId"] for play in best} == {play["beatmapId"] for play in every}


async def test_invalid_date_drops_its_play_with_a_warning(gateway):
    response = await gateway.send(PLAYS, id=str(players.ZERO_DATE))

    (warning,) = response["extensions"]["warnings"]
    readable = {row.score for row in gateway.sandbox.database.plays(players.ZERO_DATE, 0)[1:]}
    assert {play["score"] for play in response["data"]["user"]["stats"]["hiscores"]["nodes"]} == readable
    assert (warning["code"], warning["rows"]) == ("ROWS_DROPPED", 1)
    assert warning["path"] == ["user", "stats", "hiscores"]
