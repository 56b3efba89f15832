"""The players of the sandbox, with the anomaly that each of them represents.

Row counts are fixed; the contents of the rows depend on the seed. All players have careers with streaks, plateaus and
breaks, and pp that follow from their plays and from reworks. A player with an ID divisible by three never changes: an
update returns the same statistics.

    ID                    constant          name           purpose
    2                     HEAVY             peppy          5,000 snapshots and 3,000 hiscores in mode 0
    131464                AMEO              ameo           a typical player in all modes, with an anomaly in each
    1001 .. 1060          ORDINARY          Azurelyn ..    1 to 2,000 snapshots, 0 to 531 hiscores, 1 to 4 modes
    3000001               SINGLE_SNAPSHOT   lonely         exactly one snapshot
    3000002               NO_SNAPSHOTS      only_plays     hiscores, but no snapshot before an update
    3000003               NUMERIC_NAME      12345678       a name that looks like an ID
    3000004               EQUAL_TIMESTAMPS  twins          pairs of snapshots with equal timestamps
    3000005               NEGATIVE_COUNTS   minus_one      negative count_rank_ss, _s and _a
    3000006               NO_PLAYS          no_plays       no hiscores: every GET of them is an update
    3000007               UNRANKED          was_inactive   rank 0 and pp 0 in the five oldest rows
    3000008               BIG_NUMBERS       big_numbers    count300 of 3 * 10^9, scores above 2^53
    3000009               INACTIVE          long_gone      rank 0 in all rows; updates insert no snapshot
    3000010               ANOMALY           blip           accuracy 0 and pp 0 in one row in the middle
    3000011               MANIA_ONLY        mania_only     rows in mode 3 only
    3000012               UNKNOWN_VALUES    weird_scores   mods with bit 31, the grade "P", a play with pp 0
    3000013               MIXED_CASE        MixedCaseName  rows in mode 0 only
    3000014               ZERO_DATE         zero_date      a hiscore with update_time "0000-00-00 00:00:00"
    3000015               REWORKED          reworked       two or three rows per play, after pp reworks
    3000016               REPEATER          again          many plays on few beatmaps
    3000017, 3000019      SHARED_NAME       dupe name      two players with one name: a request by name is an update
    3000018               EQUAL_LAST_ROWS   settled        equal last two rows: an update moves the last one
    3000020               BRACKETS          [brackets]-_x  every legal special character in the name
    3000021               UNCHANGED         unchanged      a typical player that never changes
    70000001 .. 70000099  UNTRACKED         fresh_01 ..    exists on osu!; the first update starts tracking
    80000001 .. 80000009  NONEXISTENT       -              an update returns 200 with `exists: false`
    80000101              UPDATE_FAILS      -              an update returns 500
    80000102              UPDATE_HANGS      -              an update never returns
    80000103              BAD_GATEWAY       -              an update returns 500
    80000104              UPDATE_NULL       -              an update returns 200 with `null`
    80000105              UPDATE_EMPTY      no_answer      as UNTRACKED, but an update returns 200 with `[]`
    80000106              HISCORES_FAIL     -              an update and GET /hiscores return 500
    80000107              PHP_WARNING       php_warning    as UNTRACKED, but an update returns 500, after a PHP warning

Every other ID is unknown: 404 from an update, empty results from the other endpoints. The name `former_name` is an old
one of MIXED_CASE, which only osu! knows: every request by it is an update. So is every request by a name that osu! does
not know either, but there is no player to update.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAVY = 2
AMEO = 131464
ORDINARY = range(1001, 1061)
SINGLE_SNAPSHOT = 3000001
NO_SNAPSHOTS = 3000002
NUMERIC_NAME = 3000003
EQUAL_TIMESTAMPS = 3000004
NEGATIVE_COUNTS = 3000005
NO_PLAYS = 3000006
UNRANKED = 3000007
BIG_NUMBERS = 3000008
INACTIVE = 3000009
ANOMALY = 3000010
MANIA_ONLY = 3000011
UNKNOWN_VALUES = 3000012
MIXED_CASE = 3000013
ZERO_DATE = 3000014
REWORKED = 3000015
REPEATER = 3000016
SHARED_NAME = (3000017, 3000019)
EQUAL_LAST_ROWS = 3000018
BRACKETS = 3000020
UNCHANGED = 3000021
UNTRACKED = range(70000001, 70000100)
NONEXISTENT = range(80000001, 80000010)
UPDATE_FAILS = 80000101
UPDATE_HANGS = 80000102
BAD_GATEWAY = 80000103
UPDATE_NULL = 80000104
UPDATE_EMPTY = 80000105
HISCORES_FAIL = 80000106
PHP_WARNING = 80000107

UNTRACKED_NAMES = {user: f"fresh_{index:02}" for index, user in enumerate(UNTRACKED, start=1)} | {
    UPDATE_EMPTY: "no_answer",
    PHP_WARNING: "php_warning",
}
# Names that osu! knows and osu!track's database does not.
NAMES_ON_OSU = {name: user for user, name in UNTRACKED_NAMES.items()} | {"former_name": MIXED_CASE}


@dataclass(frozen=True)
class RowCounts:
    """The number of rows of a player in one mode."""

    snapshots: int
    plays: int


NO_ROWS = RowCounts(0, 0)


@dataclass(frozen=True)
class Player:
    """A tracked player. `row_counts` has the initial number of rows per mode."""

    id: int
    username: str
    row_counts: dict[int, RowCounts]


def tracked_players() -> list[Player]:
    """All players that are tracked when the sandbox starts."""
    return [_HEAVY, _AMEO, *(_ordinary(index) for index in range(len(ORDINARY))), *_anomalous()]


_HEAVY = Player(
    HEAVY, "peppy", {0: RowCounts(5000, 3000), 1: RowCounts(400, 300), 2: RowCounts(60, 40), 3: RowCounts(1200, 700)}
)
_AMEO = Player(
    AMEO, "ameo", {0: RowCounts(900, 600), 1: RowCounts(120, 80), 2: RowCounts(30, 20), 3: RowCounts(250, 150)}
)


_ORDINARY_NAMES = (
    "Azurelyn|cloudtapper|Nekomaru|Hoshizora|velvetrain|Kurone|Tofu_Master|Slider Goblin|[Echo]|mintchip|"
    "Yukikaze|aimless_otter|Rafaelo|NightBus|Shironeko|quartzite|Pixel Moth|Lumi|Streamlord|Kaede|jumpy-frog|"
    "Orbitalis|ramune|Sir Misses|Vaxholm|tappa_tappa|Hikari-|Moonlit Fern|zetaray|Corvus|PandaBread|"
    "Aokigahara|doubletime_dan|Sakuya|Waffle Iron|mistral|Kitsune404|Beatlost|Ferrum|yuzu tea|Noctiluca|"
    "spinsalot|Haruki_|Graphite|Emberwing|low bpm hero|Tsubame|octopixel|Mirai|mellowdrama|Starling77|Rin_Rin|"
    "keyboard bard|Ashfall|Otter Pop|Miyuki_|redshift|comboholic|Polaris|Suzume"
)


def _ordinary(index: int) -> Player:
    # 37 and 60 are coprime: the number of plays does not follow the number of snapshots.
    snapshots, plays = round(2000 ** (index / 59)), 9 * (37 * index % 60)
    modes = [0] + [mode for mode in (1, 2, 3) if index % (mode + 1) == 0]
    counts = {mode: RowCounts(max(1, snapshots >> mode), plays >> mode) for mode in modes}
    return Player(ORDINARY[index], _ORDINARY_NAMES.split("|")[index], counts)


def _anomalous() -> list[Player]:
    return [
        Player(user, name, {3 if user == MANIA_ONLY else 0: RowCounts(snapshots, plays)})
        for user, name, snapshots, plays in _ANOMALOUS
    ]


_ANOMALOUS = [
    (SINGLE_SNAPSHOT, "lonely", 1, 12),
    (NO_SNAPSHOTS, "only_plays", 0, 20),
    (NUMERIC_NAME, "12345678", 40, 50),
    (EQUAL_TIMESTAMPS, "twins", 30, 10),
    (NEGATIVE_COUNTS, "minus_one", 20, 10),
    (NO_PLAYS, "no_plays", 25, 0),
    (UNRANKED, "was_inactive", 40, 20),
    (BIG_NUMBERS, "big_numbers", 20, 12),
    (INACTIVE, "long_gone", 15, 10),
    (ANOMALY, "blip", 50, 15),
    (MANIA_ONLY, "mania_only", 40, 60),
    (UNKNOWN_VALUES, "weird_scores", 30, 12),
    (MIXED_CASE, "MixedCaseName", 80, 45),
    (ZERO_DATE, "zero_date", 15, 10),
    (REWORKED, "reworked", 60, 150),
    (REPEATER, "again", 60, 200),
    (SHARED_NAME[0], "dupe name", 20, 18),
    (EQUAL_LAST_ROWS, "settled", 20, 25),
    (SHARED_NAME[1], "Dupe Name", 10, 12),
    (BRACKETS, "[brackets]-_x", 35, 30),
    (UNCHANGED, "unchanged", 90, 70),
]
