"""The lists that players' exports contain: their documents, and the rows of the responses."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import msgspec

from .tables import Rows


class ExportedRows(NamedTuple):
    """The rows of one response, and the cursor of the next page, if the list has one."""

    rows: Rows
    next_cursor: str | None = None


class ExportedList(NamedTuple):
    """One field of `UserStats`. `read` turns the response's data into rows with these columns.

    The columns have their units in their names. `parameters` are those of the URL beside mode and window.
    """

    name: str
    document: str
    columns: Sequence[str]
    read: Callable[[Any], ExportedRows]
    parameters: Collection[str]
    may_update: bool


def _snapshots(data: Any) -> ExportedRows:
    return ExportedRows(_tuples(_field(data)))


def _hiscores(data: Any) -> ExportedRows:
    [(nodes, page_info)] = _tuples([_field(data)])
    [(has_next_page, end_cursor)] = _tuples([page_info])
    if not nodes:
        return ExportedRows(())
    # By column, in half the time.
    played_at, recorded_at, beatmap_ids, pp, scores, grades, mods = zip(*_tuples(nodes), strict=True)
    numbers = map(int, beatmap_ids)
    labels, bits = zip(*_tuples(mods), strict=True)
    rows = [*zip(played_at, recorded_at, numbers, pp, scores, grades, labels, bits, strict=True)]
    return ExportedRows(rows, end_cursor if has_next_page else None)


def _field(data: Any) -> Any:
    """The field of `user.stats`."""
    for _ in range(3):
        [(data,)] = _tuples([data])
    return data


def _tuples(objects: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The values of objects in the response, which are Structs if a compiled operation has written them."""
    if objects and isinstance(objects[0], dict):
        return [tuple(fields.values()) for fields in objects]
    return [*map(msgspec.structs.astuple, objects)]


HISTORY = ExportedList(
    name="history",
    document="""query HistoryExport($id: ID!, $mode: GameMode!, $window: Window, $every: Interval) {
  user(id: $id) {
    stats(mode: $mode) {
      snapshots(window: $window, every: $every) {
        at pp globalRank accuracy level playCount rankedScore totalScore
        count300 count100 count50 countSS countS countA
      }
    }
  }
}""",
    columns=(
        *("at_utc", "pp", "global_rank", "accuracy_percent", "level", "play_count", "ranked_score", "total_score"),
        *("count_300", "count_100", "count_50", "count_ss", "count_s", "count_a"),
    ),
    read=_snapshots,
    parameters=("every",),
    may_update=False,
)
HISCORES = ExportedList(
    name="hiscores",
    document="""query HiscoresExport($id: ID!, $mode: GameMode!, $window: Window, $after: String) {
  user(id: $id) {
    stats(mode: $mode) {
      hiscores(window: $window, first: 10000, after: $after) {
        nodes { playedAt recordedAt beatmapId pp score grade mods { label bits } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}""",
    columns=("played_at_utc", "recorded_at_utc", "beatmap_id", "pp", "score", "grade", "mods", "mod_bits"),
    read=_hiscores,
    parameters=("after",),
    may_update=True,
)
EXPORTED_LISTS = (HISTORY, HISCORES)
