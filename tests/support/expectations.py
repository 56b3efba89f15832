"""The expected data of the operations of `examples/operations.graphql`, computed from osu!track's REST responses.

Uses plain lists, dictionaries and datetimes, and nothing of the gateway, so that its errors are not repeated.
"""

from datetime import datetime
from typing import Any

from pytest import approx

Row = dict[str, Any]

ACRONYMS = {
    0: [],
    2: ["EZ"],
    8: ["HD"],
    16: ["HR"],
    24: ["HD", "HR"],
    64: ["DT"],
    72: ["HD", "DT"],
    88: ["HD", "DT", "HR"],
    256: ["HT"],
    576: ["NC"],
    584: ["HD", "NC"],
    1032: ["HD", "FL"],
    16416: ["PF"],
    16424: ["HD", "PF"],
    32768: ["4K"],
    262144: ["7K"],
    1048576: ["FI"],
    536870912: ["V2"],
    1073741824: ["MR"],
    # Bit 31 is not a mod.
    2147483656: ["HD"],
}
GRADES = {"XH", "X", "SH", "S", "A", "B", "C", "D", "F"}
UNKNOWN_USER = 4040404
MODES = ("OSU", "TAIKO", "CATCH", "MANIA")


def history(rows: list[Row]) -> list[Row]:
    """All snapshots without anomalies, oldest first; of equal timestamps the one with the highest play count."""
    in_order = sorted(rows, key=lambda row: (row["timestamp"], row["playcount"]))
    last = {row["timestamp"]: row for row in in_order}.values()
    return [row for row in last if row["pp_raw"] or row["accuracy"] or not row["pp_rank"]]


def ranked(rows: list[Row]) -> list[Row]:
    """All plays, highest pp first; of duplicates the last recorded one, or of best plays the one with the most pp."""
    readable = [row for row in rows if row["update_time"] > "1"]
    kept = "pp" if any("user" in row for row in rows) else "update_time"
    last = {
        (row.get("user"), row["beatmap_id"], row["mods"], row["score"]): row
        for row in sorted(readable, key=lambda row: row[kept])
    }
    return sorted(last.values(), key=lambda row: (-row["pp"], row["beatmap_id"]))


def score(row: Row) -> Row:
    """The fragment `Row`."""
    acronyms = ACRONYMS[row["mods"]]
    return {
        "pp": row["pp"],
        "score": row["score"],
        "grade": row["rank"] if row["rank"] in GRADES else None,
        "beatmapUrl": f"https://osu.ppy.sh/beatmaps/{row['beatmap_id']}",
        "playedAt": row["score_time"],
        "mods": {"label": "".join(acronyms) or "NM", "acronyms": acronyms},
    }


def latest(rows: list[Row]) -> Row | None:
    """`latest` of the operation Profile."""
    if not rows:
        return None
    row = rows[-1]
    return {
        "at": row["timestamp"],
        "pp": row["pp_raw"],
        "globalRank": row["pp_rank"] or None,
        "accuracy": row["accuracy"],
        "level": row["level"],
        "playCount": row["playcount"],
        "totalScore": int(row["total_score"]),
        "countSS": row["count_rank_ss"],
        "countS": row["count_rank_s"],
        "countA": row["count_rank_a"],
        "totalHits": row["count300"] + row["count100"] + row["count50"],
    }


def pp_and_rank(row: Row) -> Row:
    return {"pp": row["pp_raw"], "globalRank": row["pp_rank"] or None}


def delta(later: Row, earlier: Row) -> Row:
    ranks = earlier["pp_rank"] - later["pp_rank"] if earlier["pp_rank"] and later["pp_rank"] else None
    return {"pp": approx(later["pp_raw"] - earlier["pp_raw"]), "ranksGained": ranks}


def gain(rows: list[Row], since: str) -> tuple[Row, Row, bool] | None:
    """The first and the last row, and whether they cover the whole window."""
    before = [row for row in rows if row["timestamp"] <= since][-1:]
    window = before + [row for row in rows if row["timestamp"] > since]
    return (window[0], window[-1], bool(before)) if len(window) > 1 else None


def month(rows: list[Row], since: str) -> Row | None:
    found = gain(rows, since)
    if found is None:
        return None
    first, last, covered = found
    plays = last["playcount"] - first["playcount"]
    return {"delta": {**delta(last, first), "playCount": plays}, "coversWholeWindow": covered}


def year(rows: list[Row], since: str) -> Row | None:
    found = gain(rows, since)
    return {"delta": delta(found[1], found[0])} if found else None


def peak(rows: list[Row], response: Row) -> Row | None:
    """The peak: accuracy from `/peak`, rank and pp from the history, each with its latest timestamp."""
    if not rows:
        return None
    ranked_rows = [row for row in rows if row["pp_rank"]]
    rank = min((row["pp_rank"] for row in ranked_rows), default=None)
    pp = max(row["pp_raw"] for row in rows)
    return {
        "globalRank": rank,
        "globalRankAt": max((row["timestamp"] for row in ranked_rows if row["pp_rank"] == rank), default=None),
        "accuracy": response["best_accuracy"],
        "accuracyAt": response["best_acc_timestamp"],
        "pp": pp,
        "ppAt": max(row["timestamp"] for row in rows if row["pp_raw"] == pp),
    }


def snapshot_at(rows: list[Row], at: str) -> Row | None:
    """`snapshotAt` of the operation OnThisDay."""
    moment = datetime.fromisoformat(at)
    before = [row for row in rows if datetime.fromisoformat(row["timestamp"]) <= moment][-2:]
    if not before:
        return None
    change = {"pp": approx(before[-1]["pp_raw"] - before[0]["pp_raw"])} if len(before) == 2 else None
    return {"at": before[-1]["timestamp"], "globalRank": before[-1]["pp_rank"] or None, "delta": change}


def compared(user: int, rows: list[Row]) -> Row:
    """A user of the operation Compare."""
    of_2025 = [row for row in rows if row["timestamp"].startswith("2025")]
    weeks = [{"at": row["timestamp"], "pp": row["pp_raw"]} for row in last_of_each(of_2025, "%G-%V")]
    return {"id": str(user), "stats": {"latest": pp_and_rank(rows[-1]) if rows else None, "snapshots": weeks}}


def new_hiscore(row: Row) -> Row:
    """A play of an update's `newhs`, whose numbers are mostly strings."""
    n300, n100, n50, miss = (int(row[f"count{hit}"]) for hit in ("300", "100", "50", "miss"))
    numbers = {"pp": float(row["pp"]), "score": int(row["score"]), "mods": int(row["enabled_mods"])}
    return {
        **score({**row, **numbers, "score_time": row["date"].replace(" ", "T") + ".000Z"}),
        "position": row["ranking"] + 1,
        "accuracy": approx(100 * (n300 + n100 / 3 + n50 / 6) / (n300 + n100 + n50 + miss)),
    }


def best_of_each_beatmap(plays: list[Row]) -> list[Row]:
    """The best play per beatmap, of plays with the highest pp first."""
    return ranked(list({row["beatmap_id"]: row for row in reversed(plays)}.values()))


def last_of_each(rows: list[Row], bucket: str) -> list[Row]:
    """The last row of each bucket. `bucket` is a `strftime` format."""
    moments = [datetime.fromisoformat(row["timestamp"]).strftime(bucket) for row in rows]
    return list(dict(zip(moments, rows, strict=True)).values())
