"""The figures of a year: the best play and the most active month."""

import pytest

from gateway.images.figures import best_play, most_active_month
from gateway.mods import MASKS
from gateway.records import Hiscore


def gain(start, end, plays):
    return {
        "start": {"at": f"{start}T10:00:00.000Z"},
        "end": {"at": f"{end}T10:00:00.000Z"},
        "delta": {"playCount": plays},
    }


@pytest.mark.parametrize(
    "gains,figure",
    [
        ([], None),
        ([gain("2025-01-01", "2025-01-31", 0)], None),
        ([gain("2024-12-20", "2025-01-31", 1)], ("most active month", "January", "1 play")),
        (
            [gain("2025-01-31", "2025-02-27", 1234), gain("2025-02-27", "2025-03-30", 5)],
            ("most active month", "February", "1,234 plays"),
        ),
        (
            [gain("2025-05-01", "2025-05-02", 7), gain("2025-05-02", "2025-06-02", 7)],
            ("most active month", "May", "7 plays"),
        ),
        ([gain("2024-11-30", "2025-01-31", 9)], None),
    ],
)
def test_most_active_month_is_that_of_the_page(gains, figure):
    assert most_active_month(gains) == figure


@pytest.mark.parametrize("bits,label", [(0, "NM"), (MASKS["HD"] | MASKS["HR"], "HDHR")])
def test_best_play_has_mods_and_day(bits, label):
    at = "2025-09-03T10:00:00.000Z"
    play = Hiscore(beatmap_id=1, score=1, pp=1234.5, mod_bits=bits, grade="S", played_at=at, recorded_at=at)
    assert best_play(play) == ("best play", "1,235 pp", f"{label} · 3 Sep")
