"""Updates in the sandbox: first updates, differences, new hiscores, and the moving newest row."""

from gateway.sandbox import players


async def history(osutrack, user):
    return await osutrack.rows("/stats_history", user=user)


async def update_after_a_minute(osutrack, clock, user):
    clock.move(60)
    await osutrack.update(user)
    return await history(osutrack, user)


async def test_change_has_differences_and_mode_as_text(osutrack):
    before = (await history(osutrack, players.MIXED_CASE))[-1]

    response = await osutrack.update(players.MIXED_CASE)

    after = (await history(osutrack, players.MIXED_CASE))[-1]
    assert response["mode"] == "0"
    assert response["playcount"] == after["playcount"] - before["playcount"]
    assert response["total_score"] == int(after["total_score"]) - int(before["total_score"])


async def test_no_change_has_mode_as_number(osutrack):
    response = await osutrack.update(players.UNCHANGED)

    assert (response["mode"], response["playcount"], response["newhs"]) == (0, 0, [])


async def test_first_update_has_absolute_values(osutrack):
    response = await osutrack.update(players.UNTRACKED[1])

    [snapshot] = await history(osutrack, players.UNTRACKED[1])
    assert (response["first"], response["levelup"]) == (True, False)
    assert (response["pp_raw"], response["playcount"]) == (snapshot["pp_raw"], snapshot["playcount"])


async def test_first_update_is_per_mode(osutrack):
    response = await osutrack.update(players.MIXED_CASE, mode=3)

    assert (response["first"], len(response["newhs"])) == (True, 12)


async def test_new_hiscores_are_text_except_ranking(osutrack):
    newhs = (await osutrack.update(players.UNTRACKED[1]))["newhs"]

    assert [play["ranking"] for play in newhs] == list(range(12))
    assert {type(value) for play in newhs for name, value in play.items() if name != "ranking"} == {str}


async def test_every_third_new_hiscore_lacks_later_fields(osutrack):
    newhs = (await osutrack.update(players.UNTRACKED[1]))["newhs"]

    assert [("score_id" in play, "is_classic" in play) for play in newhs[:3]] == [(True, True)] * 2 + [(False, False)]


async def test_new_hiscores_are_in_hiscores(osutrack):
    newhs = (await osutrack.update(players.MIXED_CASE))["newhs"]

    plays = await osutrack.rows("/hiscores", user=players.MIXED_CASE)
    assert {int(play["beatmap_id"]) for play in newhs} <= {play["beatmap_id"] for play in plays}


async def test_new_hiscores_are_in_best_plays(osutrack):
    before = await osutrack.rows("/bestplays", mode=2, limit=10000)

    newhs = (await osutrack.update(players.HEAVY, mode=2))["newhs"]

    assert len(await osutrack.rows("/bestplays", mode=2, limit=10000)) == len(before) + len(newhs)


async def test_second_equal_row_is_added_then_moves(osutrack, clock):
    histories = [await update_after_a_minute(osutrack, clock, players.UNCHANGED) for _ in range(3)]

    assert [len(rows) for rows in histories] == [91, 91, 91]
    assert [rows[-1]["timestamp"] for rows in histories] == [
        "2026-11-20T12:01:00.000Z",
        "2026-11-20T12:02:00.000Z",
        "2026-11-20T12:03:00.000Z",
    ]


async def test_newest_of_two_equal_rows_moves(osutrack):
    before = await history(osutrack, players.EQUAL_LAST_ROWS)

    await osutrack.update(players.EQUAL_LAST_ROWS)

    after = await history(osutrack, players.EQUAL_LAST_ROWS)
    assert after == [*before[:-1], before[-1] | {"timestamp": "2026-11-20T12:00:00.000Z"}]


async def test_unranked_player_gets_no_snapshot(osutrack):
    before = await history(osutrack, players.INACTIVE)

    await osutrack.update(players.INACTIVE)

    assert await history(osutrack, players.INACTIVE) == before


async def test_php_warning_loses_the_response_of_an_update(osutrack, sandbox):
    response = await osutrack.post(f"/update?user={players.PHP_WARNING}&mode=0")

    assert (response.status_code, response.text) == (500, "Internal error when updating user")
    assert len(await history(osutrack, players.PHP_WARNING)) == 1


async def test_php_warning_is_ignored_by_hiscores(osutrack):
    assert len(await osutrack.rows("/hiscores", user=players.PHP_WARNING)) == 12


async def test_empty_answer_follows_an_update(osutrack):
    response = await osutrack.post(f"/update?user={players.UPDATE_EMPTY}&mode=0")

    assert (response.status_code, response.json()) == (200, [])
    assert len(await history(osutrack, players.UPDATE_EMPTY)) == 1


async def test_new_hiscores_fit_their_grade(osutrack):
    newhs = [play for user in players.UNTRACKED[:8] for play in (await osutrack.update(user))["newhs"]]

    assert {play["rank"] for play in newhs} > {"S", "X"}
    assert all(play["countmiss"] == "0" for play in newhs if play["rank"] in {"S", "SH", "X", "XH"})
    assert all(play["count100"] == play["countkatu"] == "0" for play in newhs if play["rank"] in {"X", "XH"})


async def test_new_hiscores_are_close_to_the_best(osutrack):
    best = (await osutrack.rows("/hiscores", user=players.HEAVY))[0]["pp"]
    newhs = (await osutrack.update(players.HEAVY))["newhs"]

    assert newhs
    assert all(float(play["pp"]) >= 0.65 * float(best) for play in newhs)
