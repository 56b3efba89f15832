"""The cache's memory compared with its limit: `python -m benchmarks.cache_memory [MiB]` caches 100,000 players.

Each entry is a history of 20 distinct snapshots. Prints the growth of the process beside the cache's own estimate.
"""

import gc
import resource
import sys

from gateway.records import Mode, Rows, Snapshot, UserMode
from gateway.store.cache import Cache, Entry
from gateway.store.history import History

PLAYERS = 100_000
STEPS = 20
ROWS = 20


def history(user_id: int) -> History:
    """A history without values in common with other histories."""
    player = UserMode(user_id, Mode.OSU)
    rows = Rows(
        Snapshot(
            at=f"2026-11-{row + 1:02}T00:00:{user_id % 60:02}.000Z",
            pp=user_id + row / 7,
            global_rank=user_id + row,
            accuracy=90 + row / 7,
            level=row / 3,
            play_count=user_id + row,
            ranked_score=user_id * 10**6 + row,
            total_score=user_id * 10**7 + row,
            count_300=user_id * 1000 + row,
            count_100=user_id * 100 + row,
            count_50=user_id * 10 + row,
            count_ss=row,
            count_s=row,
            count_a=row,
            user_mode=player,
        )
        for row in range(ROWS)
    )
    return History(player, rows)


def resident_mib() -> float:
    """The peak resident memory of the process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Fill the cache and print its size at regular steps."""
    bound_mib = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    cache = Cache(bound_mib * 2**20)
    gc.collect()
    start_mib = resident_mib()
    print(f"bound {bound_mib} MiB, process at the start {start_mib:.0f} MiB\n")
    print(f"{'players':>10}{'entries':>10}{'evicted':>10}{'estimate MiB':>14}{'growth MiB':>12}")
    for user_id in range(1, PLAYERS + 1):
        entry = Entry(value=history(user_id), fetched_at=0.0, validated_at=0.0, loaded_at=0.0, generation=0)
        cache.put(("history", user_id), entry)
        if user_id % (PLAYERS // STEPS) == 0 or user_id in {1000, 5000, 10_000}:
            growth = resident_mib() - start_mib
            print(f"{user_id:10}{len(cache):10}{cache.evictions:10}{cache.used_bytes / 2**20:14.1f}{growth:12.1f}")


if __name__ == "__main__":
    main()
