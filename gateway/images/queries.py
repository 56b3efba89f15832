"""The GraphQL query for the data of an image."""

import re
from collections.abc import Iterable
from typing import Any

from .parameters import ImageParameters

QUERY = """
query PlayerImage($ids: [ID!]!, $mode: GameMode!, $window: Window!, $every: IntervalINSTANT) {
  users(ids: $ids) {
    username
    stats(mode: $mode) {
      latest: LAST { at pp globalRank accuracy level playCount countSS countS countA current: FIELD }
      earliest { at }
      peak { globalRank }
      gain(window: $window) {
        start { at value: FIELD }
        delta { pp ranksGained accuracy playCount }
      }
      within: gain(window: $window, withinWindow: true) {
        start { at value: FIELD }
        delta { pp ranksGained accuracy playCount }
      }
      MONTHS
      snapshots(window: $window, every: $every) { at value: FIELD }
    }
  }
}
"""


def document_of(parameters: ImageParameters, *, has_months: bool = False) -> str:
    """The GraphQL document for an image with this series, and a window with or without an end."""
    months = "months: gains(window: $window, every: MONTH) { start { at } end { at } delta { playCount } }" * has_months
    has_end = parameters.window.end is not None
    last, instant = ("snapshotAt(at: $at)", ", $at: DateTime!") if has_end else ("latest", "")
    parts = {"LAST": last, "INSTANT": instant, "MONTHS": months, "FIELD": parameters.series.field}
    return re.sub("|".join(parts), lambda found: parts[found[0]], QUERY)


def variables_of(user_ids: Iterable[int], parameters: ImageParameters) -> dict[str, Any]:
    """The variables of the document."""
    ids, window = [*map(str, user_ids)], parameters.window.variables
    if len(ids) > 1 and window["every"] == "WEEK":
        # The lines of several players have few points.
        window["every"] = "MONTH"
    return {"ids": ids, "mode": parameters.mode.name, **window}
